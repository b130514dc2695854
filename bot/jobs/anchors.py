"""The daily anchor: the heads of every chain, signed and put into a file outside the database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.anchors import anchor_files, draw, keep, newest
from storage.vault import Store, Tx


class Anchors:
    """Keeps one anchor a day in a folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        """`folder` is best on another disk than the database, where the database's keeper cannot write."""
        self._store = store
        self._folder = folder

    async def keep_today(self) -> Path | None:
        """Today's anchor, if there is none yet. Raises `OSError` when the folder cannot be written."""
        before = newest((await asyncio.to_thread(anchor_files, self._folder)).values())

        def new(tx: Tx) -> tuple[str, bytes] | None:
            day = tx.now.date().isoformat()
            return None if before is not None and before.day >= day else (day, draw(tx, before))

        drawn = await asyncio.wrap_future(self._store.submit(new))
        if drawn is None:
            return None
        try:
            return await asyncio.to_thread(keep, self._folder, *drawn)
        except FileExistsError:
            # Another process was first.
            return None
