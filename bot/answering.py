"""What a verb is, and what it answers: an exit code, a body for machines, a sentence for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.vault import Store

OK, REFUSED = 0, 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb says: an exit code, a body for machines, and a sentence for people."""

    exit: int
    body: Any
    say: str

    def text(self) -> str:
        """As one line of JSON, for the socket."""
        return json.dumps({"exit": self.exit, "body": self.body, "say": self.say}, default=_plain)


Verb = Callable[[Store, Mapping[str, Any]], Answer]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)
