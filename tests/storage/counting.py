"""Counting what one call costs: statements and commits, as the database driver is given them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from storage.vault import Store

_BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass
class Cost:
    """What was sent: each statement's text, and how many commits. Beginnings and ends are no statements."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    rollbacks: int = 0

    def __str__(self) -> str:
        """For a failing test: what was sent, in order."""
        return f"{len(self.statements)} statements, {self.commits} commits\n" + "\n".join(self.statements)


@contextmanager
def counted(store: Store) -> Iterator[Cost]:
    """Count everything that the store sends while this lasts. Let nothing else use the store meanwhile."""
    cost = Cost()

    def sent(_conn: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.lstrip().upper().startswith(_BOUNDS):
            cost.statements.append(" ".join(statement.split()))

    def committed(_conn: Any) -> None:
        cost.commits += 1

    def rolled_back(_conn: Any) -> None:
        cost.rollbacks += 1

    hooks = (("before_cursor_execute", sent), ("commit", committed), ("rollback", rolled_back))
    for name, hook in hooks:
        event.listen(store.engine, name, hook)
    try:
        yield cost
    finally:
        for name, hook in hooks:
            event.remove(store.engine, name, hook)
