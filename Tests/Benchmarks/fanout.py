#!/usr/bin/env python3
"""What a delivery costs, beside the yardstick's peers, in interleaved rounds.

    YARDSTICK=FOLDER Tests/Benchmarks/fanout.py [--rounds 9] [--seconds 4] [--rate N] [SCENARIO ...]

FOLDER is a built copy of the yardstick (its build.sh puts the programs into bin/). Server on core
0, load client (peers/subscribers.cc, built here) on core 1, one pair at a time, peers in turn
within each round. A scenario's first peer is what ratios are taken to, pair by pair.

A round counts only if nothing was lost, repeated or ended, if other programs used less than
MAX_OTHER of one core, and, where each subscriber has a connection and a turn one message, if the
server sent at least 0.98 times per delivery: one that runs behind batches, and looks cheaper than
it is. Rounds that do not count are taken again, at most twice as many in all. Prints
Markdown for results.md.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
YARDSTICK = pathlib.Path(os.environ.get("YARDSTICK", ROOT.parent / "shared" / "yardstick"))
MAX_OTHER = 0.2
TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Scenario:
    title: str
    connections: int
    rate: int  # turns a second
    streams: int = 1
    topics: int = 1
    peers: tuple[str, ...] = ("limit-send1-h2", "penstock")
    windows: tuple[str, ...] = ()
    sends_per_delivery: float = 0  # at least


@dataclasses.dataclass
class Peer:
    program: str
    batch: int = 1
    ring: int = 0


PEERS = {
    "limit-send1-h2": Peer("limit"),
    "limit-batch10-h2": Peer("limit", batch=10),
    "limit-uring-h2": Peer("limit", ring=1),
    "grpc-go": Peer("grpc_go"),
    "grpc-cpp": Peer("grpc_cpp"),
}
# Ours, with the options of each.
OWN = {
    "penstock": (),
    "penstock-epoll": ("--io", "epoll"),
    "penstock-uring": ("--io", "io-uring"),
}
SCENARIOS = {
    "one": Scenario(
        "1,000 subscribers x 100/s", 1000, 100, sends_per_delivery=0.98,
        peers=("limit-send1-h2", "penstock", "grpc-go", "grpc-cpp")),
    "many": Scenario("5,000 subscribers x 20/s", 5000, 20, sends_per_delivery=0.98),
    # Wide windows: how fast the server is, not how often the client grants.
    "streams": Scenario(
        "10 connections x 100 streams, as fast as the client takes it", 10, 20_000, streams=100,
        peers=("penstock",),
        windows=("--window", "16777216", "--connection-window", "1073741824")),
    "topics": Scenario(
        "1,000 subscribers x 10 topics a turn, 100 turns/s", 1000, 100, topics=10,
        peers=("limit-batch10-h2", "penstock")),
    "uring": Scenario(
        "the sends of a turn one by one and together, 1,000 subscribers x 100/s", 1000, 100,
        sends_per_delivery=0.98,
        peers=("penstock-epoll", "penstock-uring", "limit-send1-h2", "limit-uring-h2")),
    "uring-many": Scenario(
        "the same, 5,000 subscribers x 20/s", 5000, 20, sends_per_delivery=0.98,
        peers=("penstock-epoll", "penstock-uring", "limit-send1-h2", "limit-uring-h2")),
}
# As many updates a second in all, for ever more subscribers: each costs the kernel more, since
# their sockets fall out of the caches. What we add to that is the ratio to the bare loop.
GROWTH = [
    Scenario(
        f"growth: {count:,} subscribers x {20_000 // count}/s", count, 20_000 // count,
        peers=("limit-send1-h2", "penstock-epoll", "penstock-uring"))
    for count in (100, 400, 1_000, 4_000, 10_000)]
SATURATION = Scenario("saturation, 1,000 subscribers", 1000, 100)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, name: str) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"{name} does not listen on port {port}")


def start(name: str, port: int, scenario: Scenario) -> tuple[subprocess.Popen, list[str]]:
    """The server on core 0, and the load client's arguments for it."""
    pinned = ["taskset", "-c", "0"]
    if name not in OWN:
        peer = PEERS[name]
        # What our topics publish in one turn, a batch of the peer carries.
        environment = dict(
            os.environ, PORT=str(port), RATE=str(scenario.rate * scenario.topics), PAD="120",
            BATCH=str(peer.batch), URING=str(peer.ring))
        server = subprocess.Popen(
            pinned + [str(YARDSTICK / "bin" / peer.program)], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        clock = "real" if name == "grpc-go" else "monotonic"
        return server, [
            "--path", "/y.F/Sub", "--time-field", "1", "--sequence-field", "2", "--clock", clock]
    server = subprocess.Popen(
        pinned + [
            str(ROOT / ".build/release/penstock"), "bench", "serve", "--listen",
            f"127.0.0.1:{port}", "--topics", str(scenario.topics), "--rate", str(scenario.rate),
            "--bytes", "120", *OWN[name]],
        stdout=subprocess.PIPE, text=True)
    said = {}
    while "publish" not in said:
        key, _, rest = server.stdout.readline().partition(" ")
        said[key] = rest.strip()
    return server, [
        "--path", said["path"], "--body", said["body"], "--topic-field", "1", "--sequence-field",
        "3", "--base-field", "4", "--time-field", "7", "--due-field", "6"]


def busy_ticks() -> int:
    """Of all cores: user, nice, system, irq, softirq."""
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:]]
    return sum(fields[:3]) + sum(fields[5:7])


