#!/usr/bin/env python3
"""One topic to many gRPC subscribers, beside the yardstick's peers, in interleaved rounds.

    YARDSTICK=FOLDER Tests/Benchmarks/fanout.py [--rounds 9] [--seconds 4]

FOLDER is a built copy of the yardstick (its build.sh puts the programs into bin/). The server runs
on core 0, the load client on core 1, one at a time, peers in turn within each round. Reported are
medians over the rounds of deliveries per server CPU-second, and the median of the ratios to the
physical limit (`limit`, one bare send() per message) pair by pair.
"""

import argparse
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
YARDSTICK = pathlib.Path(os.environ.get("YARDSTICK", ROOT.parent / "shared" / "yardstick"))
GRPC_PEER = ["--path", "/y.F/Sub", "--ts-path", "1", "--seq-path", "2", "--clock"]
TEXT_PEER = ["--ts-key", '"ts":', "--seq-key", '"seq":', "--clock", "mono"]
PEERS = {
    "limit-send1-h2": ("limit", "grpc", GRPC_PEER + ["mono"]),
    "grpc-go": ("grpc_go", "grpc", GRPC_PEER + ["real"]),
    "uws": ("uws_native", "ws", TEXT_PEER),
}


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


def start(name: str, port: int, options) -> tuple[subprocess.Popen, str, list[str]]:
    """The server on core 0, the load client's mode, and its arguments for this server."""
    pinned = ["taskset", "-c", "0"]
    if name != "penstock":
        program, mode, arguments = PEERS[name]
        environment = dict(
            os.environ, PORT=str(port), RATE=str(options.rate), PAD=str(options.bytes))
        server = subprocess.Popen(
            pinned + [str(YARDSTICK / "bin" / program)], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return server, mode, arguments
    server = subprocess.Popen(
        pinned + [
            str(ROOT / ".build/release/penstock"), "bench", "serve", "--listen",
            f"127.0.0.1:{port}", "--topics", "1", "--rate", str(options.rate), "--bytes",
            str(options.bytes)],
        stdout=subprocess.PIPE, text=True)
    said = {}
    while "publish" not in said:
        key, _, rest = server.stdout.readline().partition(" ")
        said[key] = rest.strip()
    return server, "grpc", [
        "--path", said["path"], "--body", said["body"], "--ts-path", "7", "--seq-path", "3",
        "--clock", "real"]


def measure(name: str, options) -> dict:
    port = free_port()
    server, mode, arguments = start(name, port, options)
    try:
        wait_for(port, name)
        client = subprocess.run(
            ["taskset", "-c", "1", str(YARDSTICK / "bin/fanload"), "--mode", mode, "--port",
             str(port), "--pid", str(server.pid), "--conns", str(options.connections), "--spin",
             "--warm", "1", "--dur", str(options.seconds), *arguments],
            capture_output=True, text=True, timeout=60 + options.seconds)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)
    if not client.stdout.strip():
        sys.exit(f"{name}: {client.stderr.strip()}")
    return json.loads(client.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--bytes", type=int, default=120)
    options = parser.parse_args()
    if not (YARDSTICK / "bin/fanload").exists():
        sys.exit(f"no built yardstick at {YARDSTICK}; set YARDSTICK to a folder with bin/fanload")
    # The limit stands on both sides of us, so that each pair lies close together in time.
    names = [name for name in PEERS if (YARDSTICK / "bin" / PEERS[name][0]).exists()]
    names.insert(1, "penstock")
    runs: dict[str, list[dict]] = {name: [] for name in names}
    for number in range(options.rounds):
        for name in names:
            runs[name].append(measure(name, options))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    print(f"{options.connections} subscribers x {options.rate}/s, {options.bytes} bytes, "
          f"{options.rounds} rounds of {options.seconds} s\n")
    print("| server | deliveries per CPU-s | ratio to limit (min-max) | user us per delivery "
          "| p50 / p99 / p99.9 ms | gaps | memory per subscriber |")
    print("|---|---|---|---|---|---|---|")
    limit = [run["server"]["updates_per_cpu_s"] for run in runs[names[0]]]
    for name in names:
        rates = [run["server"]["updates_per_cpu_s"] for run in runs[name]]
        ratios = [rate / other for rate, other in zip(rates, limit)]
        middle = lambda value: statistics.median(map(value, runs[name]))
        latency = " / ".join(
            f"{middle(lambda run: run['lat_us'][key]) / 1000:.1f}"
            for key in ("p50", "p99", "p999"))
        user = middle(lambda run: run["server"]["user_s"] * 1e6 / run["updates"])
        print(f"| {name} | {statistics.median(rates):,.0f} | {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f}-{max(ratios):.2f}) | {user:.2f} | {latency} "
              f"| {sum(run['gaps'] for run in runs[name])} "
              f"| {middle(lambda run: run['server']['pss_per_sub']):,.0f} B |")


if __name__ == "__main__":
    main()
