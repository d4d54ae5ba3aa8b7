"""What clients see while a venue or the gateway is away."""

from __future__ import annotations

import threading

import pytest
from penstock import Book, Client, Status
from processes import Gateway, Simulator, free_port

BOOK = "book:binance:BTC/USDT"
RETURN_SECONDS = 30.0


class History:
    """Every (status, epoch) of a book, as it changes, on a thread of its own."""

    def __init__(self, address: str) -> None:
        self.seen: list[tuple[Status, int]] = []
        self._client = Client(address)
        self._subscription = self._client.subscribe([BOOK])
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        for event in self._subscription:
            with self._changed:
                if isinstance(event, Book) and (event.status, event.epoch) not in self.seen[-1:]:
                    assert not (event.is_live and event.is_crossed)
                    self.seen.append((event.status, event.epoch))
                self._changed.notify_all()

    def wait_for(self, status: Status, after: int = 0) -> int:
        """Until this status comes, not looking at the first `after`; how many there were."""
        with self._changed:
            reached = self._changed.wait_for(
                lambda: any(each is status for each, _ in self.seen[after:]), RETURN_SECONDS)
        assert reached, f"no {status.name} in {self.seen[after:]}"
        return len(self.seen)

    def close(self) -> None:
        self._subscription.close()
        self._client.close()
        self._thread.join(5)


@pytest.fixture
def history():
    opened = []

    def history(address: str) -> History:
        opened.append(History(address))
        return opened[-1]

    yield history
    for each in opened:
        each.close()


def test_a_topic_of_a_venue_that_is_down_is_accepted_as_stale_and_comes_alive(history):
    address = f"127.0.0.1:{free_port()}"
    with Gateway({"binance": f"{address}/binance"}) as gateway:
        book = history(gateway.address)
        first = book.wait_for(Status.STALE)
        assert gateway.get("/healthz")[0] == 503
        with Simulator(address=address):
            book.wait_for(Status.LIVE, after=first)
            assert gateway.get("/healthz")[0] == 200


def test_a_venue_that_goes_away_makes_stale_and_returns_under_a_new_epoch(history):
    address = f"127.0.0.1:{free_port()}"
    with Gateway({"binance": f"{address}/binance"}) as gateway:
        with Simulator(address=address):
            book = history(gateway.address)
            live = book.wait_for(Status.LIVE)
            epoch = book.seen[-1][1]
        stale = book.wait_for(Status.STALE, after=live)
        with Simulator(address=address):
            book.wait_for(Status.LIVE, after=stale)
            assert book.seen[-1][1] != epoch


def test_a_gateway_that_restarts_is_found_again_with_a_snapshot(history):
    address = f"127.0.0.1:{free_port()}"
    with Simulator() as simulator:
        venue = {"binance": f"{simulator.address}/binance"}
        with Gateway(venue, address=address):
            book = history(address)
            live = book.wait_for(Status.LIVE)
            epoch = book.seen[-1][1]
        stale = book.wait_for(Status.STALE, after=live)
        with Gateway(venue, address=address):
            book.wait_for(Status.LIVE, after=stale)
            assert book.seen[-1][1] != epoch
