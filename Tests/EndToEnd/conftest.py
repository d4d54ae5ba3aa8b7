"""Options and fixtures of the end-to-end tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "clients" / "python")]

import processes  # noqa: E402


def pytest_addoption(parser) -> None:
    parser.addoption("--seeds", type=int, default=1, help="seeds of each fault drill")
    parser.addoption(
        "--attack-seconds", type=float, default=1, help="how long each attack lasts at least")
    parser.addoption(
        "--attack-subscribers", type=int, default=50, help="who subscribes beside the attacker")
    parser.addoption(
        "--handover-subscribers", type=int, default=60, help="who goes along with each handover")
    parser.addoption(
        "--handover-rounds", type=int, default=2, help="handovers, one after another")
    parser.addoption(
        "--sanitized", action="store_true",
        help="the binaries have a sanitizer, whose memory is not judged")


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "recordings" in item.fixturenames and not processes.RECORDINGS.is_dir():
            item.add_marker(pytest.mark.skip(reason="no shared/ beside the repository"))


def pytest_generate_tests(metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, metafunc.config.getoption("--seeds") + 1))


@pytest.fixture(scope="session")
def recordings() -> Path:
    return processes.RECORDINGS


@pytest.fixture(scope="module")
def market():
    """A seeded market and a gateway in front of it: no recording needed."""
    with (
        processes.Simulator(seed=7) as simulator,
        processes.Gateway(
            {"binance": f"{simulator.address}/binance"}, "--instruments", "BTC/USDT,ETH/USDT",
        ) as gateway,
    ):
        gateway.wait_until_serving()
        yield gateway


@pytest.fixture(scope="module")
def gateway_address(market) -> str:
    return market.address
