"""What a delivery costs, where it can be counted: nothing here looks at a clock."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from processes import ROOT, BenchServer, has_io_uring, wait_until

HERE = Path(__file__).resolve().parent
COUNTED = ROOT / ".build" / "debug" / "Benchmarks"
CONNECTIONS = 20
UPDATES = 40


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
