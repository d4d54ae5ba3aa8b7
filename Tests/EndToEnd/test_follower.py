"""The follower itself: it must see what is wrong, or its silence proves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import grpc
import pytest
from follower import Follower
from oracle import Oracle
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataServicer, add_MarketDataServicer_to_server

SYMBOL = "BTC/USDT"
BOOK, TICK, TRADE = (f"{kind}:binance:{SYMBOL}" for kind in ("book", "tick", "trade"))


def make_oracle() -> Oracle:
    oracle = Oracle()
    oracle.snapshot = {"lastUpdateId": 10, "bids": [["9", "1"]], "asks": [["11", "3"]]}
    oracle.diffs = [{"U": 11, "u": 12, "b": [["9.5", "2"]], "a": []}]
    oracle.ticks = {11: (Decimal(9), Decimal(1), Decimal(11), Decimal(3))}
    oracle.trades = [(1, Decimal(9), Decimal(1), "buy"), (2, Decimal(9), Decimal(1), "sell")]
    return oracle


def side(*levels):
    return wire.BookSide(prices=[int(price * 10) for price, _ in levels], price_exponent=-1,
                         quantities=[quantity for _, quantity in levels], quantity_exponent=0)


def book(venue, bids, asks=((11, 3),), sequence=1, status=wire.STATUS_LIVE):
    return wire.Update(topic=1, epoch=5, sequence=sequence, venue_sequence=venue, status=status,
                       book=wire.Book(bids=side(*bids), asks=side(*asks)))


def tick(venue, bid):
    return wire.Update(topic=2, epoch=5, sequence=1, venue_sequence=venue, status=wire.STATUS_LIVE,
                       tick=wire.Tick(bid_price=bid, ask_price=11, bid_quantity=1, ask_quantity=3,
                                      price_exponent=0, quantity_exponent=0))


def trade(id, aggressor):
    return wire.Update(topic=3, epoch=5, sequence=id, trade=wire.Trade(
        id=id, price=9, quantity=1, price_exponent=0, quantity_exponent=0, side=aggressor))


TRUE_END = [book(12, [(9.5, 2), (9, 1)]), tick(11, 9), trade(1, wire.SIDE_BUY),
            trade(2, wire.SIDE_SELL)]


@pytest.fixture
def follow():
    """Plays updates to a follower and returns it once they are all judged."""
    servers = []

    def follow(*updates):
        class Script(MarketDataServicer):
            def Subscribe(self, request, context):
                yield wire.Update(subscribed=wire.Subscribed(accepted=[
                    wire.AcceptedTopic(name=name, number=number, epoch=5, sequence=0,
                                       status=wire.STATUS_LIVE)
                    for number, name in enumerate(request.topics, 1)]))
                yield from updates
                context.abort(grpc.StatusCode.UNAVAILABLE, "the script ends")

        server = grpc.server(ThreadPoolExecutor(1))
        servers.append(server)
        add_MarketDataServicer_to_server(Script(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        follower = Follower(f"127.0.0.1:{port}", "binance", {SYMBOL: make_oracle()})
        assert follower.topics == [BOOK, TICK, TRADE]
        follower._thread.join(10)
        assert "the script ends" in str(follower.failure)
        return follower

    yield follow
    for server in servers:
        server.stop(None)


def test_true_claims_are_no_differences_and_complete(follow):
    follower = follow(book(10, [(9, 1)]), *TRUE_END)
    assert follower.differences == []
    assert follower.is_complete()
    assert follower.seen_trades(TRADE) == follower.expected_trades(TRADE)
    assert follower.compared == {BOOK: 2, TICK: 1, TRADE: 2}


@pytest.mark.parametrize("wrong", [
    book(12, [(9, 1)]),  # a change is missing
    book(10, [(9.5, 2), (9, 1)]),  # a change came too early
    book(10, [(9, 2)]),  # another quantity
    book(10, [(9, 1)], asks=()),  # a level is missing
    book(11, [(9, 1)]),  # no message ends there
    book(10, [(9, 1), (12, 1)]),  # crossed
    tick(11, 8),
    tick(12, 9),
], ids=range(8))
def test_a_wrong_claim_is_a_difference(wrong, follow):
    assert len(follow(wrong).differences) >= 1


def test_a_book_that_does_not_claim_to_be_live_is_not_judged(follow):
    follower = follow(book(12, [(1, 1)], status=wire.STATUS_RESYNCING))
    assert follower.differences == []
    assert not follower.is_complete()


@pytest.mark.parametrize("lost", range(len(TRUE_END)))
def test_an_end_that_is_missing_is_not_complete(lost, follow):
    updates = [update for index, update in enumerate(TRUE_END) if index != lost]
    if lost == 2:  # the first trade: the end is there, the list is not, and the stream has a hole
        updates[2].base_sequence = 0
        follower = follow(*updates)
        updates[2].ClearField("base_sequence")
        assert follower.seen_trades(TRADE) != follower.expected_trades(TRADE)
    else:
        assert not follow(*updates).is_complete()
