"""The JSON Schema (2020-12) of `case/1`, made from the tables of kinds so that it cannot fall behind them."""

from __future__ import annotations

from typing import Any

from storage.afterwards import DAYS
from storage.carriers import CarrierKind
from storage.grounds import GROUNDS
from storage.kinds import KINDS, Field, FieldType, Kind, fields_of
from storage.meeting_kinds import MeetingKind
from storage.records import (
    Authority,
    Channel,
    EntryState,
    GuardianStatus,
    HoldKind,
    Leave,
    Listener,
    NoticeWording,
    Side,
    TieKind,
)
from storage.way_there import LONGEST_NAME, LONGEST_WORDS, ReadyWay

DRAFT = "https://json-schema.org/draft/2020-12/schema"
REF = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"}
WORDS = {"type": "string", "minLength": 1, "maxLength": 2000}
DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
MAYBE_DAY = {"anyOf": [DAY, {"type": "null"}]}
MAYBE_WORDS = {"anyOf": [WORDS, {"type": "null"}]}
YES_NO = {"type": "boolean"}


def case_schema() -> dict[str, Any]:
    """The whole schema; the fields of each kind are an `if kind … then fields` of its own."""
    return {
        "$schema": DRAFT,
        "title": "Bredvid case/1",
        **_object(
            {
                "bredvid": {"const": "case/1"},
                "case": _object(
                    {"ref": REF, "unit": REF, "sort": _enum(Side), "sealed": YES_NO, "protected": YES_NO},
                    optional=("sealed", "protected"),
                ),
                "people": _list(_person(), at_least=1),
                "ties": _list(_tie(), at_least=1),
                "adults": _list(_adult()),
                "entries": _list(_entry()),
                "consents": _list(_consent()),
                "exceptions": _list(_exception()),
                "meetings": _list(_meeting()),
                "contact": _list(_contact()),
                "plan": _list(_plan()),
                "carriers": _list(_carrier()),
            },
            optional=("adults", "entries", "consents", "exceptions", "meetings", "contact", "plan", "carriers"),
        ),
    }


def _person() -> dict[str, Any]:
    level = {"anyOf": [_enum(Listener), {"type": "null"}]}
    return _object(
        {
            "ref": REF,
            "name": WORDS,
            "born": MAYBE_DAY,
            "locale": REF,
            "level": level,
            "number": MAYBE_WORDS,
            "wording": _enum(NoticeWording),
        },
        optional=("born", "level", "number", "wording"),
    )


def _tie() -> dict[str, Any]:
    return _object(
        {
            "person": REF,
            "to": {"anyOf": [REF, {"type": "null"}]},
            "kind": _enum(TieKind),
            "status": {"anyOf": [_enum(GuardianStatus), {"type": "null"}]},
            "from": DAY,
            "until": MAYBE_DAY,
            "decided_by": WORDS,
        },
        optional=("to", "status", "until"),
    )


def _adult() -> dict[str, Any]:
    return _object(
        {
            "ref": REF,
            "name": WORDS,
            "role": REF,
            "authority": _enum(Authority),
            "function": MAYBE_WORDS,
            "phone": MAYBE_WORDS,
            "left": YES_NO,
        },
        optional=("function", "phone", "left"),
    )


def _entry() -> dict[str, Any]:
    hold = _object({"kind": _enum(HoldKind), "until": MAYBE_DAY, "who": MAYBE_WORDS}, optional=("until", "who"))
    release = _object(
        {"to": REF, "by": WORDS, "ground": WORDS, "on": DAY, "approved_by": MAYBE_WORDS, "leave": _enum(Leave)},
        optional=("approved_by", "leave"),
    )
    told = _object(
        {
            "person": REF,
            "by": WORDS,
            "on": DAY,
            "how": {"enum": ["face_to_face", "phone", "letter", "together", "chat"]},
            "understood": {"enum": ["understood", "unsure", "wants_talk", "not_asked", "declined"]},
            # With a day it was said on one of the days after the event, and is no telling of the event itself.
            "day": {"enum": list(DAYS)},
        },
        optional=("day",),
    )
    shape = _object(
        {
            "ref": REF,
            "kind": {"enum": list(KINDS)},
            "state": _enum(EntryState),
            "on": MAYBE_DAY,
            "by": WORDS,
            "about": {"type": "array", "items": REF},
            "listeners": {"type": "array", "items": REF},
            "fields": {"type": "object"},
            "hold": {"anyOf": [hold, {"type": "null"}]},
            "release": _list(release),
            "told": _list(told),
        },
        optional=("about", "hold", "release", "told"),
    )
    return {**shape, "allOf": [_fields_when(kind) for kind in KINDS.values()]}


