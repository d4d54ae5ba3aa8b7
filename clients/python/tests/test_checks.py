"""The hash of a merged state, by the definition in market_data.proto."""

from decimal import Decimal

import pytest

from penstock import Book, CheckError, Status, Tick, state_hash, verify
from penstock.states import decimal
from penstock.v1 import market_data_pb2 as wire

# Made by another program.
TICK_HASH = 0xAB98534817A1BF33
BOOK_HASH = 0x7292B1F96A204A89


def tick():
    return Tick(
        "tick:binance:BTC/USDT", epoch=7, sequence=5, status=Status.LIVE,
        bid_price=decimal(61837630, -3), bid_quantity=decimal(12, -5),
        ask_price=decimal(61838, 0), ask_quantity=decimal(15, 2))


def book():
    state = Book("book:binance:BTC/USDT")
    state.apply(wire.Update(
        topic=1, epoch=7, sequence=9, status=wire.STATUS_RESYNCING,
        book=wire.Book(
            bids=wire.BookSide(prices=[995, 1000], quantities=[20, 10], price_exponent=-1,
                               quantity_exponent=-1),
            asks=wire.BookSide(prices=[101], quantities=[3], price_exponent=0,
                               quantity_exponent=0))))
    return state


def told(state, **changes):
    count, value = state_hash(state)
    known = dict(epoch=state.epoch, sequence=state.sequence, count=count, hash=value)
    return wire.StateChecked(**{**known, **changes})


def test_a_tick_and_a_book_are_hashed_as_their_definition_says():
    assert state_hash(tick()) == (4, TICK_HASH)
    assert state_hash(book()) == (3, BOOK_HASH)


def test_a_topic_without_data_has_a_status():
    state = Tick("tick:binance:BTC/USDT", status=Status.STALE)
    assert state_hash(state) == (0, 0x6E0DFFFE4BC37475)


def test_the_digits_do_not_matter_only_the_number():
    other = tick()
    other.ask_quantity = Decimal("1500.000")
    assert state_hash(other) == state_hash(tick())


@pytest.mark.parametrize("name, value", [
    ("bid_price", Decimal("61837.64")), ("bid_price", Decimal("-61837.63")),
    ("ask_quantity", Decimal(0)), ("ask_quantity", None), ("status", Status.STALE),
])
def test_a_wrong_state_is_found(name, value):
    right, wrong = tick(), tick()
    setattr(wrong, name, value)
    assert verify(right, told(right))
    with pytest.raises(CheckError):
        verify(wrong, told(right))


def test_a_wrong_level_is_found():
    wrong = book()
    wrong.apply(wire.Update(
        topic=1, epoch=7, sequence=10, base_sequence=9, book=wire.Book(asks=wire.BookSide(
            prices=[101], quantities=[4], price_exponent=0, quantity_exponent=0))))
    with pytest.raises(CheckError):
        verify(wrong, told(book(), sequence=10))


def test_what_the_server_does_not_say_is_not_compared():
    state = tick()
    assert not verify(state, told(state, sequence=4))
    assert not verify(state, wire.CaughtUp(epoch=7, sequence=5))
