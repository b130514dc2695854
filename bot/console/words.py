"""The room of words: how a page of the console finds its texts, and every key it may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web

from bot.http.languages import asked_language
from bot.speech import Locale, locale, locales
from bot.talk import Name, Slot, Text
from storage.kinds import KINDS, ROLES, Field, FieldType, fields_of

# A console speaks a language only when its own texts are in it; this key stands for them all.
PROBE = "console.title"
# Fields that share their choices' words with another field.
SAME_WORDS = {"from_place": "place", "back_to": "place", "told_whom": "whom", "home_with": "whom", "heard": "whom"}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one page, in one language."""

    locale: Locale

    @classmethod
    def of(cls, request: web.Request) -> Words:
        """The language the browser asks for, among those the console speaks."""
        spoken = [one.tag for one in locales() if one.speaks(PROBE)]
        return cls(locale(asked_language(request.headers.get("Accept-Language"), spoken)))

    def t(self, key: str | Text, /, *, count: int | None = None, **slots: Slot) -> str:
        """A text by its key; `count` chooses between its forms, and fills the slot of that name."""
        return self.locale.say(key if isinstance(key, Text) else Text(key, slots, count))

    def name(self, value: str) -> str:
        """A person's name, in its own direction."""
        return self.locale.say(Name(value))

    def day(self, day: date | str | None) -> str:
        """A day with weekday and year; '' for none."""
        if not day:
            return ""
        return self.locale.day(date.fromisoformat(day) if isinstance(day, str) else day)

    def moment(self, at: datetime | None) -> str:
        """A day and a time in Stockholm; '' for none."""
        return self.locale.say(at) if at else ""

    def either(self, *keys: str) -> str:
        """The first of these keys that has words."""
        found = next((key for key in keys if self.locale.speaks(key) or locale("sv").speaks(key)), keys[-1])
        return self.t(found)

    def field(self, kind: str, name: str) -> str:
        """What a field of the entry form is called: the kind's own name for it, else the common one."""
        return self.either(f"console.field.{kind}.{name}", f"console.field.{name}")

    def value(self, field: Field, value: Any, people: Any = None) -> str:
        """A field's value in words."""
        match field.type:
            case FieldType.ADULT | FieldType.ADULTS:
                ids = [value] if isinstance(value, str) else list(value)
                return ", ".join(self.adult(people[one]) if people and one in people else "?" for one in ids)
            case FieldType.YES_NO:
                return self.t("console.yes" if value else "console.no")
            case FieldType.CHOICE:
                return self.choice(field.name, str(value))
            case FieldType.CHOICES:
                return ", ".join(self.choice(field.name, one) for one in value)
            case _:
                return str(value)

    def choice(self, field: str, value: str) -> str:
        """One choice of a field in words."""
        return self.t(choice_key(field, value))

    def adult(self, adult: Any) -> str:
        """A grown-up by name and role."""
        role = adult.role if adult.role in ROLES else "other"
        return f"{self.name(adult.label)}, {self.t(f'console.role.{role}')}"

    def plain(self, value: str, family: str) -> str:
        """A stored word in words when we know it, and as it was written when we do not."""
        key = f"console.{family}.{value}"
        return self.t(key) if locale("sv").speaks(key) else value


def choice_key(field: str, value: str) -> str:
    """The key of a choice's words."""
    return f"console.choice.{SAME_WORDS.get(field, field)}.{value}"


def kind_keys() -> Iterator[str]:
    """The keys that follow from the kinds of entry."""
    for kind in KINDS.values():
        yield f"console.kind.{kind.code}"
        for field in fields_of(kind):
            yield from (choice_key(field.name, value) for value in field.choices)
