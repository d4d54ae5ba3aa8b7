"""What a stock gRPC client may ask, rightly and wrongly."""

from __future__ import annotations

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from google.protobuf.descriptor_pool import DescriptorPool
from penstock import Book, Client, Rejected, RequestError
from penstock.v1 import market_data_pb2 as wire

BOOK = "book:binance:BTC/USDT"
INVALID, NOT_FOUND, ALREADY = 3, 5, 6
WRONG_TOPICS = {
    "book": INVALID,
    "book:binance": INVALID,
    "book:binance:BTCUSDT": INVALID,
    "book:binance:btc/usdt": INVALID,
    "book:binance:BTC/USDT:0": INVALID,
    "book:binance:BTC/USDT:1001": INVALID,
    "book:binance:BTC/USDT:ten": INVALID,
    "book:binance:BTC/USDT:10:10": INVALID,
    "tick:binance:BTC/USDT:5": INVALID,
    "candle:binance:BTC/USDT": NOT_FOUND,
    "book:nowhere:BTC/USDT": NOT_FOUND,
}


@pytest.fixture
def channel(gateway_address):
    with grpc.insecure_channel(gateway_address) as channel:
        yield channel


@pytest.fixture
def client(gateway_address):
    with Client(gateway_address) as client:
        yield client


def first_live_book(client: Client, topics) -> tuple[Book, list[Rejected]]:
    rejected = []
    subscription = client.subscribe(topics, reconnect=False)
    for event in subscription:
        match event:
            case Rejected():
                rejected.append(event)
            case Book(is_live=True):
                subscription.close()
                return event, rejected
    raise AssertionError("ended early")


def test_wrong_topics_are_rejected_one_by_one_and_the_rest_works(client):
    book, rejected = first_live_book(client, [*WRONG_TOPICS, BOOK])
    assert book.topic == BOOK
    assert {each.topic: each.code for each in rejected} == WRONG_TOPICS
    assert all(each.message for each in rejected)


def test_an_instrument_that_the_venue_does_not_list_is_rejected(client):
    _, rejected = first_live_book(client, [BOOK, "book:binance:NOPE/USDT"])
    assert [(each.topic, each.code) for each in rejected] == [("book:binance:NOPE/USDT", NOT_FOUND)]


def test_a_topic_named_twice_is_rejected_once(client):
    _, rejected = first_live_book(client, [BOOK, BOOK])
    assert [(each.topic, each.code) for each in rejected] == [(BOOK, ALREADY)]


def test_the_acknowledgement_comes_first_and_keeps_the_order(client):
    topics = ["trade:binance:ETH/USDT", "book:nowhere:A/B", BOOK, "tick:binance:BTC/USDT"]
    call = client.stub.Subscribe(wire.SubscribeRequest(topics=topics), timeout=10)
    first = next(call)
    call.cancel()
    assert not first.HasField("topic")
    assert [each.name for each in first.subscribed.accepted] == [topics[0], topics[2], topics[3]]
    assert [each.name for each in first.subscribed.rejected] == [topics[1]]
    numbers = [each.number for each in first.subscribed.accepted]
    assert len(set(numbers)) == 3


def test_an_empty_request_is_an_invalid_argument(client):
    with pytest.raises(grpc.RpcError) as failure:
        list(client.stub.Subscribe(wire.SubscribeRequest(), timeout=10))
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_topics_that_are_all_malformed_end_with_not_found_too(client):
    call = client.stub.Subscribe(wire.SubscribeRequest(topics=["", "nonsense"]), timeout=10)
    assert len(next(call).subscribed.rejected) == 2
    with pytest.raises(grpc.RpcError) as failure:
        next(call)
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND


def test_a_request_of_which_nothing_is_accepted_ends_with_not_found(client):
    call = client.stub.Subscribe(
        wire.SubscribeRequest(topics=["book:nowhere:BTC/USDT", "book:binance"]), timeout=10)
    first = next(call)
    assert [each.code for each in first.subscribed.rejected] == [NOT_FOUND, INVALID]
    with pytest.raises(grpc.RpcError) as failure:
        next(call)
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND


