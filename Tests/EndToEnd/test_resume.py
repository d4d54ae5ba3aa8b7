"""A position on any connection gives exactly what was missed."""

from __future__ import annotations

import itertools
import time

import pytest
from penstock import Book, Client, Tick, Trade, TradeFeed
from penstock.v1 import market_data_pb2 as wire

BOOK = "book:binance:BTC/USDT"
TICK = "tick:binance:BTC/USDT"
TRADES = "trade:binance:BTC/USDT"


@pytest.fixture
def client(gateway_address):
    with Client(gateway_address) as client:
        yield client


def updates(client: Client, topics, resume=()):
    """The raw stream: first message, iterator over the others, and the call."""
    call = client.stub.Subscribe(wire.SubscribeRequest(topics=topics, resume=resume), timeout=30)
    first = next(call)
    assert first.HasField("subscribed")
    return first.subscribed, call


def follow(subscription, until, topic=BOOK):
    """The state of a topic when `until(state)` first holds."""
    for event in subscription:
        if isinstance(event, Book | Tick) and event.topic == topic and event.is_live:
            if until(event):
                subscription.close()
                return event
    raise AssertionError("ended early")


def test_a_book_continues_with_exactly_the_missing_delta(client):
    start = follow(client.subscribe([BOOK]), lambda book: True)
    position = wire.Position(topic=BOOK, epoch=start.epoch, sequence=start.sequence)
    follow(client.subscribe([BOOK]), lambda book: book.sequence >= start.sequence + 3)

    subscribed, call = updates(client, [BOOK], [position])
    first = next(call)
    assert subscribed.accepted[0].resumed
    assert first.HasField("base_sequence")
    assert first.base_sequence == start.sequence
    assert first.sequence >= start.sequence + 3
    start.apply(first)
    target = first.sequence

    fresh_subscribed, fresh = updates(client, [BOOK])
    twin = Book(BOOK)
    for update in fresh:
        twin.apply(update)
        if twin.sequence >= target:
            break
    for update in call:
        if start.sequence >= twin.sequence:
            break
        start.apply(update)
    while twin.sequence < start.sequence:
        twin.apply(next(fresh))
    fresh.cancel()
    call.cancel()
    if start.sequence == twin.sequence:
        assert (start.bids, start.asks) == (twin.bids, twin.asks)
    assert not fresh_subscribed.accepted[0].resumed


def test_a_tick_continues_from_its_position(client):
    start = follow(client.subscribe([TICK]), lambda tick: True, TICK)
    position = wire.Position(topic=TICK, epoch=start.epoch, sequence=start.sequence)
    subscribed, call = updates(client, [TICK], [position])
    assert subscribed.accepted[0].resumed
    first = next(call)
    call.cancel()
    assert first.base_sequence == start.sequence
    assert first.sequence > start.sequence


def test_another_epoch_gets_a_snapshot(client):
    start = follow(client.subscribe([BOOK]), lambda book: True)
    position = wire.Position(topic=BOOK, epoch=start.epoch ^ 1, sequence=start.sequence)
    subscribed, call = updates(client, [BOOK], [position])
    first = next(call)
    call.cancel()
    assert not subscribed.accepted[0].resumed
    assert not first.HasField("base_sequence")
    assert first.book.bids.prices


def test_a_position_from_the_future_gets_a_snapshot(client):
    start = follow(client.subscribe([BOOK]), lambda book: True)
    position = wire.Position(topic=BOOK, epoch=start.epoch, sequence=2**52)
    subscribed, call = updates(client, [BOOK], [position])
    first = next(call)
    call.cancel()
    assert not subscribed.accepted[0].resumed
    assert not first.HasField("base_sequence")


def trades_of(subscription, count):
    return list(itertools.islice((e for e in subscription if isinstance(e, Trade)), count))


def test_trades_continue_without_hole_or_repeat(client):
    subscription = client.subscribe([TRADES])
    [first] = trades_of(subscription, 1)
    subscription.close()
    time.sleep(0.2)  # lets trades pass that nobody reads; correct without it, but weaker

    state = TradeFeed(TRADES, first.epoch, first.sequence)
    subscription = client.subscribe([TRADES], resume=[state])
    later = trades_of(subscription, 5)
    subscription.close()
    assert [trade.sequence for trade in later] == [first.sequence + n for n in range(1, 6)]
    assert [trade.id for trade in later] == [first.id + n for n in range(1, 6)]


def test_trades_of_another_epoch_begin_with_a_gap(client):
    subscription = client.subscribe([TRADES])
    [trade] = trades_of(subscription, 1)
    subscription.close()
    position = wire.Position(topic=TRADES, epoch=trade.epoch ^ 1, sequence=trade.sequence)
    subscribed, call = updates(client, [TRADES], [position])
    first = next(update for update in call if update.HasField("gap") or update.HasField("trade"))
    call.cancel()
    assert not subscribed.accepted[0].resumed
    assert first.gap.reason == wire.Gap.REASON_NEW_EPOCH
