"""What people wonder after the first screen is answered, in every language: the list beside the texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.catalogues import catalogue_of
from bot.speech import locale, locales

PAGE = Path(__file__).parents[1] / "deploy" / "first-questions.md"
ROW = re.compile(r"^\| [^|]+ \| [^|]+ \| `([\w.-]+)` \|$", re.M)


def keys() -> list[str]:
    """The key of every answer on the list."""
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_the_list_is_for_five_people() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("\n## ") == 5
    assert len(keys()) == page.count("\n| ") - 5 >= 30


@pytest.mark.parametrize("tag", [one.tag for one in locales()])
def test_every_answer_is_said_in_every_language(tag: str) -> None:
    forms = catalogue_of(locale(tag).folder).forms
    staff = any(key.startswith("console.") for key in forms)
    unsaid = [key for key in keys() if key not in forms and (staff or not key.startswith("console."))]
    assert unsaid == []
