"""A gateway on core 0, the load of Tests/FanoutLoad on core 1, and what Linux says of them."""

from __future__ import annotations

import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIB = 1 << 20
PAGE = os.sysconf("SC_PAGESIZE")
TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60.0
# One client address opens more connections here than a server wants of strangers.
LIMITS = {"connections": 40_000, "connectionsPerAddress": 40_000}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def socket_bytes() -> int:
    """What all TCP sockets of the machine hold in the kernel."""
    text = pathlib.Path("/proc/net/sockstat").read_text()
    return int(re.search(r"TCP:.* mem (\d+)", text).group(1)) * PAGE


def busy_seconds() -> float:
    """What the processors have done since the machine began, for whomever."""
    words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, interrupts, soft_interrupts, *_ = map(int, words)
    return (user + nice + system + interrupts + soft_interrupts) / TICK


class Program:
    """A process; a context manager that ends it with SIGTERM."""

    def __init__(self, words: list, core: int | None, output=subprocess.PIPE) -> None:
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        self.process = subprocess.Popen(
            [*pinned, *map(str, words)], stdin=subprocess.DEVNULL, stdout=output,
            text=True)
        self.folder = pathlib.Path(f"/proc/{self.process.pid}")

    @property
    def resident(self) -> int:
        """Bytes of memory that are in the machine."""
        return int((self.folder / "statm").read_text().split()[1]) * PAGE

    @property
    def processor_seconds(self) -> float:
        fields = (self.folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def descriptors_by_loop(self) -> list[int]:
        """How many descriptors each epoll of the process watches."""
        watched = []
        for entry in (self.folder / "fd").iterdir():
            try:
                if os.readlink(entry) == "anon_inode:[eventpoll]":
                    text = (self.folder / "fdinfo" / entry.name).read_text()
                    watched.append(len(re.findall(r"^tfd:", text, re.MULTILINE)))
            except FileNotFoundError:
                continue  # it was closed meanwhile
        return watched

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Server(Program):
    """`penstock bench serve`, or with a venue's address `penstock serve`."""

    def __init__(self, options, *words: object, limits: dict | None = None, loops: int = 1,
                 venue: str | None = None) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        with tempfile.NamedTemporaryFile("w", suffix=".json5", delete=False) as file:
            json.dump({"limits": LIMITS | (limits or {})}, file)
        self._configuration = pathlib.Path(file.name)
        command = ["bench", "serve"] if venue is None else [
            "serve", "--log-level", "error", "--venue", f"binance=http://{venue}/binance"]
        super().__init__(
            [options.binaries / "penstock", *command, "--config", file.name, "--listen",
             self.address, "--loops", loops, *words], 0 if loops == 1 else None,
            # It says how to subscribe to all topics, which may be more than a pipe holds.
            subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > end or self.process.poll() is not None:
                self.process.kill()
                sys.exit(f"the server at {self.address} does not answer")
            time.sleep(0.05)
        self._configuration.unlink()

    def _answers(self) -> bool:
        try:
            return bool(self.metrics())
        except OSError:
            return False

    def metrics(self) -> dict[str, float]:
        """Sums over all labels."""
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=30) as response:
            rows = response.read().decode().splitlines()
        sums: dict[str, float] = {}
        for row in rows:
            if row[:1] != "#":
                name, _, value = row.rpartition(" ")
                family = name.partition("{")[0]
                sums[family] = sums.get(family, 0) + float(value)
        return sums


class Simulator(Program):
    def __init__(self, options) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        super().__init__(
            [options.binaries / "penstock", "simulate", "--listen", self.address, "--seed", 1], 1)
        self.process.stdout.readline()


class Run(dict):
    """One run of the load beside a server: the load's own report, and these series.

    `resident`: the server's memory each second of the measurement, the first one at its beginning;
    `sockets`: likewise, TCP memory of the machine; `processor`: seconds of the server in it;
    `spread`: descriptors of each of its loops; `foreign`: processors that something else kept busy.
    """

    def __init__(self, options, server: Server, topics: str, core: int | None = 1,
                 **wishes: object) -> None:
        words = [options.binaries / "FanoutLoad", server.address, topics]
        for name, value in wishes.items():
            words += ["--" + name.replace("_", "-"), value]
        self.server = server
        self.resident: list[int] = []
        self.sockets: list[int] = []
        self.processor = 0.0
        self.foreign = 0.0
        self.spread: list[int] = []
        with Program(words, core) as load:
            self._follow(load)
        if self["faults"]:
            print(f"FAULTS {self['faults']} in {' '.join(map(str, words))}", file=sys.stderr)
        options.faults += sum(self["faults"].values())
        options.foreign.append(self.foreign)

    def _follow(self, load: Program) -> None:
        """Samples each second between the load's `begin` and `end`."""
        is_measuring, next_sample, text = False, 0.0, ""
        stream = load.process.stdout
        os.set_blocking(stream.fileno(), False)
        while True:
            wait = max(0.0, next_sample - time.monotonic()) if is_measuring else 300.0
            if select.select([stream], [], [], wait)[0]:
                piece = stream.read()
                if not piece:
                    break
                text += piece
            *lines, text = text.split("\n")
            for line in lines:
                if line == "begin":
                    is_measuring, next_sample = True, time.monotonic()
                    self.processor = self.server.processor_seconds
                    self.foreign = self._foreign_seconds(load)
                    self.spread = self.server.descriptors_by_loop
                elif line == "end":
                    is_measuring = False
                    self.processor = self.server.processor_seconds - self.processor
                    self.foreign = self._foreign_seconds(load) - self.foreign
                    self.sample()
                elif line.startswith("{"):
                    self.update(json.loads(line))
            if is_measuring and time.monotonic() >= next_sample:
                next_sample += 1
                self.sample()
        if "faults" not in self:
            sys.exit(f"the load ended without a report: {load.process.args}")
        self.foreign /= self["seconds"]

    def _foreign_seconds(self, load: Program) -> float:
        return busy_seconds() - self.server.processor_seconds - load.processor_seconds

    def sample(self) -> None:
        self.resident.append(self.server.resident)
        self.sockets.append(socket_bytes())

    @property
    def growth(self) -> float:
        """MiB that the server's memory grew at most, from the beginning of the measurement."""
        return (max(self.resident) - self.resident[0]) / MIB

    @property
    def microseconds(self) -> float:
        """Processor time of the server for one delivery to a reader."""
        return self.processor * 1e6 / max(1, self["updates"])
