"""The clock's own work: APScheduler only ticks; what is due is a row, and each tick asks the rows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.http.errors import where
from storage.clockwork import (
    baits_touched,
    carriers_ending,
    claims_late,
    claims_unsent,
    counts_folded,
    days_missed,
    duties_late,
    months_near,
    promises_missed,
    shelves_looked,
)
from storage.log_duty import reviews_due
from storage.vault import Store, Tx

log = logging.getLogger(__name__)
EVERY_SECONDS = 20
JOBS: tuple[tuple[str, Callable[[Tx], int]], ...] = (
    ("promises_missed", promises_missed),
    ("days_missed", days_missed),
    ("duties_late", duties_late),
    ("claims_late", claims_late),
    ("claims_unsent", claims_unsent),
    ("counts_folded", counts_folded),
    ("reviews_due", reviews_due),
    ("carriers_ending", carriers_ending),
    ("months_near", months_near),
    ("shelves_looked", shelves_looked),
    ("baits_touched", baits_touched),
)


class Ticks:
    """Runs every job of the table at each tick, one at a time."""

    def __init__(self, store: Store, refresh: Callable[[], Awaitable[None]] | None = None) -> None:
        """`store` is open for as long as the ticks run. `refresh` reads anew what the house keeps in memory: where
        several processes serve, another one's verb may have changed it.
        """
        self._store = store
        self._refresh = refresh
        # A loop that stood still for a second would otherwise skip a run in silence.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._running: asyncio.Task[Any] | None = None
        self.last: datetime | None = None

    async def start(self) -> None:
        """Tick once, and then again and again: whoever is told that the house is ready finds it so."""
        async with asyncio.TaskGroup() as first:
            first.create_task(self.tick())
        self._scheduler.add_job(self.tick, "interval", seconds=EVERY_SECONDS, jitter=2)
        self._scheduler.start()

    async def stop(self) -> None:
        """Let the tick that runs finish; APScheduler would cut it off."""
        self._scheduler.pause()
        if self._running is not None and not self._running.done():
            await asyncio.wait([self._running])
        self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Ask the rows once. A job that fails is logged and tried again at the next tick."""
        self._running = asyncio.current_task()
        for name, job in JOBS:
            await self._try(name, asyncio.wrap_future(self._store.submit(job)))
        if self._refresh is not None:
            await self._try("refresh", self._refresh())
        self.last = datetime.now(UTC)

    async def _try(self, name: str, work: Awaitable[Any]) -> None:
        try:
            await work
        except Exception as broke:  # one job must not keep the others from running
            log.error("tick: %s failed: %s", name, where(broke))
