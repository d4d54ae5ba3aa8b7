"""`MarketData.Session` as a stock client has it, while the seeded market moves."""

from __future__ import annotations

import signal
import time

import grpc
import pytest
from penstock.v1 import market_data_pb2 as wire
from processes import Gateway, Simulator
from talk import Talk, hello

BOOK, TICK, TRADES = (f"{kind}:binance:BTC/USDT" for kind in ("book", "tick", "trade"))
OTHER = "tick:binance:ETH/USDT"
Follows = wire.SubscribedTopic
UI = wire.Rate(preset=wire.Rate.PRESET_UI)


@pytest.fixture
def talk(gateway_address):
    with Talk(gateway_address, hello(client="test 1", heartbeat_milliseconds=1000)) as talk:
        yield talk


@pytest.fixture
def twin(gateway_address):
    """Another session, which takes everything raw."""
    with Talk(gateway_address, hello()) as twin:
        yield twin


class History:
    """What a session's book or tick was at each sequence, from its raw updates."""

    def __init__(self, talk: Talk, topic: str) -> None:
        self.talk, self.topic = talk, topic

    def states(self) -> dict[tuple[int, int], tuple]:
        kind = type(self.talk.states[self.topic])
        state, found = kind(self.topic), {}
        for _, update in list(self.talk.updates[self.topic]):
            state.apply(update)
            found[state.epoch, state.sequence] = shown(state)
        return found


def shown(state) -> tuple:
    if hasattr(state, "bids"):
        return state.bids, state.asks
    return state.bid_price, state.bid_quantity, state.ask_price, state.ask_quantity


def test_the_welcome_says_what_is_allowed(talk):
    welcome = talk.welcome
    assert welcome.protocol == 1
    assert welcome.heartbeat_milliseconds == 1000
    assert welcome.limits.topics >= welcome.limits.topics_per_subscription > 1000
    assert abs(welcome.server_start_time / 1e9 - time.time()) < 3600


def test_subscriptions_are_added_changed_and_ended_while_data_flows(talk):
    first = talk.subscribe(1, [BOOK, "book:nowhere:A/B"])
    assert [each.name for each in first.accepted] == [BOOK]
    assert [each.code for each in first.rejected] == [5]
    second = talk.subscribe(2, [TICK, TRADES, BOOK], rate=UI)
    assert [each.follows for each in second.accepted] == [
        Follows.FOLLOWS_SNAPSHOT, Follows.FOLLOWS_EVENTS]
    assert [(each.name, each.code) for each in second.rejected] == [(BOOK, 6)]
    talk.wait(lambda: all(len(talk.updates[name]) > 2 for name in (BOOK, TICK, TRADES)), "data")

    raw = wire.Rate(preset=wire.Rate.PRESET_RAW)
    changed = talk.ask(update=wire.UpdateSubscription(id=2, rate=raw)).updated
    assert [each.follows for each in changed.accepted] == [
        Follows.FOLLOWS_DELTA, Follows.FOLLOWS_EVENTS]
    before = len(talk.updates[TICK])
    talk.wait(lambda: len(talk.updates[TICK]) > before + 10, "ticks as they come")
    snapshots = [u for _, u in talk.updates[TICK] if not u.HasField("base_sequence")]
    assert len(snapshots) == 1

    ended = talk.ask(unsubscribe=wire.Unsubscribe(id=2, topics=[TICK])).unsubscribed
    assert ended.positions[0] == talk.position(TICK)
    ticks, trades = len(talk.updates[TICK]), len(talk.updates[TRADES])
    talk.wait(lambda: len(talk.updates[TRADES]) > trades + 2, "the others go on")
    assert len(talk.updates[TICK]) == ticks
    assert talk.refused(unsubscribe=wire.Unsubscribe(id=9)).code == 5


