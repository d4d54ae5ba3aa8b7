#!/usr/bin/env python3
"""Clients that break the rules, one for each limit of the gateway.

    attacker.py ADDRESS ATTACK SECONDS

Repeats the attack for so long and prints, as JSON, how often it was made and what the server
answered, by count. `ATTACKS` has the limit that each one reaches and the documented answer.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import wire
from wire import Connection, frame, headers, number, request

SUBSCRIBE = "/penstock.v1.MarketData/Subscribe"
CALM = "GOAWAY ENHANCE_YOUR_CALM"


@dataclass
class Attack:
    """`limit`: the label of the metric it moves; None where the library ends the connection."""

    limit: str | None
    answer: str
    make: Callable[[str, float], str]
    seconds_min: float = 0


def flood(chunk: bytes, prepare: bytes = b"") -> Callable[[str, float], str]:
    """Sends a chunk again and again, as fast as the server takes it."""
    def make(address: str, seconds: float) -> str:
        with Connection(address) as connection:
            connection.send(prepare)
            end = time.monotonic() + seconds
            while time.monotonic() < end and connection.send(chunk):
                pass
            connection.read(1)
            return connection.answer
    return make


def streams(make_chunk: Callable[[int], bytes], settings: bytes = b"") -> Callable:
    """Sends a chunk for each new stream."""
    def make(address: str, seconds: float) -> str:
        with Connection(address, settings) as connection:
            end, stream = time.monotonic() + seconds, 1
            while time.monotonic() < end and stream < 1 << 20:
                chunks = b"".join(make_chunk(each) for each in range(stream, stream + 200, 2))
                stream += 200
                if not connection.send(chunks):
                    break
            connection.read(1)
            return connection.answer
    return make


def refused_streams(address: str, seconds: float) -> str:
    """Opens one stream more than allowed, and gives the others up."""
    with Connection(address) as connection:
        for stream in range(1, 2 * 1000 + 2, 2):
            connection.send(headers(stream, request(SUBSCRIBE)))
        connection.read(2, lambda each: each.is_over or any(
            answer.kind == wire.RESET for answer in each.frames))
        return connection.answer


def too_large_headers(address: str, seconds: float) -> str:
    with Connection(address) as connection:
        connection.send(headers(1, request("/x.Y/Z", field_of(20_000)), end=True))
        connection.read(2, until_headers)
        return connection.answer


def too_much_metadata(address: str, seconds: float) -> str:
    with Connection(address) as connection:
        connection.send(headers(1, request("/x.Y/Z", field_of(9000)), end=True))
        connection.read(2, until_headers)
        return connection.answer


def too_large_message(address: str, seconds: float) -> str:
    with Connection(address) as connection:
        connection.send(headers(1, request(SUBSCRIBE)))
        connection.send(frame(wire.DATA, 0, 1, b"\0" + number(5 << 20) + bytes(1000)))
        connection.read(2, until_headers)
        return connection.answer


def field_of(size: int) -> bytes:
    return wire.field("x-large", "v" * size)


def until_headers(connection: Connection) -> bool:
    return connection.is_over or any(answer.kind == wire.HEADERS for answer in connection.frames)


def endless_headers(address: str, seconds: float) -> str:
    """A kilobyte of references to one large entry of the table."""
    block = (request("/x.Y/Z") + b"\x40\1x" + wire.integer(4000, 7) + b"v" * 4000
             + b"\xbe" * 10_000)
    with Connection(address) as connection:
        connection.send(headers(1, block))
        connection.read(2)
        return connection.answer


def slow_headers(address: str, seconds: float) -> str:
    """One byte of a header block now and then."""
    with Connection(address) as connection:
        connection.send(frame(wire.HEADERS, 0, 1, request("/x.Y/Z")))
        head = frame(wire.CONTINUATION, 0, 1, bytes(1000))
        for octet in head:
            if not connection.send(bytes([octet])):
                break
            connection.read(0.2)
        return connection.answer


def slow_message(address: str, seconds: float) -> str:
    """One byte of a message now and then."""
    with Connection(address) as connection:
        connection.send(headers(1, request(SUBSCRIBE)))
        connection.send(frame(wire.DATA, 0, 1, b"\0" + number(1000)))
        end = time.monotonic() + seconds
        while time.monotonic() < end and connection.send(frame(wire.DATA, 0, 1, b"v")):
            connection.read(0.2, until_headers)
            if until_headers(connection):
                break
        return connection.answer


def slow_preface(address: str, seconds: float) -> str:
    with Connection(address, preface=wire.PREFACE[:10]) as connection:
        connection.read(seconds)
        return connection.answer


def silent(address: str, seconds: float) -> str:
    """A call, and then not even an answer to PING."""
    with Connection(address) as connection:
        connection.send(headers(1, request(SUBSCRIBE)))
        connection.read(seconds)
        said = [str(answer) for answer in connection.frames]
        return "closed" if connection.is_closed and "PING" in said else f"{said}"


def unread(address: str, seconds: float) -> str:
    """Asks for pages and never reads, but goes on to speak."""
    with Connection(address, receive_buffer=4096) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        page = request("/metrics", method="GET", grpc=False)
        block = frame(wire.SETTINGS, payload=b"\0\4" + number(0x7fff_ffff))
        block += frame(wire.WINDOW_UPDATE, payload=number(0x7fff_0000))
        connection.send(block + b"".join(
            headers(stream, page, end=True) for stream in range(1, 1900, 2)), reads=False)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.5)
            if not connection.send(frame(wire.WINDOW_UPDATE, payload=number(1)), reads=False):
                return "closed"
        return "nothing"


def stalled_windows(address: str, seconds: float) -> str:
    """Asks for pages and opens no window for them."""
    page = request("/metrics", method="GET", grpc=False)
    with Connection(address, settings=b"\0\4" + number(0)) as connection:
        connection.send(b"".join(headers(stream, page, end=True) for stream in range(1, 201, 2)))
        end = time.monotonic() + seconds
        while time.monotonic() < end and not any(
                answer.kind == wire.RESET for answer in connection.frames):
            connection.read(0.3)
            connection.send(frame(wire.PING, wire.ACK, payload=bytes(8)))
        return connection.answer


def many_connections(address: str, seconds: float) -> str:
    """As many as it takes until one is closed at once."""
    kept = []
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection = Connection(address)
            kept.append(connection)
            connection.read(0.005)
            if connection.is_closed:
                return "closed"
        return "nothing"
    except OSError:
        return "closed"
    finally:
        for connection in kept:
            connection.socket.close()


def much_memory(address: str, seconds: float) -> str:
    """Unfinished messages on several connections, until one is ended for what it holds."""
    while True:
        # Until what an earlier attack held is gone, new connections are refused.
        with Connection(address) as probe:
            probe.read(0.2)
            if not probe.is_closed:
                break
    kept = [Connection(address) for _ in range(8)]
    try:
        end = time.monotonic() + seconds
        for stream in (1, 3, 5):
            for connection in kept:
                connection.send(
                    headers(stream, request(SUBSCRIBE))
                    + frame(wire.DATA, 0, stream, b"\0" + number(4 << 20)))
                for _ in range(250):
                    connection.send(frame(wire.DATA, 0, stream, bytes(16_000)))
                if time.monotonic() > end:
                    return "nothing"
            for connection in kept:
                connection.read(0.05)
                if connection.is_over:
                    return connection.answer
        return "nothing"
    finally:
        for connection in kept:
            connection.socket.close()


def upgrade(address: str, seconds: float) -> str:
    """Cleartext `Upgrade: h2c` (RFC 7540 §3.2) is answered as if the client had not asked."""
    text = ("GET /healthz HTTP/1.1\r\nHost: attacker\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        connection.sendall(text.encode())
        return connection.recv(4096).split(b"\r\n")[0].decode()


PING = frame(wire.PING, payload=b"attacker")
CALL = headers(1, request(SUBSCRIBE))
NEGATIVE = number(0x7fff_ffff)

ATTACKS = {
    "pings": Attack("pings", f"{CALM} too_many_pings", flood(PING * 100)),
    "settings": Attack("settings", f"{CALM} settings", flood(frame(wire.SETTINGS) * 100)),
    "empty data": Attack(
        "empty_frames", f"{CALM} empty_frames", flood(frame(wire.DATA, 0, 1) * 100, CALL)),
    "padding": Attack(
        "empty_frames", f"{CALM} empty_frames",
        flood(frame(wire.DATA, wire.PADDED, 1, b"\xc8" + bytes(200)) * 20, CALL)),
    "rapid reset": Attack(
        "resets", f"{CALM} resets",
        streams(lambda stream: headers(stream, request(SUBSCRIBE))
                + frame(wire.RESET, 0, stream, number(8)))),
    "made you reset": Attack(
        "resets", f"{CALM} resets",
        streams(lambda stream: headers(stream, request(SUBSCRIBE))
                + frame(wire.WINDOW_UPDATE, 0, stream, NEGATIVE))),
    "priorities": Attack(
        "priorities", f"{CALM} priorities",
        flood(frame(wire.PRIORITY, 0, 1, number(0) + b"\x0f") * 100, CALL)),
    "unknown frames": Attack(
        "stray_frames", f"{CALM} stray_frames", flood(frame(0xfa, 0, 0, b"grease") * 100)),
    "window updates": Attack(
        "window_updates", f"{CALM} window_updates",
        flood(frame(wire.WINDOW_UPDATE, 0, 1, number(1)) * 100, CALL)),
    "continuations": Attack(
        "continuations", f"{CALM} continuations",
        flood(frame(wire.CONTINUATION, 0, 1) * 100, frame(wire.HEADERS, 0, 1, request("/x.Y/Z")))),
    "header block": Attack(
        "header_block", f"{CALM} header_block",
        flood(frame(wire.CONTINUATION, 0, 1, field_of(16_000)),
              frame(wire.HEADERS, 0, 1, request("/x.Y/Z")))),
    "header table": Attack("header_block", f"{CALM} header_block", endless_headers),
    "header list": Attack("header_list", "status 431", too_large_headers),
    "metadata": Attack("metadata", "grpc-status 8", too_much_metadata),
    "message": Attack("message", "grpc-status 8", too_large_message),
    "streams": Attack("streams", "RST_STREAM REFUSED_STREAM", refused_streams),
    "slow headers": Attack("header_time", f"{CALM} header_time", slow_headers, 5),
    "slow message": Attack("message_time", "grpc-status 8", slow_message, 10),
    "slow preface": Attack("handshake_time", "closed", slow_preface, 5),
    "silence": Attack("keepalive", "closed", silent, 12),
    "unread output": Attack("stalled_output", "closed", unread, 15),
    "stalled windows": Attack(
        "stalled_stream", "RST_STREAM ENHANCE_YOUR_CALM", stalled_windows, 6),
    "connections": Attack("connections_per_address", "closed", many_connections, 5),
    "memory": Attack("memory", f"{CALM} memory", much_memory, 8),
    "upgrade": Attack(None, "HTTP/1.1 200 OK", upgrade),
}


def main() -> None:
    address, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    attack, end = ATTACKS[name], time.monotonic() + float(seconds)
    answers: Counter[str] = Counter()
    while (left := end - time.monotonic()) > 0 or not answers:
        # The last one, too, has the time it needs.
        answers[attack.make(address, max(left, attack.seconds_min, 10))] += 1
        # A peer that comes a thousand times a second is for the firewall.
        time.sleep(0.01)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
