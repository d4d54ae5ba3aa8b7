"""Filters, beginnings, history and checks as stock clients have them, while the market moves."""

from __future__ import annotations

import time
from decimal import Decimal

import grpc
import pytest
from penstock import CheckError, Client, Gap, RequestError, Side, Trade, state_hash, verify
from penstock.states import decimal
from penstock.v1 import market_data_pb2 as wire
from processes import run
from talk import Talk, hello

BOOK, TICK, TRADES = (f"{kind}:binance:BTC/USDT" for kind in ("book", "tick", "trade"))
OTHER = "trade:binance:ETH/USDT"


@pytest.fixture
def talk(gateway_address):
    with Talk(gateway_address, hello()) as talk:
        yield talk


@pytest.fixture
def client(gateway_address):
    with Client(gateway_address) as client:
        yield client


def trades_of(talk, topic=TRADES):
    return [update.trade for _, update in talk.updates[topic] if update.HasField("trade")]


def held(client, least=20):
    """What the ring of the trades holds, once it is a few events."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        [info] = client.replay_info([TRADES])
        if info.events >= least:
            return info
        time.sleep(0.05)
    raise AssertionError(f"only {info}")


def test_a_filter_selects_trades_and_the_base_covers_the_rest(talk):
    talk.subscribe(1, [TRADES], filter="side == buy")
    talk.wait(lambda: len(trades_of(talk)) >= 10, "ten buys")
    assert {each.side for each in trades_of(talk)} == {wire.SIDE_BUY}
    # `Talk` raises on a hole; here some were skipped.
    assert any(update.HasField("base_sequence") for _, update in talk.updates[TRADES])
    assert not any(update.HasField("gap") for _, update in talk.updates[TRADES])


def test_every_delta_of_a_filtered_state_leads_to_a_true_one_that_passes(talk, gateway_address):
    with Talk(gateway_address, hello()) as twin:
        twin.subscribe(1, [TICK])
        twin.wait(lambda: len(twin.updates[TICK]) >= 20, "the raw ticks")
        amounts = sorted(
            decimal(update.tick.bid_quantity, update.tick.quantity_exponent)
            for _, update in twin.updates[TICK] if update.tick.HasField("bid_quantity"))
        bound = amounts[len(amounts) // 2]
        talk.subscribe(1, [TICK], filter=f"bid_quantity >= {bound:f}")
        talk.wait(lambda: len(talk.updates[TICK]) >= 6, "six that pass")
        truth, states = replay(twin), replay(talk)
        deltas = [key for key in list(states)[1:] if key in truth]
        assert deltas
        for key in deltas:
            assert states[key] == truth[key]
            assert states[key][1] >= bound


def replay(talk):
    """Bid price and quantity at each sequence."""
    state, found = type(talk.states[TICK])(TICK), {}
    for _, update in list(talk.updates[TICK]):
        state.apply(update)
        found[state.epoch, state.sequence] = (state.bid_price, state.bid_quantity)
    return found


def test_a_change_in_percent_thins_a_book(talk):
    talk.subscribe(1, [BOOK], filter="change(best_bid_price) > 1e-6%")
    talk.wait(lambda: len(talk.updates[BOOK]) >= 5, "five changes of the best bid")
    best, state = [], type(talk.states[BOOK])(BOOK)
    for _, update in list(talk.updates[BOOK]):
        state.apply(update)
        best.append(state.best_bid.price)
    assert all(one != other for one, other in zip(best, best[1:]))


def test_what_is_no_filter_and_topics_that_lack_a_field_are_told_apart(talk):
    refusal = talk.refused(subscribe=wire.SubscribeTopics(id=1, topics=[TICK], filter="bid_price"))
    assert (refusal.code, refusal.field) == (3, "filter")
    assert "at byte 10" in refusal.message
    answer = talk.subscribe(2, [TICK, TRADES, OTHER], filter="price > 0 and symbol == BTC/USDT")
    assert [each.name for each in answer.accepted] == [TRADES]
    assert [each.name for each in answer.rejected] == [TICK, OTHER]


def test_a_filter_is_changed_in_place(talk):
    talk.subscribe(1, [TRADES], filter="price < 0")
    answer = talk.ask(update=wire.UpdateSubscription(id=1, filter="side == sell"))
    assert answer.HasField("updated")
    talk.wait(lambda: len(trades_of(talk)) >= 3, "three sells")
    assert {each.side for each in trades_of(talk)} == {wire.SIDE_SELL}


def test_the_client_filters_and_begins_where_asked(client):
    info = held(client)
    first = info.first_sequence + 3
    events = iter(client.subscribe([TRADES], from_sequence=first, filter="side == buy"))
    seen = [next(events) for _ in range(5)]
    trades = [each for each in seen if isinstance(each, Trade)]
    assert trades and all(each.side is Side.BUY and each.sequence >= first for each in trades)
    assert not any(isinstance(each, Gap) for each in seen)
    last = iter(client.subscribe([TRADES], from_count=3))
    newest = [each.sequence for each in (next(last) for _ in range(3)) if isinstance(each, Trade)]
    assert newest == sorted(newest) and newest[0] > first
    with pytest.raises(RequestError) as caught:
        next(iter(client.subscribe([TRADES], filter="nonsense")))
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT


def test_a_filter_beyond_the_limits_ends_the_call_and_is_counted(client, market):
    counter = 'penstock_session_limits_reached_total{limit="filter"}'
    before = market.metrics()[counter]
    request = wire.SubscribeRequest(topics=[TRADES], filter="price > 1 or " * 64 + "price > 2")
    with pytest.raises(grpc.RpcError) as caught:
        next(client.stub.Subscribe(request, timeout=20))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert market.metrics()[counter] == before + 1


def test_a_time_is_where_it_says(client):
    info = held(client)
    middle = (info.first_time + info.last_time) // 2
    wanted = list(client.history(TRADES, from_time=middle, to_sequence=info.last_sequence))
    everything = list(client.history(TRADES, to_sequence=info.last_sequence))
    assert 0 < len(wanted) < len(everything)
    assert wanted == everything[-len(wanted):]


def test_history_in_pages_is_what_a_subscriber_got(client, gateway_address):
    info = held(client, 40)
    pages, following = [], info.first_sequence
    while following:
        page = client.stub.GetHistory(wire.GetHistoryRequest(
            topic=TRADES, epoch=info.epoch, from_sequence=following,
            to_sequence=info.last_sequence, max_events=7))
        assert not page.HasField("gone") and len(page.events) <= 7
        pages += page.events
        following = page.next_sequence
    sequences = [each.sequence for each in pages]
    assert sequences == list(range(info.first_sequence, info.last_sequence + 1))
    with Talk(gateway_address, hello()) as talk:
        talk.subscribe(1, [TRADES], from_sequence=info.first_sequence)
        talk.wait(lambda: len(talk.updates[TRADES]) >= len(pages), "the same events")
        streamed = [update for _, update in talk.updates[TRADES]][:len(pages)]
    assert [each.SerializeToString() for each in streamed] == \
        [each.SerializeToString() for each in pages]


def test_history_says_what_it_cannot_have(client):
    info = held(client)
    gone = client.stub.GetHistory(wire.GetHistoryRequest(topic=TRADES, epoch=info.epoch + 1)).gone
    assert gone.reason == wire.Gap.REASON_NEW_EPOCH
    for request in (
        wire.GetHistoryRequest(topic=TICK), wire.GetHistoryRequest(topic=TRADES, max_events=0),
        wire.GetHistoryRequest(topic=TRADES, last=1, from_sequence=1), wire.GetHistoryRequest(),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            client.stub.GetHistory(request)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(RequestError):
        client.replay_info([TICK])


def test_states_are_what_the_server_says_they_are(talk):
    talk.subscribe(1, [BOOK, TICK])
    talk.wait(lambda: len(talk.of("caught_up")) == 2, "both caught up")
    compared = 0
    for _ in range(30):
        for topic in (BOOK, TICK):
            number = talk.say(check=wire.CheckState(id=1, topic=topic))
            talk.wait(lambda: talk.answer(number) is not None, "the check")
            compared += talk.checks[number]
    assert compared >= 20


def test_a_wrong_state_is_found(talk):
    talk.subscribe(1, [TICK], filter="bid_price < 0")
    talk.wait(lambda: talk.of("caught_up"), "caught up")
    [told] = talk.of("caught_up")
    if not told.HasField("hash"):
        pytest.fail("the first snapshot is the present state")
    state = talk.states[TICK]
    assert verify(state, told) and state_hash(state).count == told.count == 4
    state.ask_quantity += Decimal("0.00000001")
    with pytest.raises(CheckError):
        verify(state, told)


def test_watch_filters_and_begins(gateway_address, client):
    info = held(client)
    done = run(
        "watch", "--server", gateway_address, "--json", "--count", "6", "--from",
        f"seq:{info.first_sequence + 1}", "--filter", "side == buy", TRADES)
    assert done.returncode == 0, done.stderr
    assert '"sell"' not in done.stdout.lower()
    wrong = run("watch", "--server", gateway_address, "--json", "--filter", "side = buy", TRADES)
    assert wrong.returncode == 1 and "at byte 6 of the filter" in wrong.stderr
    wrong = run("watch", "--server", gateway_address, "--json", "--from", "yesterday", TRADES)
    assert wrong.returncode == 2 and "seq:N" in wrong.stderr
