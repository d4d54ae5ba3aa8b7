"""gzip on streams, as grpc's own client takes it: transparently."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from penstock.v1 import market_data_pb2 as wire
from processes import Gateway, Simulator, wait_until
from talk import Talk, hello

CROWD = 40
BOOKS = ["book:binance:BTC/USDT:500", "book:binance:BTC/USDT", "book:binance:ETH/USDT"]
# So slow that a delta of the deep book is large enough to be worth it.
SLOW = wire.Rate(min_interval_milliseconds=1500)
ONLY_IDENTITY = (("grpc.compression_enabled_algorithms_bitset", 1),)


@pytest.fixture(scope="module")
def simulator():
    with Simulator(seed=11) as simulator:
        yield simulator


def serve(simulator: Simulator, *extra: str) -> Gateway:
    # On one loop, where the whole crowd shares each frame: the more rows, the more it is worth.
    gateway = Gateway(
        {"binance": f"{simulator.address}/binance"}, "--instruments", "BTC/USDT,ETH/USDT",
        "--loops", "1", *extra)
    gateway.wait_until_serving()
    return gateway


def total(gateway: Gateway, name: str) -> float:
    return sum(value for key, value in gateway.metrics().items() if key.startswith(name))


def saved(gateway: Gateway) -> float:
    return total(gateway, 'penstock_fanout_saved_bytes_total{by="gzip"')


def follow(stack: ExitStack, gateway: Gateway, options=()) -> list[Talk]:
    talks = [
        stack.enter_context(Talk(gateway.address, hello(), options)) for _ in range(CROWD)]
    for talk in talks:
        assert len(talk.subscribe(1, BOOKS, rate=SLOW).accepted) == len(BOOKS)
    return talks


def test_a_crowd_that_accepts_gzip_gets_books_in_fewer_bytes(simulator):
    with serve(simulator) as gateway, ExitStack() as stack:
        talks = follow(stack, gateway)
        wait_until(lambda: saved(gateway) > 0, 30, "bytes saved by gzip")
        for talk in talks:
            talk.wait(lambda talk=talk: len(talk.updates[BOOKS[0]]) > 4, "updates of the deep book")


def test_who_does_not_accept_gzip_is_never_sent_any(simulator):
    with serve(simulator) as gateway, ExitStack() as stack:
        talks = follow(stack, gateway, ONLY_IDENTITY)
        for talk in talks:
            talk.wait(lambda talk=talk: len(talk.updates[BOOKS[0]]) > 3, "updates of the deep book")
        assert saved(gateway) == 0
        assert total(gateway, "penstock_fanout_gzip_total") == 0


def test_gzip_is_turned_off_by_the_configuration(simulator, tmp_path):
    path = tmp_path / "config.json5"
    path.write_text('{ gzip: "off" }')
    with serve(simulator, "--config", str(path)) as gateway, ExitStack() as stack:
        for talk in follow(stack, gateway):
            talk.wait(lambda talk=talk: len(talk.updates[BOOKS[0]]) > 3, "updates of the deep book")
        assert total(gateway, "penstock_fanout_gzip_total") == 0
