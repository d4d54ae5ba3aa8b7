"""A second process takes the port: nobody misses an update, and nobody gets one twice.

The whole drill, with the release build:

    PENSTOCK_BINARY=.build/release/penstock .venv/bin/python -m pytest \
        Tests/EndToEnd/test_handover.py --handover-subscribers 2000 --handover-rounds 20
"""

from __future__ import annotations

import json
import queue
import signal
import threading
import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import grpc
import pytest
from penstock import Book, Client, Gap, Trade
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub
from processes import BINARY, Gateway, Penstock, Simulator, free_port, wait_until
from talk import Talk

Follows = wire.SubscribedTopic

TOPICS = [
    "book:binance:BTC/USDT", "tick:binance:BTC/USDT", "book:binance:ETH/USDT",
    "trade:binance:BTC/USDT", "book:binance:BTC/USDT:10", "trade:binance:ETH/USDT",
]
PATIENCE_SECONDS = 60.0
# A venue's budget of requests is for all processes of a machine, and each asks for its own books:
# many rounds have to be this far apart.
ROUND_SECONDS = 6.5


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
        self.lines.clear()
        self.send_signal(signal.SIGHUP)
        wait_until(lambda: self.lines, PATIENCE_SECONDS, "a report of the drill")
        return json.loads(self.lines.pop())

    def wait_until_all_run(self, count: int, calls: int) -> dict:
        """Somebody may have met the server that goes once more, and was sent on."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            report = self.report()
            if report["running"] == count and report["calls"] >= calls:
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


def book_of(address: str, name: str) -> tuple[Book, int]:
    """The server's book and the venue's number of it."""
    with grpc.insecure_channel(address) as channel:
        answer = MarketDataStub(channel).GetSnapshot(wire.GetSnapshotRequest(topics=[name]))
    book = Book(name)
    book.apply(answer.snapshots[0])
    return book, answer.snapshots[0].venue_sequence


def has_books(address: str) -> bool:
    """Whether all books of the topics are live."""
    try:
        return all(book_of(address, name)[0].is_live for name in TOPICS if name[:4] == "book")
    except grpc.RpcError:
        return False


def states_judged(report: dict, address: str, witness: str) -> int:
    """All subscribers of a topic have the same state, the server has it too, and so has a server
    that never handed anything over, where both have heard the same. How many such books."""
    judged = 0
    for name, topic in report["topics"].items():
        assert topic["same"], name
        if not name.startswith("book"):
            continue
        (book, number), (other, other_number) = book_of(address, name), book_of(witness, name)
        state = topic["state"]
        assert (state["epoch"], state["sequence"]) == (book.epoch, book.sequence)
        for side, levels in (("bids", book.bids), ("asks", book.asks)):
            mine = [(Decimal(price), Decimal(quantity)) for price, quantity in state[side]]
            assert mine == [(level.price, level.quantity) for level in levels], name
        if number == other_number:
            assert (book.bids, book.asks) == (other.bids, other.asks), name
            judged += 1
    return judged


def test_all_resume_and_nothing_is_missing_or_twice(market, path, pytestconfig):
    count = pytestconfig.getoption("--handover-subscribers")
    rounds = pytestconfig.getoption("--handover-rounds")
    address = f"127.0.0.1:{free_port()}"
    judged = 0
    with (
        ExitStack() as servers,
        Gateway({"binance": f"{market.address}/binance"}, "--instruments", "BTC/USDT,ETH/USDT",
                ) as witness,
    ):
        server = servers.enter_context(Server(market.address, address, path))
        server.wait_until_it_listens()
        for each in (address, witness.address):
            wait_until(lambda: has_books(each), PATIENCE_SECONDS, "live books")
        drill = servers.enter_context(Drill(address, str(count), *TOPICS))
        drill.wait_until_all_run(count, calls=0)
        for number in range(1, rounds + 1):
            since = time.monotonic()
            successor = servers.enter_context(Server(market.address, address, path))
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
                judged += states_judged(report, address, witness.address)
            finally:
                market.send_signal(signal.SIGCONT)
            print(f"round {number}: " + json.dumps({
                key: value for key, value in report.items() if key != "topics"}))
            assert report["resumed"] == report["calls"] >= count * number
            for fault in ("snapshots", "gaps", "missing", "repeated", "tradeHoles",
                          "epochChanges", "failures"):
                assert report[fault] == 0, (fault, report, drill.errors[-5:])
            assert report["trades"] > 0
            if rounds > 5:
                time.sleep(max(0, since + ROUND_SECONDS - time.monotonic()))
    assert judged > rounds, "a witness that hears nothing"


# TakeoverStep, and the stages of HandoverPart, as bytes: the contract's own words.
READY, LISTENING = b"\x08\x02", b"\x08\x03"
HISTORY_TOLD, ALL_TOLD = b"\x10\x01", b"\x10\x02"


def begin(address: str, version: int = 1) -> bytes:
    return b"\x08\x01\x10" + bytes([version]) + b"\x1a" + bytes([len(address)]) + address.encode()


class Successor:
    """grpc's own client in the place of a successor."""

    def __init__(self, path: Path) -> None:
        self._channel = grpc.insecure_channel(f"unix:{path}")
        self._steps: queue.SimpleQueue = queue.SimpleQueue()
        self.call = self._channel.stream_stream("/penstock.handover.v1.Handover/Take")(
            iter(self._steps.get, None), timeout=30)

    def say(self, step: bytes) -> None:
        self._steps.put(step)

    def hear_until(self, stage: bytes) -> list[bytes]:
        parts = []
        for part in self.call:
            if part == stage:
                return parts
            parts.append(part)
        raise AssertionError(f"ended before {stage!r}")

    def code(self) -> grpc.StatusCode:
        try:
            for _ in self.call:
                pass
        except grpc.RpcError:
            pass
        return self.call.code()

    def leave(self) -> None:
        self.call.cancel()
        self._channel.close()


