"""The market without a recording: the gateway agrees with what the venue sends to anybody."""

from __future__ import annotations

from collections import defaultdict

import pytest
from penstock import Book, Client, Tick, Trade
from processes import Gateway, Simulator, wait_until
from tap import Tap

SYMBOLS = {"BTC/USDT": "BTCUSDT", "ETH/USDT": "ETHUSDT"}
EVENTS_PER_TOPIC = 30


@pytest.fixture(scope="module")
def seen():
    """What a client saw, by topic, and the oracles of the same time."""
    claims = defaultdict(list)
    topics = [f"{kind}:binance:{symbol}" for symbol in SYMBOLS
              for kind in ("book", "tick", "trade")]
    with (
        Simulator(seed=11) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
        Tap(f"{simulator.address}/binance", SYMBOLS) as tap,
        Client(gateway.address) as client,
    ):
        subscription = client.subscribe(topics, reconnect=False)
        for event in subscription:
            match event:
                case Book(is_live=True):
                    claims[event.topic].append((event.venue_sequence, event.bids, event.asks))
                case Tick(is_live=True):
                    claims[event.topic].append((event.venue_sequence, (
                        event.bid_price, event.bid_quantity, event.ask_price, event.ask_quantity)))
                case Trade():
                    claims[event.topic].append(
                        (event.id, event.price, event.quantity, event.side.name.lower()))
            if all(len(claims[topic]) >= EVENTS_PER_TOPIC for topic in topics):
                break
        subscription.close()
        wait_until(
            lambda: all(
                tap.oracles[symbol].last_update >= claims[f"book:binance:{symbol}"][-1][0]
                and tap.oracles[symbol].last_tick >= claims[f"tick:binance:{symbol}"][-1][0]
                and tap.oracles[symbol].trades[-1][0] >= claims[f"trade:binance:{symbol}"][-1][0]
                for symbol in SYMBOLS), 10, "the tap to have seen as much")
    return claims, tap.oracles


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_books_equal_the_venues(symbol, seen):
    claims, oracles = seen
    oracle = oracles[symbol]
    book = oracle.book()
    judged = 0
    for venue_sequence, bids, asks in claims[f"book:binance:{symbol}"]:
        if venue_sequence >= oracle.snapshot["lastUpdateId"]:
            assert (bids, asks) == book.at(venue_sequence)
            judged += 1
    assert judged > EVENTS_PER_TOPIC / 2


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_ticks_equal_the_venues(symbol, seen):
    claims, oracles = seen
    ticks = oracles[symbol].ticks
    judged = [claim for claim in claims[f"tick:binance:{symbol}"] if claim[0] >= min(ticks)]
    assert all(ticks[venue_sequence] == tick for venue_sequence, tick in judged)
    assert len(judged) > EVENTS_PER_TOPIC / 2


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_trades_equal_the_venues_once_and_in_order(symbol, seen):
    claims, oracles = seen
    true = oracles[symbol].trades
    got = [trade for trade in claims[f"trade:binance:{symbol}"] if trade[0] >= true[0][0]]
    start = next(index for index, trade in enumerate(true) if trade[0] == got[0][0])
    assert got == true[start:start + len(got)]
    assert len(got) > EVENTS_PER_TOPIC / 2
