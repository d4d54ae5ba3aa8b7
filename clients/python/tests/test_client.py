"""Subscriptions against a scripted server: what is asked again, and from where."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import grpc
import pytest

from penstock import Book, Client, HoleError, Rejected, RequestError, Status, Trade, TradeFeed
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataServicer, add_MarketDataServicer_to_server

BOOK = "book:binance:BTC/USDT"
TRADES = "trade:binance:BTC/USDT"
EPOCH = 7


class ScriptedServer(MarketDataServicer):
    """Plays one list of messages per call; an RpcError's code in the list ends the call with it."""

    def __init__(self, *calls):
        self.calls = list(calls)
        self.requests = []
        self._server = grpc.server(ThreadPoolExecutor(4))
        add_MarketDataServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Subscribe(self, request, context):
        self.requests.append(request)
        if not self.calls:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no further call is scripted")
        for message in self.calls.pop(0):
            if isinstance(message, grpc.StatusCode):
                context.abort(message, "scripted")
            yield message

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.stop(None)


def accepted(*topics, resumed=False, sequence=0, status=wire.STATUS_LIVE, rejected=()):
    return wire.Update(subscribed=wire.Subscribed(
        accepted=[
            wire.AcceptedTopic(name=topic, number=number, epoch=EPOCH, sequence=sequence,
                               status=status, resumed=resumed)
            for number, topic in enumerate(topics, 1)],
        rejected=rejected))


def bid(price, sequence, base=None, number=1):
    return wire.Update(
        topic=number, epoch=EPOCH, sequence=sequence, base_sequence=base,
        status=None if base else wire.STATUS_LIVE, book=wire.Book(bids=wire.BookSide(
            prices=[price], quantities=[1], price_exponent=0, quantity_exponent=0)))


def trade(id, sequence, number=1):
    return wire.Update(topic=number, epoch=EPOCH, sequence=sequence, trade=wire.Trade(
        id=id, price=1, price_exponent=0, quantity=1, quantity_exponent=0, side=wire.SIDE_BUY))


def take(subscription, count):
    """What the first `count` events said, as they were when they came."""
    seen = []
    for event in subscription:
        match event:
            case Book():
                seen.append((event.sequence, event.status.name, len(event.bids)))
            case TradeFeed():
                seen.append(event.status.name)
            case Trade():
                seen.append(event.id)
            case Rejected():
                seen.append((event.topic, event.code))
        if len(seen) == count:
            subscription.close()
            return seen
    return seen


def positions(request):
    return [(each.topic, each.epoch, each.sequence) for each in request.resume]


def test_a_snapshot_and_deltas_become_one_state():
    with ScriptedServer([accepted(BOOK), bid(10, 3), bid(11, 4, base=3)]) as server:
        with Client(server.address) as client:
            subscription = client.subscribe([BOOK])
            assert take(subscription, 2) == [(3, "LIVE", 1), (4, "LIVE", 2)]
    assert subscription.states[BOOK].best_bid.price == Decimal(11)
    assert positions(server.requests[0]) == []


def test_a_lost_connection_makes_stale_and_resumes_where_it_stood():
    with ScriptedServer(
        [accepted(BOOK), bid(10, 3), grpc.StatusCode.UNAVAILABLE],
        [accepted(BOOK, resumed=True, sequence=5), bid(11, 5, base=3)],
    ) as server, Client(server.address) as client:
        seen = take(client.subscribe([BOOK]), 4)
    assert seen == [(3, "LIVE", 1), (3, "STALE", 1), (3, "LIVE", 1), (5, "LIVE", 2)]
    assert positions(server.requests[1]) == [(BOOK, EPOCH, 3)]


def test_a_server_that_cannot_resume_begins_with_a_snapshot():
    with ScriptedServer(
        [accepted(BOOK), bid(10, 3), grpc.StatusCode.UNAVAILABLE],
        [accepted(BOOK, sequence=9), bid(12, 9)],
    ) as server, Client(server.address) as client:
        subscription = client.subscribe([BOOK])
        assert take(subscription, 3) == [(3, "LIVE", 1), (3, "STALE", 1), (9, "LIVE", 1)]
    assert subscription.states[BOOK].best_bid.price == Decimal(12)


def test_a_hole_subscribes_again_without_the_position_of_that_topic():
    with ScriptedServer(
        [accepted(BOOK, TRADES), bid(10, 3), trade(1, 1, number=2), bid(11, 8, base=5)],
        [accepted(BOOK, TRADES, resumed=True), bid(12, 8)],
    ) as server, Client(server.address) as client:
        subscription = client.subscribe([BOOK, TRADES])
        for event in subscription:
            if isinstance(event, Book) and event.sequence == 8:
                subscription.close()
                break
    assert subscription.holes == 1
    assert positions(server.requests[1]) == [(TRADES, EPOCH, 1)]
    assert subscription.states[BOOK].best_bid.price == Decimal(12)


