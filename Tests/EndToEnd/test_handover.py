"""A second process takes the port: nobody misses an update, and nobody gets one twice.

The whole drill, with the release build:

    PENSTOCK_BINARY=.build/release/penstock .venv/bin/python -m pytest Tests/EndToEnd/test_handover.py \
        --handover-subscribers 2000 --handover-rounds 20
"""

from __future__ import annotations

import json
import signal
import time
from decimal import Decimal
from pathlib import Path

import grpc
import pytest
from penstock import Book
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub
from processes import BINARY, Gateway, Penstock, Simulator, free_port, wait_until

TOPICS = [
    "book:binance:BTC/USDT", "tick:binance:BTC/USDT", "book:binance:ETH/USDT",
    "trade:binance:BTC/USDT", "book:binance:BTC/USDT:10", "trade:binance:ETH/USDT",
]
PATIENCE_SECONDS = 60.0


class Server(Gateway):
    """A gateway that hands over at a socket; not waited for."""

    def __init__(self, market: str, address: str, path: Path, *extra: str) -> None:
        self.tls = None
        self.address = address
        Penstock.__init__(
            self, "serve", "--listen", address, "--venue", f"binance=http://{market}/binance",
            "--instruments", "BTC/USDT,ETH/USDT", "--takeover", str(path), *extra)

    @property
    def listens(self) -> bool:
        return any(line.startswith("listening on") for line in self.lines)

    def wait_until_it_listens(self) -> None:
        wait_until(
            lambda: self.listens or not self.is_running, PATIENCE_SECONDS, f"{self} to listen")
        assert self.is_running, self.errors


class Drill(Penstock):
    """Many strict subscribers; see Tests/HandoverDrill."""

    program = BINARY.with_name("HandoverDrill")

    def __init__(self, *arguments: str) -> None:
        super().__init__(*arguments)
        wait_until(lambda: self.lines or not self.is_running, PATIENCE_SECONDS, str(self))
        assert self.is_running, self.errors

    def report(self) -> dict:
        known = len(self.lines)
        self.send_signal(signal.SIGHUP)
        wait_until(lambda: len(self.lines) > known, PATIENCE_SECONDS, "a report of the drill")
        return json.loads(self.lines[-1])

    def wait_until_all_run(self, count: int, calls: int) -> dict:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            report = self.report()
            if report["running"] == count and report["calls"] == calls:
                return report
            assert time.monotonic() < end, report
            time.sleep(0.1)


@pytest.fixture
def market():
    with Simulator(seed=11) as simulator:
        yield simulator


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "takeover"


def paused(market: Simulator, drill: Drill) -> dict:
    """What the subscribers have once the market stands still."""
    report = drill.report()
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        time.sleep(0.2)
        before, report = report["updates"], drill.report()
        if report["updates"] == before:
            return report
        assert time.monotonic() < end, report


def assert_states_are_the_servers(report: dict, address: str) -> None:
    """All subscribers of a topic have the same state, and the server has it too."""
    for name, topic in report["topics"].items():
        assert topic["same"], name
        if not name.startswith("book"):
            continue
        with grpc.insecure_channel(address) as channel:
            answer = MarketDataStub(channel).GetSnapshot(wire.GetSnapshotRequest(topics=[name]))
        book = Book(name)
        book.apply(answer.snapshots[0])
        state = topic["state"]
        assert (state["epoch"], state["sequence"]) == (book.epoch, book.sequence)
        for side, levels in (("bids", book.bids), ("asks", book.asks)):
            mine = [(Decimal(price), Decimal(quantity)) for price, quantity in state[side]]
            assert mine == [(level.price, level.quantity) for level in levels], name


def test_all_resume_and_nothing_is_missing_or_twice(market, path, pytestconfig):
    count = pytestconfig.getoption("--handover-subscribers")
    rounds = pytestconfig.getoption("--handover-rounds")
    address = f"127.0.0.1:{free_port()}"
    server = Server(market.address, address, path)
    server.wait_until_it_listens()
    server.wait_until_serving()
    with Drill(address, str(count), *TOPICS) as drill:
        drill.wait_until_all_run(count, calls=0)
        for number in range(1, rounds + 1):
            successor = Server(market.address, address, path)
            wait_until(
                lambda: any("warming up" in line for line in successor.errors), PATIENCE_SECONDS,
                "the successor to find its predecessor")
            server.send_signal(signal.SIGTERM)
            successor.wait_until_it_listens()
            assert server.wait(PATIENCE_SECONDS) == 0, server.errors
            server = successor
            drill.wait_until_all_run(count, calls=count * number)
            market.send_signal(signal.SIGSTOP)
            try:
                report = paused(market, drill)
                assert_states_are_the_servers(report, address)
            finally:
                market.send_signal(signal.SIGCONT)
            print(f"round {number}: " + json.dumps({
                key: value for key, value in report.items() if key != "topics"}))
            assert report["resumed"] == report["calls"] == count * number
            for fault in ("snapshots", "gaps", "missing", "repeated", "tradeHoles",
                          "epochChanges", "failures"):
                assert report[fault] == 0, (fault, report, drill.errors[-5:])
            assert report["trades"] > 0
    assert server.stop() == 0