@pytest.fixture
def server(market, path):
    server = Server(market.address, f"127.0.0.1:{free_port()}", path)
    server.wait_until_it_listens()
    server.wait_until_serving()
    with server:
        yield server


class Followed:
    """A trade topic followed by the Python client, on a thread."""

    def __init__(self, address: str) -> None:
        self.ids: list[int] = []
        self.gaps: list[Gap] = []
        self._client = Client(address)
        self._subscription = self._client.subscribe(["trade:binance:BTC/USDT"])
        threading.Thread(target=self._follow, daemon=True).start()
        self.wait_for_more(5)

    def _follow(self) -> None:
        for event in self._subscription:
            if isinstance(event, Trade):
                self.ids.append(event.id)
            elif isinstance(event, Gap):
                self.gaps.append(event)

    def wait_for_more(self, count: int = 30) -> None:
        target = len(self.ids) + count
        wait_until(lambda: len(self.ids) >= target, PATIENCE_SECONDS, "further trades")

    def assert_whole(self) -> None:
        assert not self.gaps
        assert self.ids == list(range(self.ids[0], self.ids[0] + len(self.ids)))


def test_a_python_client_and_a_session_go_on_in_the_next_process(server, market, path):
    book, trades = "book:binance:BTC/USDT", "trade:binance:BTC/USDT"
    followed = Followed(server.address)
    with Talk(server.address, wire.Hello(protocol=1)) as talk:
        talk.subscribe(1, [book, trades])
        talk.wait(lambda: all(talk.updates[name] for name in (book, trades)), "data")
        with Server(market.address, server.address, path) as successor:
            talk.wait(lambda: talk.of("drain"), "the drain", PATIENCE_SECONDS)
            token = talk.of("drain")[0].resume_token
            successor.wait_until_it_listens()
            with Talk(server.address, wire.Hello(protocol=1, resume_token=token)) as next_talk:
                accepted = next_talk.welcome.restored[0].accepted
                assert {each.name: each.follows for each in accepted} == {
                    book: Follows.FOLLOWS_DELTA, trades: Follows.FOLLOWS_EVENTS}
            assert server.wait(PATIENCE_SECONDS) == 0
            followed.wait_for_more()
            followed.assert_whole()


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_successor_that_leaves_changes_nothing(server, path, is_ready):
    followed = Followed(server.address)
    successor = Successor(path)
    successor.say(begin(server.address))
    assert any(b"book:binance:BTC/USDT" in part for part in successor.hear_until(HISTORY_TOLD))
    if is_ready:
        successor.say(READY)
        successor.hear_until(ALL_TOLD)
    successor.leave()
    followed.wait_for_more()
    followed.assert_whole()
    assert server.is_running
    # The next one is welcome.
    another = Successor(path)
    another.say(begin(server.address))
    another.hear_until(HISTORY_TOLD)
    another.leave()


