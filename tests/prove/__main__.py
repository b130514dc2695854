"""`make prove`: takes the long proofs, prints a table and writes `var/proof.json`. Names as arguments take only those.

Each row says what was tried, how many went wrong, and whether that is within the figure to reach (security D).
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from tests.prove import (
    branches,
    interference,
    kills,
    rewraps,
    shown,
    shutting,
    strangers,
    strangers_deeds,
    table,
    timing,
    trying,
)
from tests.prove import bytes as rows_of_bytes
from tests.prove.model import machine, stage
from tests.prove.page_times import BUCKET
from tests.prove.planes import PLANES

OUT = Path(__file__).parents[2] / "var" / "proof.json"
PAIRS = int(os.environ.get("GUARDIAN_PAIRS", "2000"))
# A page that was met less often in either world has no figure of its own.
TIMED_LEAST = 100
QUESTIONS = 2_000_000
KILLS = 500
# Minutes.
LONGEST = 80
KILLED = 0.9
# The stateful model: so many steps, in so many slices, each with a beginning of its own.
MODEL_STEPS = int(os.environ.get("MODEL_STEPS", "1000000"))
MODEL_SLICES = 40
ASKED_AT_A_DOOR = 300
SHUTTINGS = 300
REWRAPPED = 100_000
REWRAP_SECONDS = 60
TIMING_BUCKET = 1.25


@dataclass(frozen=True, slots=True)
class Row:
    """One proof: its figure, the goal in words, whether it holds, and what was done."""

    name: str
    value: float
    unit: str
    goal: str
    holds: bool
    note: str


def non_interference() -> list[Row]:
    """Two thousand pairs of worlds, as one guardian sees them, half of them in each process."""
    with ProcessPoolExecutor(2) as hands:
        found = sum(hands.map(interference.compare, (PAIRS // 2, PAIRS // 2), (1, 2)), interference.Figures())
    least = min(TIMED_LEAST, found.pairs // 2)
    differ, pages = len(found.differ), found.times.pages(least)
    telling, worst = [page for page in pages if page.tells], pages[0]
    note = (
        f"{found.pages} answers, {found.calls} calls to Telegram with {found.notices} notices in {found.pairs} pairs, "
        f"{sum(found.secrets.values())} hidden deeds of {len(found.secrets)} sorts, {len(found.standings)} standings "
        f"of the guardian; {found.differ[:2] or 'none differ'}"
    )
    timed = (
        f"{len(pages)} pages, each met {least} times or more in both worlds; telling: a median {BUCKET} times "
        f"the other's and not by chance; furthest apart: {worst.label}, {worst.with_them:.2f} ms with hidden deeds and "
        f"{worst.without:.2f} ms without"
    )
    return [
        Row("guardian_worlds_that_differ", differ, "pairs", "0 of 2,000", differ == 0 and found.pairs >= 2_000, note),
        Row("guardian_pages_that_tell_by_time", len(telling), "pages", "0", not telling, timed),
    ]


def killed_while_keys_change() -> list[Row]:
    """Kill -9 at any moment of a rotation, a rewrap, a reseal and a culling (security D.4, K2)."""
    found = kills.run(KILLS)
    note = f"{found.kills} kills; {found.lost} acknowledged writes lost, {found.broken} answers other than before"
    closed, back = found.undecryptable, found.revived
    whole = found.lost == 0 and found.broken == 0
    return [
        Row("kills_undecryptable", closed, "rows", f"0 after {KILLS}", closed == 0 and whole, note),
        Row("kills_revived", back, "rows", f"0 after {KILLS}", back == 0, note),
    ]


def turned_bytes() -> list[Row]:
    """Every byte of sealed rows turned; rows swapped, forged, deleted, cut (security D.4, X2 to X6)."""
    found = rows_of_bytes.run()
    wrong = len(found.faults) + len(found.forged)
    note = f"{found.tried} tried: {found.refused} refused as not whole, {found.quiet} with nothing to show for it"
    return [Row("turned_bytes_believed_or_faults", wrong, "answers", "0", wrong == 0, note)]


def rule_beside_reference() -> list[Row]:
    """Every question of every plane, put to the rule and to a reference written by somebody who had not seen it."""
    with ProcessPoolExecutor(2) as hands:
        planes = list(hands.map(table.of_plane, PLANES))
    asked, wrong = sum(count for _, count, _, _ in planes), sum(len(found) for _, _, found, _ in planes)
    first = next((str(found[0]) for _, _, found, _ in planes if found), "none")
    note = f"{asked} questions in {len(planes)} planes; first difference: {first}"
    return [Row("rule_and_reference_differ", wrong, "questions", "0 of 2,000,000 or more",
                wrong == 0 and asked >= QUESTIONS, note)]  # fmt: skip


def mutants_killed() -> list[Row]:
    """Small changes in the rule, the door, the seals and the log: a story must fail for each (security D.3, S6)."""
    found = trying.run()
    least = min(figures.share for figures in found.values())
    misnamed = [one for figures in found.values() for one in figures.misnamed]
    told = [f"{file} {figures}" for file, figures in found.items()]
    alive = [one for figures in found.values() for one in figures.alive]
    note = f"{'; '.join(told)}; alive: {', '.join(alive) or 'none'}"
    if misnamed:
        note += f"; killed, and yet named as equivalent: {', '.join(misnamed)}"
    holds = least >= KILLED and not misnamed
    return [Row("mutants_killed", round(least, 4), "share", f"{KILLED} or more in each file", holds, note)]


def rule_branches_covered() -> list[Row]:
    """Every branch of the rule is walked by its stories, without the reference beside (security D.3, S6)."""
    found = branches.run()
    note = f"{found.walked} of {found.branches} branches; not walked: {', '.join(found.missing) or 'none'}"
    share = found.walked / found.branches
    return [Row("rule_branches_covered", round(share, 4), "share", "1", not found.missing, note)]


def _slice_of_model(number: int) -> stage.Figures:
    """One slice, the same whenever it is taken."""
    return machine.run(MODEL_STEPS // MODEL_SLICES, number, stage.memory, stage.memory, stage.file)


def model_beside_store() -> list[Row]:
    """The case in the policy's own words beside the case in the real store, step by step (security D.3, S2)."""
    with ProcessPoolExecutor(2) as hands:
        slices = list(hands.map(_slice_of_model, range(1, MODEL_SLICES + 1)))
    steps, asks = sum(one.steps for one in slices), sum(one.asks for one in slices)
    wrong = [line for one in slices for line in one.diverged]
    granted = sum(one.granted for one in slices)
    first = wrong[0] if wrong else "none"
    note = f"{steps} steps, {asks} questions, {granted} of them answered; first difference: {first}"
    return [Row("model_divergences", len(wrong), "steps", "0 of 1,000,000", not wrong and steps >= 1_000_000, note)]


