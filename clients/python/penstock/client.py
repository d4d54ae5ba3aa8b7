"""A subscription that survives: merged states, resumed where they stood after every reconnect."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator

import grpc

from penstock.bearer import Bearer, Token
from penstock.errors import HoleError, PenstockError, RequestError
from penstock.states import (
    Book,
    Gap,
    Outcome,
    Rejected,
    Status,
    Tick,
    Trade,
    TradeFeed,
    make_gap,
    make_trade,
)
from penstock.v1 import market_data_pb2 as wire
from penstock.v1.market_data_pb2_grpc import MarketDataStub

State = Book | Tick | TradeFeed
Event = State | Trade | Gap | Rejected

_RETRIED = {
    grpc.StatusCode.UNAVAILABLE,  # not there, draining, or the connection broke
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
}
_MESSAGE_BYTES_MAX = 16 * 1024 * 1024  # a snapshot of 1,000 levels a side is about 20 KiB
_BACKOFF_FIRST_SECONDS = 0.1
_BACKOFF_MAX_SECONDS = 5.0
_EXHAUSTIONS_MAX = 10  # in a row; with the waits between them the better part of a minute


class Client:
    """Connection to one gateway, used by one thread at a time per subscription.

    `token` is sent as a bearer token with every call; a callable gives one for each call.
    """

    def __init__(self, address: str = "127.0.0.1:7400", *, token: Token | None = None) -> None:
        self._channel = grpc.insecure_channel(address, options=[
            ("grpc.max_receive_message_length", _MESSAGE_BYTES_MAX),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 2_000),
        ])
        self.stub = MarketDataStub(
            self._channel if token is None
            else grpc.intercept_channel(self._channel, Bearer(token)))

    def close(self) -> None:
        """Ends every subscription and the connection."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def instruments(self, venue: str | None = None) -> list[wire.Instrument]:
        """What the venues list; RequestError NOT_FOUND for a venue that is not configured."""
        try:
            request = wire.ListInstrumentsRequest(venue=venue)
            return list(self.stub.ListInstruments(request).instruments)
        except grpc.RpcError as error:
            raise _request_error(error) from None

    def subscribe(
        self,
        topics: Iterable[str],
        *,
        resume: Iterable[State] = (),
        reconnect: bool = True,
        filter: str | None = None,
        from_sequence: int | None = None,
        from_time: int | None = None,
        from_count: int | None = None,
    ) -> Subscription:
        """Streams `topics`; see Subscription for what iterating it yields.

        `resume` are states of an earlier subscription (`subscription.states.values()`): they are
        taken over, and continued from where they stand when the gateway still can.
        With `reconnect` the stream is opened again, with backoff and from the positions reached,
        whenever it ends or a hole shows; without it, it ends with the connection.

        `filter` says which changes are wanted, such as "side == buy and quantity >= 2.5" or
        "change(best_bid_price) >= 0.1%". Event topics that are not resumed begin with the event
        `from_sequence`, at `from_time` (ns since 1970, by publish time), or with the last
        `from_count` events: at most one of them. What the gateway has no more of it is a Gap.
        """
        wanted = wire.SubscribeRequest(
            filter=filter, from_sequence=from_sequence, from_time=from_time,
            from_count=from_count)
        return Subscription(self.stub, list(topics), list(resume), reconnect, wanted)

    def history(
        self,
        topic: str,
        *,
        epoch: int | None = None,
        from_sequence: int | None = None,
        from_time: int | None = None,
        last: int | None = None,
        to_sequence: int | None = None,
        to_time: int | None = None,
    ) -> Iterator[Trade | Gap]:
        """Past events of an event topic, in order, asked for a page at a time.

        Begins at one of `from_sequence`, `from_time` and `last` (so many of the newest), else with
        the oldest that the gateway holds. A Gap tells what of the range is lost.
        """
        feed = TradeFeed(topic)
        request = wire.GetHistoryRequest(
            topic=topic, epoch=epoch, from_sequence=from_sequence, from_time=from_time, last=last,
            to_sequence=to_sequence, to_time=to_time)
        while True:
            try:
                page = self.stub.GetHistory(request)
            except grpc.RpcError as error:
                raise _request_error(error) from None
            if page.HasField("gone"):
                yield make_gap(topic, page.gone)
            for update in page.events:
                if update.HasField("trade"):
                    yield make_trade(feed, update)
                elif update.HasField("gap"):
                    yield make_gap(topic, update.gap)
            if not page.HasField("next_sequence"):
                return
            request = wire.GetHistoryRequest(
                topic=topic, epoch=page.epoch, from_sequence=page.next_sequence,
                to_sequence=to_sequence or page.last_sequence, to_time=to_time)

    def replay_info(self, topics: Iterable[str]) -> list[wire.ReplayInfo]:
        """What of each event topic the gateway could replay now."""
        try:
            request = wire.GetReplayInfoRequest(topics=list(topics))
            return list(self.stub.GetReplayInfo(request).topics)
        except grpc.RpcError as error:
            raise _request_error(error) from None


