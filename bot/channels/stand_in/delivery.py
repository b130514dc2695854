"""The postman's room: carries waiting updates to the webhook until the bot has taken them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from .faults import Faults
from .rules import Webhook
from .updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)

Answer = Callable[[str, Mapping[str, object]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: before the first repeat (doubled each time), at most between two, and for an answer."""

    first: float = 1.0
    most: float = 30.0
    answer: float = 30.0


class Delivery:
    """Posts updates: in order within a chat, many chats at a time, again until a 2xx answer.

    `answer` carries out a call that came back in the webhook's response.
    """

    def __init__(self, updates: Updates, faults: Faults, patience: Patience, answer: Answer) -> None:
        self._updates = updates
        self._faults = faults
        self._patience = patience
        self._answer = answer
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._on_the_way: set[int] = set()
        self._hook: Webhook | None = None
        self._session: ClientSession | None = None

    async def run(self) -> None:
        """Works until cancelled."""
        try:
            while True:
                bell = self._updates.bell
                self._dispatch()
                await bell.wait()
        finally:
            await self._go_home()

    async def _go_home(self) -> None:
        running = list(self._lanes.values())
        for lane in running:
            lane.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _dispatch(self) -> None:
        hook = self._updates.webhook
        if hook is not self._hook:
            for lane in self._lanes.values():
                lane.cancel()
            self._hook = hook
        if hook is None:
            return
        waiting = self._updates.pending
        if self._faults.held:
            self._send_backwards(waiting, hook)
            return
        for update in waiting:
            if len(self._lanes) >= hook.at_once:
                return
            if update.lane not in self._lanes and update.id not in self._on_the_way:
                self._set_out(update.lane, (update,), hook)

    def _send_backwards(self, waiting: Sequence[Update], hook: Webhook) -> None:
        held = tuple(waiting[: self._faults.held])
        if len(held) == self._faults.held and not self._lanes:
            self._faults.release()
            self._set_out(held[0].lane, held[::-1], hook)

    def _set_out(self, lane: int, batch: tuple[Update, ...], hook: Webhook) -> None:
        task = asyncio.create_task(self._carry(batch, hook), name=f"webhook-{lane}")
        self._lanes[lane] = task
        carried = {update.id for update in batch}
        self._on_the_way |= carried
        task.add_done_callback(lambda done: self._back(lane, carried))

    def _back(self, lane: int, carried: set[int]) -> None:
        self._on_the_way -= carried
        del self._lanes[lane]
        self._updates.ring()

    async def _carry(self, batch: tuple[Update, ...], hook: Webhook) -> None:
        for update in batch:
            delay = self._patience.first
            while self._updates.has(update.id):
                if await self._delivered(update, hook):
                    self._updates.done(update.id)
                    break
                await asyncio.sleep(delay)
                delay = min(delay * 2, self._patience.most)

    async def _delivered(self, update: Update, hook: Webhook) -> bool:
        if self._faults.take_twice():
            both = await asyncio.gather(self._post(update, hook), self._post(update, hook))
            return any(both)
        return await self._post(update, hook)

    async def _post(self, update: Update, hook: Webhook) -> bool:
        secret = "not-the-secret" if self._faults.take_wrong_secret() else hook.secret
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: secret} if secret else {})
        body = json.dumps(update.json(), ensure_ascii=False).encode("utf-8")
        try:
            # A redirect could lead off this machine: it counts as a wrong answer.
            async with self._wire().post(hook.url, data=body, headers=headers, allow_redirects=False) as response:
                came = await response.read()
                taken = response.status // 100 == 2
                why = f"Wrong response from the webhook: {response.status} {response.reason}"
        except TimeoutError:
            taken, came, why = False, b"", "Read timeout expired"
        except (ClientError, OSError) as exc:
            taken, came, why = False, b"", f"Connection failed: {type(exc).__name__}"
        if taken:
            await self._act_on(came)
        else:
            self._updates.note_error(why)
        return taken

    async def _act_on(self, came: bytes) -> None:
        """A webhook may answer with a call of its own; Telegram tells nobody how that went."""
        with suppress(ValueError):
            said: object = json.loads(came) if came else None
            if isinstance(said, dict) and isinstance(said.get("method"), str):
                fields = {str(name): value for name, value in said.items() if name != "method"}
                await self._answer(str(said["method"]), fields)

    def _wire(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(total=self._patience.answer)
            self._session = ClientSession(timeout=timeout, cookie_jar=DummyCookieJar())
        return self._session
