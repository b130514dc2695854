"""A tap on a wire: a TCP line on loopback that hands everything on and keeps a copy of both directions."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit

from tests.parts.ports import a_free_port

_CHUNK = 1 << 16


class Tap:
    """Listens on a port of its own and speaks with the one behind it. `heard` is what went each way, line by line."""

    def __init__(self, port: int) -> None:
        """`port` of 127.0.0.1 is where everything goes on to."""
        self._behind = port
        self.port = a_free_port()
        self._heard: list[bytearray] = []
        self._lines: list[socket.socket] = []
        self._hands: list[threading.Thread] = []
        self._ear = socket.create_server(("127.0.0.1", self.port))

    @classmethod
    def of(cls, address: str) -> Tap:
        """A tap on the server at an address."""
        port = urlsplit(address).port
        assert port is not None
        return cls(port)

    def instead_of(self, address: str) -> str:
        """The same address by way of the tap."""
        return address.replace(f":{self._behind}", f":{self.port}", 1)

    @property
    def heard(self) -> bytes:
        """Every byte of every line; a zero byte between two directions."""
        return b"\x00".join(bytes(one) for one in self._heard)

    def __enter__(self) -> Tap:
        """Begin to listen."""
        self._do(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up every line."""
        for line in (self._ear, *self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for hand in self._hands:
            hand.join()

    def _do(self, work: object, *given: object) -> None:
        hand = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._hands.append(hand)
        hand.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._ear.accept()
                far = socket.create_connection(("127.0.0.1", self._behind))
                self._lines += [near, far]
                self._do(self._hand_on, near, far)
                self._do(self._hand_on, far, near)

    def _hand_on(self, of: socket.socket, to: socket.socket) -> None:
        kept = bytearray()
        self._heard.append(kept)
        with suppress(OSError):
            while said := of.recv(_CHUNK):
                kept += said
                to.sendall(said)
        with suppress(OSError):
            to.shutdown(socket.SHUT_WR)
