"""Mail servers that are slow, that drip, that refuse or that hang up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: One who is spoken to, until told to stop.
Speaks = Callable[[socket.socket, threading.Event], None]


def silent(wire: socket.socket, over: threading.Event) -> None:
    """Takes the call and says nothing."""
    over.wait()


def drips(wire: socket.socket, over: threading.Event) -> None:
    """A greeting that never ends, a byte at a time."""
    wire.sendall(b"220 ")
    while not over.wait(0.05):
        wire.sendall(b"a")


def drips_later(wire: socket.socket, over: threading.Event) -> None:
    """As any other until the letter is whole, and then a word that never ends."""
    _polite(wire, at_the_end=lambda: None)
    drips(wire, over)


def slow(wire: socket.socket, over: threading.Event) -> None:
    """Answers each command after a while, within what it is given."""
    _polite(wire, pause=0.2, at_the_end=lambda: wire.sendall(b"250 OK\r\n"))


def refuses_us(wire: socket.socket, over: threading.Event) -> None:
    """Refuses the call itself, for good."""
    wire.sendall(b"554 go away\r\n")


def hangs_up(wire: socket.socket, over: threading.Event) -> None:
    """Hangs up in the middle of the letter."""
    _polite(wire, at_the_end=wire.close)


def _polite(wire: socket.socket, *, pause: float = 0.0, at_the_end: Callable[[], None]) -> None:
    wire.sendall(b"220 here\r\n")
    reader = wire.makefile("rb")
    for line in iter(reader.readline, b""):
        time.sleep(pause)
        if line.upper().startswith(b"DATA"):
            wire.sendall(b"354 go on\r\n")
            for text in iter(reader.readline, b".\r\n"):
                if not text:
                    return
            at_the_end()
            if not pause:
                return
        else:
            wire.sendall(b"250 OK\r\n")


@contextmanager
def served(speaks: Speaks) -> Iterator[int]:
    """A server on a port of this machine, which is given."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def speak(wire: socket.socket) -> None:
        with wire, suppress(OSError):
            speaks(wire, over)

    def listen() -> None:
        with suppress(OSError):
            while True:
                wire, _where = listening.accept()
                threading.Thread(target=speak, args=(wire,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
