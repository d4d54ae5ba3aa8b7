"""What `make run` starts, after building."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from penstock import Client
from processes import BINARY, ROOT, connects, free_port, wait_until


@pytest.fixture
def addresses() -> dict[str, str]:
    return {"PENSTOCK_VENUE": f"127.0.0.1:{free_port()}",
            "PENSTOCK_GATEWAY": f"127.0.0.1:{free_port()}"}


def start(addresses: dict[str, str]) -> subprocess.Popen:
    # A shell has what it starts in the background ignore Ctrl-C, and so would all that comes of
    # it. A signal that is handled here is one that a new program takes as usual.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [ROOT / ".ci" / "demo"], env=os.environ | addresses | {"PENSTOCK_BINARY": str(BINARY)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True)


def test_it_serves_a_market_and_ctrl_c_ends_it_within_two_seconds(addresses):
    demo = start(addresses)
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = demo.stdout.readline()
            assert line, demo.stderr.read()
            said += line
        gateway = addresses["PENSTOCK_GATEWAY"]
        assert f"http://{gateway}/healthz" in said
        with Client(gateway) as client:
            for topic in ("book:binance:BTC/USDT", "book:binance:ETH/USDT"):
                assert any(state.is_live for state in client.subscribe([topic]))
        with urllib.request.urlopen(f"http://{gateway}/healthz", timeout=5) as response:
            assert response.status == 200
        begin = time.monotonic()
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(5) == 0, demo.stderr.read()
        assert time.monotonic() - begin < 2
        wait_until(
            lambda: not any(map(connects, addresses.values())), 0.5, "both programs to be gone")
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)


@pytest.mark.parametrize("name", ["PENSTOCK_VENUE", "PENSTOCK_GATEWAY"])
def test_a_taken_port_is_one_clear_line(name, addresses):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        addresses[name] = f"127.0.0.1:{taken.getsockname()[1]}"
        demo = start(addresses)
        _, errors = demo.communicate(timeout=10)
    assert demo.returncode == 2
    [line] = errors.splitlines()
    assert addresses[name] in line
