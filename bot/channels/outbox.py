"""The sender: takes what is due from the outbox, has it decided once more, gives it words and lets it leave.

One sender holds the token's lease and sends the pushes; every process sends its own answers. A row is `sending`
before the socket is opened; at most `WINDOW` pushes are, so a crash can double that many and loses none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Protocol, TypeVar

from bot import messenger
from bot.channels._bot_request import FailureKind, failure
from bot.channels.pace import Pace
from bot.channels.words import Outgoing, outgoing
from bot.engine import House
from bot.http.errors import where
from bot.messenger import Reply
from bot.recordings import Recordings
from storage import outbox
from storage.bindings import tidy
from storage.letters import Letter, Removal
from storage.outbox import Claimed, End, Outcome
from storage.records import new_id
from storage.vault import Store, Tx

T = TypeVar("T")
log = logging.getLogger(__name__)
WINDOW = 8
POLL_SECONDS = 0.25
HOLD_MS, HOLD_EVERY = 15_000, 5.0
SWEEP_EVERY, TIDY_EVERY = 15.0, 3600.0
ANSWERS_AT_ONCE = 256
# After so long in a queue a row may have been given up: look before sending.
STALE_SECONDS = 10.0
_ENDS = {
    FailureKind.RETRY_SAFE: End.RETRY,
    FailureKind.AMBIGUOUS: End.AMBIGUOUS,
    FailureKind.PAUSE: End.PAUSED,
    FailureKind.BLOCKED: End.BLOCKED,
    FailureKind.BAD: End.DEAD,
    FailureKind.NOTHING_TO_DO: End.SENT,
    FailureKind.CONFLICT: End.RETRY,
    FailureKind.BOT_DEAD: End.RETRY,
}
# Why nothing is sent any more, for whoever runs the house.
REFUSED = {
    FailureKind.BOT_DEAD: "Telegram refuses the bot's token (401).",
    FailureKind.CONFLICT: "Another process speaks to Telegram for this bot (409).",
}
_NOT_NOW = Outcome(End.RETRY, "not_now")


class Line(Protocol):
    """The line to Telegram, as far as sending needs one. Both raise what python-telegram-bot raises."""

    async def send(self, chat: int, message: Outgoing) -> int:
        """Send one message; its number."""
        ...

    async def remove(self, chat: int, number: int) -> None:
        """Take a message away."""
        ...


class Sender:
    """Empties the outbox of one bot. `name` is the bot's, so that a lease and a pause are for it alone."""

    def __init__(self, store: Store, house: House, line: Line, *, name: str, rate: float, public_url: str,
                 recordings: Recordings) -> None:  # fmt: skip
        """`line` is open for as long as the sender runs."""
        self.worker = new_id()
        self.pace = Pace(rate)
        self._store, self._house, self._line = store, house, line
        self._name, self._url, self._recordings = name, public_url, recordings
        self._unpaced = rate == 0
        self._stopping = asyncio.Event()
        self._bell = asyncio.Event()
        self._room = asyncio.Semaphore(ANSWERS_AT_ONCE)
        self._answers: set[asyncio.Task[None]] = set()
        self._refused: str | None = None

    # --- pushes ---------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until `stop`; what is under way is finished first."""
        queue: asyncio.Queue[Claimed | None] = asyncio.Queue(WINDOW)
        await self._learn_pause()
        async with asyncio.TaskGroup() as group:
            for number in range(WINDOW):
                group.create_task(self._work(queue), name=f"sender-{number}")
            group.create_task(self._feed(queue), name="sender-feed")
            group.create_task(self._look_after(), name="sender-sweep")
        await self.settled()
        await self._call(lambda tx: outbox.let_go(tx, self._lease, self.worker))

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()
        self._bell.set()
        self.pace.close()

    def ring(self) -> None:
        """Something may be due: look at once rather than at the next poll."""
        self._bell.set()

    @property
    def refused(self) -> str | None:
        """Why nothing is sent any more: Telegram does not know this bot, or another process speaks for it."""
        return self._refused

    async def _feed(self, queue: asyncio.Queue[Claimed | None]) -> None:
        held_until = 0.0
        while not self._stopping.is_set():
            try:
                if monotonic() >= held_until and await self._call(self._hold):
                    held_until = monotonic() + HOLD_EVERY
                rows = await self._claim() if monotonic() < held_until else []
            except Exception as broke:  # the store may be away for a while; nothing is lost by waiting
                log.error("sender: could not look for rows: %s", where(broke))
                rows = []
            for row in rows:
                await queue.put(row)
            if not rows:
                await self._rest(POLL_SECONDS)
        for _ in range(WINDOW):
            await queue.put(None)

    async def _claim(self) -> list[Claimed]:
        if self.pace.paused or self._refused:
            return []
        most = 4 * WINDOW if self._unpaced else WINDOW
        return await self._call(lambda tx: outbox.claim(tx, self.worker, most))

    async def _work(self, queue: asyncio.Queue[Claimed | None]) -> None:
        marking: asyncio.Future[None] | None = None
        while (row := await queue.get()) is not None:
            try:
                marking = await self._push(row, marking)
            except Exception as broke:  # the row's lease runs out, and it is looked at again
                log.error("sender: a row was left: %s", where(broke))
        await self._marked(marking)

    async def _push(self, row: Claimed, before: asyncio.Future[None] | None) -> asyncio.Future[None] | None:
        """Let a row leave; what is being written down about it. Meanwhile the next one is decided, and where one
        thread writes, both are one commit; but nothing more is sent `before` it is known of the last one.
        """
        if not await self.pace.turn(first=False):
            await self._finish(row, _NOT_NOW)
            return before
        if not self._store.is_sqlite:
            # Many threads write there, in no order: two rows of this worker would be on their way at once.
            await self._marked(before)
        letter = await self._call(lambda tx: messenger.push(tx, self._house, row, self.worker))
        marked = monotonic()
        await self._marked(before)
        if letter is None:
            return None
        if not await self.pace.chat_free(letter.chat):
            await self._finish(row, _NOT_NOW)
            return None
        if monotonic() - marked > STALE_SECONDS and not await self._call(lambda tx: outbox.keep_sending(tx, row)):
            return None
        return self._finish(row, await self._say(letter))

    async def _marked(self, marking: asyncio.Future[None] | None) -> None:
        try:
            if marking is not None:
                await marking
        except Exception as broke:  # the row's lease runs out, and it is looked at again
            log.error("sender: a row was left: %s", where(broke))

    # --- answers --------------------------------------------------------------------------------------------

    async def answer(self, reply: Reply) -> None:
        """Give an answer whose row is committed. Returns at once while there is room for more on the way."""
        await self._room.acquire()
        task = asyncio.create_task(self._answer(reply), name=f"answer-{reply.row.id}")
        self._answers.add(task)
        task.add_done_callback(self._answered)

    async def settled(self) -> None:
        """Wait until every answer that is on its way has been given."""
        while self._answers:
            await asyncio.wait(self._answers)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answers.discard(task)
        self._room.release()
        if not task.cancelled() and (broke := task.exception()) is not None:
            log.error("sender: an answer was left: %s", where(broke))

    async def _answer(self, reply: Reply) -> None:
        born = monotonic()
        if not await self.pace.turn(first=True, chat=reply.chat):
            await self._finish(reply.row, _NOT_NOW)
            return
        if monotonic() - born > STALE_SECONDS and not await self._call(lambda tx: outbox.keep_sending(tx, reply.row)):
            return
        await self._finish(reply.row, await self._say(reply))

    # --- words, and the line --------------------------------------------------------------------------------

    async def _say(self, letter: Letter | Reply) -> Outcome:
        try:
            messages = () if isinstance(letter, Removal) else outgoing(letter, self._url, self._recordings)
        except Exception as broke:  # a text that cannot be made will not be made by trying again
            log.error("sender: no words for a row: %s", where(broke))
            return Outcome(End.DEAD, f"face:{type(broke).__name__}"[:80])
        numbers: list[int] = []
        try:
            if isinstance(letter, Removal):
                await self._remove(letter)
            for message in messages:
                if numbers:
                    # The second part of what has begun is said even when the house is closing.
                    await self.pace.turn(first=isinstance(letter, Reply), chat=letter.chat)
                await self.pace.leave(letter.chat)
                numbers.append(await self._line.send(letter.chat, message))
        except Exception as error:
            return self._judged(error, sent=bool(numbers))
        return Outcome(End.SENT, messages=tuple(numbers), personal=isinstance(letter, Reply) and letter.personal)

    async def _remove(self, removal: Removal) -> None:
        for number in removal.messages:
            try:
                await self._line.remove(removal.chat, number)
            except Exception as error:
                if failure(error).kind is not FailureKind.NOTHING_TO_DO:
                    raise

    def _judged(self, error: Exception, *, sent: bool) -> Outcome:
        judged = failure(error)
        end = _ENDS[judged.kind]
        if judged.kind in (FailureKind.BOT_DEAD, FailureKind.CONFLICT):
            log.critical("sender: Telegram refuses this bot (%s); nothing more is sent", judged.reason)
            self._refused = REFUSED[judged.kind]
        if sent and end is End.RETRY:
            # The first part arrived: another try would show it twice.
            end = End.AMBIGUOUS
        wait = judged.retry_after or 0.0
        if end is End.PAUSED:
            self.pace.pause_until(outbox.real_ms() + int(wait * 1000))
        return Outcome(end, judged.reason[:80], wait=wait)

    def _finish(self, row: Claimed, outcome: Outcome) -> asyncio.Future[None]:
        def end(tx: Tx) -> None:
            outbox.finish(tx, row, outcome, self._name)
            if self._refused is not None:
                outbox.bot_refused(tx)

        return self._store.ask(end)

    # --- the lease, the pause and what others left ----------------------------------------------------------

    @property
    def _lease(self) -> str:
        return f"sender:{self._name}"

    def _hold(self, tx: Tx) -> bool:
        until = outbox.paused_until(tx, self._name)
        if until > outbox.real_ms():
            self.pace.pause_until(until)
        return outbox.hold(tx, self._lease, self.worker, HOLD_MS)

    async def _learn_pause(self) -> None:
        until = await self._call(lambda tx: outbox.paused_until(tx, self._name))
        self.pace.pause_until(until)

    async def _look_after(self) -> None:
        tidied = 0.0
        while not self._stopping.is_set():
            try:
                await self._call(outbox.sweep)
                if monotonic() - tidied > TIDY_EVERY:
                    await self._call(tidy)
                    tidied = monotonic()
            except Exception as broke:  # the next round may do better
                log.error("sender: could not look after rows: %s", where(broke))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), SWEEP_EVERY)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)
        self._bell.clear()

    async def _call(self, call: Callable[[Tx], T]) -> T:
        return await self._store.ask(call)
