"""Penstock's own processes, started on free ports of the loopback."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PENSTOCK_BINARY", ROOT / ".build" / "debug" / "penstock"))
RECORDINGS = ROOT.parent / "shared" / "recordings"
HARNESS = ROOT.parent / "shared" / "harness"
START_SECONDS = 60.0  # a debug build reads a hundred thousand recorded messages first
STOP_SECONDS = 5.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds: float, what: str) -> None:
    """Polls a condition that another process makes true; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.01)


def has_io_uring() -> bool:
    """Whether this kernel lets processes use io_uring. Asks for a ring without entries: where that
    is allowed, the number is what is wrong."""
    setup = 425  # of every architecture
    ctypes.CDLL(None, use_errno=True).syscall(setup, 0, ctypes.create_string_buffer(120))
    return ctypes.get_errno() == errno.EINVAL


class Penstock:
    """One running `penstock` command; a context manager that ends it with SIGINT."""

    program = BINARY

    def __init__(self, *arguments: str, prepare=None) -> None:
        """`prepare` runs in the new process before the program does."""
        self.arguments = arguments
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._process = subprocess.Popen(
            [self.program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, preexec_fn=prepare)
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self._process.stdout, self.lines), (self._process.stderr, self.errors))]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream, lines: list[str]) -> None:
        for line in stream:
            lines.append(line.rstrip("\n"))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_until_up(self, condition) -> None:
        """For constructors: what is too slow is killed, for nobody has it yet who could end it."""
        try:
            wait_until(lambda: condition() or not self.is_running, START_SECONDS, str(self))
        except AssertionError:
            self.kill()
            raise
        assert self.is_running, self.errors

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Exit status once the process has ended and its output has been read."""
        status = self._process.wait(seconds)
        for reader in self._readers:
            reader.join(seconds)
        return status

    def kill(self) -> None:
        """The end without a word: what it had open is reset by the kernel."""
        self._process.kill()
        self.wait()

    def stop(self) -> int:
        """SIGINT, then the exit status; a process that stays is killed and reported."""
        if self.is_running:
            self.send_signal(signal.SIGINT)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.wait()
            raise AssertionError(f"{self} did not end within {STOP_SECONDS} s of SIGINT") from None

    def __str__(self) -> str:
        return f"{self.program.name} {' '.join(map(str, self.arguments))}"

    def __enter__(self):
        return self

    def __exit__(self, failure: type | None, *_: object) -> None:
        status = self.stop()
        if failure is None:
            assert status == 0, f"{self} ended with {status}: {self.errors[-5:]}"
        else:
            print(f"{self}\n  " + "\n  ".join(self.lines[-5:] + self.errors[-20:]))


class Simulator(Penstock):
    def __init__(self, *recordings: Path, speed: str = "max", seed: int = 1,
                 faults: tuple[str, ...] = (), address: str | None = None) -> None:
        self.address = address or f"127.0.0.1:{free_port()}"
        arguments = ["simulate", "--listen", self.address, "--seed", str(seed)]
        if recordings:
            arguments += ["--speed", speed]
        for recording in recordings:
            arguments += ["--recording", str(recording)]
        for fault in faults:
            arguments += ["--fault", fault]
        super().__init__(*arguments)
        self.wait_until_up(lambda: connects(self.address))

    def has_finished(self, venue: str) -> bool:
        return any(
            line.startswith("finished") and f"venue={venue} " in line + " " for line in self.lines)


class Gateway(Penstock):
    def __init__(self, venues: dict[str, str], *extra: str, address: str | None = None,
                 tls: ssl.SSLContext | None = None, prepare=None) -> None:
        """`venues`: base address by name, for example binance: 127.0.0.1:7401/binance. `tls`: how
        to ask it for its pages if it does not speak cleartext."""
        self.tls = tls
        self.address = address or f"127.0.0.1:{free_port()}"
        arguments = ["serve", "--listen", self.address, *extra]
        for name, base in venues.items():
            arguments += ["--venue", f"{name}=http://{base}"]
        super().__init__(*arguments, prepare=prepare)
        self.wait_until_up(self.answers)

    def answers(self) -> bool:
        try:
            return bool(self.get("/healthz"))
        except OSError:
            return False

    def wait_until_serving(self) -> None:
        """Until a venue is connected."""
        wait_until(lambda: self.get("/healthz")[0] == 200, START_SECONDS, f"{self} to serve")

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a plain HTTP/1.1 GET."""
        scheme = "https" if self.tls else "http"
        try:
            with urllib.request.urlopen(
                    f"{scheme}://{self.address}{path}", timeout=5, context=self.tls) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self) -> dict[str, float]:
        """Value by name and labels."""
        status, text = self.get("/metrics")
        assert status == 200, text
        rows = (line.rpartition(" ") for line in text.splitlines() if line and line[0] != "#")
        return {name: float(value) for name, _, value in rows}

    def wait_until_quiet(self, quiet_seconds: float = 1.0, seconds: float = 30.0) -> None:
        """Until no feed message has come for a while: what the sockets still held has arrived."""
        count, since = self.feed_messages(), time.monotonic()
        end = since + seconds
        while time.monotonic() - since < quiet_seconds:
            assert time.monotonic() < end, f"messages still come after {seconds} s"
            time.sleep(0.1)
            if (now := self.feed_messages()) != count:
                count, since = now, time.monotonic()

    def feed_messages(self) -> float:
        return sum(value for name, value in self.metrics().items()
                   if name.startswith("penstock_feed_messages_total"))


class BenchServer(Penstock):
    """`penstock bench serve`: the gateway's door without a market behind it."""

    def __init__(self, *options: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        super().__init__("bench", "serve", "--listen", self.address, *options)
        self.wait_until_up(lambda: len(self.lines) >= 4)
        said = dict(line.split(" ", 1) for line in self.lines)
        self.path, self.body = said["path"], said["body"]


class InteropServer(Penstock):
    """grpc's test service on the same door; with TLS when there is a certificate and its key."""

    program = BINARY.with_name("InteropServer")

    def __init__(self, certificate: Path | None = None, key: Path | None = None) -> None:
        arguments = ["--listen", "127.0.0.1:0"]
        if certificate:
            arguments += ["--tls-certificate", str(certificate), "--tls-key", str(key)]
        super().__init__(*arguments)
        self.wait_until_up(lambda: self.lines)
        self.address = self.lines[0].removeprefix("listening on ")


def silent_stream(address: str, names: list[str]) -> socket.socket:
    """A stream connection to a simulator, of which nothing has been read."""
    host, _, port = address.rpartition(":")
    stream = socket.create_connection((host, int(port)), timeout=10)
    stream.sendall(
        f"GET /binance/stream?streams={'/'.join(names)} HTTP/1.1\r\nHost: {address}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
    return stream


def connects(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False


def run(*arguments: str, seconds: float = 10.0, prepare=None) -> subprocess.CompletedProcess:
    """A command that is expected to end by itself."""
    return subprocess.run(
        [BINARY, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=seconds, preexec_fn=prepare)
