"""Loopback ports nobody listens on, and nobody will be given before the one who asked has bound them.

They lie below the system's ephemeral range: a connection that goes out, in this process or another, cannot take one.
Each of pytest's worker processes has a stretch of its own, and none is handed out twice.
"""

import os
import random
import socket
from collections.abc import Iterator
from itertools import cycle

import pytest

_FROM, _STRETCH, _STRETCHES = 10_000, 1_400, 16  # to 32,400; Linux hands out 32,768 and up for connections


def _mine() -> Iterator[int]:
    """The ports of this process's stretch, round and round from a place chosen by chance."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    which = 1 + int(worker.removeprefix("gw")) if worker else 0
    first = _FROM + _STRETCH * (which % _STRETCHES)
    begun = random.SystemRandom().randrange(_STRETCH)  # two runs side by side do not begin at the same one
    return cycle(first + (begun + step) % _STRETCH for step in range(_STRETCH))


_PORTS = _mine()


def a_free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on. OSError when a whole stretch is taken."""
    for _ in range(_STRETCH):
        port = next(_PORTS)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a closed one is free at once
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("no free port on loopback")


@pytest.fixture
def free_port() -> int:
    """A free TCP port of 127.0.0.1."""
    return a_free_port()
