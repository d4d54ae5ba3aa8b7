"""The rules by which updates change states."""

from decimal import Decimal

import pytest

from penstock import Book, Gap, GapReason, HoleError, Outcome, Side, Status, Tick, Trade, TradeFeed
from penstock.states import decimal
from penstock.v1 import market_data_pb2 as wire

TOPIC = "book:binance:BTC/USDT"


def side(levels):
    return wire.BookSide(
        prices=[price for price, _ in levels], quantities=[quantity for _, quantity in levels],
        price_exponent=-1, quantity_exponent=-2)


def book_update(sequence, *, base=None, epoch=7, bids=(), asks=(), status=None, venue=None):
    return wire.Update(
        topic=1, epoch=epoch, sequence=sequence, base_sequence=base, status=status,
        venue_sequence=venue, book=wire.Book(bids=side(bids), asks=side(asks)))


def make_book(sequence=5):
    book = Book(TOPIC)
    book.apply(book_update(
        sequence, bids=[(1000, 100), (999, 200)], asks=[(1001, 300)], status=wire.STATUS_LIVE,
        venue=50))
    return book


def levels(*pairs):
    return [(Decimal(price), Decimal(quantity)) for price, quantity in pairs]


def test_a_snapshot_replaces_everything():
    book = make_book()
    book.apply(book_update(9, bids=[(990, 1)], status=wire.STATUS_LIVE))
    assert book.bids == levels(("99.0", "0.01"))
    assert book.asks == []
    assert book.position == (TOPIC, 7, 9)


def test_levels_are_best_first():
    book = make_book()
    assert book.bids == levels(("100", "1"), ("99.9", "2"))
    assert book.best_bid == book.bids[0]
    assert book.best_ask == levels(("100.1", "3"))[0]


@pytest.mark.parametrize("base", [1, 4, 5])
def test_a_delta_whose_base_is_not_after_the_state_is_applied(base):
    book = make_book(sequence=5)
    outcome = book.apply(book_update(8, base=base, bids=[(1000, 0)], asks=[(1002, 5)]))
    assert outcome is Outcome.APPLIED
    assert book.bids == levels(("99.9", "2"))
    assert book.asks == levels(("100.1", "3"), ("100.2", "0.05"))
    assert book.sequence == 8


@pytest.mark.parametrize("sequence", [3, 5])
def test_a_delta_that_is_not_newer_than_the_state_is_ignored(sequence):
    book = make_book(sequence=5)
    assert book.apply(book_update(sequence, base=2, bids=[(1000, 0)])) is Outcome.IGNORED
    assert book.bids == make_book().bids
    assert book.sequence == 5


def test_a_delta_whose_base_is_after_the_state_is_a_hole_and_changes_nothing():
    book = make_book(sequence=5)
    with pytest.raises(HoleError):
        book.apply(book_update(8, base=6, bids=[(1000, 0)], status=wire.STATUS_STALE))
    assert book == make_book(sequence=5)


def test_a_delta_of_another_epoch_is_a_hole():
    book = make_book(sequence=5)
    with pytest.raises(HoleError):
        book.apply(book_update(6, base=5, epoch=8))


def test_a_delta_before_any_snapshot_is_a_hole():
    with pytest.raises(HoleError):
        Book(TOPIC).apply(book_update(1, base=0, bids=[(1000, 1)]))


def test_a_snapshot_may_begin_a_new_epoch_at_a_lower_sequence():
    book = make_book(sequence=5)
    assert book.apply(book_update(1, epoch=8, asks=[(1001, 1)])) is Outcome.APPLIED
    assert (book.epoch, book.sequence) == (8, 1)
    assert book.bids == []


def test_removing_a_level_that_is_not_there_does_nothing():
    book = make_book(sequence=5)
    book.apply(book_update(6, base=5, bids=[(123, 0)]))
    assert book.bids == make_book().bids


def test_a_status_without_levels_keeps_the_levels():
    book = make_book(sequence=5)
    update = wire.Update(epoch=7, sequence=6, base_sequence=5, status=wire.STATUS_RESYNCING)
    book.apply(update)
    assert book.status is Status.RESYNCING
    assert not book.is_live
    assert book.bids == make_book().bids


