"""What is loaded later: a module that a house which only serves may never need, named where it would be imported."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """A module, loaded when something of it is first asked for. Beside it stands the import for whoever reads types."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        """`name` is the module's whole name."""
        self._name = name

    def __getattr__(self, what: str) -> Any:
        """Something of the module."""
        return getattr(import_module(self._name), what)
