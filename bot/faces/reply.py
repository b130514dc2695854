"""Faces: what a posted page says: a choice, typed words or a PIN, and the turn it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.faces.symbols import LETTERS
from bot.talk import Chose, Typed

LANGUAGE = "/language"
STOP = "/stop"
RING = "/ring"
SEND = "/send"
PIN_LENGTH = 6
STAMP_DIGITS = 12
TURN_DIGITS = 8
FIELD_DIGITS = STAMP_DIGITS + TURN_DIGITS
_LONGEST_CHOICE = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a page. `turn` None: no turn was given. `event` None: nothing was said.

    The fixed line's two buttons arrive as `Chose(LANGUAGE)` and `Chose(STOP)`.
    """

    turn: int | None
    event: Chose | Typed | None


def turn_field(turn: int, stamp: int) -> str:
    """The one hidden field: twelve digits that prove the page (0 when not used) and eight of the turn."""
    return f"{stamp:0{STAMP_DIGITS}d}{turn:0{TURN_DIGITS}d}"


def read_reply(form: Mapping[str, str]) -> Reply:
    """Read a page's fields. A bare turn number is understood, too."""
    return Reply(_turn(form.get("turn", "")), _event(form))


def _turn(field: str) -> int | None:
    if not (field.isascii() and field.isdigit()):
        return None
    if len(field) == FIELD_DIGITS:
        return int(field[-TURN_DIGITS:])
    return int(field) if len(field) <= TURN_DIGITS else None


def _event(form: Mapping[str, str]) -> Chose | Typed | None:
    choice = form.get("choice", "")
    if choice and choice != SEND:
        return Chose(choice) if len(choice) <= _LONGEST_CHOICE else None
    tapped = [form.get(f"p{place}", "") for place in range(1, PIN_LENGTH + 1)]
    if any(tapped) and all(len(one) <= 1 and one in LETTERS for one in tapped):
        return Typed("".join(tapped))
    if "text" in form:
        return Typed(form["text"].strip())
    return Typed("") if choice == SEND else None
