"""What a merged state is, as a number: the same for everybody who has the same state."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from penstock.errors import CheckError
from penstock.states import Book, Tick
from penstock.v1 import market_data_pb2 as wire

_OFFSET = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_TICK_FIELDS = ("bid_price", "bid_quantity", "ask_price", "ask_quantity")


class StateHash(NamedTuple):
    count: int  # fields or levels
    value: int  # FNV-1a, 64 bits, as `CaughtUp.hash` in market_data.proto defines


def state_hash(state: Book | Tick) -> StateHash:
    """Count and hash of a merged state; O(n log n) in the levels of a book."""
    lines = []
    if isinstance(state, Tick):
        for name in _TICK_FIELDS:
            if (value := getattr(state, name)) is not None:
                lines.append(f"{name} {_plain(value)}")
    else:
        for side, levels in (("bid", state.bids), ("ask", state.asks)):
            lines += [f"{side} {_plain(price)} {_plain(amount)}" for price, amount in levels]
    value = _OFFSET
    for byte in "".join(f"{line}\n" for line in (f"status {int(state.status)}", *lines)).encode():
        value = (value ^ byte) * _PRIME & 0xFFFFFFFFFFFFFFFF
    return StateHash(len(lines), value)


def verify(state: Book | Tick, told: wire.CaughtUp | wire.StateChecked) -> bool:
    """Whether the state is what the server says; CheckError if it is not.

    False: there is nothing to compare: the server did not say, or spoke of another position.
    """
    if not told.HasField("hash") or (told.epoch, told.sequence) != (state.epoch, state.sequence):
        return False
    own = state_hash(state)
    if own != StateHash(told.count, told.hash):
        raise CheckError(state.topic, state.sequence, own, StateHash(told.count, told.hash))
    return True


def _plain(value: Decimal) -> str:
    """No exponent, no zeros at the end of a fraction."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"
