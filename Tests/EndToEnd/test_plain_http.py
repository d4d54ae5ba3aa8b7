"""The same port for people, probes and scrapers: HTTP/1.1 and HTTP/2 without gRPC."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys

import grpc
import pytest
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub
from processes import HARNESS, ROOT, Simulator

needs_nghttp = pytest.mark.skipif(not shutil.which("nghttp"), reason="nghttp2-client is missing")


def tool(*arguments: str) -> str:
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def exchange(address: str, data: bytes) -> bytes:
    """What the server says to raw bytes until it closes or falls silent."""
    host, _, port = address.rpartition(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        connection.sendall(data)
        try:
            while chunk := connection.recv(65_536):
                answer += chunk
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


def test_healthz_over_http_1(market):
    status, _ = market.get("/healthz")
    assert status == 200


def test_an_unknown_path_is_not_found(market):
    assert market.get("/nowhere")[0] == 404


def test_metrics_are_prometheus_text(market):
    status, text = market.get("/metrics")
    assert status == 200
    families = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram)$", text, re.M))
    assert families
    for line in text.splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(
                r'(?:penstock|process)_[a-z0-9_]+(\{[^}]*\})? -?[0-9.e+-]+', line), line
            assert re.sub(r"_(bucket|sum|count)$", "", re.split(r"[{ ]", line)[0]) in families \
                or re.split(r"[{ ]", line)[0] in families


PROMTOOL = shutil.which("promtool", path=f"{os.environ['PATH']}:{ROOT / '.build/tools'}")


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool")
def test_metrics_pass_the_checker_of_prometheus(market):
    status, text = market.get("/metrics")
    checked = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    assert status == 200 and checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout + checked.stderr == ""


def test_latencies_and_savings_are_counted(market):
    """Ticks are subscribed in passing: their stages, and what deltas and protobuf save."""
    with grpc.insecure_channel(market.address) as channel:
        updates = MarketDataStub(channel).Subscribe(
            wire.SubscribeRequest(topics=["tick:binance:BTC/USDT"]), timeout=30)
        for _ in range(20):
            next(updates)
        updates.cancel()
    _, text = market.get("/metrics")
    values = {}
    for name, value in re.findall(r"^(penstock_\S+) (\S+)$", text, re.M):
        values[name] = float(value)

    def total(family: str, *labels: str) -> float:
        return sum(
            value for name, value in values.items()
            if name.split("{")[0] == family and all(label in name for label in labels))

    assert total("penstock_fanout_deliveries_total") >= 18
    assert total("penstock_fanout_saved_bytes_total", 'by="codec"') > 0
    for stage in ("receive", "publish", "send"):
        count = total("penstock_latency_seconds_count", f'stage="{stage}"')
        seconds = total("penstock_latency_seconds_sum", f'stage="{stage}"')
        assert count > 0 and seconds / count < 60, (stage, count, seconds)


def test_the_heap_is_told_by_the_allocator_that_the_program_links(market, request):
    if request.config.getoption("--sanitized"):
        pytest.skip("a sanitizer brings its own allocator")
    told = market.metrics()
    used, taken = told["penstock_heap_allocated_bytes"], told["penstock_heap_resident_bytes"]
    # A program that allocates elsewhere would have next to nothing here.
    assert 1 << 20 < used < taken < told["process_resident_memory_bytes"]


@needs_nghttp
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_plain_paths_over_http_2(path, market):
    assert tool("nghttp", f"http://{market.address}{path}")


@needs_nghttp
def test_many_requests_over_http_2_all_succeed(market):
    output = tool("h2load", "-n", "2000", "-c", "10", "-m", "10",
                  f"http://{market.address}/healthz")
    assert "2000 succeeded, 0 failed, 0 errored" in output
    assert "status codes: 2000 2xx" in output


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_another_content_type_is_no_grpc(kind, market):
    body = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--http2-prior-knowledge",
         "-H", f"content-type: {kind}", "-H", "te: trailers", "--data-binary", "x", "-m", "5",
         f"http://{market.address}/penstock.v1.MarketData/Subscribe"],
        capture_output=True, text=True, timeout=10)
    assert body.stdout == "415"


@pytest.mark.parametrize("data, status", [
    (b"GET /healthz HTTP/1.1\r\nBad Header: x\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", b"431"),
    (b"DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
], ids=["space in name", "too large", "method"])
def test_bad_requests_get_their_status_and_nobody_else_notices(data, status, market):
    answer = exchange(market.address, data)
    assert answer.startswith(b"HTTP/1.1 " + status), answer[:80]
    assert market.get("/healthz")[0] == 200


def test_a_broken_preface_is_answered_and_nobody_else_notices(market):
    answer = exchange(market.address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64)
    assert b"\x07" in answer[3:4] or answer == b"" or len(answer) >= 9  # GOAWAY, at most
    assert market.get("/healthz")[0] == 200


@pytest.mark.skipif(not (HARNESS / "ccxt").is_dir(), reason="no shared/ beside the repository")
def test_ccxt_accepts_the_simulated_venue():
    pytest.importorskip("ccxt", reason="ccxt is not installed; make venv-ccxt")
    with Simulator(seed=5) as simulator:
        ended = subprocess.run(
            [sys.executable, HARNESS / "ccxt" / "ccxt_judge.py", "--only", "binance",
             "--binance", f"{simulator.address}/binance"],
            capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2/2 passed" in ended.stdout


@pytest.mark.parametrize("data", [
    b"GARBAGE\r\n\r\n", b"INVALID CONNECTION PREFACE\r\n\r\n",
])
def test_what_is_no_http_gets_no_http(data, market):
    assert exchange(market.address, data) == b""
