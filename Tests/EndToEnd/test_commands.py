"""Arguments, exit statuses, signals."""

from __future__ import annotations

import json
import signal
import socket
import time

import pytest
from processes import Gateway, Simulator, free_port, run

WRONG = [
    (["fly"], "fly"),
    (["serve", "--wings"], "--wings"),
    (["serve", "--listen"], "--listen"),
    (["serve", "--listen", "nonsense"], "nonsense"),
    (["serve", "--listen", "127.0.0.1:70000"], "70000"),
    (["serve", "--venue", "nowhere=http://127.0.0.1:1"], "nowhere"),
    (["serve", "--venue", "binance=ftp://127.0.0.1"], "ftp"),
    (["serve", "--instruments", "BTCUSDT"], "BTCUSDT"),
    (["serve", "--config", "/nowhere/at/all.json5"], "/nowhere/at/all.json5"),
    (["simulate", "--speed", "fast"], "fast"),
    (["simulate", "--speed", "0"], "0"),
    (["simulate", "--fault", "drop"], "drop"),
    (["simulate", "--fault", "explode:0.1"], "explode"),
    (["simulate", "--fault", "drop:2"], "2"),
    (["simulate", "--seed", "x"], "x"),
    (["simulate", "--recording", "/nowhere/at/all.jsonl.gz"], "/nowhere/at/all.jsonl.gz"),
    (["watch"], "TOPIC"),
    (["watch", "--codec", "xml", "tick:binance:BTC/USDT"], "xml"),
    (["watch", "--count", "-1", "tick:binance:BTC/USDT"], "-1"),
    (["watch", "--server", "nonsense", "--json", "tick:binance:BTC/USDT"], "nonsense"),
    (["watch", "--json", "--server", "127.0.0.1:0", "tick:binance:BTC/USDT"], "127.0.0.1:0"),
    (["watch", "--tls-ca", "/nowhere/at/all.pem", "tick:binance:BTC/USDT"], "/nowhere/at/all.pem"),
    (["watch", "--tls-cert", "client.pem", "tick:binance:BTC/USDT"], "--tls-key"),
    (["watch", "--token-file", "/nowhere/token", "tick:binance:BTC/USDT"], "/nowhere/token"),
    (["watch", "--token", "a", "--token-file", "b", "tick:binance:BTC/USDT"], "--token-file"),
    (["watch", "--json", "--server", "gateway.example:1", "--token", "a", "tick:binance:BTC/USDT"],
     "TLS"),
    (["bench", "serve", "--topics", "many"], "many"),
    (["serve", "--io", "aio"], "auto"),
]


@pytest.mark.parametrize("arguments, named", WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_argument_is_one_clear_line_and_status_2(arguments, named):
    ended = run(*arguments)
    assert ended.returncode == 2, ended.stderr
    [line] = ended.stderr.splitlines()
    assert named in line
    assert ended.stdout == ""


@pytest.mark.parametrize("command", ["serve", "simulate"])
def test_a_taken_port_is_one_clear_line_and_status_2(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        extra = ["--venue", f"binance=http://127.0.0.1:{free_port()}/binance"]
        ended = run(command, "--listen", address, *(extra if command == "serve" else []))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert address in line


def test_a_file_that_is_no_recording_is_one_clear_line_and_status_2(tmp_path):
    path = tmp_path / "tape.jsonl"
    path.write_text("this is no recording\n")
    ended = run("simulate", "--listen", "127.0.0.1:0", "--recording", str(path))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert str(path) in line


@pytest.mark.parametrize("text, named", [
    ("{", "config.json5"), ('{ wings: 2 }', "wings"), ('{ listen: "nonsense" }', "nonsense"),
    ("{ limits: { wings: 2 } }", "limits.wings"),
    ("{ limits: { connections: 0 } }", "limits.connections"),
    ("{ limits: { eventsPerTopic: 0 } }", "limits.eventsPerTopic"),
    ("{ limits: { removalsPerBook: 1 } }", "limits.removalsPerBook"),
    ("{ limits: { audiencesPerTopic: 0 } }", "limits.audiencesPerTopic"),
    ('{ gzip: "always" }', "expected auto or off"),
    ("{ limits: { identityBytes: 1048576 } }", "identityBytes"),
    ("{ limits: { filterDepth: 65 } }", "limits.filterDepth"),
    ("{ limits: { historyBytes: 1 } }", "limits.historyBytes"),
    ("{ loops: 0 }", "loops 0: expected 1 to 64"),
    ('{ io: "aio" }', "io \"aio\": expected one of: epoll, io-uring, auto"),
    ("{ limits: { connections: 1.5 } }", "limits.connections"),
    ("{ limits: { messageBytes: 8388608, connectionBytes: 4194304 } }", "messageBytes"),
])
def test_check_names_what_is_wrong_in_a_configuration(text, named, tmp_path):
    path = tmp_path / "config.json5"
    path.write_text(text)
    ended = run("serve", "--check", "--config", str(path))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert named in line


def test_check_accepts_limits(tmp_path):
    path = tmp_path / "config.json5"
    path.write_text("{ limits: { connections: 1, connectionAgeSeconds: 3600, // an hour\n } }")
    assert run("serve", "--check", "--config", str(path)).returncode == 0


def test_check_accepts_the_defaults():
    assert run("serve", "--check").returncode == 0


def test_watch_with_every_topic_rejected_is_one_line_and_status_1(market):
    ended = run("watch", "--server", market.address, "--json", "book:nowhere:A/B")
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert "book:nowhere:A/B" in line
    assert ended.stdout == ""


@pytest.mark.parametrize("codec", ["protobuf", "msgpack"])
def test_watch_prints_one_update_a_line_and_stops_at_count(codec, market):
    ended = run("watch", "--server", market.address, "--codec", codec, "--json", "--count", "5",
                "tick:binance:BTC/USDT", "trade:binance:BTC/USDT")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == 5
    assert all(isinstance(json.loads(line), dict) for line in lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serve_and_simulate_within_two_seconds(number):
    with (
        Simulator(seed=3) as simulator,
        Gateway({"binance": f"{simulator.address}/binance"},
                "--instruments", "BTC/USDT") as gateway,
    ):
        start = time.monotonic()
        for process in (gateway, simulator):
            process.send_signal(number)
        assert [gateway.wait(), simulator.wait()] == [0, 0]
        assert time.monotonic() - start < 2
