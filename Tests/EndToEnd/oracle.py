"""What a client must see, computed from the recording files alone.

Nothing here knows how Penstock works: a book is the recorded REST snapshot plus the recorded diffs
by the venue's own rules (U, u), a tick is a bookTicker, a trade is a trade message.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from decimal import Decimal
from functools import cache
from heapq import nlargest, nsmallest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

QUOTES = ("USDT", "USDC", "BTC", "ETH", "BNB", "EUR", "AUD", "BRL", "USD")
DEPTH = 50


def canonical(symbol: str) -> str:
    """BTCUSDT is BTC/USDT."""
    quote = next(quote for quote in QUOTES if symbol.endswith(quote))
    return f"{symbol.removesuffix(quote)}/{quote}"


def venue_of(host: str) -> str:
    return "binance_us" if host.endswith("binance.us") else "binance"


class Oracle:
    """Everything of one symbol."""

    def __init__(self) -> None:
        self.snapshot: dict | None = None
        self.diffs: list[dict] = []
        self.ticks: dict[int, tuple[Decimal, ...]] = {}
        self.trades: list[tuple] = []  # (id, price, quantity, side)
        self.aggregates: list[tuple] = []  # (id, price, quantity, side, first id, last id)

    @property
    def last_tick(self) -> int:
        return max(self.ticks, default=0)

    @property
    def last_update(self) -> int:
        return max(self.snapshot["lastUpdateId"] if self.snapshot else 0,
                   self.diffs[-1]["u"] if self.diffs else 0)

    def book(self) -> OracleBook:
        return OracleBook(self)


class OracleBook:
    """The book at any update id; cheap when asked in rising order."""

    def __init__(self, oracle: Oracle) -> None:
        assert oracle.snapshot, "no recorded snapshot"
        self.oracle = oracle
        self._restart()

    def _restart(self) -> None:
        snapshot = self.oracle.snapshot
        self.id = snapshot["lastUpdateId"]
        self.bids = {Decimal(price): Decimal(quantity) for price, quantity in snapshot["bids"]}
        self.asks = {Decimal(price): Decimal(quantity) for price, quantity in snapshot["asks"]}
        self._next = 0

    def at(self, update_id: int) -> tuple[list, list]:
        """Best 50 levels a side after the message `update_id`, best first.

        Raises KeyError when no message of the recording ends there.
        """
        if update_id < self.id:
            self._restart()
        diffs = self.oracle.diffs
        while self._next < len(diffs) and diffs[self._next]["u"] <= update_id:
            self._apply(diffs[self._next])
            self._next += 1
        if self.id != update_id:
            raise KeyError(f"no message ends at {update_id}; nearest before is {self.id}")
        return (nlargest(DEPTH, self.bids.items()), nsmallest(DEPTH, self.asks.items()))

    def _apply(self, diff: dict) -> None:
        if diff["u"] <= self.id:
            return
        assert diff["U"] <= self.id + 1, f"hole in the recording before {diff['U']}"
        for levels, changes in ((self.bids, diff["b"]), (self.asks, diff["a"])):
            for price, quantity in changes:
                amount = Decimal(quantity)
                if amount:
                    levels[Decimal(price)] = amount
                else:
                    levels.pop(Decimal(price), None)
        self.id = diff["u"]
        if self.bids and self.asks:
            assert max(self.bids) < min(self.asks), f"the recording crosses at {self.id}"


def read(*files: Path) -> dict[str, dict[str, Oracle]]:
    """Oracles by venue and symbol ("binance", "BTC/USDT") of files played one after the other."""
    venues: dict[str, dict[str, Oracle]] = defaultdict(lambda: defaultdict(Oracle))
    for file in files:
        host = ""
        with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
            for line in lines:
                frame = json.loads(line)
                method, _, url = frame["stream"].rpartition(" ")
                host = urlsplit(url).hostname or host
                symbols = venues[venue_of(host)]
                data = json.loads(frame["data"])
                if method == "GET":
                    read_rest(symbols, url, data)
                else:
                    read_stream(symbols, data["stream"], data["data"])
    return venues


@cache
def read_cached(*files: Path) -> dict[str, dict[str, Oracle]]:
    return read(*files)


def read_rest(symbols: dict[str, Oracle], url: str, data: dict) -> None:
    query = parse_qs(urlsplit(url).query)
    if "/depth" in url:
        oracle = symbols[canonical(query["symbol"][0])]
        oracle.snapshot = oracle.snapshot or data


def read_stream(symbols: dict[str, Oracle], stream: str, data: dict) -> None:
    kind = stream.partition("@")[2]
    if kind.startswith("kline") or kind in ("ticker", "miniTicker"):
        return
    oracle = symbols[canonical(data["s"])]
    if kind == "depth@100ms":
        oracle.diffs.append(data)
    elif kind == "bookTicker":
        oracle.ticks[data["u"]] = tuple(Decimal(data[key]) for key in "bBaA")
    elif kind in ("trade", "aggTrade"):
        side = "sell" if data["m"] else "buy"
        price, quantity = Decimal(data["p"]), Decimal(data["q"])
        if kind == "trade":
            oracle.trades.append((data["t"], price, quantity, side))
        else:
            oracle.aggregates.append((data["a"], price, quantity, side, data["f"], data["l"]))
