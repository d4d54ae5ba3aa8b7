"""What a client knows of a topic, and how an update changes it.

Every state keeps a position (epoch, sequence). An update that covers (base, sequence] takes any
state s with base <= s < sequence to `sequence`; one with sequence <= s is already known and
ignored; one with base > s is a hole. A snapshot has no base and replaces everything.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from penstock.errors import HoleError
from penstock.v1 import market_data_pb2 as wire


class Status(enum.IntEnum):
    """Whether what a topic shows may be believed now."""

    UNSPECIFIED = wire.STATUS_UNSPECIFIED
    LIVE = wire.STATUS_LIVE
    STALE = wire.STATUS_STALE
    RESYNCING = wire.STATUS_RESYNCING


class Side(enum.IntEnum):
    """The aggressor's side of a trade."""

    UNSPECIFIED = wire.SIDE_UNSPECIFIED
    BUY = wire.SIDE_BUY
    SELL = wire.SIDE_SELL


class GapReason(enum.IntEnum):
    """Why events will not come."""

    UNSPECIFIED = wire.Gap.REASON_UNSPECIFIED
    VENUE_LOSS = wire.Gap.REASON_VENUE_LOSS
    EXPIRED = wire.Gap.REASON_EXPIRED
    NEW_EPOCH = wire.Gap.REASON_NEW_EPOCH


class Outcome(enum.Enum):
    """What an update did to a state."""

    APPLIED = enum.auto()
    IGNORED = enum.auto()


class Position(NamedTuple):
    """Where to resume: a point in a topic's life."""

    topic: str
    epoch: int
    sequence: int


class Level(NamedTuple):
    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade, or one aggregate of consecutive trades at one price by one taker."""

    topic: str
    epoch: int
    sequence: int
    id: int
    price: Decimal
    quantity: Decimal
    side: Side
    event_time: int  # ns since 1970 by the venue's clock; 0 when the venue does not say
    first_id: int | None = None  # aggregates only
    last_id: int | None = None  # aggregates only


@dataclass(frozen=True, slots=True)
class Gap:
    """Events that will not come: topic sequences, or the venue's own trade ids, inclusive."""

    topic: str
    reason: GapReason
    from_sequence: int | None
    to_sequence: int | None
    from_id: int | None
    to_id: int | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A topic that this subscription does not get; the others are not affected."""

    topic: str
    code: int  # gRPC status code
    message: str


@dataclass(slots=True)
class _State:
    topic: str
    epoch: int = 0
    sequence: int = 0
    venue_sequence: int = 0
    status: Status = Status.UNSPECIFIED
    event_time: int = 0  # ns since 1970, venue's clock
    receive_time: int = 0  # ns since 1970, gateway's clock
    publish_time: int = 0  # ns since 1970, gateway's clock

    @property
    def position(self) -> Position:
        return Position(self.topic, self.epoch, self.sequence)

    @property
    def is_live(self) -> bool:
        return self.status is Status.LIVE

    def _advance(self, update: wire.Update) -> None:
        if update.HasField("sequence"):
            self.epoch, self.sequence = update.epoch, update.sequence
        if update.HasField("status"):
            self.status = Status(update.status)
        if update.HasField("venue_sequence"):
            self.venue_sequence = update.venue_sequence
        if update.HasField("event_time"):
            self.event_time = update.event_time
        if update.HasField("receive_time"):
            self.receive_time = update.receive_time
        if update.HasField("publish_time"):
            self.publish_time = update.publish_time

    def _continues(self, update: wire.Update, base: int) -> bool:
        """True to apply, False to ignore; raises HoleError when something is missing."""
        if update.epoch != self.epoch or base > self.sequence:
            raise HoleError(self.topic, self.sequence, base)
        return update.sequence > self.sequence


class _Snapshots(_State):
    """A state topic: snapshots replace, deltas change."""

    __slots__ = ()

    @property
    def is_live(self) -> bool:
        """True while there is a state and it is the venue's."""
        return self.epoch != 0 and self.status is Status.LIVE

    def forget(self) -> None:
        """Back to before the first snapshot."""
        self._clear()
        self.epoch = self.sequence = self.venue_sequence = 0

    def apply(self, update: wire.Update) -> Outcome:
        """Applies a snapshot or a delta of this topic; on HoleError nothing has changed."""
        if not update.HasField("base_sequence"):
            self._clear()
        elif not self._continues(update, update.base_sequence):
            return Outcome.IGNORED
        self._merge(update)
        self._advance(update)
        return Outcome.APPLIED

    def _clear(self) -> None:
        raise NotImplementedError

    def _merge(self, update: wire.Update) -> None:
        raise NotImplementedError


