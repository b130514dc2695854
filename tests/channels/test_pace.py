"""Pace: however long the store takes between a turn and the message, no second sees more than the rate."""

from __future__ import annotations

import asyncio
import time

from bot.channels.pace import Pace

RATE, MESSAGES = 10, 26


async def test_what_was_held_up_does_not_leave_together_with_what_came_after_it() -> None:
    pace, left = Pace(RATE), []

    async def push(number: int) -> None:
        assert await pace.turn(first=False)
        await asyncio.sleep(0.3 if number < 3 else 0.0)
        await pace.leave(number)
        left.append(time.monotonic())

    async with asyncio.TaskGroup() as pushes:
        for number in range(MESSAGES):
            pushes.create_task(push(number))
    assert len(left) == MESSAGES
    assert max(sum(at <= other < at + 1.0 for other in left) for at in left) == RATE


async def test_one_chat_is_left_a_second_between_two_messages() -> None:
    pace, left = Pace(RATE), []

    async def push(held_up: float) -> None:
        assert await pace.chat_free(1)
        await asyncio.sleep(held_up)
        await pace.leave(1)
        left.append(time.monotonic())

    async with asyncio.TaskGroup() as pushes:
        for held_up in (0.6, 0.0):
            pushes.create_task(push(held_up))
    first, second = left
    assert second - first >= 1.0


async def test_nothing_waits_where_there_is_no_pace() -> None:
    pace, began = Pace(0), time.monotonic()
    for _ in range(1000):
        await pace.leave(1)
    assert time.monotonic() - began < 1.0
