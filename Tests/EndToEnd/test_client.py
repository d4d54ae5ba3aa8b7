"""The Swift client library, as `penstock watch` uses it, through the death of its gateway."""

from __future__ import annotations

import json
import shutil
import signal
import threading
from decimal import Decimal

import penstock
import pytest
from authority import Authority
from processes import Gateway, Penstock, Simulator, wait_until

BOOK, TICK = "book:binance:BTC/USDT", "tick:binance:BTC/USDT"
COMMON_MIN = 20
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is missing")


class Witness:
    """Every live book by the venue's number, as another client in another language merges it."""

    def __init__(self, address: str) -> None:
        self.books: dict[int, tuple] = {}
        self._client = penstock.Client(address)
        self._subscription = self._client.subscribe([BOOK])
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        for event in self._subscription:
            if isinstance(event, penstock.Book) and event.is_live:
                self.books[event.venue_sequence] = (list(event.bids), list(event.asks))

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self._subscription.close()
        self._client.close()
        self._thread.join(5)


def levels(side) -> list:
    return [(Decimal(price), Decimal(quantity)) for price, quantity in side]


def test_a_gateway_that_is_killed_and_comes_back_leaves_a_right_state():
    with Simulator(seed=11) as simulator:
        venues = {"binance": f"{simulator.address}/binance"}
        gateway = Gateway(venues, "--instruments", "BTC/USDT")
        with Penstock("watch", "--server", gateway.address, "--json", "--state", BOOK, TICK,
                      "trade:binance:BTC/USDT") as watch:
            def lines(topic: str, after: int = 0) -> list[dict]:
                told = [json.loads(line) for line in watch.lines[after:]]
                return [line for line in told if line["topic"] == topic]

            def lives(topic: str, after: int = 0) -> list[dict]:
                return [line for line in lines(topic, after) if line["status"] == "live"]

            wait_until(lambda: len(lives(BOOK)) > 10 and lives(TICK), 30, "live topics")
            gateway.send_signal(signal.SIGKILL)
            gateway.wait()
            wait_until(lambda: lines(BOOK)[-1]["status"] == "stale", 10, "a stale book")
            assert lines(TICK)[-1]["status"] == "stale"
            epoch, before = lives(BOOK)[-1]["epoch"], len(watch.lines)
            with (
                Gateway(venues, "--instruments", "BTC/USDT", address=gateway.address) as again,
                Witness(again.address) as witness,
            ):
                def common() -> list[dict]:
                    return [line for line in lives(BOOK, before)
                            if line["venue_sequence"] in witness.books]

                wait_until(lambda: len(common()) > COMMON_MIN, 30, "the same books twice")
                judged = common()
    assert all(line["epoch"] != epoch for line in judged)
    for line in judged:
        seen = levels(line["bids"]), levels(line["asks"])
        assert seen == tuple(map(levels, witness.books[line["venue_sequence"]]))
    assert any("trying again" in line for line in watch.errors)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(authority):
    """A seeded market behind a gateway that asks its clients for a certificate."""
    pair = authority.issue("server", "DNS:gateway.test,IP:127.0.0.1")
    with (
        Simulator(seed=12) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}, "--instruments", "BTC/USDT",
                "--tls-certificate", str(pair.certificate), "--tls-key", str(pair.key),
                "--tls-client-ca", str(authority.certificate),
                tls=authority.client(authority.issue("probe"))) as gateway,
    ):
        yield gateway


def watch_secured(gateway, authority, *extra: str):
    pair = authority.issue("client")
    return Penstock("watch", "--server", gateway.address, "--json", "--tls-ca",
                    str(authority.certificate), "--tls-cert", str(pair.certificate),
                    "--tls-key", str(pair.key), *extra, TICK)


@needs_openssl
@pytest.mark.parametrize("extra", [(), ("--tls-name", "gateway.test"), ("--codec", "msgpack")])
def test_watch_over_tls_with_a_certificate_of_its_own(secured, authority, extra):
    with watch_secured(secured, authority, *extra) as watch:
        wait_until(lambda: any('"live"' in line for line in list(watch.lines)), 20, "a live tick")
    assert watch.errors == []


@needs_openssl
@pytest.mark.parametrize("wrong", ["authority", "name", "nameless", "cleartext"])
def test_watch_says_why_a_secured_gateway_is_out_of_reach(secured, authority, wrong, tmp_path):
    match wrong:
        case "authority":
            other = Authority(tmp_path / "other")
            arguments = ["--tls-ca", str(other.certificate), TICK]
            watch = Penstock("watch", "--server", secured.address, "--json", *arguments)
        case "name":
            watch = watch_secured(secured, authority, "--tls-name", "another.test")
        case "nameless":
            watch = Penstock("watch", "--server", secured.address, "--json", "--tls-ca",
                             str(authority.certificate), TICK)
        case "cleartext":
            watch = Penstock("watch", "--server", secured.address, "--json", TICK)
    with watch:
        wait_until(lambda: watch.errors, 20, "a word about it")
    assert watch.lines == []
    assert "trying again" in watch.errors[0]
    expected = {"authority": "self-signed", "name": "mismatch", "nameless": "certificate"}
    assert expected.get(wrong, "") in watch.errors[0]