def _fields_when(kind: Kind) -> dict[str, Any]:
    properties = {field.name: _field(field) for field in fields_of(kind)}
    return {
        "if": {"properties": {"kind": {"const": kind.code}}},
        "then": {"properties": {"fields": {"type": "object", "properties": properties, "additionalProperties": False}}},
    }


def _field(field: Field) -> dict[str, Any]:
    match field.type:
        case FieldType.ADULT:
            return dict(REF)
        case FieldType.ADULTS:
            return {"type": "array", "items": REF}
        case FieldType.CHOICE:
            return {"enum": list(field.choices)}
        case FieldType.CHOICES:
            return {"type": "array", "items": {"enum": list(field.choices)}}
        case FieldType.NUMBER:
            return {"type": "integer", "minimum": 1, "maximum": 999}
        case FieldType.YES_NO:
            return dict(YES_NO)
        case FieldType.WORDS:
            return dict(WORDS)


def _consent() -> dict[str, Any]:
    return _object(
        {
            "by": REF,
            "for": REF,
            "scope": REF,
            "purpose": WORDS,
            "channel": {"anyOf": [_enum(Channel), {"type": "null"}]},
            "from": DAY,
            "until": MAYBE_DAY,
            "to": {"anyOf": [REF, {"type": "null"}]},
            "how": MAYBE_WORDS,
            "language": {"anyOf": [REF, {"type": "null"}]},
        },
        optional=("channel", "until", "to", "how", "language"),
    )


def _exception() -> dict[str, Any]:
    return _object(
        {
            "to": REF,
            "ground": {"enum": list(GROUNDS)},
            "decided_by": WORDS,
            "reference": WORDS,
            "from": DAY,
            "until": MAYBE_DAY,
        },
        optional=("until",),
    )


def _meeting() -> dict[str, Any]:
    starts = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"}
    # Any other word is taken too, and read as the kind nearest to it.
    kind = {"anyOf": [_enum(MeetingKind), REF]}
    return _object(
        {"ref": REF, "with": WORDS, "starts": starts, "zone": WORDS, "where": WORDS, "kind": kind,
         "bring": {"type": "array", "items": WORDS}, "way": _way()},
        optional=("bring", "way"),
    )  # fmt: skip


def _way() -> dict[str, Any]:
    """How to get there; every part of it may be left out."""
    name = {**WORDS, "maxLength": LONGEST_NAME}
    fields = {"stop": name, "entrance": name, "floor": name, "words": {**WORDS, "maxLength": LONGEST_WORDS},
              "language": REF, "ready": {"type": "array", "items": _enum(ReadyWay), "uniqueItems": True}}  # fmt: skip
    return _object(fields, optional=tuple(fields))


def _contact() -> dict[str, Any]:
    return _object(
        {
            "person": REF,
            "decided_by": WORDS,
            "on": DAY,
            "why": WORDS,
            "maturity": WORDS,
            "guardians_may_know": YES_NO,
            "embargo_until": MAYBE_DAY,
            "notices": YES_NO,
        },
        optional=("embargo_until", "notices"),
    )


def _plan() -> dict[str, Any]:
    return _object({"person": REF, "goal": WORDS, "who": WORDS, "next_on": MAYBE_DAY}, optional=("next_on",))


def _carrier() -> dict[str, Any]:
    """A container of the log, in the order they came: extended or closed; one after a close may be a reopening."""
    extended = _object({"until": DAY, "decided_by": WORDS, "ground": WORDS})
    closed = _object({"on": DAY, "decided_by": WORDS, "ground": WORDS})
    return _object(
        {"kind": _enum(CarrierKind), "from": DAY, "until": MAYBE_DAY, "decided_by": WORDS, "ground": WORDS,
         "extended": _list(extended), "closed": {"anyOf": [closed, {"type": "null"}]}, "reopens": YES_NO},
        optional=("until", "extended", "closed", "reopens"),
    )  # fmt: skip


def _enum(of: Any) -> dict[str, Any]:
    return {"enum": [str(member) for member in of]}


def _list(items: dict[str, Any], *, at_least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": at_least}


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }
