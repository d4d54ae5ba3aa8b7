"""A venue that loses, repeats, cuts and stalls: what is published stays true or is marked."""

from __future__ import annotations

import oracle
import pytest
from follower import Follower
from penstock import Book, Status
from processes import Gateway, Simulator, wait_until

KINDS = ("drop", "duplicate", "reorder", "truncate", "stall", "disconnect",
         "snapshot-late", "snapshot-stale")
LOSING = ("drop", "reorder", "truncate", "disconnect")
# What the gateway counts when a venue loses, repeats or cuts. How many books that resyncs depends
# on timing: at full speed a book may wait for its first snapshot while the tape goes by.
FELT = tuple(f"penstock_feed_{name}_total" for name in (
    "errors", "repeats", "trade_gaps", "resyncs", "connections_lost"))
TAPE_SECONDS = 60.0
HEAL_SECONDS = 10.0


@pytest.mark.parametrize("rate", ["0.001", "0.05"])
@pytest.mark.parametrize("kind", KINDS)
def test_faults_never_show_a_wrong_book_and_heal(kind, rate, seed, recordings):
    tape = recordings / "binance" / "multi10_20210405.jsonl.gz"
    oracles = oracle.read_cached(tape)["binance"]
    with (
        Simulator(tape, seed=seed, faults=(f"{kind}:{rate}",)) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
        Follower(gateway.address, "binance", oracles) as follower,
    ):
        wait_until(
            lambda: simulator.has_finished("binance") or follower.failure,
            TAPE_SECONDS, "tape's end")
        gateway.wait_until_quiet()
        books = [topic for topic in follower.topics if topic.startswith("book")]
        follower.wait(
            lambda: all(is_live_book(follower, topic) for topic in books),
            HEAL_SECONDS, "every book live")
        felt = sum(value for name, value in gateway.metrics().items() if name.startswith(FELT))
    assert follower.differences == []
    assert all(follower.compared[topic] for topic in books)
    assert_trades_are_once_in_order_and_holes_are_told(follower)
    if rate == "0.05" and kind in LOSING:
        told = set().union(*(follower.statuses[topic] for topic in books))
        assert told & {Status.RESYNCING, Status.STALE}, "nobody was told"
        assert felt > 0, "the drill did not drill"


def is_live_book(follower: Follower, topic: str) -> bool:
    state = follower.subscription.states.get(topic)
    return isinstance(state, Book) and state.is_live


def assert_trades_are_once_in_order_and_holes_are_told(follower: Follower) -> None:
    for topic in follower.topics:
        if "trade" not in topic:
            continue
        true = {trade[0]: trade for trade in follower.expected_trades(topic)}
        seen = follower.seen_trades(topic)
        ids = [trade[0] for trade in seen]
        assert ids == sorted(set(ids)), f"{topic}: repeated or out of order"
        assert all(true.get(trade[0]) == trade for trade in seen), topic
        told = {
            lost for gap in follower.gaps[topic] if gap.from_id is not None
            for lost in range(gap.from_id, gap.to_id + 1)}
        silent = {known for known in true if ids and ids[0] < known < ids[-1]} - set(ids) - told
        assert not silent, f"{topic}: lost without a word: {sorted(silent)[:5]}"


def test_a_lost_message_resyncs_its_symbol_alone(seed, recordings):
    """At this rate some symbols lose a diff and some do not."""
    tape = recordings / "binance" / "multi10_20210405.jsonl.gz"
    oracles = oracle.read_cached(tape)["binance"]
    books = [f"book:binance:{symbol}" for symbol in oracles]
    with (
        Simulator(tape, seed=seed, faults=("drop:0.001",)) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
        Follower(gateway.address, "binance", oracles, books) as follower,
    ):
        wait_until(
            lambda: simulator.has_finished("binance") or follower.failure,
            TAPE_SECONDS, "tape's end")
        gateway.wait_until_quiet()
        follower.wait(
            lambda: all(is_live_book(follower, topic) for topic in books),
            HEAL_SECONDS, "every book live")
    resynced = [topic for topic in books if len(follower.epochs[topic]) > 1]
    assert len(resynced) < len(books)
    assert follower.differences == []
