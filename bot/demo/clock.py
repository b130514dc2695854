"""The demo's own time: the machine's, moved by the strip's buttons, or read from a file at every tick."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class DemoClock:
    """Call it for the aware instant. With a file it stands at the instant written there until that changes."""

    def __init__(self, file: Path | None = None) -> None:
        """`file` holds an ISO instant; missing or unreadable, the last good one stands."""
        self._file = file
        self._ahead = timedelta()
        self._last: datetime | None = None

    def __call__(self) -> datetime:
        """The demo's now."""
        if self._file is None:
            return datetime.now(UTC) + self._ahead
        try:
            read = datetime.fromisoformat(self._file.read_text(encoding="utf-8").strip())
            self._last = read if read.tzinfo else read.replace(tzinfo=UTC)
        except (OSError, ValueError):
            pass
        return self._last or datetime.now(UTC)

    def move_to(self, instant: datetime) -> None:
        """Let it be this instant now; time never goes back here, since a log of visits cannot either."""
        if instant <= self():
            return
        if self._file is not None:
            self._file.write_text(instant.isoformat(), encoding="utf-8")
        else:
            self._ahead = instant - datetime.now(UTC)