def process_ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def sends_per_delivery(port: int) -> float | None:
    """Of penstock since it began."""
    address = f"http://127.0.0.1:{port}/metrics"
    text = urllib.request.urlopen(address, timeout=10).read().decode()

    def total(name: str) -> float:
        return sum(map(float, re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)))

    deliveries = total("penstock_fanout_deliveries_total")
    return total("penstock_socket_sends_total") / deliveries if deliveries else None


def measure(client: str, name: str, scenario: Scenario, seconds: int) -> dict:
    port = free_port()
    server, arguments = start(name, port, scenario)
    try:
        wait_for(port, name)
        began, busy = time.monotonic(), busy_ticks()
        command = [
            "taskset", "-c", "1", client, "--port", str(port), "--pid", str(server.pid),
            "--connections", str(scenario.connections), "--streams", str(scenario.streams),
            "--warm", "1", "--seconds", str(seconds), *scenario.windows, *arguments]
        spent = os.times()
        finished = subprocess.run(command, capture_output=True, text=True, timeout=120 + seconds)
        own = sum(os.times()[2:4]) - sum(spent[2:4]) + process_ticks(server.pid) / TICK
        elapsed = time.monotonic() - began
        other = ((busy_ticks() - busy) / TICK - own) / elapsed
        sends = sends_per_delivery(port) if name in OWN else None
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    if finished.returncode != 0:
        sys.exit(f"{name}: {finished.stderr.strip()}")
    run = json.loads(finished.stdout)
    run["cpu_s"] = run["user_s"] + run["system_s"]
    run["per_cpu_s"] = run["updates"] / max(run["cpu_s"], 1 / TICK)
    run["user_us"] = 1e6 * run["user_s"] / max(run["updates"], 1)
    run["other"] = max(other, 0)
    run["sends"] = sends
    return run


def objections(run: dict, scenario: Scenario) -> list[str]:
    found = [word for word in ("gaps", "repeats", "ended") if run[word]]
    if run["other"] > MAX_OTHER:
        found.append(f"others used {run['other']:.0%} of a core")
    if run["sends"] is not None and run["sends"] < scenario.sends_per_delivery:
        found.append(f"{run['sends']:.2f} sends per delivery")
    return found


def row(name: str, runs: list[dict], baseline: list[dict]) -> str:
    ratios = [run["per_cpu_s"] / other["per_cpu_s"] for run, other in zip(runs, baseline)]

    def middle(key: str) -> float:
        return statistics.median(run[key] for run in runs)

    sends = [run["sends"] for run in runs if run["sends"] is not None]
    latency = " / ".join(f"{middle(key) / 1000:.1f}" for key in ("p50_us", "p99_us", "p999_us"))
    return (
        f"| {name} | {middle('per_cpu_s'):,.0f} | {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f}-{max(ratios):.2f}) | {middle('user_us'):.3f} | {latency} "
        f"| {f'{min(sends):.2f}' if sends else '-'} | {middle('bytes_per_stream'):,.0f} B |")


