#!/usr/bin/env python3
"""Bad readers, many clients, and what they cost everybody else: one row for each promise.

    Tests/Benchmarks/drills.py [DRILL…] [--seconds 600] [--rounds 5] [--scale 1]

needs `swift build -c release` of the products penstock and FanoutLoad. The server runs on core
0 with one loop, the load on core 1, where it also wakes the server's sockets; only `loops` shares
both. Each row has the bar and whether it holds; the status is 1 when a load client saw anything
wrong, however fast it was.
"""

from __future__ import annotations

import argparse
import math
import pathlib
import statistics
import sys

import rig
from rig import MIB, Run, Server, Simulator


class Table:
    """Markdown rows, as they come."""

    def __init__(self) -> None:
        print("| drill | measured | bar | holds |\n|---|---|---|---|")

    @staticmethod
    def row(name: str, measured: str, bar: str, holds: bool) -> None:
        print(f"| {name} | {measured} | {bar} | {'yes' if holds else 'NO'} |", flush=True)


def middle(runs: list[Run], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def is_near(value: float, other: float, share: float) -> bool:
    """Within a share of the other, or 2 ms."""
    return value <= max(other * (1 + share), other + 2.0)


def slow_few(options, table: Table) -> None:
    """1 % stop reading: what it costs in memory, and the others in time."""
    count = options.scaled(500)
    size = 4000
    runs: dict[float, list[Run]] = {0.0: [], 0.01: []}
    for _ in range(options.rounds):
        for share, kept in runs.items():
            with Server(options, "--rate", 100, "--bytes", size) as server:
                kept.append(Run(
                    options, server, "bench:*1", connections=count, bytes=size,
                    stopped=max(share, 1 / count) if share else 0, warm=options.warm,
                    seconds=min(15, options.seconds)))
    without, slow = runs.values()
    growth = statistics.median(run.growth for run in slow)
    kernel = statistics.median((max(run.sockets) - run.sockets[0]) / MIB for run in slow)
    table.row(
        f"1 % stop reading, {count} x {size} B x 100/s: memory",
        f"RSS +{growth:.1f} MiB (+{statistics.median(run.growth for run in without):.1f} "
        f"without); kernel sockets {kernel:+.1f} MiB", "RSS +2 MiB", growth <= 2)
    late, usual = middle(slow, "p99_ms"), middle(without, "p99_ms")
    table.row(
        "1 % stop reading: the others' p99",
        f"{late:.2f} ms ({usual:.2f} without; median of {options.rounds})",
        "within 10 % or 2 ms", is_near(late, usual, 0.10))


def memory_bound(connections: int, events: int, message: int) -> int:
    """Bytes that a server may take beyond what it had when all were connected and reading.

    A connection whose client reads nothing holds at most the output that waits for its socket, no
    more than its HTTP/2 window lends (65,535 bytes, in a buffer that doubles: 128 KiB), and for its
    stream one message or one step of a catch-up (64 KiB) behind the window. Readers may be as far
    behind for a moment. An event in a topic's history takes at most 256 bytes: the payload of
    bench serve is one array that all events share. 2 MiB are left to the allocator.
    """
    return connections * ((128 << 10) + (64 << 10) + message) + events * 256 + 2 * MIB


def slow_half(options, table: Table) -> None:
    """50 % stop reading and stay: memory under its bound all the time."""
    count, size, rate = options.scaled(500), 4000, 100
    patient = {"keepaliveSeconds": 3600, "stalledOutputSeconds": 3600}
    usual: list[Run] = []
    for _ in range(options.rounds):
        with Server(options, "--rate", rate, "--bytes", size) as server:
            usual.append(Run(
                options, server, "bench:*1", connections=count - count // 2, bytes=size,
                warm=options.warm, seconds=min(15, options.seconds)))
    with Server(options, "--rate", rate, "--bytes", size, limits=patient) as server:
        run = Run(
            options, server, "bench:*1", connections=count, bytes=size, stopped=0.5,
            warm=options.warm, seconds=options.seconds)
        gaps = server.metrics()["penstock_fanout_gaps_total"]
    events = int(rate * run["seconds"])
    bound = memory_bound(count, events, size) / MIB
    table.row(
        f"50 % stop reading, {count} x {size} B x {rate}/s, {run['seconds']:.0f} s: memory",
        f"RSS +{run.growth:.1f} MiB at most in {len(run.resident)} samples; kernel sockets "
        f"+{(max(run.sockets) - run.sockets[0]) / MIB:.1f} MiB; {gaps:.0f} gaps told",
        f"+{bound:.0f} MiB (memory_bound)", run.growth <= bound)
    late, before = run["p99_ms"], middle(usual, "p99_ms")
    table.row(
        "50 % stop reading: the readers' p99", f"{late:.2f} ms ({before:.2f} ms without them)",
        "within 15 % or 2 ms", is_near(late, before, 0.15))


def churn(options, table: Table) -> None:
    """Many come and go; who stays notices nothing, and nothing is left of those who went."""
    topics, rate = options.scaled(10_000), 100 if options.brief else 1_000
    readers = options.scaled(500)
    # Full within the first minute: histories at one event a second.
    limits = {"eventsPerTopic": 16}
    # FanoutLoad holds 20 topics on each of rate / 10 connections while they change. Without churn
    # further readers have them, or their deliveries would be taken for what the changes cost.
    held = 20 * max(2, rate // 10)
    runs = []
    for changes, more, seconds in ((0, held // 10, min(120, options.seconds)),
                                   (rate, 0, options.seconds)):
        with Server(options, "--topics", topics, "--rate", 1, limits=limits) as server:
            runs.append(Run(
                options, server, f"bench:*{topics}", connections=readers + more,
                topics_per_stream=10, warm=options.warm, seconds=seconds, churn=changes))
    still, busy = runs
    changed = busy["subscribes"] - readers
    table.row(
        f"churn, {rate} subscribes and unsubscribes a second over {topics} topics, "
        f"{busy['seconds']:.0f} s: everybody else's p99",
        f"{busy['p99_ms']:.2f} ms ({still['p99_ms']:.2f} without); {changed} came, "
        f"{busy['unsubscribes']} went", "within 10 % or 2 ms",
        is_near(busy["p99_ms"], still["p99_ms"], 0.10))
    settled = min(60, len(busy.resident) // 2, len(still.resident) // 2)
    grown = [(max(run.resident[settled:]) - run.resident[settled]) / MIB for run in runs]
    table.row(
        f"churn: memory after the first {settled} s",
        f"RSS +{grown[1]:.1f} MiB (+{grown[0]:.1f} without churn)", "+2 MiB", grown[1] <= 2)


def growth(options, table: Table) -> None:
    """One delivery costs the same, however many there are."""
    counts, topics, many = (100, 400, 1_000, 4_000, 10_000), (10, 100, 1_000, 10_000), 10_000
    if options.brief:
        counts, topics = counts[:2], topics[:2]
    plots = [
        ("subscribers", measure_growth(options, [(count, 1) for count in counts])),
        (f"topics, {options.scaled(many)} subscribers",
         measure_growth(options, [(many, count) for count in topics]))]
    for name, costs in plots:
        mean = statistics.mean(costs.values())
        spread = max(abs(cost / mean - 1) for cost in costs.values())
        numbers = ", ".join(f"{count}: {cost:.2f}" for count, cost in costs.items())
        table.row(
            f"growth with {name}: us of CPU per delivery", f"{numbers}; ±{spread:.0%}", "±10 %",
            spread <= 0.10)
    for name, costs in plots:
        plot(name, costs)
        if options.plots:
            options.plots.mkdir(parents=True, exist_ok=True)
            file = options.plots / f"growth-{name.partition(',')[0]}.svg"
            file.write_text(svg(f"CPU per delivery by {name}", costs))


def measure_growth(options, points: list[tuple[int, int]]) -> dict[int, float]:
    """Median of the microseconds per delivery for each (subscribers, topics). All together get
    20,000 updates a second, each of one topic on a connection of its own."""
    total = options.scaled(20_000)
    costs: dict[int, list[float]] = {}
    varies = 0 if len({subscribers for subscribers, _ in points}) > 1 else 1
    for _ in range(options.rounds):
        for point in points:
            subscribers, topics = max(1, options.scaled(point[0])), options.scaled(point[1])
            rate = max(1, total // subscribers)
            with Server(options, "--topics", topics, "--rate", rate) as server:
                run = Run(
                    options, server, f"bench:*{topics}", connections=subscribers, bytes=120,
                    warm=options.warm, seconds=min(5, options.seconds))
            costs.setdefault(point[varies], []).append(run.microseconds)
    return {count: statistics.median(values) for count, values in costs.items()}


def plot(name: str, costs: dict[int, float]) -> None:
    print(f"\n    us of CPU per delivery by {name}")
    top = max(costs.values())
    for count, cost in costs.items():
        print(f"    {count:>6} | {'#' * round(50 * cost / top):<50} {cost:.2f}")


def svg(title: str, costs: dict[int, float]) -> str:
    """A curve over a logarithmic scale of counts, the band of ±10 % around the mean behind it."""
    width, height, left, top = 560, 300, 60, 40
    low, high = math.log10(min(costs)), math.log10(max(costs))
    most = 1.4 * max(costs.values())
    mean = statistics.mean(costs.values())

    def across(count: int) -> float:
        return left + (width - left - 30) * (math.log10(count) - low) / max(high - low, 1e-9)

    def down(cost: float) -> float:
        return top + (height - top - 40) * (1 - cost / most)

    points = [(across(count), down(cost)) for count, cost in costs.items()]
    band = f'<rect x="{left}" y="{down(1.1 * mean):.1f}" width="{width - left - 30}" height="' \
        f'{down(0.9 * mean) - down(1.1 * mean):.1f}" fill="#dde8f4"/>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f5fa8"/>'
        f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{cost:.2f}</text>'
        f'<text x="{x:.1f}" y="{height - 18}" text-anchor="middle">{count:,}</text>'
        for (x, y), (count, cost) in zip(points, costs.items()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">\n'
        f'<rect width="{width}" height="{height}" fill="white"/>{band}\n'
        f'<text x="{left}" y="20" font-size="13">{title}, us; the band is ±10 %</text>\n'
        f'<line x1="{left}" y1="{down(0):.1f}" x2="{width - 30}" y2="{down(0):.1f}" '
        'stroke="#888"/>\n'
        f'<polyline points="{path}" fill="none" stroke="#1f5fa8" stroke-width="2"/>\n'
        f'{marks}\n</svg>\n')


def storm(options, table: Table) -> None:
    """Everybody is cut at once and comes back at once."""
    count = options.scaled(10_000)
    instruments = "BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,ETH/BTC"
    topics = ",".join(
        f"{kind}:binance:{name}" for kind in ("tick", "book") for name in instruments.split(","))
    with Simulator(options) as simulator, Server(
            options, "--instruments", instruments, venue=simulator.address) as server:
        run = Run(
            options, server, topics, connections=count, session=1, interval=1000, sample=0.1,
            warm=options.warm, seconds=min(15, options.seconds), storm=1)
    took = run["storm_seconds"]
    hashes = run["compared_with_hashes"] - run["faults"].get("hash_differs", 0)
    table.row(
        f"storm: {count} clients cut at once",
        f"{'never' if took is None else f'{took:.2f} s'} until all are current, "
        f"{run.processor:.1f} s of the server's CPU until the end; {run['resumed']} resumed; "
        f"{run['compared']} states compared ({run['compared_with_snapshots']} with GetSnapshot), "
        f"{run['differences']} differ; {hashes} hashes of `CaughtUp` agree",
        "5 s", took is not None and took <= 5 and run["differences"] == 0
        and hashes == run["compared_with_hashes"] >= count // 100)


def loops(options, table: Table) -> None:
    """Two loops against one; the load shares their cores, so this is no peak."""
    count, rate = options.scaled(1_000), 100
    runs: dict[int, list[Run]] = {1: [], 2: []}
    for _ in range(options.rounds):
        for number, kept in runs.items():
            with Server(options, "--rate", rate, "--bytes", 120, loops=number) as server:
                kept.append(Run(
                    options, server, "bench:*1", core=None, connections=count, bytes=120,
                    warm=options.warm, seconds=min(5, options.seconds)))
    one, two = (
        [run["updates"] / max(run.processor, 0.01) for run in kept] for kept in runs.values())
    ratio = statistics.median(second / first for first, second in zip(one, two))
    table.row(
        f"two loops, {count} x {rate}/s: deliveries per server CPU-second",
        f"{statistics.median(two):,.0f}, {ratio:.2f} x one loop's; in all "
        f"{statistics.median(run['updates'] / run['seconds'] for run in runs[2]):,.0f}/s "
        "(the load client shares the cores)", "0.85 x", ratio >= 0.85)
    spread = max(max(run.spread) / max(1, sum(run.spread)) for run in runs[2])
    table.row(
        "two loops: connections", f"{spread:.0%} on the fuller one", "60:40", spread <= 0.6)


def idle(options, table: Table) -> None:
    """What those cost who wait: a topic of a venue that is down never changes."""
    nobody = f"127.0.0.1:{rig.free_port()}"
    count, streams = options.scaled(10_000), options.scaled(100)
    costs = []
    for connections, each in ((count, 1), (100, 1), (100, streams)):
        with Server(options, venue=nobody) as server:
            before = server.resident
            run = Run(
                options, server, "tick:binance:BTC/USDT", connections=connections, streams=each,
                sample=0, warm=4 * options.warm, seconds=1)
            costs.append(run.resident[-1] - before)
    own = costs[0] / count
    table.row(
        f"idle memory, {count} connections held, a stream each", f"{own / 1024:.1f} KB each",
        "16 KB", own <= 16 * 1024)
    further = (costs[2] - costs[1]) / max(1, 100 * (streams - 1))
    table.row(
        f"idle memory, {streams} streams on each of 100 connections",
        f"{further:.0f} B for a further one", "512 B", further <= 512)


DRILLS = {
    "slow-few": slow_few, "slow-half": slow_half, "churn": churn, "growth": growth,
    "storm": storm, "loops": loops, "idle": idle,
}


class Options(argparse.Namespace):
    faults = 0
    foreign: list[float] = []
    warm = 2.0

    def scaled(self, number: int) -> int:
        return max(1, round(number * self.scale))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("drills", nargs="*", metavar="DRILL", help=", ".join(DRILLS))
    parser.add_argument("--seconds", type=float, default=600, help="of the longest runs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1, help="of connections and rates")
    parser.add_argument(
        "--brief", action="store_true", help="all small and short: only whether it works")
    parser.add_argument(
        "--plots", type=pathlib.Path, metavar="FOLDER", help="where growth draws its two curves")
    parser.add_argument(
        "--binaries", type=pathlib.Path, default=rig.ROOT / ".build/release")
    options = parser.parse_args(namespace=Options())
    unknown = set(options.drills) - set(DRILLS)
    if unknown:
        sys.exit(f"no such drill: {', '.join(unknown)}; there are {', '.join(DRILLS)}")
    if options.brief:
        options.seconds, options.rounds, options.scale, options.warm = 1, 1, 0.02, 0.3
    table = Table()
    for name in options.drills or DRILLS:
        DRILLS[name](options, table)
    print(f"\nprocessors that something else kept busy: {statistics.median(options.foreign):.2f} "
          f"(median of {len(options.foreign)} runs), {max(options.foreign):.2f} at most; above 0.2 "
          "times say little")
    if options.faults:
        sys.exit(f"{options.faults} faults seen by the load")


if __name__ == "__main__":
    main()
