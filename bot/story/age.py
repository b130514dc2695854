"""The room of age: for whom a text is told, from a birth date and from what the person chose."""

from __future__ import annotations

from datetime import date

from storage.records import Listener

ADULT = 18


def age_on(born: date, today: date) -> int:
    """Whole years lived; a birthday counts from its morning, and one on 29 February falls on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_minor(born: date | None, today: date) -> bool:
    """Whether somebody is known to be under eighteen."""
    return born is not None and age_on(born, today) < ADULT


def listener_for(born: date | None, today: date, chosen: Listener | None = None) -> Listener:
    """The level she chose, else the one her age gives. Without a birth date the plain child level is told.

    Until she is eighteen nobody reads as a grown-up looking back: the numbers and the words about parents go with it.
    """
    if chosen is not None and not (chosen is Listener.GROWN and is_minor(born, today)):
        return chosen
    if born is None:
        return Listener.CHILD
    age = age_on(born, today)
    if age < 7:
        return Listener.UNDER_7
    if age < 13:
        return Listener.CHILD
    return Listener.TEEN if age < ADULT else Listener.GROWN