def compare(client: str, scenario: Scenario, options) -> dict[str, float]:
    """Prints a table; returns each server's median of microseconds per delivery."""
    names = [
        name for name in scenario.peers
        if name in OWN or (YARDSTICK / "bin" / PEERS[name].program).exists()]
    runs: dict[str, list[dict]] = {name: [] for name in names}
    tries = 0
    while len(runs[names[0]]) < options.rounds and tries < 2 * options.rounds:
        tries += 1
        pair = {name: measure(client, name, scenario, options.seconds) for name in names}
        found = {name: objections(run, scenario) for name, run in pair.items()}
        if any(found.values()) and not options.all:
            print(f"{scenario.title}: does not count: {found}", file=sys.stderr)
            continue
        for name, run in pair.items():
            runs[name].append(run)
        print(f"{scenario.title}: {len(runs[names[0]])} of {options.rounds}", file=sys.stderr)
    if not runs[names[0]]:
        print(f"{scenario.title}: no round counts\n")
        return {}
    print(f"{scenario.title}: 120 bytes, {len(runs[names[0]])} rounds of {options.seconds} s\n")
    print("| server | deliveries per CPU-s | ratio (min-max) | user us per delivery "
          "| p50 / p99 / p99.9 ms | sends per delivery | memory per subscriber |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        print(row(name, runs[name], runs[names[0]]))
    print()
    return {name: statistics.median(1e6 / run["per_cpu_s"] for run in runs[name]) for name in names}


def grow(client: str, options) -> None:
    """The scenarios of growth, and one row of each server over all of them."""
    costs = {scenario.connections: compare(client, scenario, options) for scenario in GROWTH}
    costs = {count: cost for count, cost in costs.items() if cost}
    print("us of CPU per delivery, and times the bare loop's\n")
    print("| server | " + " | ".join(f"{count:,}" for count in costs) + " |")
    print("|---" * (len(costs) + 1) + "|")
    for name in GROWTH[0].peers:
        cells = [
            f"{cost[name]:.1f} ({cost[name] / cost[GROWTH[0].peers[0]]:.2f})"
            for cost in costs.values()]
        print(f"| {name} | " + " | ".join(cells) + " |")
    print()


def saturate(client: str, options) -> None:
    """Raises the rate by steps of 15 % until updates are lost, late or missing twice in a row: once
    may be the machine's."""
    print(f"{SATURATION.title}: highest rate that was delivered without a gap\n")
    print("| server | updates/s a subscriber | deliveries/s | p99 ms |\n|---|---|---|---|")
    for name in ("limit-send1-h2", "penstock", "grpc-go", "grpc-cpp"):
        if name not in OWN and not (YARDSTICK / "bin" / PEERS[name].program).exists():
            continue
        rate, best, failures = 80.0, None, 0
        while failures < 2:
            scenario = dataclasses.replace(SATURATION, rate=int(rate))
            run = measure(client, name, scenario, options.seconds)
            wanted = scenario.rate * scenario.connections * run["seconds"]
            if run["gaps"] or run["updates"] < 0.97 * wanted or run["p99_us"] > 300_000:
                failures += 1
                continue
            best, failures = (scenario.rate, run), 0
            rate *= 1.15
        if best:
            delivered = best[1]["updates"] / best[1]["seconds"]
            print(f"| {name} | {best[0]} | {delivered:,.0f} | {best[1]['p99_us'] / 1000:.1f} |")
        else:
            print(f"| {name} | below 80 | - | - |")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, "growth", "saturation", []],
                        help="default: all")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rate", type=int, help="turns a second, in place of the scenario's own")
    parser.add_argument("--all", action="store_true", help="every round counts, for a trial")
    options = parser.parse_args()
    if not (YARDSTICK / "bin/limit").exists():
        sys.exit(f"no built yardstick at {YARDSTICK}; set YARDSTICK to a folder with bin/limit")
    with tempfile.TemporaryDirectory() as folder:
        client = f"{folder}/subscribers"
        source = str(ROOT / "Tests/Benchmarks/peers/subscribers.cc")
        subprocess.run(["g++", "-std=c++17", "-O2", "-o", client, source], check=True)
        for name in options.scenarios or [*SCENARIOS, "growth", "saturation"]:
            if name == "saturation":
                saturate(client, options)
            elif name == "growth":
                grow(client, options)
            else:
                scenario = SCENARIOS[name]
                if options.rate:
                    scenario = dataclasses.replace(
                        scenario, rate=options.rate,
                        title=f"{scenario.title}, at {options.rate} turns/s instead")
                compare(client, scenario, options)


if __name__ == "__main__":
    main()
