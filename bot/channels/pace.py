"""Pace: when the next message may leave, so that neither the whole bot nor one chat is written to too fast."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

CHAT_SECONDS = 1.1
# The line may squeeze together what left a second apart; this much is kept in hand.
MARGIN = 0.06


@dataclass(slots=True)
class _Waiter:
    first: bool
    chat: int | None
    go: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pace:
    """Gives turns on the line: answers before pushes, `rate` a second in all, one a second to each chat.

    `rate` 0 is unpaced. A pause that Telegram ordered holds everything, unpaced or not.
    """

    def __init__(self, rate: float) -> None:
        """`rate` is messages a second."""
        self._rate = rate
        self._waiting: list[_Waiter] = []
        self._given: deque[float] = deque(maxlen=max(1, int(rate)))
        self._left: deque[float] = deque(maxlen=max(1, int(rate)))
        self._next = 0.0
        # When each chat may be given its next turn, and when something may leave for it.
        self._chats: dict[int, float] = {}
        self._last: dict[int, float] = {}
        self._paused = 0.0
        self._bell = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._closed = False

    def pause_until(self, real_ms: int) -> None:
        """Be silent until this instant of the machine's clock (milliseconds)."""
        left = real_ms / 1000 - time.time()
        self._paused = max(self._paused, time.monotonic() + left)
        self._bell.set()

    @property
    def paused(self) -> bool:
        """Whether a pause lasts."""
        return self._paused > time.monotonic()

    def close(self) -> None:
        """Give no more turns; whoever waits is told so."""
        self._closed = True
        for waiter in self._waiting:
            if not waiter.go.done():
                waiter.go.set_result(False)
        self._bell.set()

    async def turn(self, *, first: bool, chat: int | None = None) -> bool:
        """Wait for a turn. `first` is an answer; `chat` None when it is not known yet whose. False: no more turns."""
        if self._closed:
            return False
        if not self._waiting and self._wait_of(first_free := time.monotonic(), chat) <= 0:
            self._give(first_free, chat)
            return True
        waiter = _Waiter(first, chat)
        self._waiting.append(waiter)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run(), name="pace")
        self._bell.set()
        return await waiter.go

    async def leave(self, chat: int) -> None:
        """Wait, with a turn in hand, until line and chat have room; to be called right before each message.

        What had its turn in time may be held up by the store, and would leave together with what came after it.
        """
        now = time.monotonic()
        wait = max(_room(self._left, now), self._last.get(chat, 0.0) - now) if self._rate else 0.0
        if wait > 0:
            await asyncio.sleep(wait)
            # Somebody else may have left meanwhile.
            await self.leave(chat)
            return
        self._left.append(now)
        self._last = _noted(self._last, chat, now)

    async def chat_free(self, chat: int) -> bool:
        """Wait until this chat may be written to again; for a push that had its turn before its chat was known.

        False when a pause has begun: what has not left by then should not stand there as leaving.
        """
        if self._closed or self.paused:
            return False
        wait = self._busy(chat)
        if wait > 0:
            await asyncio.sleep(wait)
            # Somebody else may have written meanwhile.
            return await self.chat_free(chat)
        self._mark(chat, time.monotonic())
        return True

    async def _run(self) -> None:
        while self._waiting:
            now = time.monotonic()
            self._waiting = [waiter for waiter in self._waiting if not waiter.go.done()]
            order = sorted(self._waiting, key=lambda waiter: not waiter.first)
            waits = [(self._wait_of(now, waiter.chat), waiter) for waiter in order]
            ready = next((waiter for wait, waiter in waits if wait <= 0), None)
            if ready is not None:
                self._waiting.remove(ready)
                self._give(now, ready.chat)
                ready.go.set_result(True)
                continue
            self._bell.clear()
            if waits:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), min(wait for wait, _ in waits))

    def _busy(self, chat: int) -> float:
        return self._chats.get(chat, 0.0) - time.monotonic() if self._rate else 0.0

    def _wait_of(self, now: float, chat: int | None) -> float:
        waits = [self._paused - now]
        if self._rate:
            waits.append(self._next - now)
            waits.append(_room(self._given, now))
            if chat is not None:
                waits.append(self._chats.get(chat, 0.0) - now)
        return max(waits)

    def _give(self, now: float, chat: int | None) -> None:
        if self._rate:
            self._next = now + 1 / self._rate
            self._given.append(now)
            if chat is not None:
                self._mark(chat, now)

    def _mark(self, chat: int, now: float) -> None:
        self._chats = _noted(self._chats, chat, now)


def _room(latest: deque[float], now: float) -> float:
    """Seconds until the oldest of so many is more than one old; none while there are fewer."""
    return latest[0] + 1.0 + MARGIN - now if len(latest) == latest.maxlen else 0.0


def _noted(chats: dict[int, float], chat: int, now: float) -> dict[int, float]:
    """When each chat is free again, with this one written to now; those that are free long since are left out."""
    chats[chat] = now + CHAT_SECONDS + MARGIN
    return chats if len(chats) <= 4096 else {one: free for one, free in chats.items() if free > now}