def test_answers_come_in_the_order_of_the_requests(talk):
    numbers = [talk.say(ping=wire.Ping(nonce=n)) if n % 2 else
               talk.say(subscribe=wire.SubscribeTopics(id=n + 1, topics=[TICK, OTHER][:n + 1]))
               for n in range(6)]
    talk.wait(lambda: talk.answer(numbers[-1]) is not None, "the last answer")
    answers = [each.answers for each in talk.controls if each.HasField("answers")]
    assert answers == [1, *numbers]
    assert [talk.answer(n).pong.nonce for n in numbers[1::2]] == [1, 3, 5]


def test_an_answer_comes_before_the_data_and_caught_up_after_it(talk):
    talk.subscribe(1, [TICK])
    talk.wait(lambda: talk.of("caught_up"), "caught up")
    order = [each for each in talk.order if each != "heartbeat"]
    assert order[:4] == ["welcome", "subscribed", TICK, "caught_up"]
    assert talk.of("caught_up")[0].id == 1


def test_a_rate_is_honoured_and_the_state_is_right_at_each_of_its_sequences(talk, twin):
    twin.subscribe(1, [TICK])
    twin.wait(lambda: twin.updates[TICK], "the raw snapshot")
    talk.subscribe(1, [TICK], rate=UI)
    started = time.monotonic()
    talk.wait(lambda: len(talk.updates[TICK]) >= 6, "six updates")
    arrivals = [at for at, _ in talk.updates[TICK]][1:]
    assert time.monotonic() - started > 4 * 0.45
    assert all(later - earlier > 0.4 for earlier, later in zip(arrivals, arrivals[1:]))
    seen, true = History(talk, TICK).states(), History(twin, TICK).states()
    common = seen.keys() & true.keys()
    assert len(common) >= 5
    assert all(seen[each] == true[each] for each in common)


def test_fields_are_honoured_and_the_state_is_right_at_each_of_its_sequences(talk, twin):
    twin.subscribe(1, [BOOK])
    twin.wait(lambda: twin.updates[BOOK], "the raw snapshot")
    talk.subscribe(1, [BOOK], fields=["asks"], rate=wire.Rate(min_interval_milliseconds=50))
    talk.wait(lambda: len(talk.updates[BOOK]) > 20, "updates")
    assert not any(update.book.HasField("bids") for _, update in talk.updates[BOOK])
    seen, true = History(talk, BOOK).states(), History(twin, BOOK).states()
    common = seen.keys() & true.keys()
    assert len(common) >= 10
    assert all(seen[each][1] == true[each][1] for each in common)


def test_events_at_a_rate_are_all_there(talk, twin):
    for each, options in ((twin, {}), (talk, {"rate": UI, "fields": ["id"]})):
        each.subscribe(1, [TRADES], **options)
        each.wait(lambda each=each: len(each.updates[TRADES]) > 15, "trades")
    ids = [update.trade.id for _, update in talk.updates[TRADES] if update.HasField("trade")]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert not any(update.trade.HasField("price") for _, update in talk.updates[TRADES])


def test_a_reader_that_stalls_finds_the_present(talk, twin):
    talk.subscribe(1, [BOOK, TICK])
    talk.wait(lambda: talk.updates[BOOK] and talk.updates[TICK], "data")
    talk.may_read.clear()
    twin.subscribe(1, [BOOK, TICK])
    twin.wait(lambda: len(twin.updates[TICK]) > 200, "time passes", 30)
    talk.may_read.set()
    target = twin.states[TICK].sequence
    talk.wait(lambda: talk.states[TICK].sequence >= target, "the present")
    for topic in (BOOK, TICK):
        seen, true = History(talk, topic).states(), History(twin, topic).states()
        assert seen.keys() & true.keys()
        assert all(seen[each] == true[each] for each in seen.keys() & true.keys())