def test_a_hole_is_raised_when_nothing_shall_be_repaired():
    with ScriptedServer([accepted(BOOK), bid(10, 3), bid(11, 8, base=5)]) as server:
        with Client(server.address) as client, pytest.raises(HoleError):
            take(client.subscribe([BOOK], reconnect=False), 9)


def test_states_of_an_earlier_subscription_are_taken_over():
    with ScriptedServer(
        [accepted(BOOK), bid(10, 3)],
        [accepted(BOOK, resumed=True, sequence=4), bid(11, 4, base=3)],
    ) as server, Client(server.address) as client:
        earlier = client.subscribe([BOOK])
        take(earlier, 1)
        later = client.subscribe([BOOK], resume=earlier.states.values())
        assert take(later, 1) == [(4, "LIVE", 2)]
    assert positions(server.requests[1]) == [(BOOK, EPOCH, 3)]


def test_trades_begin_where_the_acknowledgement_says_and_come_once():
    with ScriptedServer(
        [accepted(TRADES, sequence=5), trade(1, 6), trade(1, 6), trade(2, 7)],
    ) as server, Client(server.address) as client:
        assert take(client.subscribe([TRADES]), 3) == ["LIVE", 1, 2]


def test_rejected_topics_are_told_and_not_asked_for_again():
    refused = [wire.RejectedTopic(name="nonsense", code=3, message="what?")]
    with ScriptedServer(
        [accepted(BOOK, rejected=refused), bid(10, 3), grpc.StatusCode.UNAVAILABLE],
        [accepted(BOOK, resumed=True), bid(11, 4, base=3)],
    ) as server, Client(server.address) as client:
        seen = take(client.subscribe([BOOK, "nonsense"]), 5)
    assert seen[0] == ("nonsense", 3)
    assert list(server.requests[1].topics) == [BOOK]


def test_a_topic_that_ends_later_is_told():
    ended = wire.Update(topic=1, rejected=wire.RejectedTopic(name=BOOK, code=5, message="gone"))
    with ScriptedServer([accepted(BOOK), bid(10, 3), ended]) as server:
        with Client(server.address) as client:
            assert take(client.subscribe([BOOK]), 9) == [(3, "LIVE", 1), (BOOK, 5)]


def test_a_topic_without_data_says_its_status():
    with ScriptedServer(
        [accepted(BOOK, status=wire.STATUS_STALE), bid(10, 1)],
    ) as server, Client(server.address) as client:
        assert take(client.subscribe([BOOK]), 2) == [(0, "STALE", 0), (1, "LIVE", 1)]


def test_a_refused_request_is_raised_with_its_code():
    with ScriptedServer([grpc.StatusCode.INVALID_ARGUMENT]) as server:
        with Client(server.address) as client, pytest.raises(RequestError) as failure:
            take(client.subscribe([BOOK]), 1)
    assert failure.value.code is grpc.StatusCode.INVALID_ARGUMENT


def test_what_was_never_granted_is_too_much_and_raised():
    with ScriptedServer([grpc.StatusCode.RESOURCE_EXHAUSTED]) as server:
        with Client(server.address) as client, pytest.raises(RequestError) as failure:
            take(client.subscribe([BOOK]), 1)
    assert failure.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_who_was_let_go_for_being_slow_comes_back_also_to_a_server_that_has_too_many():
    exhausted = grpc.StatusCode.RESOURCE_EXHAUSTED
    with ScriptedServer(
        [accepted(BOOK), bid(10, 3), exhausted], [exhausted],
        [accepted(BOOK, resumed=True, sequence=3), bid(11, 4, base=3)],
    ) as server:
        with Client(server.address) as client:
            subscription = client.subscribe([BOOK])
            take(subscription, 4)
    assert subscription.reconnects == 2
    assert subscription.states[BOOK].sequence == 4


def test_a_state_that_was_live_is_not_while_the_server_is_away():
    with ScriptedServer([accepted(BOOK), bid(10, 3), grpc.StatusCode.UNAVAILABLE]) as server:
        with Client(server.address) as client:
            subscription = client.subscribe([BOOK])
            take(subscription, 2)
    assert subscription.states[BOOK].status is Status.STALE
    assert not subscription.states[BOOK].is_live
