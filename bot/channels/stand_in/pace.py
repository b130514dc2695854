"""The doorkeeper's watch: how many messages a bot may send in a second, in all and to one chat."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's approximate sending limits; None (or 0 seconds) lifts one.

    `slack` (seconds) forgives what the network does: two messages that left a second apart may
    arrive a little closer together.
    """

    per_second: int | None = 30
    per_chat_seconds: float = 1.0
    per_group_minute: int | None = 20
    slack: float = 0.05

    @classmethod
    def none(cls) -> Limits:
        """No limits at all, as on a self-hosted Bot API server: for measuring."""
        return cls(per_second=None, per_chat_seconds=0.0, per_group_minute=None)


class Pace:
    """Remembers when messages were let through. All times are seconds on one monotonic clock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = defaultdict(deque)
        self._last: dict[int, float] = {}

    def wait(self, chat_id: int, now: float) -> float:
        """Seconds until a message to this chat would be let through; 0.0 when it may go now."""
        limits, waits = self._limits, [0.0]
        if limits.per_chat_seconds and chat_id in self._last:
            waits.append(self._last[chat_id] + limits.per_chat_seconds - limits.slack - now)
        if limits.per_second is not None:
            waits.append(_until_room(self._all, limits.per_second, 1.0 - limits.slack, now))
        if limits.per_group_minute is not None and chat_id < 0:
            waits.append(_until_room(self._groups[chat_id], limits.per_group_minute, 60.0, now))
        return max(waits)

    def note(self, chat_id: int, now: float) -> None:
        """Counts a message that was let through."""
        if self._limits.per_chat_seconds:
            self._last[chat_id] = now
        if self._limits.per_second is not None:
            self._all.append(now)
        if self._limits.per_group_minute is not None and chat_id < 0:
            self._groups[chat_id].append(now)


def _until_room(times: deque[float], most: int, window: float, now: float) -> float:
    while times and times[0] <= now - window:
        times.popleft()
    return 0.0 if len(times) < most else times[len(times) - most] + window - now
