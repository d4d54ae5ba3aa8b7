"""The examples of `clients/`, built as their README says, against a script and a real gateway."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import grpc
import pytest
from penstock import Book, Client
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataServicer, add_MarketDataServicer_to_server
from processes import ROOT, wait_until

CLIENTS = ROOT / "clients"
TOOLS = {
    "go": ["make", "go", "protoc", "protoc-gen-go"],
    "cpp": ["make", "g++", "pkg-config", "protoc", "grpc_cpp_plugin"],
    "python": [],
}
BUILD_SECONDS = 400.0  # the C++ messages and stubs on a busy machine
BOOK = "book:binance:BTC/USDT"


@pytest.fixture(scope="session", params=TOOLS)
def example(request):
    """Runs an example to its end: the completed process for ADDRESS, COUNT and topics."""
    language = request.param
    for tool in TOOLS[language]:
        if not shutil.which(tool):
            pytest.skip(f"{tool} is missing; .ci/install-packages test installs it")
    program = [sys.executable, CLIENTS / language / "example.py"]
    if language != "python":
        folder = ROOT / ".build" / "clients" / language
        built = subprocess.run(
            ["make", "-C", CLIENTS / language, f"OUT={folder}"], capture_output=True, text=True,
            timeout=BUILD_SECONDS)
        assert built.returncode == 0, built.stderr
        program = [folder / "example"]

    def run(address: str, count: int, *topics: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*program, address, str(count), *topics], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60)

    return run


def parse(line: str) -> tuple:
    """Topic, epoch, sequence, status, and (price, quantity) of the best bid and ask."""
    topic, epoch, sequence, status, *words = line.split()
    numbers = [Decimal(word) for word in words if word[0].isdigit()]
    bid_quantity, bid, ask, ask_quantity = numbers or [Decimal(0)] * 4
    return topic, int(epoch), int(sequence), status, (bid, bid_quantity), (ask, ask_quantity)


@pytest.mark.parametrize("path", [
    "go/example.go", "go/book.go", "cpp/example.cc", "cpp/book.h", "python/example.py",
])
def test_an_example_is_under_60_lines(path):
    assert len((CLIENTS / path).read_text().splitlines()) < 60


class Script(MarketDataServicer):
    """Plays one list of messages per call, then keeps the call open."""

    def __init__(self, *calls: list[wire.Update]) -> None:
        self.calls = list(calls)
        self._server = grpc.server(ThreadPoolExecutor(4))
        add_MarketDataServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def Subscribe(self, request, context):
        ended = threading.Event()
        context.add_callback(ended.set)
        yield from self.calls.pop(0)
        ended.wait(30)

    def __enter__(self) -> Script:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None)


def accepted(*names: str) -> wire.Update:
    return wire.Update(subscribed=wire.Subscribed(accepted=[
        wire.AcceptedTopic(name=name, number=number, status=wire.STATUS_LIVE)
        for number, name in enumerate(names, 3)]))


def side(prices: list[int], quantities: list[int], exponent: int = 0) -> wire.BookSide:
    return wire.BookSide(
        prices=prices, quantities=quantities, price_exponent=exponent, quantity_exponent=exponent)


def update(sequence: int, base: int | None = None, *, epoch: int = 7, status=None,
           **sides: wire.BookSide) -> wire.Update:
    return wire.Update(
        topic=3, epoch=epoch, sequence=sequence, base_sequence=base, status=status,
        book=wire.Book(**sides) if sides else None)


def test_the_three_rules_are_kept(example):
    first = [
        accepted(BOOK),
        update(10, status=wire.STATUS_LIVE, bids=side([100, 99], [1, 2]), asks=side([101], [4])),
        # Absolute quantities, equal prices under another exponent, and a level that never was.
        update(12, 10, bids=side([10000, 9850], [0, 3], -2),
               asks=side([10100, 10250], [0, 25], -2)),
        update(12, 10, bids=side([100], [9])),  # known already
        update(11, 9, bids=side([100], [9])),  # known already
        update(13, 5, bids=side([99, 70], [8, 0])),  # overlaps what is known
        update(14, 13, status=wire.STATUS_STALE),
        update(16, 15, bids=side([100], [9])),  # a hole
        update(17, 16, bids=side([100], [9])),
    ]
    second = [
        accepted(BOOK),
        update(1, epoch=8, status=wire.STATUS_LIVE, bids=side([95], [1]), asks=side([96], [1])),
        update(2, epoch=8, base=1, asks=side([955], [7], -1)),
        update(4, epoch=7, base=2, asks=side([955], [9], -1)),  # an epoch that is not its own
    ]
    third = [
        accepted(BOOK),
        update(9, epoch=9, status=wire.STATUS_RESYNCING, bids=side([3], [1]), asks=side([4], [1])),
    ]
    with Script(first, second, third) as server:
        ended = example(server.address, 7, BOOK)
    assert (ended.returncode, ended.stderr) == (0, "")
    seen = [parse(line) for line in ended.stdout.splitlines()]
    best = Decimal("0.25")
    assert seen == [
        (BOOK, 7, 10, "STATUS_LIVE", (100, 1), (101, 4)),
        (BOOK, 7, 12, "STATUS_LIVE", (99, 2), (Decimal("102.5"), best)),
        (BOOK, 7, 13, "STATUS_LIVE", (99, 8), (Decimal("102.5"), best)),
        (BOOK, 7, 14, "STATUS_STALE", (99, 8), (Decimal("102.5"), best)),
        (BOOK, 8, 1, "STATUS_LIVE", (95, 1), (96, 1)),
        (BOOK, 8, 2, "STATUS_LIVE", (95, 1), (Decimal("95.5"), Decimal("0.7"))),
        (BOOK, 9, 9, "STATUS_RESYNCING", (3, 1), (4, 1)),
    ]


def test_what_it_prints_is_what_another_client_has(example, gateway_address):
    topics, seen = [BOOK, "book:binance:ETH/USDT:5"], {}
    with Client(gateway_address) as client:
        subscription = client.subscribe(topics, reconnect=False)

        def follow() -> None:
            for state in subscription:
                if isinstance(state, Book) and state.is_live:
                    key = state.topic, state.epoch, state.sequence
                    seen[key] = state.best_bid, state.best_ask

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        wait_until(lambda: {key[0] for key in seen} == set(topics), 20, "both books to be live")
        ended = example(gateway_address, 60, *topics)
        assert (ended.returncode, ended.stderr) == (0, "")
        lines = [parse(line) for line in ended.stdout.splitlines()]
        assert len(lines) == 60
        last = {topic: sequence for topic, _, sequence, *_ in lines}
        wait_until(lambda: all(any(key[0] == topic and key[2] >= last[topic] for key in list(seen))
                               for topic in topics), 20, "the follower to have seen as much")
        subscription.close()
        follower.join(5)
    judged = [line for line in lines if line[3] == "STATUS_LIVE" and line[:3] in seen]
    assert [line[4:] for line in judged] == [seen[line[:3]] for line in judged]
    assert {line[0] for line in judged} == set(topics)
    assert len(judged) > 30  # either may have had several updates in one


def test_a_refused_topic_is_told_and_ends_it(example, gateway_address):
    ended = example(gateway_address, 2, "nonsense")
    assert ended.returncode != 0
    assert "nonsense" in ended.stderr
