"""The queue's room: updates wait here until the bot has them, by webhook or by asking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from .chats import Json
from .rules import Webhook
from .spec import Call, Refusal

KEPT_FOR = timedelta(hours=24)
"""Telegram keeps an update this long; then it is lost."""

# Sent only to those who ask for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(frozen=True, slots=True)
class Update:
    """One update: `kind` is its field in the Bot API's `Update`, `lane` the chat whose order it keeps."""

    id: int
    kind: str
    lane: int
    body: Mapping[str, object]
    at: datetime

    def json(self) -> Json:
        """As the Bot API's `Update`."""
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """Pending updates in order, the webhook if there is one, and the one poll that may wait."""

    def __init__(self, clock: Callable[[], datetime], first_id: int) -> None:
        self._clock = clock
        self._next_id = first_id
        self._pending: dict[int, Update] = {}
        self._allowed: frozenset[str] = frozenset()
        self._poll = 0
        self._ended = Refusal(409, "")
        self._closed = False
        self.webhook: Webhook | None = None
        self.last_error: tuple[datetime, str] | None = None
        self.bell = asyncio.Event()

    @property
    def pending(self) -> Sequence[Update]:
        """Updates the bot has not confirmed yet, oldest first; what is a day old is gone."""
        too_old = self._clock() - KEPT_FOR
        for update in [u for u in self._pending.values() if u.at < too_old]:
            del self._pending[update.id]
        return tuple(self._pending.values())

    @property
    def next_id(self) -> int:
        """The id of the update to come."""
        return self._next_id

    def add(self, kind: str, lane: int, body: Mapping[str, object]) -> None:
        """Queues an update, unless the bot said that it does not want this kind."""
        wanted = kind in self._allowed if self._allowed else kind not in _ON_REQUEST
        if not wanted:
            return
        self._pending[self._next_id] = Update(self._next_id, kind, lane, body, self._clock())
        self._next_id += 1
        self.ring()

    def renumber(self, next_id: int) -> None:
        """Goes on from another id, as Telegram does at random after a week without updates."""
        self._next_id = next_id

    def has(self, update_id: int) -> bool:
        """True while the update waits."""
        return update_id in self._pending

    def done(self, update_id: int) -> None:
        """The bot has this one."""
        self._pending.pop(update_id, None)
        self.ring()

    def drop(self) -> None:
        """Forgets everything that waits."""
        self._pending.clear()
        self.ring()

    def allow(self, call: Call) -> None:
        """Takes `allowed_updates` from the call; absent means as before, empty means the usual ones."""
        kinds = call.items("allowed_updates")
        if kinds is not None:
            self._allowed = frozenset(str(kind) for kind in kinds)

    def hook(self, webhook: Webhook | None) -> None:
        """Sets or takes away the webhook; a poll that waits ends with a conflict."""
        self.webhook, self.last_error = webhook, None
        if webhook is not None:
            self._supersede("terminated by setWebhook request")
        self.ring()

    def note_error(self, why: str) -> None:
        """Remembers why the last delivery failed, for `getWebhookInfo`."""
        self.last_error = self._clock(), why

    def webhook_json(self) -> Json:
        """As the Bot API's `WebhookInfo`."""
        out: Json = {
            "url": self.webhook.url if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if self.webhook is not None:
            out["max_connections"] = self.webhook.at_once
        if self.last_error is not None:
            at, out["last_error_message"] = self.last_error
            out["last_error_date"] = int(at.timestamp())
        if self._allowed:
            out["allowed_updates"] = sorted(self._allowed)
        return out

    async def poll(self, call: Call) -> list[Json] | Refusal:
        """Answers `getUpdates`: confirms up to `offset`, then waits up to `timeout` seconds."""
        if self.webhook is not None:
            return Refusal(409, f"Conflict: {_WEBHOOK_ACTIVE}")
        limit, offset = call.number("limit"), call.number("offset")
        self.allow(call)
        self._confirm(offset or 0)
        mine = self._supersede(_OTHER_POLL)
        until = time.monotonic() + max(call.number("timeout") or 0, 0)
        while True:
            if self._poll != mine:
                return self._ended
            batch = self.pending[: min(max(limit or 100, 1), 100)]
            left = until - time.monotonic()
            if batch or left <= 0 or self._closed:
                return [update.json() for update in batch]
            with suppress(TimeoutError):
                await asyncio.wait_for(self.bell.wait(), left)

    def ring(self) -> None:
        """Wakes whoever waits for a change; those who wait later wait for the next one."""
        self.bell.set()
        self.bell = asyncio.Event()

    def close(self) -> None:
        """Lets a poll that waits go home."""
        self._closed = True
        self.ring()

    def _supersede(self, why: str) -> int:
        """Ends the poll before this one; gives the number of the new one."""
        self._poll += 1
        self._ended = Refusal(409, f"Conflict: {why}")
        self.ring()
        return self._poll

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            waiting = list(self._pending)
            gone = waiting[: max(len(waiting) + offset, 0)]
        else:
            gone = [update_id for update_id in self._pending if update_id < offset]
        for update_id in gone:
            del self._pending[update_id]
        if gone:
            self.ring()
