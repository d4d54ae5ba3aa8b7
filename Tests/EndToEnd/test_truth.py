"""Recorded sessions through simulator, connector, gateway and client: nothing may differ."""

from __future__ import annotations

from pathlib import Path

import oracle
import pytest
from follower import Follower
from penstock import Status
from processes import Gateway, Simulator, silent_stream, wait_until

SESSIONS = {
    "btcusdt": ("binance/btcusdt_20240808_a.jsonl.gz", "binance/btcusdt_20240808_b.jsonl.gz"),
    "multi3": ("binance/multi3_20210404.jsonl.gz",),
    "multi10": ("binance/multi10_20210405.jsonl.gz",),
    "multi4": ("binance/multi4_20211012.jsonl.gz",),
    "us": ("binance_us/multi10_20210405.jsonl.gz",),
}
TAPE_SECONDS = 120.0
SETTLE_SECONDS = 30.0


def play(files: list[Path], speed: str) -> Follower:
    [(venue, oracles)] = oracle.read(*files).items()
    with (
        Simulator(*files, speed=speed) as simulator,
        Gateway({venue: f"{simulator.address}/{venue}"}) as gateway,
        Follower(gateway.address, venue, oracles) as follower,
    ):
        wait_until(
            lambda: simulator.has_finished(venue) or follower.failure, TAPE_SECONDS, "tape's end")
        try:
            follower.wait(follower.is_complete, SETTLE_SECONDS, "the end of the recording")
        except AssertionError:
            print(*filter(None, map(follower.missing, follower.topics)), sep="\n")
            print(*follower.differences, sep="\n")
            raise
    return follower


def assert_true(follower: Follower) -> None:
    assert follower.differences == []
    assert follower.rejected == []
    for topic in follower.topics:
        assert follower.compared[topic] > 0, topic
        if "trade" in topic:
            assert follower.gaps[topic] == []
            assert follower.seen_trades(topic) == follower.expected_trades(topic), topic
        else:
            assert len(follower.epochs[topic]) == 1, f"{topic} was resynced for nothing"


@pytest.mark.parametrize("session", SESSIONS)
def test_at_maximum_speed_every_claim_is_true(session, recordings):
    assert_true(play([recordings / name for name in SESSIONS[session]], "max"))


def test_at_a_timed_speed_every_claim_is_true_and_little_is_merged(recordings):
    follower = play([recordings / SESSIONS["multi3"][0]], "20")
    assert_true(follower)
    updates = sum(follower.compared[topic] for topic in follower.topics if "book" in topic)
    diffs = sum(len(each.diffs) for each in follower.oracles.values())
    assert updates > diffs / 3


def test_two_venues_play_at_the_same_time(recordings):
    files = [recordings / SESSIONS["multi4"][0], recordings / SESSIONS["us"][0]]
    oracles = oracle.read(*files)
    with (
        Simulator(*files) as simulator,
        Gateway({venue: f"{simulator.address}/{venue}" for venue in oracles}) as gateway,
        Follower(gateway.address, "binance", oracles["binance"]) as spot,
        Follower(gateway.address, "binance_us", oracles["binance_us"]) as us,
    ):
        for follower in (spot, us):
            follower.wait(follower.is_complete, TAPE_SECONDS, f"end of {follower.venue}")
    assert_true(spot)
    assert_true(us)


def test_a_stream_that_never_starts_marks_only_its_own_topics(recordings):
    """multi3 has no bookTicker and no single trades."""
    tape = recordings / SESSIONS["multi3"][0]
    oracles = oracle.read(tape)["binance"]
    book, tick = "book:binance:BTC/USDT", "tick:binance:BTC/USDT"
    with (
        Simulator(tape) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
        Follower(gateway.address, "binance", oracles, [tick, book]) as follower,
    ):
        follower.wait(lambda: not follower.missing(book), TAPE_SECONDS, "the end of the book")
        assert follower.state(tick).status is Status.STALE
    assert follower.compared[tick] == 0
    assert follower.differences == []


def test_at_maximum_speed_a_reader_that_takes_nothing_holds_the_tape(recordings):
    """What the kernel would hold for it is megabytes: a whole recording."""
    with Simulator(recordings / SESSIONS["multi10"][0]) as simulator:
        names = [f"{symbol}@{kind}" for symbol in ("manausdt", "dentusdt", "zilusdt")
                 for kind in ("depth@100ms", "bookTicker", "aggTrade")]
        with silent_stream(simulator.address, names) as stream:
            with pytest.raises(AssertionError):
                wait_until(lambda: simulator.has_finished("binance"), 4.0, "nothing")
            stream.settimeout(1)
            with pytest.raises(TimeoutError):
                while stream.recv(65_536):
                    pass
        wait_until(lambda: simulator.has_finished("binance"), 1.0, "tape's end")