def test_ten_thousand_topics_are_answered_and_nobody_else_notices(client):
    topics = [f"book:binance:T{number}/USDT" for number in range(10_000)]
    call = client.stub.Subscribe(wire.SubscribeRequest(topics=topics), timeout=20)
    try:
        first = next(call)
        assert len(first.subscribed.accepted) + len(first.subscribed.rejected) == len(topics)
    except grpc.RpcError as error:
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert error.details()
    call.cancel()
    assert first_live_book(client, [BOOK])[0].is_live


def raw(channel, path="/penstock.v1.MarketData/Subscribe"):
    return channel.unary_stream(path, request_serializer=bytes, response_deserializer=bytes)


def test_bytes_that_are_no_message_are_an_invalid_argument(channel, client):
    for wrong in (b"\xff" * 9, b"\x0a\x7fshort", b"\x0b"):
        with pytest.raises(grpc.RpcError) as failure:
            list(raw(channel)(wrong, timeout=10))
        assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT, wrong
    assert first_live_book(client, [BOOK])[0].is_live


def test_unknown_fields_are_ignored(channel):
    request = wire.SubscribeRequest(topics=[BOOK]).SerializeToString() + b"\xfa\x3f\x01x"
    call = raw(channel)(request, timeout=10)
    assert wire.Update.FromString(next(call)).subscribed.accepted[0].name == BOOK
    call.cancel()


def test_an_unknown_method_is_unimplemented(channel):
    for path in ("/penstock.v1.MarketData/Guess", "/nobody.v1.Home/Knock"):
        with pytest.raises(grpc.RpcError) as failure:
            list(raw(channel, path)(b"", timeout=10))
        assert failure.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_deadline_ends_a_subscription(client):
    with pytest.raises(grpc.RpcError) as failure:
        list(client.stub.Subscribe(wire.SubscribeRequest(topics=[BOOK]), timeout=0.3))
    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_snapshot_of_several_topics_is_one_answer(client):
    first_live_book(client, [BOOK, "book:binance:ETH/USDT:5"])
    response = client.stub.GetSnapshot(
        wire.GetSnapshotRequest(topics=[BOOK, "book:binance:ETH/USDT:5", "book:nowhere:A/B"]),
        timeout=10)
    assert [each.name for each in response.subscribed.rejected] == ["book:nowhere:A/B"]
    assert len(response.snapshots) == 2
    assert all(not each.HasField("base_sequence") for each in response.snapshots)
    assert len(response.snapshots[0].book.bids.prices) <= 50
    assert len(response.snapshots[1].book.bids.prices) <= 5


def test_depth_is_as_asked(client):
    for depth in (1, 3, 20):
        book, _ = first_live_book(client, [f"{BOOK}:{depth}"])
        assert 0 < len(book.bids) <= depth
        assert 0 < len(book.asks) <= depth
        assert not book.is_crossed


def test_instruments_are_listed(client):
    listed = {each.symbol: each for each in client.instruments("binance")}
    assert listed["BTC/USDT"].venue_symbol == "BTCUSDT"
    assert (listed["ETH/USDT"].base_asset, listed["ETH/USDT"].quote_asset) == ("ETH", "USDT")
    assert listed["BTC/USDT"].trading
    with pytest.raises(RequestError) as failure:
        client.instruments("nowhere")
    assert failure.value.code is grpc.StatusCode.NOT_FOUND


def test_health_says_serving(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    for service in ("", "penstock.v1.MarketData"):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as failure:
        stub.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=10)
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND


def test_reflection_describes_everything_that_is_served(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    services = set(database.get_services())
    assert {"penstock.v1.MarketData", "grpc.health.v1.Health"} <= services
    pool = DescriptorPool(database)
    service = pool.FindServiceByName("penstock.v1.MarketData")
    assert [method.name for method in service.methods] == [
        "Subscribe", "Session", "GetSnapshot", "GetHistory", "GetReplayInfo", "ListInstruments"]
    described = service.methods_by_name["Subscribe"].output_type
    known = wire.Update.DESCRIPTOR
    assert {f.name: f.number for f in described.fields} == {f.name: f.number for f in known.fields}
