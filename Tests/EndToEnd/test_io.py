"""Sends through io_uring, where the kernel lets us and where it does not."""

from __future__ import annotations

import ctypes
import errno
import struct

import pytest
from processes import Gateway, free_port, has_io_uring, run

SETUP, ENTER = 425, 426  # io_uring_setup and io_uring_enter, of every architecture


def forbid(call: int):
    """What a sandbox does: a new process of which the system call fails with EPERM."""
    def install() -> None:
        program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in [
            (0x20, 0, 0, 0),  # load the call's number
            (0x15, 0, 1, call),  # equal: next, else: over it
            (0x06, 0, 0, 0x00050000 | errno.EPERM),  # return an error
            (0x06, 0, 0, 0x7FFF0000),  # allow
        ]))
        header = struct.pack("@HP", 4, ctypes.addressof(program))
        control = ctypes.CDLL(None, use_errno=True).prctl
        no_new_privileges, set_filter, by_filter = 38, 22, 2
        if control(no_new_privileges, 1, 0, 0, 0) or control(set_filter, by_filter, header):
            raise OSError(ctypes.get_errno(), "seccomp")
    return install


def total(metrics: dict[str, float], name: str) -> float:
    """Of all loops."""
    return sum(value for key, value in metrics.items() if key.startswith(name))


def nowhere() -> str:
    """A venue that nobody plays."""
    return f"127.0.0.1:{free_port()}/binance"


@pytest.mark.parametrize("call", [SETUP, ENTER])
def test_where_io_uring_is_forbidden_sends_are_calls_and_one_line_says_so(call):
    options = ("--loops", "2", "--io", "auto")
    with Gateway({"binance": nowhere()}, *options, prepare=forbid(call)) as gateway:
        [line] = [line for line in gateway.errors if "epoll" in line]
        assert "Operation not permitted" in line
        before, after = gateway.metrics(), gateway.metrics()
        assert total(after, "penstock_socket_sends_total") > total(
            before, "penstock_socket_sends_total")
        assert total(after, "penstock_socket_send_batches_total") == 0


@pytest.mark.parametrize("call", [SETUP, ENTER])
def test_io_uring_where_it_is_wanted_and_forbidden_is_one_clear_line_and_status_2(call):
    ended = run("serve", "--listen", "127.0.0.1:0", "--venue", f"binance=http://{nowhere()}",
                "--io", "io-uring", prepare=forbid(call))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert "io-uring" in line and "Operation not permitted" in line and "epoll" in line


@pytest.mark.skipif(not has_io_uring(), reason="io_uring is not allowed here")
def test_where_io_uring_is_allowed_nothing_is_said_about_it():
    with Gateway({"binance": nowhere()}, "--io", "io-uring") as gateway:
        assert not [line for line in gateway.errors if "epoll" in line]
