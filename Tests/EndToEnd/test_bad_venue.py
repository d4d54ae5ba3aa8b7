"""A venue that sends what it should not: counted, healed, and nobody else notices."""

from __future__ import annotations

import json
import threading

import pytest
from fake_venue import BINARY, FakeVenue
from penstock import Book, Client
from processes import Gateway

BTC, ETH = "book:binance:BTC/USDT", "book:binance:ETH/USDT"
LIVE_SECONDS = 15.0


class Watcher:
    """Keeps the last state of two books and every status they ever had."""

    def __init__(self, address: str) -> None:
        self.sequences = {BTC: 0, ETH: 0}
        self.doubts = {BTC: 0, ETH: 0}
        self.epochs = {BTC: set(), ETH: set()}
        self.live: set[str] = set()
        self._client = Client(address)
        self._subscription = self._client.subscribe([BTC, ETH], reconnect=False)
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        for event in self._subscription:
            with self._changed:
                if isinstance(event, Book):
                    self._note(event)
                self._changed.notify_all()

    def _note(self, book: Book) -> None:
        assert not (book.is_live and book.is_crossed)
        if book.is_live:
            self.sequences[book.topic] += 1
            self.epochs[book.topic].add(book.epoch)
            self.live.add(book.topic)
        elif book.topic in self.live:
            self.doubts[book.topic] += 1
            self.live.discard(book.topic)

    def wait_for_updates(self, *topics: str, count: int = 5) -> None:
        """Until each topic is live and has changed `count` times from now."""
        with self._changed:
            start = dict(self.sequences)
            reached = self._changed.wait_for(
                lambda: all(topic in self.live and self.sequences[topic] >= start[topic] + count
                            for topic in topics), LIVE_SECONDS)
        assert reached, f"live: {self.live}, updates: {start} to {self.sequences}"

    def wait_for_new_epoch(self, topic: str, known: int) -> None:
        with self._changed:
            assert self._changed.wait_for(
                lambda: len(self.epochs[topic]) > known, LIVE_SECONDS), f"{topic}: no resync"

    def close(self) -> None:
        self._subscription.close()
        self._client.close()
        self._thread.join(5)


@pytest.fixture(scope="module")
def venue():
    with FakeVenue() as venue:
        yield venue


@pytest.fixture(scope="module")
def gateway(venue):
    with Gateway({"binance": venue.address}) as gateway:
        yield gateway


@pytest.fixture
def watcher(gateway):
    watcher = Watcher(gateway.address)
    watcher.wait_for_updates(BTC, ETH)
    yield watcher
    watcher.close()


def depth(data) -> str:
    return json.dumps({"stream": "btcusdt@depth@100ms", "data": data})


