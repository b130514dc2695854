"""The papers on the texts say what is so: which kind tells what, and the sentences they give reasons for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.catalogues import catalogue_of
from bot.measuring import measured
from bot.speech import FOLDER, locales
from bot.story.keys import variants
from storage.kinds import KINDS
from storage.kinds.coverage import TEMPLATE

TEXTS = Path(__file__).parent.parent / "deploy" / "texts"
# The events of a barnahus case (domain 1.4), by their codes.
EVENTS = (
    "ANM", "SKB", "POLSKB", "UTR+", "UTR−", "FU+", "FUX", "SF", "FORH", "LAK", "FU−", "OVP", "ATAL+", "ATAL−", "RATT",
    "DOM+", "DOM−", "SKAD", "BROTT", "OVK", "LK", "KF+", "KF−", "LVU6", "LVU", "UMG", "INS", "INS−", "BYT", "AVS",
)  # fmt: skip
_TOLD = re.compile(r"`(\w+)`(?:: ([\w, ]+))?")


def rows(section: str) -> list[list[str]]:
    """The rows of the table under a heading of the paper on what can happen."""
    text = (TEXTS / "coverage.md").read_text(encoding="utf-8")
    body = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def outcomes(code: str) -> set[str]:
    """What can come of a kind."""
    named = next((field.choices for field in KINDS[code].fields if field.name == "outcome"), ())
    return {*variants(KINDS[code]), *named}


def test_every_event_is_there_once_and_in_order() -> None:
    assert [code for code, *_ in rows("Events") if code != "—"] == list(EVENTS)


@pytest.mark.parametrize("row", rows("Events"), ids=lambda row: row[0])
def test_an_event_has_a_kind_and_outcomes_that_there_are_or_a_reason(row: list[str]) -> None:
    _, event, told = row
    kinds = _TOLD.findall(told)
    assert kinds
    assert [code for code, _ in kinds if code not in KINDS] == []
    named = [(code, one) for code, said in kinds for one in filter(None, map(str.strip, said.split(",")))]
    assert [(code, one) for code, one in named if one not in outcomes(code)] == []
    assert told.startswith("left out, because") == ("strafföreläggande" in event)


def test_the_template_is_told_by_the_kinds_that_the_table_of_the_house_says() -> None:
    said = {
        number: tuple(code for code, _ in _TOLD.findall(told)) for number, _, told in rows("The documentation template")
    }
    assert said == {row.number: row.kinds for row in TEMPLATE}


def test_every_kind_and_each_outcome_of_a_heavy_kind_is_in_a_table() -> None:
    told = [_TOLD.findall(row[-1]) for row in (*rows("Events"), *rows("The documentation template"))]
    beside = [code for row in rows("Beside the two") for code, _ in _TOLD.findall(row[0])]
    kinds = {code for one in told for code, _ in one}
    assert set(KINDS) - kinds - set(beside) == set()
    assert set(beside) & kinds == set()
    parted = {code for one in told for code, said in one if said}
    named = {(code, one.strip()) for row in told for code, said in row for one in said.split(",")}
    assert [(code, one) for code in parted for one in outcomes(code) if (code, one) not in named] == []


def test_the_five_texts_are_said_as_the_reasons_quote_them() -> None:
    text = (TEXTS / "review.md").read_text(encoding="utf-8")
    forms = catalogue_of(FOLDER / "sv").forms
    parts = re.findall(r"^### `([\w.-]+)`\n(.*?)(?=^#|\Z)", text, re.S | re.M)
    assert len(parts) == 5
    for key, body in parts:
        quoted = [line.split("|")[1].strip() for line in body.splitlines() if line.startswith("|")][2:]
        assert " ".join(quoted) == forms[key][0], key
        assert all(line.split("|")[2].strip() for line in body.splitlines() if line.startswith("|"))


def test_the_review_has_a_row_for_every_language_but_the_source_and_names_only_texts_there_are() -> None:
    text = (TEXTS / "review.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ([a-z]{2,3}(?:-[a-z]+)?) \|", text, re.M))
    assert listed == {one.tag for one in locales()} - {"sv"}
    heavy = re.findall(r"^\| \d+ \| `([\w.-]+)`", text, re.M)
    assert len(heavy) == 20
    assert set(heavy) <= {one.name for one in measured("sv")}
