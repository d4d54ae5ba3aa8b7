"""Client of the Penstock market data gateway.

    from penstock import Client
    for state in Client("127.0.0.1:7400").subscribe(["book:binance:BTC/USDT"]):
        print(state)
"""

from penstock.checks import StateHash, state_hash, verify
from penstock.client import Client, Event
from penstock.errors import CheckError, HoleError, PenstockError, RequestError
from penstock.states import (
    Book,
    Gap,
    GapReason,
    Level,
    Outcome,
    Position,
    Rejected,
    Side,
    Status,
    Tick,
    Trade,
    TradeFeed,
)

__all__ = [
    "Book", "CheckError", "Client", "Event", "Gap", "GapReason", "HoleError", "Level", "Outcome",
    "PenstockError", "Position", "Rejected", "RequestError", "Side", "StateHash", "Status", "Tick",
    "Trade", "TradeFeed", "state_hash", "verify",
]
