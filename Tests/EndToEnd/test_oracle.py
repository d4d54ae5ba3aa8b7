"""The oracle itself: were it wrong, agreement with it would prove nothing."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal

import oracle
import pytest
from test_truth import SESSIONS


def frame(data, stream="wss://stream.binance.com:9443/stream"):
    return json.dumps({"t": 0, "kind": "ws", "stream": stream, "dir": "in",
                       "data": json.dumps(data)})


def diff(first, last, bids=(), asks=()):
    return frame({"stream": "btcusdt@depth@100ms", "data": {
        "e": "depthUpdate", "s": "BTCUSDT", "U": first, "u": last, "b": bids, "a": asks}})


SNAPSHOT = frame(
    {"lastUpdateId": 10, "bids": [["9.0", "1"], ["8.0", "2"]], "asks": [["11.00", "3"]]},
    "GET /api/v3/depth?symbol=BTCUSDT&limit=1000")


@pytest.fixture
def read(tmp_path):
    def read(*lines):
        path = tmp_path / "tape.jsonl.gz"
        with gzip.open(path, "wt") as file:
            file.write("\n".join(lines))
        return oracle.read(path)["binance"]["BTC/USDT"]

    return read


def test_diffs_after_the_snapshot_replace_and_remove_levels(read):
    book = read(
        diff(5, 8, bids=[["1.0", "1"]]), SNAPSHOT,
        diff(9, 12, bids=[["9.0", "0"], ["7.5", "4"]], asks=[["11.0", "5"]])).book()
    assert book.at(12) == (
        [(Decimal("8"), 2), (Decimal("7.5"), 4)], [(Decimal("11"), 5)])


def test_an_earlier_update_can_be_asked_again(read):
    book = read(diff(5, 8), SNAPSHOT, diff(9, 12, bids=[["9.0", "0"]])).book()
    assert book.at(12) != book.at(10)
    assert book.at(10)[0][0] == (Decimal(9), 1)


def test_a_number_at_which_no_message_ends_is_refused(read):
    book = read(diff(5, 8), SNAPSHOT, diff(9, 12), diff(13, 15)).book()
    for wrong in (9, 11, 14, 16):
        with pytest.raises(KeyError):
            book.at(wrong)


def test_a_hole_in_the_recording_is_noticed(read):
    with pytest.raises(AssertionError, match="hole"):
        read(diff(5, 8), SNAPSHOT, diff(13, 15)).book().at(15)


@pytest.mark.parametrize("session", ["multi3", "multi4", "us"])
def test_recordings_build_without_hole_or_cross(session, recordings):
    [symbols] = oracle.read(*(recordings / name for name in SESSIONS[session])).values()
    for symbol, each in symbols.items():
        bids, asks = each.book().at(each.last_update)
        assert bids and asks, symbol
