"""A client that follows topics and holds every claim against the oracle, as it is made."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict

from oracle import Oracle
from penstock import Book, Client, Gap, Rejected, Status, Tick, Trade, TradeFeed

DIFFERENCES_MAX = 20


class Follower:
    """Reads one subscription on a thread of its own.

    `differences` names every claim that was not true: a live book, a live tick, or a trade.
    """

    def __init__(self, address: str, venue: str, oracles: dict[str, Oracle],
                 topics: list[str] | None = None) -> None:
        self.venue, self.oracles = venue, oracles
        self.topics = topics if topics is not None else topics_of(venue, oracles)
        self.differences: list[str] = []
        self.compared: Counter[str] = Counter()
        self.statuses: dict[str, set[Status]] = defaultdict(set)
        self.epochs: dict[str, set[int]] = defaultdict(set)
        self.trades: dict[str, list[Trade]] = defaultdict(list)
        self.gaps: dict[str, list[Gap]] = defaultdict(list)
        self.rejected: list[Rejected] = []
        self.failure: BaseException | None = None
        self._books = {symbol: oracle.book() for symbol, oracle in oracles.items()
                       if oracle.snapshot}
        self._ends: dict[str, tuple] = {}
        self._client = Client(address)
        self.subscription = self._client.subscribe(self.topics, reconnect=False)
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.subscription.close()
        self._client.close()
        self._thread.join(5)

    def wait(self, condition, seconds: float, what: str) -> None:
        """Until `condition()` holds, asked after every update; AssertionError otherwise."""
        with self._changed:
            reached = self._changed.wait_for(lambda: self.failure or condition(), seconds)
        if self.failure:
            raise AssertionError(f"subscription failed: {self.failure!r}")
        assert reached, f"not within {seconds} s: {what}"

    def state(self, topic: str):
        return self.subscription.states[topic]

    def _follow(self) -> None:
        try:
            for event in self.subscription:
                with self._changed:
                    self._judge(event)
                    self._changed.notify_all()
        except BaseException as failure:
            with self._changed:
                self.failure = failure
                self._changed.notify_all()

    def _judge(self, event) -> None:
        match event:
            case Book() | Tick():
                self.statuses[event.topic].add(event.status)
                if event.is_live:
                    self.epochs[event.topic].add(event.epoch)
                    self.compared[event.topic] += 1
                    self._judge_state(event)
            case TradeFeed():
                self.statuses[event.topic].add(event.status)
            case Trade():
                self.compared[event.topic] += 1
                self.trades[event.topic].append(event)
            case Gap():
                self.gaps[event.topic].append(event)
            case Rejected():
                self.rejected.append(event)

    def _judge_state(self, state: Book | Tick) -> None:
        symbol = state.topic.split(":")[2]
        try:
            if isinstance(state, Tick):
                seen = (state.bid_price, state.bid_quantity, state.ask_price, state.ask_quantity)
                true = self.oracles[symbol].ticks[state.venue_sequence]
            else:
                if state.is_crossed:
                    self._differ(f"{state.topic} is crossed at {state.venue_sequence}")
                seen = (state.bids, state.asks)
                true = self._books[symbol].at(state.venue_sequence)
        except KeyError as unknown:
            self._differ(f"{state.topic} claims {state.venue_sequence}: {unknown}")
            return
        if seen != true:
            self._differ(f"{state.topic} at {state.venue_sequence}: {first_difference(seen, true)}")

    def _differ(self, text: str) -> None:
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(text)

    # What must be true once the tape has ended.

    def is_complete(self) -> bool:
        """Every book, tick and trade topic shows the end of the recording."""
        return not any(self.missing(topic) for topic in self.topics)

    def missing(self, topic: str) -> str | None:
        kind, _, symbol = topic.split(":")[:3]
        oracle, state = self.oracles[symbol], self.subscription.states.get(topic)
        if state is None:
            return f"{topic} has no state"
        if isinstance(state, Book):
            if not state.is_live or (state.bids, state.asks) != self._end_of(symbol):
                return f"{topic} at {state.venue_sequence}, recording ends at {oracle.last_update}"
        elif isinstance(state, Tick):
            if state.venue_sequence != oracle.last_tick:
                return f"{topic} at {state.venue_sequence}, recording ends at {oracle.last_tick}"
        else:
            last = self.expected_trades(topic)[-1][0]
            if not self.trades[topic] or self.trades[topic][-1].id != last:
                return f"{topic} has {len(self.trades[topic])} trades, the last shall be {last}"
        return None

    def _end_of(self, symbol: str) -> tuple:
        if symbol not in self._ends:
            oracle = self.oracles[symbol]
            self._ends[symbol] = oracle.book().at(oracle.last_update)
        return self._ends[symbol]

    def expected_trades(self, topic: str) -> list[tuple]:
        kind, _, symbol = topic.split(":")[:3]
        oracle = self.oracles[symbol]
        return oracle.trades if kind == "trade" else oracle.aggregates

    def seen_trades(self, topic: str) -> list[tuple]:
        """Trades as the oracle writes them."""
        return [
            (trade.id, trade.price, trade.quantity, trade.side.name.lower())
            + ((trade.first_id, trade.last_id) if topic.startswith("aggtrade") else ())
            for trade in self.trades[topic]]


def topics_of(venue: str, oracles: dict[str, Oracle]) -> list[str]:
    """Every topic that a recording can feed."""
    topics = []
    for symbol, oracle in oracles.items():
        kinds = {"book": oracle.snapshot and oracle.diffs, "tick": oracle.ticks,
                 "trade": oracle.trades, "aggtrade": oracle.aggregates}
        topics += [f"{kind}:{venue}:{symbol}" for kind, present in kinds.items() if present]
    return topics


def first_difference(seen, true) -> str:
    for name, left, right in zip(("bids", "asks"), seen, true):
        if not isinstance(left, list):
            break
        for rank, (have, want) in enumerate(zip(left, right)):
            if have != want:
                return f"{name}[{rank}] is {have}, shall be {want}"
        if len(left) != len(right):
            return f"{len(left)} {name}, shall be {len(right)}"
    return f"is {seen}, shall be {true}"