def test_an_absent_status_and_venue_sequence_are_unchanged():
    book = make_book(sequence=5)
    book.apply(book_update(6, base=5))
    assert book.is_live
    assert book.venue_sequence == 50


def test_columns_of_different_length_are_refused():
    update = book_update(6, base=5, bids=[(1, 1)])
    update.book.bids.quantities.append(1)
    with pytest.raises(ValueError):
        make_book().apply(update)


def test_a_crossed_book_says_so():
    book = make_book()
    assert not book.is_crossed
    book.apply(book_update(6, base=5, bids=[(1001, 1)]))
    assert book.is_crossed


def test_decimals_are_exact_at_any_length():
    assert decimal(9_223_372_036_854_775_807, -18) == Decimal("9.223372036854775807")
    assert decimal(-5, 2) == Decimal("-500")
    assert decimal(0, -8) == Decimal(0)


def test_a_tick_delta_changes_only_what_it_names():
    tick = Tick("tick:binance:BTC/USDT")
    tick.apply(wire.Update(epoch=7, sequence=1, status=wire.STATUS_LIVE, tick=wire.Tick(
        bid_price=100, bid_quantity=2, ask_price=101, ask_quantity=3,
        price_exponent=-1, quantity_exponent=0)))
    tick.apply(wire.Update(epoch=7, sequence=2, base_sequence=1, tick=wire.Tick(
        ask_price=10200, price_exponent=-3)))
    assert (tick.bid_price, tick.ask_price) == (Decimal("10"), Decimal("10.2"))
    assert (tick.bid_quantity, tick.ask_quantity) == (2, 3)


def trade_update(sequence, *, id=1, base=None, epoch=7):
    return wire.Update(
        epoch=epoch, sequence=sequence, base_sequence=base, event_time=11, trade=wire.Trade(
            id=id, price=1005, price_exponent=-1, quantity=25, quantity_exponent=-2,
            side=wire.SIDE_SELL))


def make_feed(sequence=5):
    return TradeFeed("trade:binance:BTC/USDT", 7, sequence, status=Status.LIVE)


def test_a_trade_is_given_once():
    feed = make_feed()
    [trade] = feed.apply(trade_update(6, id=42))
    assert isinstance(trade, Trade)
    assert (trade.id, trade.price, trade.quantity) == (42, Decimal("100.5"), Decimal("0.25"))
    assert (trade.side, trade.event_time) == (Side.SELL, 11)
    assert list(feed.apply(trade_update(6, id=42))) == []


def test_a_jump_between_trades_is_a_hole_unless_the_base_covers_it():
    feed = make_feed(sequence=5)
    with pytest.raises(HoleError):
        list(feed.apply(trade_update(7)))
    assert feed.sequence == 5
    assert len(list(feed.apply(trade_update(9, base=5)))) == 1


def test_a_gap_is_told_and_moves_the_position():
    feed = make_feed(sequence=5)
    [gap] = feed.apply(wire.Update(epoch=7, sequence=9, base_sequence=5, gap=wire.Gap(
        reason=wire.Gap.REASON_EXPIRED, from_sequence=6, to_sequence=9)))
    assert isinstance(gap, Gap)
    assert (gap.reason, gap.from_sequence, gap.to_sequence) == (GapReason.EXPIRED, 6, 9)
    assert gap.from_id is None
    assert feed.sequence == 9


def test_a_gap_may_tell_of_a_new_epoch():
    feed = make_feed(sequence=5)
    [gap] = feed.apply(wire.Update(
        epoch=8, sequence=100, gap=wire.Gap(reason=wire.Gap.REASON_NEW_EPOCH)))
    assert gap.reason is GapReason.NEW_EPOCH
    assert (feed.epoch, feed.sequence) == (8, 100)


def test_a_status_of_a_trade_topic_gives_the_feed():
    feed = make_feed(sequence=5)
    assert list(feed.apply(wire.Update(epoch=7, sequence=5, status=wire.STATUS_STALE))) == [feed]
    assert feed.status is Status.STALE
    assert feed.sequence == 5
