"""SIGTERM: clients are told, calls end in order, and the process is gone."""

from __future__ import annotations

import signal
import threading
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub
from processes import Gateway, Simulator
from wire import GOAWAY, HEADERS, Connection, headers, request

TOPIC = "tick:binance:BTC/USDT"


@pytest.fixture
def gateway():
    with (
        Simulator(seed=7) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
    ):
        yield gateway


def collect(call, into: list) -> threading.Thread:
    def follow() -> None:
        try:
            for each in call:
                into.append(each)
        except grpc.RpcError as error:
            into.append(error.code())

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    return thread


def test_subscribers_and_watchers_are_sent_elsewhere_at_once(gateway):
    with grpc.insecure_channel(gateway.address) as channel:
        updates, statuses = [], []
        subscription = MarketDataStub(channel).Subscribe(wire.SubscribeRequest(topics=[TOPIC]))
        health = health_pb2_grpc.HealthStub(channel)
        threads = [
            collect(subscription, updates),
            collect(health.Watch(health_pb2.HealthCheckRequest()), statuses),
        ]
        while len(updates) < 3 or not statuses:
            time.sleep(0.01)
        since = time.monotonic()
        gateway.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(5)
        assert updates[-1] == grpc.StatusCode.UNAVAILABLE
        assert statuses[-2].status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert statuses[-1] == grpc.StatusCode.UNAVAILABLE
        assert gateway.wait() == 0
        assert time.monotonic() - since < 4


def test_goaway_comes_twice_and_names_the_last_call(gateway):
    with Connection(gateway.address) as connection:
        connection.send(headers(1, request("/penstock.v1.MarketData/Subscribe")))
        connection.read(0.3)
        gateway.send_signal(signal.SIGTERM)
        goaways = lambda: [each for each in connection.frames if each.kind == GOAWAY]  # noqa: E731
        connection.read(5, lambda _: len(goaways()) == 1)
        notice = int.from_bytes(goaways()[0].payload[:4], "big")
        assert notice == 0x7fff_ffff
        # The call is ended with UNAVAILABLE before the last GOAWAY.
        connection.read(5, lambda _: any(each.kind == HEADERS for each in connection.frames))
        assert connection.frames and gateway.is_running
        connection.read(8, lambda _: len(goaways()) == 2)
        assert int.from_bytes(goaways()[-1].payload[:4], "big") == 1
        connection.read(3, lambda each: each.is_closed)
        assert connection.is_closed
    assert gateway.wait() == 0


def test_a_client_that_never_answers_holds_nobody_up_for_long(gateway):
    with Connection(gateway.address) as connection:
        connection.send(headers(1, request("/penstock.v1.MarketData/GetSnapshot")))
        connection.read(0.3)
        since = time.monotonic()
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait(20) == 0
        assert 10 < time.monotonic() - since < 19
