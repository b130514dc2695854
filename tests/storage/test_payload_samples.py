"""A sample of each payload in every version it ever had is kept for ever, and is read as what it meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from storage import payloads
from storage.meeting_kinds import MeetingKind
from storage.payloads import PAYLOADS, Goal, current, read, write

FOLDER = Path(__file__).parent / "payload_samples"
SAMPLES = sorted(FOLDER.glob("*.json"))


def missing() -> Iterator[str]:
    """The samples that should be there and are not: one for each version up to the present one."""
    for name in PAYLOADS:
        for v in range(1, current(name) + 1):
            if not (FOLDER / f"{name}.v{v}.json").exists():
                yield f"{name}.v{v}.json"


def sample(name: str, v: int) -> bytes:
    """A kept sample, as it was sealed once."""
    return (FOLDER / f"{name}.v{v}.json").read_bytes()


def test_every_version_of_every_payload_has_a_sample() -> None:
    assert list(missing()) == []


def test_every_sample_is_of_a_payload_there_is() -> None:
    assert {path.name.partition(".v")[0] for path in SAMPLES} == set(PAYLOADS)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read_and_nothing_in_it_is_lost(path: Path) -> None:
    name, _, v = path.stem.partition(".v")
    payload = read(name, int(v), path.read_bytes())
    assert read(name, current(name), write(name, payload)) == payload
    if int(v) == current(name):
        assert _holds(json.loads(write(name, payload)), json.loads(path.read_bytes()))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_says_something_in_every_field(path: Path) -> None:
    """An empty field proves nothing."""
    assert {name for name, value in json.loads(path.read_bytes()).items() if value in (None, "", [], {})} == set()


def test_a_new_version_without_a_sample_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAYLOADS, "goal", (2, TypeAdapter(Goal)))
    assert list(missing()) == ["goal.v2.json"]


def test_an_old_sample_is_read_through_the_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "who": body["who"].upper()}

    monkeypatch.setitem(PAYLOADS, "goal", (2, TypeAdapter(Goal)))
    monkeypatch.setitem(payloads.UPCASTERS, ("goal", 1), renamed)
    assert read("goal", 1, sample("goal", 1)).who == "AMINA OCH LÄRAREN"


@pytest.mark.parametrize(
    ("word", "kind"),
    [*((str(one), str(one)) for one in MeetingKind), ("home", "home_visit"), ("joint", "three_way"),
     ("visit", "other"), ("a word of theirs", "other")],
)  # fmt: skip
def test_an_old_kind_of_meeting_is_read_as_the_nearest(word: str, kind: str) -> None:
    old = sample("meeting", 2).replace(b"three_way", word.encode())
    assert read("meeting", 2, old).meeting.kind == kind


def _holds(whole: Any, part: Any) -> bool:
    """Whether everything in one piece of JSON is in another."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(name in whole and _holds(whole[name], part[name]) for name in part)
    return bool(whole == part)