def foreign_ids() -> list[Row]:
    """Every id of a house in every question and every command by every actor (security D.2, W8)."""
    with ProcessPoolExecutor(2) as hands:
        asking, doing = hands.submit(strangers.run), hands.submit(strangers_deeds.run)
        asked, done = asking.result(), doing.result()
    told = (
        f"{asked.asked} asked, {asked.answered} answered, {asked.marked} with words; {asked.wrong[:2] or 'none wrong'}"
        f"; never met, though they may be: {', '.join(asked.unmet) or 'none'}"
    )
    changed = (
        f"{done.tried} tried, {done.done} done of {len(done.sorts)} sorts; {done.wrong[:2] or 'none wrong'}; "
        f"{len(done.broke)} faults; {done.broke[:1] or 'none'}"
    )
    wrong, touched = len(asked.wrong), len(done.wrong) + len(done.broke)
    seen = wrong == 0 and asked.answered > 10_000 and not asked.unmet
    return [
        Row("foreign_ids_that_show_a_word", wrong, "answers", "0", seen, told),
        Row("foreign_ids_that_change_a_row", touched, "deeds", "0", touched == 0 and done.done > 1_000, changed),
    ]


def doors_timed() -> list[Row]:
    """How long each door takes to say no, to what is there and to what is not (security T4)."""
    found = timing.run(ASKED_AT_A_DOOR)
    ratios, medians = found.ratios(), found.medians()
    door, worst = max(ratios.items(), key=lambda one: one[1])
    note = (
        f"slowest median over quickest, {ASKED_AT_A_DOOR} requests of each case in turns; worst: {door}, "
        + ", ".join(f"{case} {took:.2f} ms" for case, took in medians[door].items())
    )
    others = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items() if name != door)
    return [Row("door_timing_ratio", round(worst, 3), "ratio", f"within {TIMING_BUCKET}", worst <= TIMING_BUCKET,
                f"{note}; others: {others}")]  # fmt: skip