def test_heartbeats_say_what_was_sent(talk):
    talk.subscribe(1, [TICK, BOOK])
    talk.wait(lambda: len(talk.of("heartbeat")) >= 3, "three heartbeats")
    beats = talk.of("heartbeat")
    gaps = [(b.time - a.time) / 1e9 for a, b in zip(beats, beats[1:])]
    assert all(0.9 < gap < 2 for gap in gaps)
    sent = {(name, update.epoch, update.sequence)
            for name in (TICK, BOOK) for _, update in talk.updates[name]}
    last = beats[-1]
    assert {talk.numbers[each.topic] for each in last.topics} == {TICK, BOOK}
    assert all((talk.numbers[each.topic], each.epoch, each.sequence) in sent
               for each in last.topics)


def test_acknowledgements_come_back_in_heartbeats(talk):
    talk.subscribe(1, [TICK])
    talk.wait(lambda: talk.updates[TICK], "a tick")
    position = talk.position(TICK)
    assert talk.ask(ack=wire.Ack(positions=[position])).acknowledged.positions == 1
    known = len(talk.of("heartbeat"))
    talk.wait(lambda: len(talk.of("heartbeat")) > known, "a heartbeat")
    progress = talk.of("heartbeat")[-1].topics[0]
    assert progress.acknowledged_sequence == position.sequence < progress.sequence + 1
    position.sequence += 1_000_000
    assert talk.refused(ack=wire.Ack(positions=[position])).code == 3


def test_a_position_goes_on_in_another_session(talk, gateway_address):
    talk.subscribe(1, [BOOK, TRADES])
    talk.wait(lambda: talk.updates[BOOK] and talk.updates[TRADES], "data")
    positions = [talk.position(BOOK), talk.position(TRADES)]
    with Talk(gateway_address, hello()) as other:
        answer = other.subscribe(1, [BOOK, TRADES], positions=positions)
        assert [each.follows for each in answer.accepted] == [
            Follows.FOLLOWS_DELTA, Follows.FOLLOWS_EVENTS]
        assert answer.accepted[1].first_sequence == positions[1].sequence + 1
        numbers = {each.name: each.number for each in answer.accepted}
        assert numbers.keys() == {BOOK, TRADES}


def test_live_state_begins_with_the_next_change(talk):
    answer = talk.subscribe(1, [BOOK], start=wire.START_LIVE)
    assert answer.accepted[0].follows == Follows.FOLLOWS_CHANGE
    talk.wait(lambda: len(talk.updates[BOOK]) > 2, "changes")
    assert not talk.updates[BOOK][0][1].HasField("base_sequence")
    assert talk.updates[BOOK][0][1].sequence > answer.accepted[0].sequence


@pytest.mark.parametrize(("options", "field"), [
    ({"rate": wire.Rate()}, "rate"),
    ({"rate": wire.Rate(preset=wire.Rate.PRESET_UI, burst=3)}, "rate.burst"),
    ({"rate": wire.Rate(updates_per_second=2000)}, "rate.updates_per_second"),
    ({"fields": ["colour"]}, "fields[0]"),
    ({"fields": ["bids"]}, "fields[0]"),
    ({"positions": [wire.Position(topic="a", epoch=1)]}, "positions[0].topic"),
])
def test_a_wrong_option_is_refused_by_name_and_harms_nothing(talk, options, field):
    talk.subscribe(1, [OTHER])
    refusal = talk.refused(subscribe=wire.SubscribeTopics(id=2, topics=[TICK], **options))
    assert (refusal.code, refusal.field, refusal.id) == (3, field, 2)
    assert refusal.message
    known = len(talk.updates[OTHER])
    talk.wait(lambda: len(talk.updates[OTHER]) > known, "the other goes on")
    assert talk.subscribe(2, [TICK]).accepted


def test_credentials_cannot_be_refreshed_where_there_are_none(talk):
    assert talk.refused(auth_refresh=wire.AuthRefresh(token="x")).code in (12, 16)


