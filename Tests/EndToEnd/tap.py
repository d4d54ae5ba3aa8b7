"""A second pair of eyes at the venue: what it sends to anybody, taken down as an oracle."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import urllib.request
from base64 import b64encode
from collections import defaultdict

from fake_venue import CLOSE, PING, PONG, TEXT, read_frame
from oracle import Oracle, read_stream

STREAMS = ("depth@100ms", "bookTicker", "trade", "aggTrade")


class Tap:
    """Reads a venue's streams on a connection of its own; a context manager."""

    def __init__(self, base: str, symbols: dict[str, str]) -> None:
        """`base`: ADDR:PORT/PREFIX; `symbols`: the venue's own by canonical name."""
        self.oracles: dict[str, Oracle] = defaultdict(Oracle)
        self._address, _, self._prefix = base.partition("/")
        host, _, port = self._address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._stream = self._socket.makefile("rb")
        names = [f"{symbol.lower()}@{kind}" for symbol in symbols.values() for kind in STREAMS]
        self._open(f"/{self._prefix}/stream?streams={'/'.join(names)}")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        for name, symbol in symbols.items():
            url = f"http://{self._address}/{self._prefix}/api/v3/depth?symbol={symbol}&limit=5000"
            with urllib.request.urlopen(url, timeout=10) as response:
                self.oracles[name].snapshot = json.load(response)

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _open(self, target: str) -> None:
        key = b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {target} HTTP/1.1\r\nHost: {self._address}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            .encode())
        head = list(iter(self._stream.readline, b"\r\n"))
        assert head[0].startswith(b"HTTP/1.1 101"), head

    def _read(self) -> None:
        try:
            while True:
                opcode, payload = read_frame(self._stream)
                if opcode == TEXT:
                    message = json.loads(payload)
                    read_stream(self.oracles, message["stream"], message["data"])
                elif opcode == PING:  # a client's frames are masked; a mask of zeros will do
                    head = struct.pack("!BB4x", 0x80 | PONG, 0x80 | len(payload))
                    self._socket.sendall(head + payload)
                elif opcode == CLOSE:
                    return
        except (OSError, ValueError, struct.error):
            return
