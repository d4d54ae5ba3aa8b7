"""What a delivery costs, where it can be counted: nothing here looks at a clock."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import grpc
import pytest
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub

from processes import ROOT, BenchServer, has_io_uring, wait_until

HERE = Path(__file__).resolve().parent
sys.path.append(str(ROOT / "Tests" / "Benchmarks"))
import instructions  # noqa: E402
COUNTED = ROOT / ".build" / "debug" / "Benchmarks"
CONNECTIONS = 20
UPDATES = 40
POSTED_UPDATES = 200
# 11,900 when it was set.
INSTRUCTIONS_MAX = 13_200


class Counters:
    """Sends and deliveries of a server at one moment."""

    asked = 0

    def __init__(self, bench: BenchServer) -> None:
        Counters.asked += 1
        address = f"http://{bench.address}/metrics"
        text = urllib.request.urlopen(address, timeout=10).read().decode()

        def total(name: str) -> float:
            found = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
            return sum(map(float, found))

        self.deliveries = total("penstock_fanout_deliveries_total")
        # Without the answers to these requests.
        self.sends = total("penstock_socket_sends_total") - Counters.asked
        self.batches = total("penstock_socket_send_batches_total")
        self.subscriptions = total("penstock_subscriptions")
        self.updates = total("penstock_topic_updates_total")
        self.posts = total("penstock_loop_mailbox_posts_total")


@pytest.mark.parametrize("method", ["epoll", "io-uring"])
@pytest.mark.parametrize("topics", [1, 10])
def test_a_connection_is_sent_to_once_a_turn_however_many_topics_changed(topics, method):
    if method == "io-uring" and not has_io_uring():
        pytest.skip("io_uring is not allowed here")
    options = ("--rate", "20", "--topics", str(topics), "--loops", "1", "--io", method)
    with BenchServer(*options) as bench:
        subscribers = subprocess.Popen(
            [sys.executable, HERE / "subscribers.py", bench.address, bench.path, bench.body,
             str(CONNECTIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert subscribers.stdout.readline().strip() == "ready"
            wanted = CONNECTIONS * topics
            wait_until(lambda: Counters(bench).subscriptions == wanted, 30, "all subscribed")
            before = Counters(bench)
            enough = before.deliveries + wanted * UPDATES
            wait_until(lambda: Counters(bench).deliveries >= enough, 60, "updates delivered")
            after = Counters(bench)
        finally:
            subscribers.stdin.close()
            subscribers.wait(30)
    per_turn = topics * (after.sends - before.sends) / (after.deliveries - before.deliveries)
    # Window updates are answered with nothing; a keepalive may fall into the time.
    assert 0.97 <= per_turn <= 1.03
    batches = topics * (after.batches - before.batches) * CONNECTIONS
    together = batches / (after.deliveries - before.deliveries)
    # One call a turn for all connections; or none ever.
    assert 0.9 <= together <= 1.1 if method == "io-uring" else together == 0


def test_what_is_published_crosses_to_another_loop_once_a_turn_for_all_its_subscribers():
    """Posts are counted on both loops: news for the follower, and nothing for a delivery."""
    with BenchServer("--rate", "50", "--loops", "2") as bench:
        subscribers = subprocess.Popen(
            [sys.executable, HERE / "subscribers.py", bench.address, bench.path, bench.body,
             str(CONNECTIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert subscribers.stdout.readline().strip() == "ready"
            # Asking for metrics is itself a connection, so time is told by what is subscribed.
            with grpc.insecure_channel(bench.address) as channel:
                request = wire.SubscribeRequest(topics=["bench:0"])
                updates = MarketDataStub(channel).Subscribe(request, timeout=60)
                next(updates), next(updates)
                before = Counters(bench)
                for _ in range(POSTED_UPDATES):
                    next(updates)
                after = Counters(bench)
        finally:
            subscribers.stdin.close()
            subscribers.wait(30)
    # Whoever falls behind gets several updates in one delivery; what was wanted does not wobble.
    wanted = (CONNECTIONS + 1) * (after.updates - before.updates)
    assert wanted > 0
    per_thousand = 1000 * (after.posts - before.posts) / wanted
    # At most one for 21 deliveries, and what two connections that ask for metrics take.
    assert per_thousand <= 1000 / (CONNECTIONS + 1) * 1.1


def counted() -> dict[str, tuple[float, float]]:
    """Allocations and sends per 1,000 deliveries, as `Benchmarks counts` prints them."""
    text = subprocess.run(
        [COUNTED, "--markdown", "counts"], check=True, capture_output=True, text=True,
        timeout=300).stdout
    rows = re.findall(r"^\| (\d.*?) +\| +([\d.,]+) \| +([\d.,]+) \|$", text, re.MULTILINE)
    return {
        name: (float(first.replace(",", "")), float(second.replace(",", "")))
        for name, first, second in rows}


def test_allocations_and_sends_per_thousand_deliveries_stay_where_they_are():
    counts = counted()
    assert len(counts) == 3
    limits = {
        # What a topic publishes is made once, for however many.
        "1000 connections x 1 streams x 1 topics": (20, 1000),
        "10 connections x 100 streams x 1 topics": (10, 10),
        "1000 connections x 1 streams x 10 topics": (8, 100),
    }
    for name, (allocations, sends) in limits.items():
        assert counts[name][0] <= allocations, (name, counts[name])
        assert counts[name][1] == sends, (name, counts[name])


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="no valgrind")
def test_instructions_per_delivery_stay_where_they_are():
    """Of the debug build that the tests have, which takes many times those of a release: a bar for
    what creeps in, not for what users pay."""
    assert instructions.per_delivery(COUNTED, "100x1x1") <= INSTRUCTIONS_MAX