class Subscription:
    """Iterates over what becomes known, in order of arrival.

    Book and Tick objects are the merged state after each update: always the same object per topic,
    changed in place. Trade and Gap are values, each given once. A TradeFeed comes when the status
    of a trade topic changes; Rejected when a topic is refused or ends. While there is no connection
    every state says stale.
    """

    def __init__(
        self, stub: MarketDataStub, topics: list[str], resume: list[State], reconnect: bool,
        wanted: wire.SubscribeRequest,
    ) -> None:
        self.topics = topics
        self.states: dict[str, State] = {state.topic: state for state in resume}
        self.reconnects = 0
        self.holes = 0
        self._stub = stub
        self._reconnect = reconnect
        self._wanted = wanted
        self._call: grpc.Call | None = None
        self._closed = False
        # How often the server may say that it is too much. None before a call was acknowledged:
        # then too much was asked.
        self._exhaustions_left = 0

    def close(self) -> None:
        """Ends the iteration; may be called from another thread."""
        self._closed = True
        if self._call is not None:
            self._call.cancel()

    def __iter__(self) -> Iterator[Event]:
        backoff = _BACKOFF_FIRST_SECONDS
        while not self._closed and self.topics:
            try:
                for event in self._stream():
                    backoff = _BACKOFF_FIRST_SECONDS
                    yield event
            except HoleError as hole:
                self.holes += 1
                self.states.pop(hole.topic, None)
                if not self._reconnect:
                    raise
            except grpc.RpcError as error:
                if self._closed:
                    return
                if not self._reconnect or not self._heals(error.code()):
                    raise _request_error(error) from None
            if not self._reconnect or self._closed:
                return
            yield from self._doubt()
            self.reconnects += 1
            time.sleep(random.uniform(backoff / 2, backoff))
            backoff = min(backoff * 2, _BACKOFF_MAX_SECONDS)

    def _heals(self, code: grpc.StatusCode) -> bool:
        """Asking again may help. What was granted before is not too much for ever: we were too
        slow, or others ask at this moment."""
        if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
            self._exhaustions_left -= 1
            return self._exhaustions_left >= 0
        return code in _RETRIED

    def _stream(self) -> Iterator[Event]:
        request = wire.SubscribeRequest(
            topics=self.topics,
            resume=[wire.Position(topic=state.topic, epoch=state.epoch, sequence=state.sequence)
                    for state in self.states.values() if state.epoch])
        request.MergeFrom(self._wanted)
        numbers: dict[int, State] = {}
        self._call = call = self._stub.Subscribe(request)
        try:
            for update in call:
                if update.HasField("subscribed"):
                    yield from self._begin(update.subscribed, numbers)
                elif (state := numbers.get(update.topic)) is None:
                    raise PenstockError(f"update of topic number {update.topic}, never announced")
                elif update.HasField("rejected"):
                    yield self._end(update.rejected)
                elif isinstance(state, TradeFeed):
                    yield from state.apply(update)
                elif state.apply(update) is Outcome.APPLIED:
                    yield state
        finally:
            call.cancel()

    def _begin(self, subscribed: wire.Subscribed, numbers: dict[int, State]) -> Iterator[Event]:
        self._exhaustions_left = _EXHAUSTIONS_MAX
        for accepted in subscribed.accepted:
            state = self.states.get(accepted.name) or _make_state(accepted.name)
            self.states[accepted.name] = numbers[accepted.number] = state
            known, state.status = state.status, Status(accepted.status)
            if isinstance(state, TradeFeed):
                if not state.epoch:
                    begins = accepted.HasField("start_sequence")
                    state.epoch = accepted.epoch
                    state.sequence = accepted.start_sequence if begins else accepted.sequence
            elif not accepted.resumed:
                state.forget()
                if state.status is Status.LIVE:
                    continue  # the snapshot is on its way and speaks for itself
            if state.status is not known:
                yield state
        for rejected in subscribed.rejected:
            yield self._end(rejected)

    def _doubt(self) -> Iterator[Event]:
        """Without a connection nothing is known to be true."""
        for state in self.states.values():
            if state.status is not Status.STALE:
                state.status = Status.STALE
                yield state

    def _end(self, rejected: wire.RejectedTopic) -> Rejected:
        self.topics = [topic for topic in self.topics if topic != rejected.name]
        self.states.pop(rejected.name, None)
        return Rejected(rejected.name, rejected.code, rejected.message)


def _make_state(topic: str) -> State:
    kind = topic.partition(":")[0]
    if kind == "book":
        return Book(topic)
    if kind == "tick":
        return Tick(topic)
    return TradeFeed(topic)


def _request_error(error: grpc.RpcError) -> RequestError:
    return RequestError(error.code(), error.details() or "")
