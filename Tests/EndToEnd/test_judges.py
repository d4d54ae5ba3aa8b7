"""Judges that others wrote: grpc's interop clients, h2spec and h2load.

They are not part of this repository. PENSTOCK_JUDGES names a folder with what there is of
bin/interop_client_cpp, bin/interop_client_python, bin/interop_client_go and bin/h2spec; what is
missing there skips. h2load is Debian's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest
from processes import BenchServer, InteropServer

STANDARD = (
    "empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong",
    "empty_stream", "timeout_on_sleeping_server", "cancel_after_begin",
    "cancel_after_first_response", "status_code_and_message", "special_status_message",
    "custom_metadata", "unimplemented_method", "unimplemented_service",
)
COMPRESSION = (
    "client_compressed_unary", "server_compressed_unary", "client_compressed_streaming",
    "server_compressed_streaming",
)
ENDURANCE = ("half_duplex", "slow_consumer", "rpc_soak", "channel_soak")
CASES = (
    [("cpp", case) for case in STANDARD + COMPRESSION + ENDURANCE]
    + [(client, case) for client in ("go", "python") for case in STANDARD])
SOAK = ("--soak_iterations=100", "--soak_overall_timeout_seconds=60",
        "--soak_per_iteration_max_acceptable_latency_ms=5000")
CASE_SECONDS = 150.0  # slow_consumer sleeps for 40
H2SPEC_SECONDS = 120.0
REQUESTS = 100_000

# libnghttp2 takes a lower stream identifier for a frame of a stream that has ended.
EXCUSED = "Sends stream identifier that is numerically smaller than previous"


def judge(name: str) -> Path:
    folder = os.environ.get("PENSTOCK_JUDGES")
    if not folder:
        pytest.skip("PENSTOCK_JUDGES names no folder with third-party judges")
    path = Path(folder) / "bin" / name
    if not path.exists():
        pytest.skip(f"there is no {path}")
    return path


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    """A folder with ca.pem, and server.pem and server.key for localhost and 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=30)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=authority of a test")
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj",
            "/CN=localhost")
    (folder / "names").write_text("subjectAltName = DNS:localhost, IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem")
    return folder


@pytest.fixture(scope="module", params=["cleartext", "tls"])
def interop(request):
    """The test service: its address, and the authority's certificate under TLS."""
    if not InteropServer.program.exists():
        pytest.skip(f"{InteropServer.program} is not built")
    if request.param == "cleartext":
        with InteropServer() as server:
            yield server.address, None
    else:
        folder = request.getfixturevalue("authority")
        with InteropServer(folder / "server.pem", folder / "server.key") as server:
            yield server.address, folder / "ca.pem"


@pytest.mark.parametrize(("client", "case"), CASES)
def test_grpc_interop(client, case, interop):
    address, authority = interop
    host, _, port = address.rpartition(":")
    words = [f"--server_host={host}", f"--server_port={port}", f"--test_case={case}"]
    environment = dict(os.environ)
    if authority:
        words += ["--use_tls=true", "--server_host_override=localhost"]
        environment["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(authority)
        if client == "go":
            words += ["--use_test_ca=true", f"--ca_file={authority}"]
    if case.endswith("_soak"):
        words += SOAK
    ended = subprocess.run(
        [judge(f"interop_client_{client}"), *words], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=environment, timeout=CASE_SECONDS)
    assert ended.returncode == 0, ended.stdout[-3000:]


def h2spec(address: str, report: Path, *options: str) -> list[str]:
    """The cases that failed or were skipped, without the excused one."""
    host, _, port = address.rpartition(":")
    ended = subprocess.run(
        [judge("h2spec"), "--host", host, "--port", port, "--path", "/healthz", "--timeout", "5",
         "--junit-report", report, *options],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=H2SPEC_SECONDS)
    assert report.exists(), ended.stdout + ended.stderr
    cases = list(xml.parse(report).iter("testcase"))
    assert len(cases) == (147 if "--strict" in options else 146)
    return [f"{case.get('package')} {case.get('classname')}" for case in cases
            if any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
            and case.get("classname") != EXCUSED]


@pytest.mark.parametrize("options", [(), ("--strict",)], ids=["plain", "strict"])
def test_h2spec_on_the_gateways_door(options, tmp_path):
    judge("h2spec")
    with BenchServer() as server:
        assert h2spec(server.address, tmp_path / "report.xml", *options) == []


@pytest.mark.parametrize("options", [(), ("--strict",)], ids=["plain", "strict"])
def test_h2spec_in_both_transports(options, interop, tmp_path):
    address, authority = interop
    transport = ("--tls", "--insecure") if authority else ()
    assert h2spec(address, tmp_path / "report.xml", *transport, *options) == []


def test_h2load_gets_every_answer():
    if not shutil.which("h2load"):
        pytest.skip("h2load is missing; .ci/install-packages test installs it")
    with BenchServer() as server:
        ended = subprocess.run(
            ["h2load", "-n", str(REQUESTS), "-c", "100", "-m", "100",
             f"http://{server.address}/healthz"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert re.search(rf"{REQUESTS} succeeded, 0 failed, 0 errored, 0 timeout", ended.stdout), (
        ended.stdout + ended.stderr)
    assert f"{REQUESTS} 2xx" in ended.stdout
