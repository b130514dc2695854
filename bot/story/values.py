"""The room of values: a field's plain value becomes a slot that can stand in a sentence, or None when it cannot."""

from __future__ import annotations

from typing import Any

from bot.story.keys import PHRASE_OF, PHRASE_SLOTS, phrase
from bot.talk import Many, Name, Slot, Text
from storage.kinds import ROLES, WHOM, Field, FieldType
from storage.records import Adult, EntryView, Listener

MONTHS_A_YEAR = 12


def adult_slot(adult: Adult, listener: Listener) -> Text:
    """A grown-up with role and name: 'the prosecutor Anneli'."""
    role = adult.role if adult.role in ROLES else "other"
    return Text(phrase("role", role, listener), {"name": Name(adult.label)})


def duration(months: int) -> Slot:
    """A length of time in whole years and months, as people say it."""
    years, rest = divmod(months, MONTHS_A_YEAR)
    said: list[Slot] = []
    if years:
        said.append(Text("phrase.duration.years", count=years))
    if rest or not said:
        said.append(Text("phrase.duration.months", count=rest))
    return said[0] if len(said) == 1 else Many(tuple(said))


def _several(value: Any) -> tuple[str, ...]:
    """One stored value or a list of them as plain strings; what is neither is nothing."""
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, list | tuple | set | frozenset) else ()


def _adults(value: Any, view: EntryView, listener: Listener) -> Slot | None:
    known = [adult_slot(view.people[one], listener) for one in _several(value) if one in view.people]
    if not known:
        return None
    return known[0] if len(known) == 1 else Many(tuple(known))


def _choice(field: Field, value: str, view: EntryView, listener: Listener) -> Slot | None:
    if value not in field.choices:
        return None
    choice_set = PHRASE_OF.get(field.name)
    if choice_set is None:
        return value
    if "whom" not in PHRASE_SLOTS.get(choice_set, ()):
        return Text(phrase(choice_set, value, listener))
    whom = view.fields.get("whom")
    if whom not in WHOM:
        return None
    return Text(phrase(choice_set, value, listener), {"whom": Text(phrase("whom", str(whom), listener))})


def _choices(field: Field, values: Any, view: EntryView, listener: Listener) -> Slot | None:
    said = [slot for value in _several(values) if (slot := _choice(field, value, view, listener)) is not None]
    if not said:
        return None
    return said[0] if len(said) == 1 else Many(tuple(said))


def slot(field: Field, view: EntryView, listener: Listener) -> Slot | None:
    """The field's value as a slot; None when it is not there or names nothing that can be said."""
    value = view.fields.get(field.name)
    if value is None or value == "" or value == ():
        return None
    if field.type in (FieldType.ADULT, FieldType.ADULTS):
        return _adults(value, view, listener)
    if field.type is FieldType.YES_NO:
        return "yes" if value else "no"
    if field.type is FieldType.NUMBER:
        return duration(value) if isinstance(value, int) and value > 0 else None
    if field.type is FieldType.CHOICE:
        return _choice(field, str(value), view, listener)
    if field.type is FieldType.CHOICES:
        return _choices(field, value, view, listener)
    return str(value)
