"""What a stock client is told that reads more slowly than its subscriptions allow."""

from __future__ import annotations

import json

import pytest
from penstock.v1 import market_data_pb2 as wire
from processes import BenchServer
from talk import Talk, hello

STRICT, LENIENT = "bench:0", "bench:1"
EVENTS_KEPT = 50
# A client that does not make its windows the wider the more comes.
NARROW = (("grpc.http2.bdp_probe", 0),)


@pytest.fixture
def bench(tmp_path):
    limits = tmp_path / "limits.json5"
    limits.write_text(json.dumps({"limits": {"eventsPerTopic": EVENTS_KEPT}}))
    with BenchServer(
            "--config", str(limits), "--topics", "2", "--rate", "500", "--bytes", "2000") as bench:
        yield bench


def stall(talk: Talk, bench: BenchServer) -> None:
    """Until the server has forgotten what the reader lacks."""
    assert not talk.of("closed")
    talk.may_read.clear()
    with Talk(bench.address, hello()) as twin:
        twin.subscribe(1, [STRICT])
        twin.wait(lambda: len(twin.updates[STRICT]) > 1000, "time passes", 30)
    talk.may_read.set()


def gaps(talk: Talk, topic: str) -> list[wire.Gap]:
    return [update.gap for _, update in list(talk.updates[topic]) if update.HasField("gap")]


def test_all_or_nothing_ends_with_what_was_sent_and_a_token(bench):
    with Talk(bench.address, hello(), NARROW) as talk:
        talk.subscribe(1, [STRICT], overflow=wire.OVERFLOW_CLOSE)
        talk.subscribe(2, [LENIENT], overflow=wire.OVERFLOW_GAP)
        talk.wait(lambda: talk.updates[STRICT] and talk.updates[LENIENT], "events")
        stall(talk, bench)
        talk.wait(lambda: talk.of("closed"), "the subscription is closed", 30)
        closed = talk.of("closed")[0]
        assert (closed.id, closed.reason.code) == (1, 8)
        assert talk.numbers[closed.topic] == STRICT
        # All events up to there have come, or the feed would have raised, and none after it.
        assert closed.sent.sequence == talk.states[STRICT].sequence
        assert closed.present.sequence > closed.sent.sequence + EVENTS_KEPT
        # Whoever takes gaps is told of them, and goes on.
        talk.wait(lambda: gaps(talk, LENIENT), "the other subscription's gap")
        last = gaps(talk, LENIENT)[-1].to_sequence
        talk.wait(lambda: talk.states[LENIENT].sequence > last + 10, "the other one goes on")
        assert not gaps(talk, STRICT)

    with Talk(bench.address) as again:
        # It goes on with what it has.
        again.states[STRICT] = talk.states[STRICT]
        welcome = again.ask(hello=hello(resume_token=closed.resume_token)).welcome
        (restored,) = welcome.restored
        assert restored.id == 1
        (topic,) = restored.accepted
        assert (topic.name, topic.follows) == (STRICT, wire.SubscribedTopic.FOLLOWS_GAP)
        again.wait(lambda: len(again.updates[STRICT]) > 10, "it goes on")
        (gap,) = gaps(again, STRICT)
        assert gap.reason == wire.Gap.REASON_EXPIRED
        assert gap.from_sequence == closed.sent.sequence + 1
