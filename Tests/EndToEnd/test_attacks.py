"""Each limit is attacked by a real client, beside subscribers who behave.

Short form in `make test`; `--attack-seconds 30 --attack-subscribers 500` with a release build
(`PENSTOCK_BINARY`) is the drill, and then the subscribers' p99 must not grow by more than a fifth.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from attacker import ATTACKS
from processes import Penstock, free_port, wait_until

HERE = Path(__file__).parent
RATE = 5
MEMORY_BYTES = 48 << 20
# Everything that time decides, short enough for a test.
LIMITS = {
    "memoryBytes": MEMORY_BYTES, "connectionBytes": 32 << 20, "keepaliveSeconds": 3,
    "keepaliveTimeoutSeconds": 4, "stalledOutputSeconds": 3, "headerSeconds": 2,
    "messageSeconds": 5, "handshakeSeconds": 2,
}
GROWTH_MAX = 1.2
# Pages of the allocator, the attacked process's own growth, and one read per connection.
SLACK_BYTES = 64 << 20


class Bench(Penstock):
    """`penstock bench serve` with one topic."""

    def __init__(self, config: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        super().__init__(
            "bench", "serve", "--listen", self.address, "--rate", str(RATE), "--config",
            str(config))
        self.wait_until_up(lambda: len(self.lines) >= 4)
        said = dict(line.split(" ", 1) for line in self.lines)
        self.path, self.body = said["path"], said["body"]

    @property
    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def limits(self) -> dict[str, float]:
        """How often each limit was reached, from `/metrics` over HTTP/1.1."""
        import urllib.request

        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=20) as response:
            lines = response.read().decode().splitlines()
        prefix = 'penstock_gateway_limits_total{limit="'
        return {line[len(prefix):].split('"')[0]: float(line.split()[-1])
                for line in lines if line.startswith(prefix)}


@dataclass
class Report:
    received: int = 0
    missing: int = 0
    open: int = 0
    latencies: Counter[int] = field(default_factory=Counter)

    def add(self, line: dict) -> None:
        self.received += line["received"]
        self.missing += line["missing"]
        self.open = line["open"]
        self.latencies.update({int(key): count for key, count in line["latencies"].items()})

    @property
    def p99(self) -> float:
        """Milliseconds."""
        left = math.ceil(self.latencies.total() / 100)
        for value, count in sorted(self.latencies.items(), reverse=True):
            left -= count
            if left <= 0:
                return value / 1000
        return 0


class Subscribers:
    """`subscribers.py` in a process of its own."""

    def __init__(self, bench: Bench, count: int) -> None:
        self.count = count
        self._process = subprocess.Popen(
            [sys.executable, HERE / "subscribers.py", bench.address, bench.path, bench.body,
             str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline() == "ready\n"
        self._lines: list[dict] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.append(json.loads(line))

    def report(self, since: float, until: float) -> Report:
        wait_until(lambda: self._lines and self._lines[-1]["time"] >= until, 20, "a report")
        report = Report()
        for line in self._lines:
            if since <= line["time"] - 0.25 and line["time"] - 0.25 <= until:
                report.add(line)
        return report

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture(scope="module")
def bench(tmp_path_factory, request):
    config = tmp_path_factory.mktemp("attacks") / "limits.json5"
    others = request.config.getoption("--attack-subscribers") + 100
    config.write_text(json.dumps({"limits": LIMITS | {"connectionsPerAddress": others}}))
    with Bench(config) as bench:
        yield bench


@pytest.fixture(scope="module")
def subscribers(bench, request):
    subscribers = Subscribers(bench, request.config.getoption("--attack-subscribers"))
    yield subscribers
    subscribers.stop()


@pytest.fixture(scope="module")
def calm(subscribers, request) -> Report:
    """How it is without an attack."""
    seconds = min(10, request.config.getoption("--attack-seconds"))
    since = time.monotonic()
    time.sleep(seconds)
    return subscribers.report(since, since + seconds)


@pytest.fixture(scope="module")
def table():
    """Collects a line for each attack, and prints them in the end."""
    lines: list[str] = []
    yield lines
    print("\n".join(["", *lines]))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_reaches_its_limit_and_nobody_else(name, bench, subscribers, calm, table,
                                                     request):
    attack = ATTACKS[name]
    is_drill = request.config.getoption("--attack-seconds") >= 30
    seconds = max(request.config.getoption("--attack-seconds"), attack.seconds_min)
    before, lines_before = bench.limits(), len(bench.errors)
    since, highest = time.monotonic(), 0
    # It has no machine of its own here: it takes what the subscribers leave, not what the server
    # needs to serve them.
    attacker = subprocess.Popen(
        ["nice", "-n", "19", sys.executable, HERE / "attacker.py", bench.address, name,
         str(seconds)], stdout=subprocess.PIPE, text=True)
    while attacker.poll() is None:
        highest = max(highest, bench.resident_bytes)
        assert time.monotonic() - since < 4 * seconds + 30
        time.sleep(0.05)
    until = time.monotonic()
    answers = json.loads(attacker.communicate()[0])
    report = subscribers.report(since, until)
    after, logged = bench.limits(), len(bench.errors) - lines_before
    table.append(
        f"{name:16} {sum(answers.values()):6} times  {attack.answer:42} "
        f"p99 {calm.p99:6.2f} -> {report.p99:6.2f} ms  RSS {highest >> 20} MiB  {logged} lines")
    assert set(answers) == {attack.answer}
    if attack.limit:
        assert after[attack.limit] > before[attack.limit]
    assert report.missing == 0 and report.open == subscribers.count
    assert report.received >= 0.8 * RATE * subscribers.count * (until - since - 1)
    if not request.config.getoption("--sanitized"):
        assert highest < MEMORY_BYTES + SLACK_BYTES
    assert logged <= until - since + 1
    if is_drill:
        assert report.p99 <= GROWTH_MAX * calm.p99 + 2, (calm.p99, report.p99)
