"""The client's side of one `MarketData.Session`, on a thread of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections import defaultdict

import grpc
from penstock import Book, Tick, TradeFeed, verify
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub

ANSWER_SECONDS = 10.0


class Talk:
    """Says what it is told to and keeps everything that comes, with the time of its arrival."""

    def __init__(self, address: str, hello: wire.Hello | None = None,
                 options: tuple[tuple[str, int], ...] = ()) -> None:
        self.channel = grpc.insecure_channel(address, options)
        self._requests: queue.SimpleQueue = queue.SimpleQueue()
        self.call = MarketDataStub(self.channel).Session(iter(self._requests.get, None))
        self.controls: list[wire.Control] = []
        self.updates: dict[str, list[tuple[float, wire.Update]]] = defaultdict(list)
        self.states: dict[str, Book | Tick | TradeFeed] = {}
        self.numbers: dict[int, str] = {}
        self.order: list[str] = []
        # By the number of a `check`: whether there was something to compare. It was equal then.
        self.checks: dict[int, bool] = {}
        self.error: grpc.RpcError | None = None
        self.failure: BaseException | None = None
        self.ended = False
        self.may_read = threading.Event()
        self.may_read.set()
        self._sent = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.welcome: wire.Welcome | None = None
        if hello is not None:
            answer = self.ask(hello=hello)
            assert answer.HasField("welcome"), answer
            self.welcome = answer.welcome
            for restored in self.welcome.restored:
                self._accept(restored)

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.may_read.set()
        self._requests.put(None)
        self.call.cancel()
        self._thread.join(5)
        self.channel.close()

    def say(self, **request) -> int:
        """Sends one request and returns its number."""
        self._requests.put(wire.SessionRequest(**request))
        self._sent += 1
        return self._sent

    def hang_up(self) -> None:
        self._requests.put(None)

    def ask(self, **request) -> wire.Control:
        """Sends one request and waits for its answer."""
        number = self.say(**request)
        self.wait(lambda: self.answer(number) is not None, f"an answer to {request}")
        return self.answer(number)

    def answer(self, number: int) -> wire.Control | None:
        return next((each for each in list(self.controls) if each.answers == number), None)

    def subscribe(self, identity: int, topics: list[str], **options) -> wire.SubscriptionAnswer:
        answer = self.ask(subscribe=wire.SubscribeTopics(id=identity, topics=topics, **options))
        assert answer.HasField("subscribed"), answer
        return answer.subscribed

    def refused(self, **request) -> wire.Refusal:
        answer = self.ask(**request)
        assert answer.HasField("refused"), answer
        return answer.refused

    def of(self, kind: str) -> list:
        """What the server said by itself, of one kind."""
        return [getattr(each, kind) for each in list(self.controls) if each.HasField(kind)]

    def wait(self, condition, what: str, seconds: float = ANSWER_SECONDS) -> None:
        with self._changed:
            reached = self._changed.wait_for(
                lambda: self.failure or condition() or self.ended, seconds)
        if self.failure:
            raise AssertionError(f"{self.failure!r}") from self.failure
        assert reached and condition(), f"not within {seconds} s: {what}; {self.error}"

    def wait_end(self, seconds: float = ANSWER_SECONDS) -> grpc.StatusCode:
        self.wait(lambda: self.ended, "the end", seconds)
        return self.call.code()

    def position(self, topic: str) -> wire.Position:
        state = self.states[topic]
        return wire.Position(topic=topic, epoch=state.epoch, sequence=state.sequence)

    def _read(self) -> None:
        try:
            for update in self.call:
                self.may_read.wait()
                with self._changed:
                    self._take(update)
                    self._changed.notify_all()
        except grpc.RpcError as error:
            self.error = error
        except BaseException as failure:
            self.failure = failure
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _take(self, update: wire.Update) -> None:
        if update.HasField("control"):
            control = update.control
            assert not update.HasField("topic")
            self.controls.append(control)
            kind = control.WhichOneof("content")
            self.order.append(kind)
            if kind in ("caught_up", "checked"):
                self._verify(getattr(control, kind), control.answers)
            if kind in ("subscribed", "updated"):
                self._accept(getattr(control, kind))
            elif kind == "welcome":
                for restored in control.welcome.restored:
                    self._accept(restored)
            return
        name = self.numbers[update.topic]
        self.order.append(name)
        self.updates[name].append((time.monotonic(), update))
        state = self.states[name]
        if isinstance(state, TradeFeed):
            list(state.apply(update))
        else:
            state.apply(update)

    def _verify(self, told: wire.CaughtUp | wire.StateChecked, answers: int) -> None:
        state = self.states[self.numbers[told.topic]]
        if not isinstance(state, TradeFeed):
            self.checks[answers] = verify(state, told)

    def _accept(self, answer: wire.SubscriptionAnswer) -> None:
        for entry in answer.accepted:
            self.numbers[entry.number] = entry.name
            kind = entry.name.partition(":")[0]
            if entry.name not in self.states:
                make = {"book": Book, "tick": Tick}.get(kind, TradeFeed)
                self.states[entry.name] = make(entry.name)
                if make is TradeFeed and entry.follows == wire.SubscribedTopic.FOLLOWS_EVENTS:
                    feed = self.states[entry.name]
                    feed.epoch, feed.sequence = entry.epoch, entry.first_sequence - 1


def hello(**options) -> wire.Hello:
    return wire.Hello(protocol=1, **options)
