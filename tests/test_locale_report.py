"""The figures of the texts at the command line: every kind for every listener, and one kind as it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.story.keys import parts
from storage.kinds import KINDS
from storage.records import Listener
from tests.parts.program import Estate, new_estate


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return new_estate(tmp_path)


def test_the_figures_of_every_text_are_reported_with_those_to_look_at_and_the_heaviest(estate: Estate) -> None:
    (swedish,) = estate.done("locale", "report", "sv", "--json").json
    told = {(text["kind"], text["listener"]) for text in swedish["texts"]}
    wanted = {(code, str(one)) for code, kind in KINDS.items() for one in Listener if parts(kind, one)}
    assert told == wanted
    assert all(text["words"] >= text["sentences"] >= 1 and text["longest"] >= text["mean"] for text in swedish["texts"])
    assert all((text["lix"] is not None) == (text["words"] >= 100) for text in swedish["texts"])
    unjoined = {text["name"] for text in swedish["texts"] if text["sentences"] > 1 and not text["joined"]}
    assert set(swedish["listed"]) == unjoined | {text["name"] for text in swedish["texts"] if text["choppy"]}
    assert len(swedish["worst"]) == 20
    (arabic,) = estate.done("locale", "report", "ar", "--json").json
    assert all(text["lix"] is None for text in arabic["texts"])
    assert "texts to look at" in estate.run("locale", "report", "en").out
    assert "language" in estate.run("locale", "report", "xx").sentence


def test_a_kind_is_printed_with_its_figures(estate: Estate) -> None:
    said = estate.run("story", "verdict", "--as", "7-12", "--locale", "ar").out
    assert "ar: verdict_convicted.7-12: " in said
    assert "ar: verdict_acquitted.7-12: " in said
    assert "long words" in said
    assert "LIX" not in said
    assert "LIX" in estate.run("story", "verdict", "--as", "7-12").out