def shut_everywhere() -> list[Row]:
    """A block, a shut sign-in and a seal are felt by an open page, a session and a waiting message (D.3, S5)."""
    found = shutting.run(SHUTTINGS)
    note = f"{SHUTTINGS} shuttings in turns, file SQLite over loopback; {found.wrong[:2] or 'none still open'}"
    return [Row("shut_p99_s", round(found.p99, 4), "s", "1 or less", found.p99 <= 1.0 and not found.wrong, note)]


def keys_wrapped_anew() -> list[Row]:
    """A hundred thousand data keys under new month keys while somebody writes (security D.4, K1)."""
    found = rewraps.run(REWRAPPED)
    wrong = found.closed + found.as_before
    note = (
        f"{found.keys} keys in {found.seconds:.0f} s and {found.slices} slices, {found.written} messages written "
        f"meanwhile; {found.closed} do not open, {found.as_before} lie under the key before"
    )
    enough, took = found.keys >= REWRAPPED, round(found.seconds, 1)
    return [
        Row("rewrapped_undecryptable", wrong, "keys", f"0 of {REWRAPPED:,} or more", wrong == 0 and enough, note),
        Row("rewrap_s", took, "s", f"under {REWRAP_SECONDS}", enough and found.seconds < REWRAP_SECONDS, note),
    ]


def shown_by_stories() -> list[Row]:
    """Attacks and searches that end in yes or no: the stories of each are told once more (security D.2, D.4)."""
    rows = []
    for name, files in shown.STORIES.items():
        told = shown.tell(files)
        holds = told.failed == 0 and told.told > 0
        rows.append(Row(name, told.failed, "stories", "0", holds, f"{told.told} stories of {', '.join(files)}"))
    return rows


PROOFS: Mapping[str, Callable[[], list[Row]]] = MappingProxyType(
    {
        "rule_beside_reference": rule_beside_reference,
        "model_beside_store": model_beside_store,
        "foreign_ids": foreign_ids,
        "doors_timed": doors_timed,
        "shut_everywhere": shut_everywhere,
        "keys_wrapped_anew": keys_wrapped_anew,
        "shown_by_stories": shown_by_stories,
        "non_interference": non_interference,
        "killed_while_keys_change": killed_while_keys_change,
        "turned_bytes": turned_bytes,
        "rule_branches_covered": rule_branches_covered,
        "mutants_killed": mutants_killed,
    }
)


def main(names: list[str]) -> None:
    """Take the proofs asked for, all when none is named; what else was taken before stays in the file."""
    unknown = [name for name in names if name not in PROOFS]
    if unknown:
        sys.exit(f"There is no proof {', '.join(unknown)}. There are: {', '.join(PROOFS)}.")
    rows: dict[str, Row] = {}
    first = time.monotonic()
    for name in names or PROOFS:
        print(f"{name} …", file=sys.stderr, flush=True)
        began = time.monotonic()
        found, took = _taken(name), time.monotonic() - began
        rows |= {row.name: replace(row, note=f"{row.note}; taken in {took:.0f} s") for row in found}
        # An hour of proofs is not lost when the last one breaks.
        _keep(rows)
        print(f"  {took:.0f} s", file=sys.stderr, flush=True)
    if not names:
        rows |= _in_one_go(time.monotonic() - first)
        _keep(rows)
    width = max(map(len, rows))
    for row in rows.values():
        print(
            f"{row.name:{width}}  {row.value:<8g} {row.unit:6} {'yes' if row.holds else 'NO':4} {row.goal}; {row.note}"
        )
    if not all(row.holds for row in rows.values()):
        sys.exit(1)


def _in_one_go(seconds: float) -> dict[str, Row]:
    """How long all of them take, one after the other."""
    minutes = seconds / 60
    row = Row("proofs_in_one_go", round(minutes, 1), "min", f"within {LONGEST} on two cores", minutes <= LONGEST,
              "each row says how long its part took")  # fmt: skip
    return {row.name: row}


def _taken(name: str) -> list[Row]:
    """The rows of one proof; one that could not be taken is a row that does not hold, and says why."""
    try:
        return PROOFS[name]()
    except Exception as broke:
        traceback.print_exc()
        return [Row(name, 0, "", "to be taken", holds=False, note=f"{type(broke).__name__}: {broke}")]


def _keep(rows: Mapping[str, Row]) -> None:
    before = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else []
    kept = {line["name"]: line for line in before} | {name: asdict(row) for name, row in rows.items()}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(list(kept.values()), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
