"""The room of forms: what was typed, read field by field, with every fault as a line that leads to its field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from bot.talk import Text
from storage.records import new_id

E = TypeVar("E", bound=StrEnum)
SHORT, LONG = 200, 2000
_OUR_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the field it is about (its anchor on the page) and the sentence."""

    at: str
    say: Text


class Typed:
    """A form as it came; it is given back to the page unchanged when something must be mended.

    Boxes to tick are named `field.value`, since a form never carries one name twice.
    """

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        """`fields` as the form was read."""
        self._fields = dict(fields or {})

    def one(self, name: str, otherwise: str = "") -> str:
        """The value under a name."""
        return self._fields.get(name, otherwise)

    def id(self, name: str) -> str:
        """The id that an empty form was handed, so that sending it twice makes one; anything else was never ours."""
        value = self.one(name)
        return value if _OUR_ID.fullmatch(value) else new_id()

    def all(self, name: str) -> tuple[str, ...]:
        """The values ticked under a name."""
        stem = f"{name}."
        return tuple(key.removeprefix(stem) for key, value in self._fields.items() if key.startswith(stem) and value)

    def __contains__(self, name: str) -> bool:
        """Whether the form had the field at all."""
        return name in self._fields

    def __bool__(self) -> bool:
        """Whether anything was typed."""
        return bool(self._fields)

    def over(self, fields: Mapping[str, str]) -> Typed:
        """These values with the typed ones laid over them: a page that opens filled in."""
        return Typed({**fields, **self._fields})

    def without(self, *names: str) -> Typed:
        """The same form without some fields, for a page that goes on with an empty row."""
        return Typed({key: value for key, value in self._fields.items() if key not in names})


# Sentences about the form as a whole, which name no field.
UNNAMED = frozenset({"answer", "no_recipient", "changed_meanwhile"})


def problem(name: str, what: str) -> Problem:
    """A fault of one field, said with the field's own label."""
    slots = {} if what in UNNAMED else {"label": Text(f"console.label.{name}")}
    return Problem(name, Text(f"console.problem.{what}", slots))


class Reading:
    """Reads a form and gathers its faults; a value that could not be read is empty or None."""

    def __init__(self, typed: Typed) -> None:
        """Begin with no faults."""
        self.typed = typed
        self.problems: list[Problem] = []

    def words(self, name: str, *, needed: bool = True, limit: int = SHORT) -> str:
        """Typed words without the blanks around them."""
        value = self.typed.one(name).strip()
        if not value and needed:
            self._fault(name, "needed")
        if len(value) > limit:
            self._fault(name, "too_long")
        return value

    def day(self, name: str, *, needed: bool = True) -> date | None:
        """A calendar day, as a date field gives it or as people in Sweden write it (2026-03-05)."""
        value = self.typed.one(name).strip()
        if not value:
            if needed:
                self._fault(name, "needed")
            return None
        try:
            return date.fromisoformat(value.replace("/", "-").replace(".", "-"))
        except ValueError:
            self._fault(name, "not_a_day")
            return None

    def span(self) -> tuple[date | None, date | None]:
        """From which day and until when; the last day may be left open, and is not before the first."""
        from_, until = self.day("from"), self.day("until", needed=False)
        if from_ and until and until < from_:
            self._fault("until", "before")
        return from_, until

    def clock(self, name: str) -> time | None:
        """A time of day with 24 hours; 9.30 is read as 09:30."""
        value = self.typed.one(name).strip().replace(".", ":")
        if not value:
            self._fault(name, "needed")
            return None
        try:
            return time.fromisoformat(value.zfill(5))
        except ValueError:
            self._fault(name, "not_a_time")
            return None

    def choice(self, name: str, of: type[E], *, needed: bool = True) -> E | None:
        """One of an enum's values."""
        value = self.typed.one(name)
        if value in {one.value for one in of}:
            return of(value)
        if value or needed:
            self._fault(name, "choose")
        return None

    def one_of(self, name: str, allowed: Sequence[str], *, needed: bool = True) -> str:
        """One of some plain values."""
        value = self.typed.one(name)
        if value in allowed and value:
            return value
        if value or needed:
            self._fault(name, "choose")
        return ""

    def yes(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.typed.one(name) == "yes"

    def _fault(self, name: str, what: str) -> None:
        self.problems.append(problem(name, what))
