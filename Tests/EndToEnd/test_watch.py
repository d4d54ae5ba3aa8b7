"""`penstock watch --json --state` against the oracle: the check that outsiders make."""

from __future__ import annotations

import json
from decimal import Decimal

import oracle
import pytest
from follower import topics_of
from processes import Gateway, Penstock, Simulator, wait_until

KEYS = {
    "book": {"topic", "epoch", "sequence", "venue_sequence", "status", "bids", "asks"},
    "tick": {"topic", "epoch", "sequence", "venue_sequence", "status", "bid", "bid_quantity",
             "ask", "ask_quantity"},
    "trade": {"topic", "epoch", "sequence", "status", "id", "price", "quantity", "side",
              "event_time"},
}
KEYS["aggtrade"] = KEYS["trade"]


def decimals(levels) -> list:
    return [(Decimal(price), Decimal(quantity)) for price, quantity in levels]


@pytest.mark.parametrize("codec", ["protobuf", "msgpack"])
def test_every_line_of_the_merged_state_is_true(codec, recordings):
    tape = recordings / "binance" / "multi10_20210405.jsonl.gz"
    symbols = oracle.read_cached(tape)["binance"]
    topics = topics_of("binance", symbols)
    with (
        Simulator(tape) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
        Penstock("watch", "--server", gateway.address, "--codec", codec, "--json", "--state",
                 *topics) as watch,
    ):
        wait_until(lambda: simulator.has_finished("binance"), 60, "tape's end")
        last = {f"aggtrade:binance:{symbol}": each.aggregates[-1][0]
                for symbol, each in symbols.items() if each.aggregates}
        wait_until(lambda: set(last.items()) <= {
            (line.get("topic"), line.get("id")) for line in map(json.loads, watch.lines[-2000:])},
            15, "the last trades")
    assert watch.errors == []
    books = {symbol: each.book() for symbol, each in symbols.items()}
    trades: dict[str, list[tuple]] = {}
    judged = set()
    for line in map(json.loads, watch.lines):
        kind, _, symbol = line["topic"].split(":")
        assert KEYS[kind] <= line.keys()
        assert line["status"] in ("live", "stale", "resyncing")
        if "trade" in kind:
            trades.setdefault(line["topic"], []).append(
                (line["id"], Decimal(line["price"]), Decimal(line["quantity"]), line["side"]))
        elif line["status"] == "live":
            judged.add(line["topic"])
            if kind == "book":
                seen = decimals(line["bids"]), decimals(line["asks"])
                assert seen == books[symbol].at(line["venue_sequence"]), line["topic"]
            else:
                seen = tuple(Decimal(line[key]) for key in (
                    "bid", "bid_quantity", "ask", "ask_quantity"))
                assert seen == symbols[symbol].ticks[line["venue_sequence"]], line["topic"]
    assert judged == {topic for topic in topics if "trade" not in topic}
    for topic, seen in trades.items():
        assert seen == [each[:4] for each in symbols[topic.split(":")[2]].aggregates], topic


def test_the_seeded_market_is_shown_without_any_recording(market):
    with Penstock("watch", "--server", market.address, "--json", "--state",
                  "book:binance:BTC/USDT", "book:binance:ETH/USDT:5") as watch:
        def live() -> list[dict]:
            return [line for line in map(json.loads, list(watch.lines)) if line["status"] == "live"]

        wait_until(lambda: len({line["topic"] for line in live()}) == 2 and len(live()) > 20,
                   20, "live books")
    for line in live():
        bids, asks = decimals(line["bids"]), decimals(line["asks"])
        assert bids == sorted(bids, reverse=True) and asks == sorted(asks)
        assert bids[0][0] < asks[0][0]
        assert all(quantity > 0 for _, quantity in bids + asks)
        assert len(bids) <= (5 if line["topic"].endswith(":5") else 50)
