"""What is inside the envelopes: for each record name its shape and version, and how older versions are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from storage.her_words import Aside, Note, Objection, ToldAbout
from storage.meeting_kinds import meeting_kind
from storage.records import (
    Adult,
    Afterwards,
    Bookmark,
    Entry,
    EntryView,
    GuardianStatus,
    Listener,
    Meeting,
    Message,
    NoticeWording,
    PersonId,
    PlannedVisit,
    Profile,
    Promise,
    Refusal,
    TieId,
    TieKind,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CaseName:
    """The case's own reference, as its worker knows it."""

    ref: str


@dataclass(frozen=True, slots=True)
class PartyCard:
    """A person of the case as staff knows her."""

    person: PersonId
    tie: TieId
    kind: TieKind
    name: str
    born: date | None
    locale: str
    level: Listener | None
    number: str | None
    status: GuardianStatus
    wording: NoticeWording = NoticeWording.READ


@dataclass(frozen=True, slots=True)
class Chosen:
    """The language and level a person picked herself, left for her worker's previews."""

    tie: TieId
    locale: str
    level: Listener | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message and whose thread it is in."""

    person: PersonId
    message: Message


@dataclass(frozen=True, slots=True)
class Booked:
    """A meeting and whose it is."""

    person: PersonId
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of the plan."""

    goal: str
    who: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class PinKept:
    """A PIN's verifier: Argon2id over the peppered code, and whether it was chosen as pictures."""

    verifier: str
    pictures: bool


@dataclass(frozen=True, slots=True)
class StaffName:
    """A member of staff's name and the function children are given."""

    name: str
    function: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a member of staff: its id and public key in base64url, its counter, and when she added it."""

    credential: str
    public_key: str
    count: int
    added: date


@dataclass(frozen=True, slots=True)
class TalkState:
    """Where a conversation is: the step's name, version and fields, and the one line waiting to be shown.

    `locale` is a visitor's language; somebody who has signed in has one in her profile.
    """

    step: str
    version: int
    fields: dict[str, Any]
    line: str | None = None
    locale: str | None = None


# Everyday words; one of them is hers and proves that a message is from us. `bot` has them in every language.
CODE_WORDS = (
    "apple", "boat", "bread", "candle", "cloud", "cup", "forest", "garden", "lake", "leaf", "moon", "orange", "rain",
    "scarf", "snow", "stone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """A Telegram chat that is hers: its number, its conversation, and the name of her code word."""

    chat: int
    conversation: str
    code: str


@dataclass(frozen=True, slots=True)
class Linking:
    """A link on its way: the token on her page, until when, and the chat that has shown it, if any."""

    token: str
    until: datetime
    chat: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to one question of a claim, in the words it was given."""

    what: str
    words: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What is remembered for whoever writes a claim: its number until it is kept, and what has been answered."""

    number: str
    has: tuple[str, ...] = ()
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class EidShown:
    """An e-ID that was shown for a claim: a keyed hash of its number, the name in it, and whose number it is here."""

    mark: str
    name: str
    persons: tuple[PersonId, ...]
    on: date


PAYLOADS: dict[str, tuple[int, TypeAdapter[Any]]] = {
    "case": (1, TypeAdapter(CaseName)),
    "party": (1, TypeAdapter(PartyCard)),
    "chosen": (1, TypeAdapter(Chosen)),
    "profile": (1, TypeAdapter(Profile)),
    "pin": (1, TypeAdapter(PinKept)),
    "staff": (1, TypeAdapter(StaffName)),
    "passkey": (1, TypeAdapter(Passkey)),
    "adult": (1, TypeAdapter(Adult)),
    "entry": (2, TypeAdapter(Entry)),
    "view": (1, TypeAdapter(EntryView)),
    "promise": (1, TypeAdapter(Promise)),
    "after": (1, TypeAdapter(Afterwards)),
    "message": (3, TypeAdapter(Spoken)),
    "meeting": (3, TypeAdapter(Booked)),
    "goal": (1, TypeAdapter(Goal)),
    "talk": (1, TypeAdapter(TalkState)),
    "bound": (1, TypeAdapter(Bound)),
    "parting": (1, TypeAdapter(Bound)),
    "linking": (1, TypeAdapter(Linking)),
    "visit": (1, TypeAdapter(PlannedVisit)),
    "bookmark": (1, TypeAdapter(Bookmark)),
    "refusal": (1, TypeAdapter(Refusal)),
    "objection": (1, TypeAdapter(Objection)),
    "aside": (1, TypeAdapter(Aside)),
    "told": (1, TypeAdapter(ToldAbout)),
    "note": (1, TypeAdapter(Note)),
    "asked": (1, TypeAdapter(Asked)),
    "asking": (1, TypeAdapter(Asking)),
    "shown": (1, TypeAdapter(EidShown)),
}

# (record name, version it is read from) -> the same payload one version later. A sample of each old version is
# kept under tests for ever.
UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    # Until then nothing that two had released was read by a second one again.
    ("entry", 1): lambda body: {**body, **{name: _not_anew(body.get(name, [])) for name in ("releases", "proposed")}},
    # Until then nobody wrote down how to get to a meeting.
    ("meeting", 1): lambda body: {**body, "meeting": {**body["meeting"], "way": {}}},
    # Until then the console had kinds of its own, and a case that was carried in any word.
    ("meeting", 2): lambda body: {**body, "meeting": _of_known_kind(body["meeting"])},
    # Until then the alarm stood only in the worker's list.
    ("message", 1): lambda body: {**body, "message": {**body["message"], "alarm": None}},
    # Until then a question was to nobody but the unit.
    ("message", 2): lambda body: {**body, "message": {**body["message"], "to": None}},
}


def _of_known_kind(meeting: dict[str, Any]) -> dict[str, Any]:
    return {**meeting, "kind": meeting_kind(meeting["kind"])}


def _not_anew(releases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "anew": False} for one in releases]


class Unreadable(Exception):
    """A payload is not of its record's shape. Carries the record's name and never what was in it."""


def current(name: str) -> int:
    """The version new payloads of this name are written in."""
    return PAYLOADS[name][0]


def write(name: str, payload: object) -> bytes:
    """A payload as JSON bytes."""
    try:
        return PAYLOADS[name][1].dump_json(payload, warnings="error")
    except ValueError:
        # What the library would say quotes the words.
        raise Unreadable(name) from None


def read(name: str, v: int, raw: bytes) -> Any:
    """A payload from JSON bytes of any version it ever had."""
    try:
        return _read(name, v, raw)
    except (ValueError, KeyError, TypeError, AttributeError):
        # An old one of another shape breaks on its way up, with its own words in the error.
        raise Unreadable(name) from None


def _read(name: str, v: int, raw: bytes) -> Any:
    version, adapter = PAYLOADS[name]
    if v == version:
        return adapter.validate_json(raw)
    body = cast(dict[str, Any], json.loads(raw))
    while v < version:
        body = UPCASTERS[(name, v)](body)
        v += 1
    return adapter.validate_python(body)