def test_a_session_that_is_hung_up_ends_well(talk):
    talk.subscribe(1, [TICK])
    talk.hang_up()
    assert talk.wait_end() is grpc.StatusCode.OK


def test_the_first_message_is_hello(gateway_address):
    with Talk(gateway_address) as talk:
        talk.say(ping=wire.Ping())
        assert talk.wait_end() is grpc.StatusCode.INVALID_ARGUMENT
        assert "hello" in talk.call.details()


def test_a_second_hello_ends_the_session(talk):
    talk.say(hello=hello())
    assert talk.wait_end() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_newer_protocol_is_refused_and_ours_may_follow(gateway_address):
    with Talk(gateway_address) as talk:
        assert talk.refused(hello=wire.Hello(protocol=2)).code == 12
        assert talk.ask(hello=hello()).HasField("welcome")


def test_bytes_that_are_no_request_end_the_session(gateway_address):
    with grpc.insecure_channel(gateway_address) as channel:
        call = channel.stream_stream(
            "/penstock.v1.MarketData/Session", request_serializer=bytes,
            response_deserializer=bytes)
        with pytest.raises(grpc.RpcError) as failure:
            list(call(iter([b"\xff" * 9]), timeout=10))
        assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_damaged_token_is_told_and_the_session_is_open(gateway_address):
    with Talk(gateway_address, hello(resume_token=b"\x01garbage")) as talk:
        assert talk.welcome.token_refused.code == 3
        assert not talk.welcome.restored
        assert talk.subscribe(1, [TICK]).accepted


def test_a_flood_of_requests_is_told_and_ends(gateway_address):
    with Talk(gateway_address, hello()) as talk:
        for _ in range(talk.welcome.limits.requests_at_once + 500):
            talk.say(ping=wire.Ping())
        assert talk.wait_end() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert talk.of("refused")[-1].code == 8


@pytest.fixture
def simulator():
    with Simulator(seed=5) as simulator:
        yield simulator


def serve(simulator) -> Gateway:
    return Gateway(
        {"binance": f"{simulator.address}/binance"}, "--instruments", "BTC/USDT,ETH/USDT")


def test_a_drain_is_told_with_a_token_that_another_process_understands(simulator):
    with serve(simulator) as gateway, Talk(gateway.address, hello()) as talk:
        talk.subscribe(1, [BOOK, TRADES])
        talk.subscribe(2, [TICK], rate=UI, fields=["bid_price"])
        talk.wait(lambda: all(talk.updates[name] for name in (BOOK, TICK, TRADES)), "data")
        gateway.send_signal(signal.SIGTERM)
        talk.wait(lambda: talk.of("drain"), "the drain is told")
        drain = talk.of("drain")[0]
        assert drain.deadline / 1e9 > time.time() - 1
        assert talk.ask(ping=wire.Ping(nonce=3)).pong.nonce == 3
        talk.wait_end(20)
        assert talk.call.code() is grpc.StatusCode.UNAVAILABLE

    with (
        serve(simulator) as gateway,
        Talk(gateway.address, hello(resume_token=drain.resume_token)) as next_talk,
    ):
        restored = {each.id: each for each in next_talk.welcome.restored}
        assert restored.keys() == {1, 2}
        follows = {each.name: each.follows for part in restored.values() for each in part.accepted}
        # Another process has other epochs: never a wrong state.
        assert follows == {BOOK: Follows.FOLLOWS_SNAPSHOT, TICK: Follows.FOLLOWS_SNAPSHOT,
                           TRADES: Follows.FOLLOWS_GAP}
        next_talk.wait(lambda: len(next_talk.updates[BOOK]) > 3, "the book goes on")
        gap = next(update for _, update in next_talk.updates[TRADES] if update.HasField("gap"))
        assert gap.gap.reason == wire.Gap.REASON_NEW_EPOCH
        assert not any(u.tick.HasField("ask_price") for _, u in next_talk.updates[TICK])