HARMLESS = {
    "text": "garbage, no JSON at all",
    "half a JSON": '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUp',
    "nothing": "",
    "a number": "5",
    "an array": "[1,2,3]",
    "no stream": '{"data":{"u":1}}',
    "an unknown type": '{"stream":"btcusdt@weather","data":{"e":"rain","E":1}}',
    "an unknown symbol": '{"stream":"xyzusdt@depth@100ms","data":{"s":"XYZUSDT"}}',
    "an error reply": '{"error":{"code":2,"msg":"Invalid request"},"id":99}',
    "deep nesting": "[" * 5_000,
    "a null byte": '{"stream":"btcusdt@trade\u0000"}',
}
WRONG_DEPTHS = {
    "no ids": {"e": "depthUpdate", "s": "BTCUSDT", "b": [], "a": []},
    "ids as text": {"e": "depthUpdate", "s": "BTCUSDT", "U": "1", "u": "2", "b": [], "a": []},
    "levels as number": {"e": "depthUpdate", "s": "BTCUSDT", "U": 1, "u": 2, "b": 5, "a": 6},
    "an array as message": [1, 2],
    "null": None,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_garbage_disturbs_no_book(name, venue, watcher):
    connections = venue.connections
    venue.send(HARMLESS[name])
    watcher.wait_for_updates(BTC, ETH)
    assert watcher.doubts == {BTC: 0, ETH: 0}
    assert venue.connections == connections


@pytest.mark.parametrize("name", WRONG_DEPTHS)
def test_a_wrong_depth_message_disturbs_its_symbol_at_most(name, venue, watcher):
    connections = venue.connections
    venue.send(depth(WRONG_DEPTHS[name]))
    watcher.wait_for_updates(BTC, ETH)
    assert watcher.doubts[ETH] == 0
    assert venue.connections == connections


@pytest.mark.parametrize("changes", [
    {"b": [["not a price", "1.0"]]},
    {"b": [["1e400", "1.0"]]},
    {"b": [["100.0"]]},
    {"b": [["100.0", "-5"]]},
    {"b": [["200.00000000", "1.00000000"]]},  # crosses the ask at 101
], ids=lambda changes: changes["b"][0][0] + str(len(changes["b"][0])))
def test_a_level_that_cannot_be_right_resyncs_its_symbol_alone(changes, venue, watcher):
    known = len(watcher.epochs[BTC])
    venue.send_diff("BTCUSDT", **changes)
    watcher.wait_for_new_epoch(BTC, known)
    watcher.wait_for_updates(BTC, ETH)
    assert watcher.doubts[ETH] == 0
    assert watcher.doubts[BTC] >= 1


def test_lost_ids_resync_their_symbol_alone(venue, watcher):
    known = len(watcher.epochs[BTC])
    venue.send_diff("BTCUSDT", skip=7)
    watcher.wait_for_new_epoch(BTC, known)
    watcher.wait_for_updates(BTC, ETH)
    assert watcher.doubts == {BTC: 1, ETH: 0}


def test_what_was_wrong_is_counted(venue, gateway, watcher):
    def errors() -> float:
        return sum(value for name, value in gateway.metrics().items()
                   if "feed" in name and any(word in name for word in (
                       "error", "malformed", "invalid", "refused", "rejected")))

    before = errors()
    venue.send(HARMLESS["half a JSON"])
    watcher.wait_for_updates(BTC, ETH)
    assert errors() > before


def test_a_message_over_the_limit_ends_the_connection_and_everything_returns(venue, watcher):
    connections = venue.connections
    venue.send('{"stream":"' + "x" * (4 * 1024 * 1024 + 1) + '"}')
    watcher.wait_for_updates(BTC, ETH, count=50)
    assert venue.connections == connections + 1
    assert 1009 in venue.close_codes


@pytest.mark.parametrize(
    "raw", [b"\xc1\x00", b"\x81\x80\x00\x00\x00\x00", b"\x83\x00", b"\x09\x01x"],
    ids=["reserved bit", "masked", "reserved opcode", "fragmented ping"])
def test_broken_frames_end_the_connection_and_everything_returns(raw, venue, watcher):
    connections = venue.connections
    venue.send_raw(raw)
    watcher.wait_for_updates(BTC, ETH, count=50)
    assert venue.connections == connections + 1
    assert 1002 in venue.close_codes


def test_a_binary_message_disturbs_no_book(venue, watcher):
    venue.send(b"\x00\xff\x80", BINARY)
    watcher.wait_for_updates(BTC, ETH)
    assert watcher.doubts == {BTC: 0, ETH: 0}


@pytest.mark.parametrize(
    "body", [b"", b"no JSON", b"[]", b'{"lastUpdateId":"x","bids":[],"asks":[]}'],
    ids=["empty", "text", "array", "id as text"])
def test_a_bad_snapshot_is_asked_again(body, venue, watcher):
    known = len(watcher.epochs[BTC])
    venue.garble_rest = body
    venue.send_diff("BTCUSDT", skip=7)
    try:
        watcher.wait_for_updates(ETH, count=20)
        assert len(watcher.epochs[BTC]) == known
    finally:
        venue.garble_rest = None
    watcher.wait_for_new_epoch(BTC, known)
    watcher.wait_for_updates(BTC, ETH)
