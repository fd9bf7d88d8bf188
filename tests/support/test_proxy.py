"""The cutting proxy passes exactly as many bytes as it was told to."""

import socket
import threading

import pytest

from tests.support.processes import HOST
from tests.support.proxy import Twist, cutting_proxy


def _echo(listener: socket.socket) -> None:
    line, _ = listener.accept()
    with line:
        while data := line.recv(1024):
            line.sendall(data)


def _echoed(
    cut_after: int | None, sent: bytes, *twists: Twist, size: int | None = None
) -> bytes:
    """What comes back of some bytes through a proxy before an echo."""
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        echo = threading.Thread(target=_echo, args=(listener,), daemon=True)
        echo.start()
        with cutting_proxy(port, lambda: cut_after, lambda: twists) as proxy:
            with socket.create_connection((HOST, proxy.port), 5) as line:
                line.sendall(sent)
                found = b""
                while len(found) < (size or len(sent)) and (data := _read(line)):
                    found += data
            echo.join(5)
            assert (proxy.cuts > 0) is (cut_after is not None)
            assert sum(proxy.fired.values()) == proxy.cuts + len(twists)
    return found


def _read(line: socket.socket) -> bytes:
    try:
        return line.recv(1024)
    except ConnectionResetError:
        return b""


def test_a_line_that_is_not_cut_passes_everything() -> None:
    assert _echoed(None, b"0123456789") == b"0123456789"


def test_a_line_is_cut_after_the_bytes_of_both_ways() -> None:
    assert _echoed(14, b"0123456789") in (b"0123", b"")


def test_a_line_may_be_cut_before_anything_arrives() -> None:
    assert _echoed(4, b"0123456789") == b""


def test_a_byte_is_flipped_once_on_its_way() -> None:
    assert _echoed(None, b"0123456789", Twist(3, "flip")) == b"0122456789"
    assert _echoed(None, b"0123456789", Twist(13, "flip")) == b"0122456789"


def test_bytes_are_sent_again_and_a_silence_changes_nothing() -> None:
    assert _echoed(None, b"0123456789", Twist(4, "stall")) == b"0123456789"
    found = _echoed(None, b"0123456789", Twist(4, "repeat"), size=14)
    assert found == b"01230123456789"


def test_a_network_that_went_away_refuses_and_comes_back_at_the_same_address() -> None:
    with socket.create_server((HOST, 0)) as listener:
        echo = threading.Thread(target=_echo, args=(listener,), daemon=True)
        echo.start()
        with cutting_proxy(listener.getsockname()[1], lambda: None) as proxy:
            port = proxy.port
            with socket.create_connection((HOST, port), 5) as line:
                line.sendall(b"before")
                assert _read(line)
                proxy.go_away()
                assert _read(line) == b""
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((HOST, port), 5)
            echo.join(5)
            echo = threading.Thread(target=_echo, args=(listener,), daemon=True)
            echo.start()
            proxy.come_back()
            with socket.create_connection((HOST, port), 5) as line:
                line.sendall(b"after")
                assert _read(line) == b"after"
            echo.join(5)
