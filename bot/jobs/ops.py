"""What whoever runs the house asks it: is it alive, is it ready, how much of what. Never in public, never a name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.jobs.ticks import EVERY_SECONDS, Ticks
from storage.outbox import left_behind
from storage.vault import Store

STALE = timedelta(seconds=3 * EVERY_SECONDS)
ANSWER_WITHIN = 5.0


class Bot(Protocol):
    """The bot's account, as far as readiness goes."""

    @property
    def refused(self) -> str | None:
        """Why Telegram does not take what it says; None while it does."""
        ...


def make_ops(store: Store, ticks: Ticks, bot: Bot | None = None) -> web.Application:
    """The application for the ops port; `bot` is None where Telegram is off."""
    registry = CollectorRegistry()
    tick_age = Gauge("bredvid_last_tick_age_seconds", "Seconds since the last tick", registry=registry)
    left = Gauge("bredvid_telegram_left_behind", "Messages that stay in chats for good", registry=registry)

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        needed = {"store": await _store_answers(store), "tick": _fresh(ticks)}
        facts: dict[str, bool | str] = dict(needed)
        if bot is not None:
            # Told, and not counted: whoever routes by this answer must not close a child's chat over a bot's token.
            facts |= {"telegram": bot.refused is None} | ({"why": bot.refused} if bot.refused else {})
        return web.json_response(facts, status=200 if all(needed.values()) else 503)

    async def metrics(_: web.Request) -> web.Response:
        tick_age.set((datetime.now(UTC) - ticks.last).total_seconds() if ticks.last else -1)
        left.set(await asyncio.wrap_future(store.submit(left_behind)))
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
    return app


async def _store_answers(store: Store) -> bool:
    try:
        await asyncio.wait_for(asyncio.wrap_future(store.submit(lambda tx: tx.now_ms)), ANSWER_WITHIN)
    except Exception:  # whatever it is, it is not ready
        return False
    return True


def _fresh(ticks: Ticks) -> bool:
    return ticks.last is not None and datetime.now(UTC) - ticks.last < STALE
