"""The drills of Tests/Benchmarks run, and their load client finds nothing wrong with the gateway
and everything with one that lies. Times are not judged here."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading

import pytest
from penstock.v1 import market_data_pb2 as messages

from processes import BINARY, ROOT

DRILLS = ["slow-few", "slow-half", "churn", "growth", "storm", "loops", "idle"]
LOAD = BINARY.with_name("FanoutLoad")


@pytest.mark.parametrize("drill", DRILLS)
def test_the_load_finds_nothing_wrong_in_a_brief(drill: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "Tests/Benchmarks/drills.py", drill, "--brief", "--binaries",
         BINARY.parent],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [row for row in done.stdout.splitlines() if row.startswith("| ")]
    assert len(rows) > 1, done.stdout


EPOCH = 77


def accepted(name: str, sequence: int = 0) -> messages.Update:
    topic = messages.AcceptedTopic(
        name=name, number=1, epoch=EPOCH, sequence=sequence, status=messages.STATUS_LIVE)
    return messages.Update(subscribed=messages.Subscribed(accepted=[topic]))


def event(sequence: int, size: int = 74, **fields) -> messages.Update:
    return messages.Update(
        **{"topic": 1, "epoch": EPOCH, "sequence": sequence, "data": b"x" * size} | fields)


def tick(sequence: int, base: int | None = None, price: int = 1) -> messages.Update:
    return messages.Update(
        topic=1, epoch=EPOCH, sequence=sequence, base_sequence=base, status=messages.STATUS_LIVE,
        tick=messages.Tick(bid_price=price, price_exponent=0))


GAP = messages.Update(
    topic=1, epoch=EPOCH, sequence=3, base_sequence=1,
    gap=messages.Gap(reason=messages.Gap.REASON_EXPIRED, from_sequence=2, to_sequence=3))


@pytest.mark.parametrize("topic, updates, faults", [
    ("bench:0", [event(1), event(2)], {}),
    ("bench:0", [event(1), GAP, event(4)], {}),
    ("bench:0", [event(1), event(3)], {"hole": 1}),
    ("bench:0", [event(1), event(1)], {"backwards": 1}),
    ("bench:0", [event(1), event(3, base_sequence=0)], {"repeated": 1}),
    ("bench:0", [event(1), event(2, epoch=EPOCH + 1)], {"foreignEpoch": 1}),
    ("bench:0", [event(1), event(2, topic=2)], {"strange_topic": 1}),
    ("bench:0", [event(1, size=73)], {"wrong_size": 1}),
    ("tick:a:B/C", [tick(1), tick(2, base=1), tick(5, base=2)], {}),
    ("tick:a:B/C", [tick(1), tick(5, base=3)], {"hole": 1, "unmergeable": 1}),
    ("tick:a:B/C", [tick(1, base=0)], {"baseless": 1, "unmergeable": 1}),
    ("tick:a:B/C", [tick(5), tick(4)], {"backwards": 1}),
    ("tick:a:B/C", [tick(5), tick(5, price=2)], {"differences": 1}),
])
def test_the_load_names_what_a_lying_server_does(topic, updates, faults) -> None:
    with Liar([accepted(topic), *updates]) as liar:
        done = subprocess.run(
            [LOAD, liar.address, topic, "--bytes", "100", "--sample", "1", "--warm", "0.3",
             "--seconds", "0.1"],
            capture_output=True, text=True, timeout=30)
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["faults"] == faults
    assert done.returncode == (1 if faults else 0)


class Liar:
    """A gRPC server on HTTP/2 that gives the first connection these messages; then it is silent.

    Where somebody asks what there is before he subscribes (`is_asked`), that is the second one: the
    first is told that there is nothing.
    """

    def __init__(self, updates: list[messages.Update], is_asked: bool = False) -> None:
        answer = self._head(b"\x88")
        for update in updates:
            body = update.SerializeToString()
            prefix = b"\0" + len(body).to_bytes(4, "big")
            answer += self._frame(0, 0, 1, prefix + body)
        nothing = self._head(b"\x88" + self._field("content-type", "application/grpc"))
        nothing += self._frame(0, 0, 1, bytes(5))
        nothing += self._frame(1, 5, 1, self._field("grpc-status", "0"))
        self._answers = [nothing, answer] if is_asked else [answer]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._clients: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @staticmethod
    def _field(name: str, value: str) -> bytes:
        """Of a header block, in no table."""
        return b"".join([b"\0", bytes([len(name)]), name.encode(), bytes([len(value)]),
                         value.encode()])

    @classmethod
    def _head(cls, block: bytes) -> bytes:
        """Settings, and the head of the first response."""
        return cls._frame(4, 0, 0, b"") + cls._frame(1, 4, 1, block)

    @staticmethod
    def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
        head = len(payload).to_bytes(3, "big") + bytes([kind, flags])
        return head + stream.to_bytes(4, "big") + payload

    @staticmethod
    def _wait_for_question(client: socket.socket) -> None:
        """Until the end of the first request, as an answer before it is no answer."""
        said = b""
        while b"\0\1\0\0\0\1" not in said:  # DATA with END_STREAM on stream 1
            piece = client.recv(65536)
            if not piece:
                return
            said += piece

    def _serve(self) -> None:
        try:
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                if len(self._clients) > len(self._answers):
                    continue
                answer = self._answers[len(self._clients) - 1]
                if answer is not self._answers[-1]:
                    self._wait_for_question(client)
                # A byte at a time: every boundary of reads is one that the client must bear.
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for index in range(len(answer)):
                    client.sendall(answer[index:index + 1])
        except OSError:
            return

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for client in self._clients:
            client.close()
