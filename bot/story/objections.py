"""The room of answers to what she objected to: which approved sentence says what came of it, and by when."""

from __future__ import annotations

from datetime import date

from bot.talk import Name, Slot, Text
from storage.her_words import Objection, Objects


def came_of(one: Objection) -> Text | None:
    """What came of it, in an approved sentence; None while nobody has answered."""
    if one.outcome is None or one.on is None:
        return None
    slots: dict[str, Slot] = {"who": Name(one.by or ""), "on": one.on}
    return Text(f"{one.objects}.answer.{one.outcome}", slots)


def waits(one: Objection, today: date) -> Text:
    """That a person is to answer, and by when; or that the day has gone by."""
    if one.objects is Objects.NOT_MINE:
        return Text("aside.next")
    return Text("wrong.late" if one.answer_by < today else "wrong.waiting", {"on": one.answer_by})