def test_a_successor_that_hesitates_is_refused_and_nothing_is_lost(server, path):
    followed = Followed(server.address)
    successor = Successor(path)
    successor.say(begin(server.address))
    successor.hear_until(HISTORY_TOLD)
    successor.say(READY)
    successor.hear_until(ALL_TOLD)
    # What is held is told to nobody, also what somebody asks for meanwhile.
    time.sleep(0.3)
    count = len(followed.ids)
    with grpc.insecure_channel(server.address) as channel:
        new = iter(MarketDataStub(channel).Subscribe(
            wire.SubscribeRequest(topics=["book:binance:ETH/USDT:7"]), timeout=3))
        assert next(new).subscribed.accepted
    time.sleep(0.3)
    assert len(followed.ids) == count
    assert successor.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    followed.wait_for_more(100)
    followed.assert_whole()
    successor.leave()


def test_one_successor_at_a_time_and_of_this_version(server, path):
    first, second = Successor(path), Successor(path)
    for words, named in (
        (begin(server.address, version=99), "version 99"), (begin("[::1]:1"), "[::1]:1"),
    ):
        other = Successor(path)
        other.say(words)
        assert other.code() is grpc.StatusCode.FAILED_PRECONDITION
        assert named in other.call.details()
        other.leave()
    first.say(begin(server.address))
    first.hear_until(HISTORY_TOLD)
    second.say(begin(server.address))
    assert second.code() is grpc.StatusCode.FAILED_PRECONDITION
    first.say(LISTENING)
    assert first.code() is grpc.StatusCode.FAILED_PRECONDITION
    for each in (first, second):
        each.leave()
    assert server.is_running


def test_a_successor_without_its_feeds_leaves_the_port_to_the_old_one(server, path):
    followed = Followed(server.address)
    nowhere = f"127.0.0.1:{free_port()}"
    successor = Server(nowhere, server.address, path, "--takeover-limit", "1")
    assert successor.wait(PATIENCE_SECONDS) == 1
    assert "are not live here in time" in successor.errors[-1]
    followed.wait_for_more()
    followed.assert_whole()


def test_a_server_that_was_stopped_while_it_held_everything_does_not_agree_later(server, path):
    followed = Followed(server.address)
    late = Successor(path)
    late.say(begin(server.address))
    late.hear_until(HISTORY_TOLD)
    late.say(READY)
    late.hear_until(ALL_TOLD)
    server.send_signal(signal.SIGSTOP)
    time.sleep(5.2)
    late.say(LISTENING)
    time.sleep(0.2)
    server.send_signal(signal.SIGCONT)
    assert late.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    late.leave()
    followed.wait_for_more(100)
    followed.assert_whole()


def test_a_file_at_the_path_is_left_alone(market, path):
    path.write_text("precious")
    server = Server(market.address, f"127.0.0.1:{free_port()}", path)
    assert server.wait(PATIENCE_SECONDS) == 2
    assert "no socket" in server.errors[-1]
    assert path.read_text() == "precious"


def test_a_path_that_nobody_listens_at_any_more_is_taken(market, path):
    address = f"127.0.0.1:{free_port()}"
    server = Server(market.address, address, path)
    server.wait_until_it_listens()
    server.kill()
    assert path.exists()
    with Server(market.address, address, path) as fresh:
        fresh.wait_until_it_listens()
        assert not any("taken over" in line for line in fresh.errors)
