"""Loopback ports nobody listens on."""

import socket

import pytest


def a_free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago. Somebody else may take it first: be ready to ask again."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """A free TCP port of 127.0.0.1."""
    return a_free_port()
