#!/usr/bin/env python3
"""Well-behaved subscribers of `penstock bench serve`, each on a connection of its own.

    subscribers.py ADDRESS PATH BODY_HEX COUNT

Says "ready" when all have their first update. Then one line of JSON each half second: how many
updates came, how many were missing, and their latencies in microseconds, rounded to two digits, by
count. Ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from collections import Counter

import wire

WINDOW = 1 << 30
REPORT_SECONDS = 0.5


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        octet = data[at]
        value |= (octet & 127) << shift
        at, shift = at + 1, shift + 7
        if octet < 128:
            return value, at


def sequence_and_time(update: bytes) -> tuple[int, int] | None:
    """Fields 3 (varint) and 7 (fixed64) of an update; None for the acknowledgement."""
    sequence = stamp = None
    at = 0
    while at < len(update):
        key, at = varint(update, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(update, at)
            if key >> 3 == 3:
                sequence = value
        elif kind == 1:
            if key >> 3 == 7:
                stamp = int.from_bytes(update[at:at + 8], "little")
            at += 8
        elif kind == 2:
            size, at = varint(update, at)
            at += size
        else:
            at += 4
        if sequence is not None and stamp is not None:
            return sequence, stamp
    return None


class Subscriber:
    def __init__(self, address: str, path: str, body: bytes) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.socket.sendall(
            wire.PREFACE + wire.frame(wire.SETTINGS, payload=b"\0\4" + wire.number(WINDOW))
            + wire.frame(wire.WINDOW_UPDATE, payload=wire.number(WINDOW))
            + wire.headers(1, wire.request(path))
            + wire.frame(wire.DATA, wire.END_STREAM, 1, wire.message(body)))
        self.socket.setblocking(False)
        self.buffer = b""
        self.last: int | None = None
        self.is_over = False

    def receive(self, tally: Tally) -> None:
        try:
            chunk = self.socket.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.is_over = True
            return
        data, at, now = self.buffer + chunk, 0, time.time_ns()
        while len(data) - at >= 9:
            end = at + 9 + int.from_bytes(data[at:at + 3], "big")
            if len(data) < end:
                break
            kind, flags = data[at + 3], data[at + 4]
            if kind == wire.DATA:
                # A frame carries all that a turn published, each message behind five bytes.
                while at + 14 <= end:
                    size = int.from_bytes(data[at + 10:at + 14], "big")
                    self.update(data[at + 14:at + 14 + size], now, tally)
                    at += 5 + size
            elif kind == wire.PING and not flags & wire.ACK:
                self.socket.send(wire.frame(wire.PING, wire.ACK, 0, data[at + 9:end]))
            elif kind == wire.SETTINGS and not flags & wire.ACK:
                self.socket.send(wire.frame(wire.SETTINGS, wire.ACK))
            elif kind == wire.GOAWAY or kind == wire.RESET:
                self.is_over = True
            at = end
        self.buffer = data[at:]

    def update(self, payload: bytes, now: int, tally: Tally) -> None:
        found = sequence_and_time(payload)
        if found is None:
            return
        sequence, stamp = found
        tally.received += 1
        if self.last is not None and sequence != self.last + 1:
            tally.missing += 1
        self.last = sequence
        tally.latencies[rounded((now - stamp) // 1000)] += 1


class Tally:
    def __init__(self) -> None:
        self.received = self.missing = 0
        self.latencies: Counter[int] = Counter()

    def report(self, open_count: int) -> str:
        return json.dumps({
            "time": time.monotonic(), "received": self.received, "missing": self.missing,
            "open": open_count, "latencies": self.latencies})


def rounded(value: int) -> int:
    size = 10 ** max(0, len(str(value)) - 2)
    return value // size * size


def main() -> None:
    address, path, body, count = sys.argv[1:]
    subscribers = {}
    poll = select.epoll()
    for _ in range(int(count)):
        subscriber = Subscriber(address, path, bytes.fromhex(body))
        subscribers[subscriber.socket.fileno()] = subscriber
        poll.register(subscriber.socket, select.EPOLLIN)
    poll.register(sys.stdin, select.EPOLLIN)
    tally, next_report, is_ready = Tally(), None, False
    while True:
        for descriptor, _ in poll.poll(0.1):
            if descriptor == sys.stdin.fileno():
                if not os.read(descriptor, 100):
                    return
                continue
            subscriber = subscribers[descriptor]
            subscriber.receive(tally)
            if subscriber.is_over:
                poll.unregister(descriptor)
                del subscribers[descriptor]
        if not is_ready and all(each.last is not None for each in subscribers.values()):
            print("ready", flush=True)
            is_ready, tally, next_report = True, Tally(), time.monotonic() + REPORT_SECONDS
        if next_report and time.monotonic() >= next_report:
            print(tally.report(len(subscribers)), flush=True)
            tally, next_report = Tally(), next_report + REPORT_SECONDS


if __name__ == "__main__":
    main()
