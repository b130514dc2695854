"""`make bench`: takes every figure, prints a table and writes `var/bench.json`. Names as arguments take only those.

Each figure is a ratio beside a named peer, both measured in turns in this one run. Nothing here passes or fails:
`holds` says whether the goal was reached on this machine, and is null where a figure was not taken.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from tests.bench import due, messages, pages, process
from tests.bench.measure import Goal, Row, missing

OUT = Path(__file__).parents[2] / "var" / "bench.json"

FIGURES: Mapping[str, Callable[[Path], Row]] = MappingProxyType(
    {
        "turn_over_stock_ptb_echo": messages.turn_beside_echo,
        "turn_c40_over_c4": messages.many_beside_few,
        "page_over_bare_template": pages.page_beside_template,
        "encrypted_over_plain_read": pages.sealed_beside_clear,
        "big_case_page": pages.long_beside_short,
        "ready_s": process.soon_ready,
        "rss_mib": process.weight,
        "claim_over_aps_jobstore": due.claim_beside_job_store,
        "due_scan_1e6_over_1e4": due.few_and_many,
    }
)
NOT_YET = "not measured here yet"
MISSING: Mapping[str, Row] = MappingProxyType(
    {
        row.name: row
        for row in (
            missing("turn_over_aiogram_echo", Goal(">=", 1), f"{NOT_YET}; aiogram is not among what is installed"),
            missing("turn_pg_over_aiogram_echo", Goal(">=", 0.5), f"{NOT_YET}; aiogram is not among what is installed"),
            missing("turn_over_raw_api_delay_50ms", Goal(">=", 0.9), NOT_YET),
            missing("drain_over_stock_ptb", Goal(">=", 4), NOT_YET),
            missing("drain_over_aiogram", Goal(">=", 1), f"{NOT_YET}; aiogram is not among what is installed"),
            missing("drain_cpu_s_per_1000", Goal("<=", 0.6), NOT_YET, "s"),
            missing("two_processes_over_one", Goal(">=", 1.5), NOT_YET),
            missing("big_store_page", Goal("<=", 1.3), NOT_YET),
            missing("rss_growth", Goal("<=", 5), "an hour is longer than this run", "%"),
        )
    }
)


def main(names: list[str]) -> None:
    """Take the figures asked for, all when none is named; what else was taken before stays in the file."""
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        sys.exit(f"There is no figure {', '.join(unknown)}. There are: {', '.join(FIGURES)}.")
    taken: list[Row] = []
    for name in names or FIGURES:
        print(f"{name} …", file=sys.stderr, flush=True)
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="bredvid-bench-") as folder:
            taken.append(_as_it_was(FIGURES[name](Path(folder))))
        print(f"  {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    rows = [*taken, *(MISSING.values() if not names else ())]
    print(table(rows))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _as_it_was(row: Row) -> Row:
    """The figure, with a word on the machine when others were at work on it."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    return (
        replace(row, note=f"{row.note} (a busy machine: load {load:.0f} on {cores} cores)") if load > 2 * cores else row
    )


def table(rows: list[Row]) -> str:
    """The figures as lines for people."""
    words = {True: "yes", False: "NO", None: "–"}
    lines = [("figure", "value", "unit", "goal", "holds")]
    for row in rows:
        said = row.as_json()
        value = "–" if row.value is None else f"{row.value:.2f}"
        lines.append((row.name, value, row.unit, str(row.goal), words[said["holds"]]))
    wide = [max(len(line[n]) for line in lines) for n in range(5)]
    drawn = ["  ".join(word.ljust(width) for word, width in zip(line, wide, strict=True)) for line in lines]
    notes = ("", *(row.note for row in rows))
    return "\n".join(f"{line}  {note}".rstrip() for line, note in zip(drawn, notes, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
