"""`make bench`: takes every figure, prints a table and writes `var/bench.json`. Names as arguments take only those.

`ARGS="big_store_page=1000000"` and `ARGS="rss_growth=3600"` take those two at the size their goals speak of.

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

from tests.bench import big, drain, due, messages, pages, process
from tests.bench.measure import Row

OUT = Path(__file__).parents[2] / "var" / "bench.json"

# Which figures are taken together, and how.
FIGURES: Mapping[tuple[str, ...], Callable[..., tuple[Row, ...]]] = MappingProxyType(
    {
        (messages.STOCK, messages.AIOGRAM, messages.POSTGRES): messages.beside_echoes,
        ("turn_c40_over_c4",): messages.many_beside_few,
        ("turn_over_raw_api_delay_50ms",): messages.beside_a_slow_api,
        ("encrypted_over_plain_read",): pages.sealed_beside_clear,
        ("page_over_bare_template",): pages.page_beside_template,
        ("due_scan_1e6_over_1e4",): due.few_and_many,
        ("claim_over_aps_jobstore",): due.claim_beside_job_store,
        (drain.STOCK, drain.AIOGRAM, drain.CPU): drain.emptied,
        ("paced_max_in_1s",): drain.paced,
        ("two_processes_over_one",): messages.two_beside_one,
        ("big_case_page",): pages.long_beside_short,
        (big.NAME,): big.big_beside_small,
        ("rss_mib", "rss_growth"): process.weight,
        ("ready_s",): process.soon_ready,
    }
)
# Figures whose goal speaks of more than fits into a short run: NAME=NUMBER takes as much as is said.
SCALED = frozenset({big.NAME, "rss_growth"})


def main(words: list[str]) -> None:
    """Take the figures asked for, all when none is named."""
    asked = {name: int(number) if number else None for name, _, number in (word.partition("=") for word in words)}
    known = [name for names in FIGURES for name in names]
    if unknown := [name for name in asked if name not in known or (asked[name] and name not in SCALED)]:
        sys.exit(f"There is no figure {', '.join(unknown)}. There are: {', '.join(known)}.")
    rows: list[Row] = []
    for names, take in FIGURES.items():
        wanted = [name for name in names if name in asked or not asked]
        if wanted:
            rows += _taken(wanted, take, [size for name in wanted if (size := asked.get(name))])
            # What is measured first is not lost when the last one breaks.
            OUT.parent.mkdir(exist_ok=True)
            said = json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1)
            OUT.write_text(said + "\n", encoding="utf-8")
    print(table(rows))


def _taken(wanted: list[str], take: Callable[..., tuple[Row, ...]], size: list[int]) -> list[Row]:
    print(f"{', '.join(wanted)} …", file=sys.stderr, flush=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bredvid-bench-") as folder:
        rows = [_as_it_was(row) for row in take(Path(folder), wanted, *size)]
    print(f"  {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


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
