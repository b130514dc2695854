"""What is due, sent: a full outbox emptied beside two libraries that only send, and the pace that is kept."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from tests.bench.bots import NO_AIOGRAM, Kind, Stage, Used, Way, has_aiogram, in_rounds, posted, stage, update
from tests.bench.load import open_line
from tests.bench.measure import REPS, Goal, Row, middle, missing, spread
from tests.bench.readers import reminded

STOCK, AIOGRAM, CPU = "drain_over_stock_ptb", "drain_over_aiogram", "drain_cpu_s_per_1000"
GOALS = {STOCK: Goal(">=", 4), AIOGRAM: Goal(">=", 1), CPU: Goal("<=", 0.6)}
_PEERS = {STOCK: "stock", AIOGRAM: "aiogram"}
EACH = 2_000  # 10,000 in five rounds, and a round to warm up
RATE = 25
PEOPLE, BOOKED = 120, 100
# Each of so few has the next reminder due sooner than a second after the one before, as the rate alone would have it.
FEW_PEOPLE, FEW_BOOKED = 20, 15
STRANGERS, FIRST_STRANGER = 50, 5_000


def emptied(folder: Path, wanted: Sequence[str]) -> tuple[Row, ...]:
    """Ten thousand reminders in five rounds: claimed, decided again, unsealed, put into words, sent, marked."""
    can = [name for name in wanted if name != AIOGRAM or has_aiogram()]
    due = reminded(folder / "drain", PEOPLE, BOOKED, EACH)
    names = ["sender", *(_PEERS[name] for name in can if name in _PEERS)]
    used = {name: Used() for name in names}
    with stage({name: Kind(name) for name in names}, due) as bots:
        rounds = in_rounds({name: _way(bots, name, used[name]) for name in names})
    rows = [_row(name, rounds, used) if name in can else missing(name, GOALS[name], NO_AIOGRAM) for name in wanted]
    return tuple(rows)


def _way(bots: Stage, name: str, used: Used) -> Way:
    return lambda counts: bots.drained(name, EACH, used if counts else None)


def _row(name: str, rounds: list[dict[str, float]], used: dict[str, Used]) -> Row:
    ours = used["sender"]
    if name == CPU:
        each = f"{ours.micros:.0f} µs a message, {ours.rate:.0f} a second; {EACH * REPS} sent"
        return Row(name, ours.micros / 1000, "s", GOALS[name], each)
    theirs = used[_PEERS[name]]
    pairs = [(one["sender"], one[_PEERS[name]]) for one in rounds]
    note = (
        f"{ours.rate:.0f} against {theirs.rate:.0f} a second, {ours.micros:.0f} against {theirs.micros:.0f} µs of "
        f"processor; {EACH * REPS} due in {REPS} rounds, the peer sends words it has; {spread(pairs)}"
    )
    return Row(name, middle(pairs), "ratio", GOALS[name], note)


def paced(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Many reminders for a few people, and strangers who must be answered meanwhile, at the usual rate."""
    due = reminded(folder / "paced", FEW_PEOPLE, FEW_BOOKED, FEW_PEOPLE * FEW_BOOKED)
    with stage({"sender": Kind("sender", rate=float(RATE))}, due) as bots:
        bots.loop.run(_all_due(bots))
        came = sorted(bots.heard.came)
    instants = [at for at, _ in came]
    most = max(bisect_left(instants, at + 1.0) - n for n, at in enumerate(instants))
    last: dict[int, float] = {}
    closest = 60.0
    for at, chat in came:
        closest = min(closest, at - last.get(chat, -60.0))
        last[chat] = at
    rate = (len(came) - 1) / (instants[-1] - instants[0])
    apart = "kept" if closest >= 1.0 else "BROKEN"
    note = (
        f"{len(came)} messages at {rate:.1f} a second on average, {STRANGERS} of them answers; one a second to each "
        f"chat is {apart}: {closest:.2f} s between the closest two"
    )
    return (Row("paced_max_in_1s", float(most), "messages", Goal("<=", RATE), note, closest >= 1.0),)


async def _all_due(bots: Stage) -> None:
    heard, port = bots.heard, bots.bots["sender"].port
    heard.expect(FEW_PEOPLE * FEW_BOOKED + STRANGERS)
    line = await open_line(port)
    await line.ask(posted("/drain", ""))
    for n in range(STRANGERS):
        await line.ask(update(FIRST_STRANGER + n, "/start"))
        await asyncio.sleep(0.05)
    await asyncio.wait_for(heard.full.wait(), 120)
    line.writer.close()
