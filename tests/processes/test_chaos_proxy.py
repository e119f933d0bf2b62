"""The proxy itself: each fault does to a connection what it says, and a healed line carries on."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.processes.chaos_proxy import ChaosProxy, Fault

TIMEOUT_S = 5.0
SILENCE_S = 0.3


@contextlib.contextmanager
def echoing() -> Iterator[int]:
    """A server that says back what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def echo(sock: socket.socket) -> None:
            with sock, contextlib.suppress(OSError):
                while data := sock.recv(1024):
                    sock.sendall(data)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    sock, _address = listener.accept()
                    threading.Thread(target=echo, args=(sock,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy() -> Iterator[ChaosProxy]:
    with echoing() as port, contextlib.closing(ChaosProxy(port)) as proxy:
        proxy.start()
        yield proxy


def connect(proxy: ChaosProxy) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", proxy.port), TIMEOUT_S)
    sock.settimeout(TIMEOUT_S)
    return sock


def ask(sock: socket.socket, word: bytes) -> bytes:
    sock.sendall(word)
    return sock.recv(1024)


def is_silent(sock: socket.socket) -> bool:
    sock.settimeout(SILENCE_S)
    try:
        sock.recv(1024)
    except TimeoutError:
        return True
    finally:
        sock.settimeout(TIMEOUT_S)
    return False


def test_healthy_line_carries_both_ways(proxy: ChaosProxy) -> None:
    with connect(proxy) as sock:
        assert ask(sock, b"one") == b"one"


def test_cut_line_ends_connections_and_takes_no_new_one_until_it_is_healed(
    proxy: ChaosProxy,
) -> None:
    with connect(proxy) as sock:
        ask(sock, b"one")
        proxy.set_fault(Fault.CUT)
        with contextlib.suppress(ConnectionResetError):
            assert sock.recv(1024) == b""
    with connect(proxy) as sock, contextlib.suppress(ConnectionError):
        assert ask(sock, b"two") == b""

    proxy.set_fault(None)

    with connect(proxy) as sock:
        assert ask(sock, b"three") == b"three"
    assert proxy.met[Fault.CUT] == 2


def test_reset_line_ends_connections_with_an_error_and_takes_new_ones(proxy: ChaosProxy) -> None:
    with connect(proxy) as sock:
        ask(sock, b"one")
        proxy.set_fault(Fault.RESET)
        with pytest.raises(ConnectionResetError):
            sock.recv(1024)

    with connect(proxy) as sock:
        assert ask(sock, b"two") == b"two"


def test_held_bytes_arrive_when_the_line_is_healed(proxy: ChaosProxy) -> None:
    with connect(proxy) as sock:
        ask(sock, b"one")
        proxy.set_fault(Fault.HOLD)
        sock.sendall(b"two")
        assert is_silent(sock)

        proxy.set_fault(None)

        assert sock.recv(1024) == b"two"


def test_half_open_connection_stays_deaf_for_ever_and_a_new_one_works(proxy: ChaosProxy) -> None:
    with connect(proxy) as sock:
        ask(sock, b"one")
        proxy.set_fault(Fault.HALF_OPEN)
        sock.sendall(b"two")
        assert is_silent(sock)

        proxy.set_fault(None)

        sock.sendall(b"three")
        assert is_silent(sock)
        with connect(proxy) as other:
            assert ask(other, b"four") == b"four"


def test_slow_line_carries_everything(proxy: ChaosProxy) -> None:
    with connect(proxy) as sock:
        proxy.set_fault(Fault.SLOW)

        assert ask(sock, b"one") == b"one"


def test_client_gets_the_next_target_when_the_first_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        dead = gone.getsockname()[1]
    with echoing() as port, contextlib.closing(ChaosProxy(dead, port)) as proxy:
        proxy.start()
        with connect(proxy) as sock:
            assert ask(sock, b"one") == b"one"
