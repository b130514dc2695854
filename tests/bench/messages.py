"""Telegram: a whole turn of somebody who reads her own story there, beside bare echoes that keep nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.bots import NO_AIOGRAM, Kind, Stage, Used, Way, has_aiogram, in_rounds, stage
from tests.bench.measure import Goal, Row, middle, missing, spread
from tests.bench.readers import CARDS, CHATS, on_postgres, readers

STOCK, AIOGRAM, POSTGRES = "turn_over_stock_ptb_echo", "turn_over_aiogram_echo", "turn_pg_over_aiogram_echo"
AT_ONCE, FEW = 40, 4
DELAY = 0.05
GOALS = {STOCK: Goal(">=", 3), AIOGRAM: Goal(">=", 1), POSTGRES: Goal(">=", 0.5)}
# Which bot is measured beside which.
_PAIRS = {STOCK: ("ours", "stock"), AIOGRAM: ("ours", "aiogram"), POSTGRES: ("postgres", "aiogram")}


def beside_echoes(folder: Path, wanted: Sequence[str]) -> tuple[Row, ...]:
    """A turn of forty people at once against bare echoes, as their libraries come, all in turns in every round."""
    can = [name for name in wanted if name == STOCK or has_aiogram()]
    needed = {bot for name in can for bot in _PAIRS[name]}
    people = readers(folder / "line")
    with ExitStack() as stack:
        kinds: dict[str, Kind] = {name: Kind(name) for name in ("ours", "stock", "aiogram") if name in needed}
        if "postgres" in needed:
            kinds["postgres"] = Kind("ours", stack.enter_context(on_postgres(people)))
        bots = stack.enter_context(stage(kinds, people))
        used: dict[str, Used] = {name: Used() for name in kinds}
        rounds = in_rounds({name: _way(bots, name, used[name]) for name in kinds})
    rows = [_row(name, rounds, used) if name in can else missing(name, GOALS[name], NO_AIOGRAM) for name in wanted]
    return tuple(rows)


def _way(bots: Stage, name: str, used: Used, at_once: int = AT_ONCE) -> Way:
    return lambda counts: bots.turns([name], at_once, used if counts else None)


def _row(name: str, rounds: list[dict[str, float]], used: dict[str, Used]) -> Row:
    mine, theirs = _PAIRS[name]
    pairs = [(each[mine], each[theirs]) for each in rounds]
    us, them = used[mine], used[theirs]
    apart = "; PostgreSQL's own processor time is not in it" if mine == "postgres" else ""
    note = (
        f"{us.rate:.0f} against {them.rate:.0f} a second; {us.micros:.0f} against {them.micros:.0f} µs of processor, "
        f"a ratio of {them.micros / us.micros:.2f}{apart}; {AT_ONCE} at once over {CHATS} chats, a page of {CARDS} "
        f"cards; {spread(pairs)}"
    )
    return Row(name, middle(pairs), "ratio", GOALS[name], note)


def many_beside_few(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Forty people at once against four."""
    many, few = Used(), Used()
    people = readers(folder / "line")
    with stage({"ours": Kind("ours")}, people) as bots:
        rounds = in_rounds({"many": _way(bots, "ours", many), "few": _way(bots, "ours", few, FEW)})
    pairs = [(each["many"], each["few"]) for each in rounds]
    note = (
        f"{many.rate:.0f} a second from {AT_ONCE} at once, {few.rate:.0f} from {FEW}; {many.micros:.0f} and "
        f"{few.micros:.0f} µs of processor each; {spread(pairs)}"
    )
    return (Row("turn_c40_over_c4", middle(pairs), "ratio", Goal(">=", 0.9), note),)


def beside_a_slow_api(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Telegram answers after 50 ms: ours against an echo of aiohttp alone, which waits for it within its own answer."""
    used = {"ours": Used(), "raw": Used()}
    people = readers(folder / "line")
    with stage({name: Kind(name) for name in used}, people, delay=DELAY) as bots:
        rounds = in_rounds({name: _way(bots, name, used[name]) for name in used})
    pairs = [(each["ours"], each["raw"]) for each in rounds]
    note = (
        f"{used['ours'].rate:.0f} against {used['raw'].rate:.0f} a second, at most {AT_ONCE / DELAY:.0f} where each "
        f"waits for Telegram; {used['ours'].micros:.0f} against {used['raw'].micros:.0f} µs of processor; "
        f"{spread(pairs)}"
    )
    return (Row("turn_over_raw_api_delay_50ms", middle(pairs), "ratio", Goal(">=", 0.9), note),)


def two_beside_one(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Two processes on one PostgreSQL against one of them alone, as many people at once."""
    two, one = Used(), Used()
    people = readers(folder / "line")
    with on_postgres(people) as url, stage({name: Kind("ours", url) for name in ("first", "second")}, people) as bots:
        ways: dict[str, Way] = {
            "two": lambda counts: bots.turns(["first", "second"], AT_ONCE, two if counts else None),
            "one": lambda counts: bots.turns(["first"], AT_ONCE, one if counts else None),
        }
        rounds = in_rounds(ways)
    pairs = [(each["two"], each["one"]) for each in rounds]
    note = (
        f"{two.rate:.0f} against {one.rate:.0f} a second; {two.micros:.0f} and {one.micros:.0f} µs of processor each; "
        f"PostgreSQL, the cloud and whoever writes share the cores; {spread(pairs)}"
    )
    return (Row("two_processes_over_one", middle(pairs), "ratio", Goal(">=", 1.5), note),)
