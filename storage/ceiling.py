"""A ceiling over guesses that no row can lower: counted in the memory of the process that looks at them."""

from __future__ import annotations

from dataclasses import dataclass, field

# Thrice what the rows allow in a day: a worker may have opened a lock, and another process may have done so.
MOST_A_DAY = 30
_DAY_MS = 24 * 60 * 60 * 1000
_MOST_KEYS = 10_000


@dataclass(slots=True)
class Ceiling:
    """How often each thing was guessed at since it was last proven, by this process, within a day."""

    _seen: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def let_try(self, key: bytes, now_ms: int) -> bool:
        """Count one guess; False when there were more than the rows can have let through."""
        count, since = self._seen.pop(key, (0, now_ms))
        if now_ms - since >= _DAY_MS:
            count, since = 0, now_ms
        while len(self._seen) >= _MOST_KEYS:
            # The one counted longest ago is forgotten first.
            self._seen.pop(next(iter(self._seen)))
        self._seen[key] = (count + 1, since)
        return count < MOST_A_DAY

    def forget(self, key: bytes) -> None:
        """It was proven."""
        self._seen.pop(key, None)
