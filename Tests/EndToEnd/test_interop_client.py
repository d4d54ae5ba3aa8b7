"""grpc's standard interop cases, asked by our client.

The server is ours, or the one at INTEROP_SERVER=HOST:PORT; over TLS with INTEROP_CA=FILE and, where
its certificate has another name, INTEROP_NAME=NAME."""

from __future__ import annotations

import os
import subprocess

import pytest
from processes import BINARY, wait_until

CASES = """empty_unary large_unary client_streaming server_streaming ping_pong empty_stream
timeout_on_sleeping_server cancel_after_begin cancel_after_first_response status_code_and_message
special_status_message custom_metadata unimplemented_method unimplemented_service""".split()
CLIENT, SERVER = BINARY.parent / "InteropClient", BINARY.parent / "InteropServer"


@pytest.fixture(scope="module")
def server():
    if address := os.environ.get("INTEROP_SERVER"):
        yield address
        return
    process = subprocess.Popen([SERVER], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        wait_until(lambda: process.poll() is not None, 5, "the server's end")


@pytest.mark.skipif(not CLIENT.exists(), reason="the interop programs are not built")
@pytest.mark.parametrize("case", CASES)
def test_the_case_passes(case, server):
    host, _, port = server.rpartition(":")
    arguments = [f"--server_host={host}", f"--server_port={port}", f"--test_case={case}"]
    if authority := os.environ.get("INTEROP_CA"):
        arguments += ["--use_tls=true", f"--ca_file={authority}"]
        if name := os.environ.get("INTEROP_NAME"):
            arguments.append(f"--server_host_override={name}")
    ended = subprocess.run([CLIENT, *arguments], capture_output=True, text=True, timeout=20)
    assert ended.returncode == 0, ended.stderr