@dataclass(slots=True)
class Book(_Snapshots):
    """Levels of an order book, up to the depth that was subscribed.

    Believe it only while `is_live`.
    """

    _bids: dict[Decimal, Decimal] = field(default_factory=dict, repr=False)
    _asks: dict[Decimal, Decimal] = field(default_factory=dict, repr=False)

    @property
    def bids(self) -> list[Level]:
        """Best (highest) first; O(n log n)."""
        return [Level(*item) for item in sorted(self._bids.items(), reverse=True)]

    @property
    def asks(self) -> list[Level]:
        """Best (lowest) first; O(n log n)."""
        return [Level(*item) for item in sorted(self._asks.items())]

    @property
    def best_bid(self) -> Level | None:
        if not self._bids:
            return None
        price = max(self._bids)
        return Level(price, self._bids[price])

    @property
    def best_ask(self) -> Level | None:
        if not self._asks:
            return None
        price = min(self._asks)
        return Level(price, self._asks[price])

    @property
    def is_crossed(self) -> bool:
        bid, ask = self.best_bid, self.best_ask
        return bid is not None and ask is not None and bid.price >= ask.price

    def __str__(self) -> str:
        bid, ask = self.best_bid, self.best_ask
        return (
            f"{self.topic} {self.status.name.lower()}"
            f" {_show(bid and bid.quantity)} @ {_show(bid and bid.price)}"
            f" | {_show(ask and ask.price)} @ {_show(ask and ask.quantity)}"
        )

    def _clear(self) -> None:
        self._bids.clear()
        self._asks.clear()

    def _merge(self, update: wire.Update) -> None:
        _replace(self._bids, update.book.bids)
        _replace(self._asks, update.book.asks)


@dataclass(slots=True)
class Tick(_Snapshots):
    """Best bid and ask; None while unknown. Believe it only while `is_live`."""

    bid_price: Decimal | None = None
    bid_quantity: Decimal | None = None
    ask_price: Decimal | None = None
    ask_quantity: Decimal | None = None

    def __str__(self) -> str:
        return (
            f"{self.topic} {self.status.name.lower()}"
            f" {_show(self.bid_quantity)} @ {_show(self.bid_price)}"
            f" | {_show(self.ask_price)} @ {_show(self.ask_quantity)}"
        )

    def _clear(self) -> None:
        self.bid_price = self.bid_quantity = self.ask_price = self.ask_quantity = None

    def _merge(self, update: wire.Update) -> None:
        tick = update.tick
        if tick.HasField("bid_price"):
            self.bid_price = decimal(tick.bid_price, tick.price_exponent)
        if tick.HasField("ask_price"):
            self.ask_price = decimal(tick.ask_price, tick.price_exponent)
        if tick.HasField("bid_quantity"):
            self.bid_quantity = decimal(tick.bid_quantity, tick.quantity_exponent)
        if tick.HasField("ask_quantity"):
            self.ask_quantity = decimal(tick.ask_quantity, tick.quantity_exponent)


@dataclass(slots=True)
class TradeFeed(_State):
    """Where a subscription stands in an event topic. It holds no events."""

    def apply(self, update: wire.Update) -> Iterator[Trade | Gap | TradeFeed]:
        """What is new in an update: a trade, a gap, this feed when its status changed.

        Raises HoleError before anything has changed.
        """
        renewed = update.HasField("gap") and update.gap.reason == wire.Gap.REASON_NEW_EPOCH
        if update.HasField("sequence") and not renewed:
            has_base = update.HasField("base_sequence")
            base = update.base_sequence if has_base else update.sequence - 1
            is_event = update.HasField("trade") or update.HasField("gap")
            if not self._continues(update, base) and is_event:
                return
        known = self.status
        self._advance(update)
        if self.status is not known:
            yield self
        if update.HasField("trade"):
            yield make_trade(self, update)
        if update.HasField("gap"):
            yield make_gap(self.topic, update.gap)

    def __str__(self) -> str:
        return f"{self.topic} {self.status.name.lower()}"


def decimal(mantissa: int, exponent: int) -> Decimal:
    """mantissa x 10^exponent, exactly, whatever the decimal context says."""
    digits = tuple(map(int, str(abs(mantissa))))
    return Decimal((1 if mantissa < 0 else 0, digits, exponent))


def _replace(levels: dict[Decimal, Decimal], side: wire.BookSide) -> None:
    for price, quantity in zip(side.prices, side.quantities, strict=True):
        key = decimal(price, side.price_exponent)
        if quantity == 0:
            levels.pop(key, None)
        else:
            levels[key] = decimal(quantity, side.quantity_exponent)


def make_trade(feed: TradeFeed, update: wire.Update) -> Trade:
    """The trade of an update of that topic."""
    trade = update.trade
    return Trade(
        topic=feed.topic,
        epoch=update.epoch,
        sequence=update.sequence,
        id=trade.id,
        price=decimal(trade.price, trade.price_exponent),
        quantity=decimal(trade.quantity, trade.quantity_exponent),
        side=Side(trade.side),
        event_time=update.event_time,
        first_id=trade.first_id if trade.HasField("first_id") else None,
        last_id=trade.last_id if trade.HasField("last_id") else None,
    )


def make_gap(topic: str, gap: wire.Gap) -> Gap:
    """What a gap on the wire says."""

    def known(name: str) -> int | None:
        return getattr(gap, name) if gap.HasField(name) else None

    return Gap(
        topic, GapReason(gap.reason), known("from_sequence"), known("to_sequence"),
        known("from_id"), known("to_id"))


def _show(value: Decimal | None) -> str:
    return "-" if value is None else f"{value.normalize():f}"
