"""`penstock bench` against running gateways: what it shows, and what it says when it cannot. Times
are not judged here."""

from __future__ import annotations

import json

import pytest
from processes import BenchServer, Gateway, Simulator, free_port, run
from test_drills import Liar, accepted, event

SCENARIOS = ["streams", "single", "several", "slow", "storm"]


@pytest.fixture(scope="module")
def bench():
    with BenchServer("--topics", "20", "--rate", "20") as server:
        yield server


def lines(address: str, *words: str, seconds: float = 120) -> list[dict]:
    done = run("bench", "--target", address, "--json", "--seconds", "1", *words, seconds=seconds)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_scenario_is_measured_and_nothing_is_wrong(bench):
    rows = lines(bench.address, "--connections", "40")
    assert [row["scenario"] for row in rows] == SCENARIOS
    for row in rows:
        assert row["faults"] == {}
        assert row["updates"] > 0 and row["deliveries_per_second"] > 0, row
        assert 0 < row["p50_ms"] <= row["p99_ms"] <= row["p999_ms"] <= row["largest_ms"], row
        assert row["server_cpu_us_per_delivery"] > 0, row
    several, slow, storm = rows[2:]
    # Ten topics change in one turn, and all go in one send.
    assert several["topics_per_stream"] == 10
    assert several["sends_per_delivery"] < 0.5
    assert slow["stopped"] == 2 and slow["connections"] == 20
    assert storm["storm_seconds"] > 0 and storm["resumed"] == 40


def test_a_market_is_measured_by_its_books_ticks_and_trades():
    with (
        Simulator(seed=7) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"}) as gateway,
    ):
        gateway.wait_until_serving()
        [row] = lines(gateway.address, "--connections", "40", "--scenario", "several")
    assert row["faults"] == {}
    assert row["connections"] == 8 and row["topics_per_stream"] == 10
    assert row["begin_p99_ms"] > 0
    assert row["updates"] > 0 and row["largest_ms"] > 0, row


def test_topics_can_be_named(bench):
    [row] = lines(
        bench.address, "bench:3", "bench:4", "--connections", "10", "--scenario", "several")
    assert row["topics_per_stream"] == 2


def test_the_table_is_plain_text_where_there_is_no_terminal(bench):
    done = run("bench", "--target", bench.address, "--seconds", "1", "--connections", "10",
               "--scenario", "single", "--scenario", "slow", seconds=60)
    assert done.returncode == 0, done.stderr
    head, rule, single, slow, blank, *notes = done.stdout.splitlines()
    assert head.split()[:3] == ["scenario", "clients", "deliveries/s"]
    assert set(rule) == {"─", " "}
    assert single.split()[:2] == ["single", "10"] and slow.split()[:2] == ["slow", "5"]
    assert blank == "" and any("did not read" in note for note in notes)
    assert "\x1b" not in done.stdout


def test_a_server_that_lies_is_found_out():
    lie = [accepted("bench:0"), event(1), event(3)]
    with Liar(lie, is_asked=True) as liar:
        done = run("bench", "--target", liar.address, "bench:0", "--seconds", "1",
                   "--connections", "1", "--scenario", "single", "--json", seconds=30)
    assert done.returncode == 1
    assert json.loads(done.stdout)["faults"] == {"hole": 1}
    assert "1 errors" in done.stderr


@pytest.mark.parametrize("words, said", [
    (["--seconds", "0"], "expected a whole number from 1 to 3600"),
    (["--scenario", "none"], "allowed: streams, single, several, slow, storm"),
    (["serv"], "neither \"serve\" nor a topic"),
    (["--target", "nowhere"], "expected HOST:PORT"),
    (["--tls-ca", "/nowhere.pem"], "the file cannot be read"),
])
def test_what_cannot_be_is_said_in_one_line(words, said):
    done = run("bench", *words)
    assert done.returncode == 2
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_a_gateway_out_of_reach_is_said_so():
    address = f"127.0.0.1:{free_port()}"
    done = run("bench", "--target", address, seconds=20)
    assert done.returncode == 1
    assert done.stdout == ""
    assert address in done.stderr and "refused" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_topic_that_nobody_has_is_an_error(bench):
    done = run("bench", "--target", bench.address, "tick:nowhere:A/B", "--seconds", "1",
               "--connections", "2", "--scenario", "single", seconds=60)
    assert done.returncode == 1
    assert "a topic that the gateway rejects" in done.stdout
