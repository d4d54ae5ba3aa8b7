"""A venue in our hands: it speaks Binance's protocol until it is told to send something else."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
from urllib.parse import parse_qs, urlsplit

SYMBOLS = {"BTCUSDT": ("BTC", "USDT"), "ETHUSDT": ("ETH", "USDT")}
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class FakeVenue:
    """Books of two symbols that change 50 times a second; a context manager."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}/binance"
        self.connections = 0
        self.close_codes: list[int] = []
        self.garble_rest: bytes | None = None  # sent instead of every depth snapshot
        self.update_ids = dict.fromkeys(SYMBOLS, 1000)
        self._sockets: list[socket.socket] = []
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        for loop in (self._accept, self._tick):
            threading.Thread(target=loop, daemon=True).start()

    def __enter__(self) -> FakeVenue:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._listener.close()
        with self._lock:
            for each in self._sockets:
                each.close()

    # What a test may do to its subscribers.

    def send(self, payload: str | bytes, opcode: int = TEXT) -> None:
        self.send_raw(frame(opcode, payload))

    def send_raw(self, data: bytes) -> None:
        with self._lock:
            for each in list(self._sockets):
                try:
                    each.sendall(data)
                except OSError:
                    self._sockets.remove(each)

    def send_diff(self, symbol: str, skip: int = 0, **changes: object) -> None:
        """The next diff; `skip` ids are lost before it, `changes` replace its fields."""
        with self._lock:
            first = self.update_ids[symbol] + 1 + skip
            self.update_ids[symbol] = first + 1
            quantity = f"{first % 90 + 1}.50000000"
            data = {"e": "depthUpdate", "E": 1_700_000_000_000, "s": symbol, "U": first,
                    "u": first + 1, "b": [["100.00000000", quantity]], "a": []} | changes
            self.send(json.dumps({"stream": f"{symbol.lower()}@depth@100ms", "data": data}))

    # Its ordinary life.

    def _tick(self) -> None:
        while not self._stopped.wait(0.02):
            for symbol in SYMBOLS:
                self.send_diff(symbol)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            stream = connection.makefile("rb")
            while request := stream.readline():
                target = request.split()[1].decode()
                headers = dict(
                    line.decode().strip().lower().split(": ", 1) if b"key" not in line.lower()
                    else ("sec-websocket-key", line.decode().split(":", 1)[1].strip())
                    for line in iter(stream.readline, b"\r\n"))
                if "sec-websocket-key" in headers:
                    return self._serve_stream(connection, stream, headers["sec-websocket-key"])
                connection.sendall(self._answer(target))
        except (OSError, ValueError, IndexError, struct.error):
            pass
        finally:
            connection.close()

    def _answer(self, target: str) -> bytes:
        url = urlsplit(target)
        body = self._body(url.path, parse_qs(url.query))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        return head.encode() + b"\r\n\r\n" + body

    def _body(self, path: str, query: dict[str, list[str]]) -> bytes:
        if path.endswith("/depth"):
            if self.garble_rest is not None:
                return self.garble_rest
            return json.dumps({
                "lastUpdateId": self.update_ids[query["symbol"][0]],
                "bids": [["100.00000000", "1.00000000"], ["99.00000000", "2.00000000"]],
                "asks": [["101.00000000", "1.00000000"]]}).encode()
        if path.endswith("/exchangeInfo"):
            return json.dumps({"timezone": "UTC", "serverTime": 0, "rateLimits": [], "symbols": [
                {"symbol": symbol, "status": "TRADING", "baseAsset": base, "quoteAsset": quote,
                 "filters": []}
                for symbol, (base, quote) in SYMBOLS.items()]}).encode()
        return b"{}"

    def _serve_stream(self, connection: socket.socket, stream, key: str) -> None:
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n")
        with self._lock:
            self.connections += 1
            self._sockets.append(connection)
        try:
            while True:
                opcode, payload = read_frame(stream)
                if opcode == TEXT:
                    request = json.loads(payload)
                    self.send(json.dumps({"result": None, "id": request["id"]}))
                elif opcode == PING:
                    connection.sendall(frame(PONG, payload))
                elif opcode == CLOSE:
                    self.close_codes.append(int.from_bytes(payload[:2], "big"))
                    return
        finally:
            with self._lock:
                if connection in self._sockets:
                    self._sockets.remove(connection)


def frame(opcode: int, payload: str | bytes) -> bytes:
    data = payload.encode() if isinstance(payload, str) else payload
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
    return head + data


def read_frame(stream) -> tuple[int, bytes]:
    first, second = stream.read(2)
    size = second & 0x7F
    if size == 126:
        [size] = struct.unpack("!H", stream.read(2))
    elif size == 127:
        [size] = struct.unpack("!Q", stream.read(8))
    mask = stream.read(4) if second & 0x80 else bytes(4)
    payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(stream.read(size)))
    return first & 0x0F, payload
