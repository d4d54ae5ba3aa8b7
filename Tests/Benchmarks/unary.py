#!/usr/bin/env python3
"""Unary echo beside grpc's C++ and Go servers and nghttpd, in interleaved rounds.

    Tests/Benchmarks/unary.py [--rounds 9] [--requests 200000] [--bytes 100]

The server runs on core 0, h2load on core 1, one at a time, peers in turn within each round. Every
request is the same gRPC message and every answer one of that size. Penstock is the test service
of Tests/InteropServer, which takes requests apart and builds answers; the peers echo raw bytes;
nghttpd, which knows no gRPC, serves a file of that size. Reported are medians over the rounds of
requests per server CPU-second, and the median of the ratios to each peer pair by pair.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "Tests" / "Benchmarks" / "peers"
BUILT = ROOT / ".build" / "peers"
PATH = "/grpc.testing.TestService/UnaryCall"
NAMES = ["grpc-cpp", "penstock", "grpc-go", "nghttpd"]
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def build() -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "grpc++"], check=True,
                           capture_output=True, text=True).stdout.split()
    subprocess.run(["g++", "-std=c++17", "-O2", "-o", BUILT / "grpc-cpp",
                    PEERS / "unary_echo.cc", *flags], check=True)
    subprocess.run(["go", "build", "-o", BUILT / "grpc-go", PEERS / "unary_echo.go"], check=True,
                   env=dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode"))
    subprocess.run(["swift", "build", "--configuration", "release", "--product", "InteropServer"],
                   cwd=ROOT, check=True, stdout=sys.stderr)


def varint(value: int) -> bytes:
    head = b""
    while value > 0x7F:
        head, value = head + bytes([value & 0x7F | 0x80]), value >> 7
    return head + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def request(size: int) -> bytes:
    """A gRPC frame: SimpleRequest with a body of zeros that asks for as many back."""
    message = varint(2 << 3) + varint(size) + field(3, field(2, bytes(size)))
    return b"\0" + len(message).to_bytes(4, "big") + message


def command(name: str, port: int, folder: pathlib.Path) -> list[str]:
    match name:
        case "penstock":
            return [str(ROOT / ".build/release/InteropServer"), "--listen", f"127.0.0.1:{port}"]
        case "nghttpd":
            return ["nghttpd", "--no-tls", "--address", "127.0.0.1", "--htdocs", str(folder),
                    str(port)]
        case _:
            return [str(BUILT / name), str(port)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(name: str, folder: pathlib.Path):
    """The server on core 0: its process id and port."""
    port = free_port()
    process = subprocess.Popen(
        ["taskset", "-c", "0", *command(name, port, folder)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            sys.exit(f"{name} does not listen on port {port}")
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS_PER_SECOND


def measure(name: str, folder: pathlib.Path, options) -> tuple[float, float]:
    """Requests per server CPU-second and per second; exits when an answer was not as it must be."""
    load = ["taskset", "-c", "1", "h2load", f"--clients={options.clients}",
            f"--max-concurrent-streams={options.streams}", f"--data={folder / 'request'}",
            "--header=content-type: application/grpc", "--header=te: trailers"]
    with server(name, folder) as (pid, port):
        url = f"http://127.0.0.1:{port}{PATH}"
        subprocess.run([*load, f"--requests={options.requests // 10}", url], check=True,
                       stdout=subprocess.DEVNULL)  # warm
        begin = cpu_seconds(pid)
        said = subprocess.run([*load, f"--requests={options.requests}", url], check=True,
                              capture_output=True, text=True).stdout
        used = cpu_seconds(pid) - begin
    succeeded = int(re.search(r"(\d+) succeeded, 0 failed, 0 errored", said)[1])
    body = int(re.search(r"\((\d+)\) data", said)[1]) / options.requests
    if succeeded != options.requests or not options.bytes < body < options.bytes + 32:
        sys.exit(f"{name} did not answer as it must:\n{said}")
    return options.requests / used, float(re.search(r"([\d.]+) req/s", said)[1])


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--bytes", type=int, default=100)
    options = parser.parse_args()
    for tool in ("h2load", "nghttpd", "taskset", "g++", "go", "pkg-config"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing; .ci/install-packages test installs it")
    build()
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        frame = request(options.bytes)
        (folder / "request").write_bytes(frame)
        file = folder / PATH.removeprefix("/")
        file.parent.mkdir()
        file.write_bytes(frame)
        for number in range(options.rounds):
            for name in NAMES:
                runs[name].append(measure(name, folder, options))
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    print(f"{options.clients} connections x {options.streams} streams, {options.bytes} bytes, "
          f"{options.rounds} rounds of {options.requests:,} requests\n")
    print("| server | requests per CPU-s | requests/s | penstock's ratio to it (min-max) |")
    print("|---|---|---|---|")
    ours = [rate for rate, _ in runs["penstock"]]
    for name in NAMES:
        rates = [rate for rate, _ in runs[name]]
        print(f"| {name} | {statistics.median(rates):,.0f} "
              f"| {statistics.median(rate for _, rate in runs[name]):,.0f} "
              f"| {spread([mine / other for mine, other in zip(ours, rates)])} |")


if __name__ == "__main__":
    main()
