"""HTTP/2 in raw frames (RFC 9113), for clients that break its rules."""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH_PROMISE = range(6)
PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(6, 10)
END_STREAM, END_HEADERS, ACK, PADDED = 1, 4, 1, 8
ERRORS = {0: "NO_ERROR", 1: "PROTOCOL_ERROR", 3: "FLOW_CONTROL_ERROR", 7: "REFUSED_STREAM",
          8: "CANCEL", 11: "ENHANCE_YOUR_CALM"}


def number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return (len(payload).to_bytes(3, "big") + bytes([kind, flags]) + number(stream) + payload)


def integer(value: int, bits: int, first: int = 0) -> bytes:
    """An HPACK integer (RFC 7541 §5.1)."""
    full = (1 << bits) - 1
    if value < full:
        return bytes([first | value])
    octets, value = [first | full], value - full
    while value >= 128:
        octets.append(value & 127 | 128)
        value >>= 7
    return bytes([*octets, value])


def field(name: str, value: str | bytes) -> bytes:
    """A literal field that enters no table."""
    raw = value.encode() if isinstance(value, str) else value
    return b"\0" + integer(len(name), 7) + name.encode() + integer(len(raw), 7) + raw


def request(path: str, *more: bytes, method: str = "POST", grpc: bool = True) -> bytes:
    block = b"".join(field(name, value) for name, value in (
        (":method", method), (":scheme", "http"), (":path", path), (":authority", "attacker")))
    if grpc:
        block += field("content-type", "application/grpc") + field("te", "trailers")
    return block + b"".join(more)


def headers(stream: int, block: bytes, end: bool = False, size: int = 16_384) -> bytes:
    """HEADERS, and CONTINUATION for what one frame does not hold."""
    parts = [block[start:start + size] for start in range(0, len(block), size)]
    frames = []
    for index, part in enumerate(parts):
        flags = (END_STREAM if end and index == 0 else 0)
        flags |= END_HEADERS if index == len(parts) - 1 else 0
        frames.append(frame(CONTINUATION if index else HEADERS, flags, stream, part))
    return b"".join(frames)


def message(payload: bytes) -> bytes:
    return b"\0" + number(len(payload)) + payload


@dataclass
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes

    def __str__(self) -> str:
        if self.kind == GOAWAY:
            code = int.from_bytes(self.payload[4:8], "big")
            return f"GOAWAY {ERRORS.get(code, code)} {self.payload[8:].decode()}".strip()
        if self.kind == RESET:
            code = int.from_bytes(self.payload, "big")
            return f"RST_STREAM {ERRORS.get(code, code)}"
        if self.kind == HEADERS and (status := self.numeric(b"grpc-status")):
            return f"grpc-status {status}"
        if self.kind == HEADERS and (status := self.numeric(b":status")):
            return f"status {status}"
        return {DATA: "DATA", HEADERS: "HEADERS", SETTINGS: "SETTINGS", PING: "PING",
                WINDOW_UPDATE: "WINDOW_UPDATE"}.get(self.kind, f"frame {self.kind}")

    def numeric(self, name: bytes) -> str | None:
        """A numeric value, where HPACK wrote name and value in the static Huffman code or plain."""
        for wanted in (name, HUFFMAN[name]):
            at = self.payload.find(wanted)
            if at >= 0:
                length, raw = self.payload[at + len(wanted)], self.payload[at + len(wanted) + 1:]
                return digits(raw[:length & 127], bool(length & 128))
        if name == b":status" and self.payload[:1] == b"\x48":
            length = self.payload[1]
            return digits(self.payload[2:2 + (length & 127)], bool(length & 128))
        return None


# "grpc-status" and the digits in the Huffman code of RFC 7541, appendix B.
HUFFMAN = {b"grpc-status": bytes.fromhex("9acac8b21234da8f"), b":status": b"\xb8\x84\x8d\x36\xa3"}
DIGITS = {"00000": "0", "00001": "1", "00010": "2", "011001": "3", "011010": "4", "011011": "5",
          "011100": "6", "011101": "7", "011110": "8", "011111": "9"}


def digits(raw: bytes, is_huffman: bool) -> str:
    if not is_huffman:
        return raw.decode()
    bits, text = "".join(f"{octet:08b}" for octet in raw), ""
    while bits:
        for code, digit in DIGITS.items():
            if bits.startswith(code):
                text, bits = text + digit, bits[len(code):]
                break
        else:
            return text
    return text


class Connection:
    """One connection of an attacker. Everything the server says is kept as `frames`."""

    def __init__(self, address: str, settings: bytes = b"", preface: bytes = PREFACE,
                 receive_buffer: int | None = None) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(5)
        self.socket.connect((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.frames: list[Frame] = []
        self.is_closed = False
        self._buffer = b""
        if preface == PREFACE:
            self.send(PREFACE + frame(SETTINGS, payload=settings))
        else:
            self.send(preface)

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes, reads: bool = True, seconds: float = 10) -> bool:
        """Sends, reading meanwhile what the server says. False once it has closed or said GOAWAY,
        or took nothing for `seconds`."""
        view, end = memoryview(data), time.monotonic() + seconds
        while view and not self.is_over:
            readable, writable = self._poll(reads, True, end - time.monotonic())
            if readable:
                self._receive()
            if writable and not self.is_closed:
                try:
                    view = view[self.socket.send(view):]
                    end = time.monotonic() + seconds
                except BlockingIOError:
                    pass
                except OSError:
                    self.is_closed = True
            if not readable and not writable and time.monotonic() >= end:
                return False
        return not self.is_over

    def read(self, seconds: float, until=lambda connection: connection.is_over) -> None:
        """Reads until a condition, the end, or for so long."""
        end = time.monotonic() + seconds
        while not self.is_closed and not until(self) and (left := end - time.monotonic()) > 0:
            if self._poll(True, False, left)[0]:
                self._receive()

    def _poll(self, reads: bool, writes: bool, seconds: float) -> tuple[bool, bool]:
        """Whether there is something to read, and room to write."""
        poll = select.poll()
        poll.register(
            self.socket, (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0))
        events = poll.poll(max(0, 1000 * seconds))
        ended = select.POLLERR | select.POLLHUP
        found = events[0][1] if events else 0
        return bool(found & (select.POLLIN | ended)) and reads, bool(found & select.POLLOUT)

    def _receive(self) -> None:
        try:
            chunk = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.is_closed = True
            return
        self._buffer += chunk
        while len(self._buffer) >= 9:
            end = 9 + int.from_bytes(self._buffer[:3], "big")
            if len(self._buffer) < end:
                return
            head = self._buffer
            self.frames.append(Frame(
                head[3], head[4], int.from_bytes(head[5:9], "big") & 0x7fff_ffff, head[9:end]))
            self._buffer = head[end:]

    @property
    def is_over(self) -> bool:
        return self.is_closed or any(answer.kind == GOAWAY for answer in self.frames)

    @property
    def answer(self) -> str:
        """What the server said last of what judges us; "closed" if it closed without a word.

        RST_STREAM with NO_ERROR only follows an answer that came before the request's end.
        """
        for answer in reversed(self.frames):
            if answer.kind in (GOAWAY, RESET, HEADERS) and str(answer) != "RST_STREAM NO_ERROR":
                return str(answer)
        return "closed" if self.is_closed else "nothing"
