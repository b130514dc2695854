"""Is an entry fit to be written? Pure; a fault says where and what, and the edge has the sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from storage.kinds import KINDS, Field, FieldType, clashes, fields_of, fits, readers_of
from storage.records import Adult, Entry, EntryState, HoldKind

LONGEST_WORDS = 2000
# A worker's own words are said to be in this language wherever they are shown (`bot.talk.Written`), in these letters.
WRITTEN_IN, _SCRIPT = "sv", "LATIN"


class FaultKind(StrEnum):
    """What may be wrong."""

    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_FIELD = "unknown_field"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    NOT_WITH_OUTCOME = "not_with_outcome"
    NOT_A_CHOICE = "not_a_choice"
    UNKNOWN_ADULT = "unknown_adult"
    TOO_LONG = "too_long"
    NO_DATE = "no_date"
    NO_PROMISE_DAY = "no_promise_day"
    NO_SUCH_READER = "no_such_reader"
    NOT_TOGETHER = "not_together"
    OTHER_SCRIPT = "other_script"
    AHEAD = "ahead"
    PASSED = "passed"
    UNBORN = "unborn"
    TOLD_AHEAD = "told_ahead"
    TOLD_BEFORE = "told_before"
    COMES_AFTER = "comes_after"
    COMES_BEFORE = "comes_before"
    TWO_ANSWERS = "two_answers"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `at` is a field's name, '' for the entry as a whole; `allowed` lists what would do.

    `other`: the field, or the kind of entry, that it contradicts; `day`: the day that it contradicts.
    """

    at: str
    kind: FaultKind
    allowed: tuple[str, ...] = ()
    other: str = ""
    day: date | None = None


# Letters that look like others, of other scripts and of the Latin one itself. Source: Unicode UTS 39, confusables.
_LOOKS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЗаеѕіјорсухһԁԛԝӏ" "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳορνιακυτχ" "ӀԌԚԜҮү" "ՕօԼոսհցՏ"
    "ıȷɑɡɩɪǀƖɴʀʏʟᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ" "ꓐꓑꓓꓖꓗꓙꓚꓝꓟꓠꓡꓢꓣꓤꓥꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ",
    "ABESIJKMHOPCTYX3aesijopcyxhdqwl" "ABEZHIKMNOPTYXCjopviakutx" "lGQWYy" "OoLnuhgS"
    "ijagiillNRYLACDEJKMOPTUVWZ" "BPDGKJCFMNLSRRAVHWXYAEIOU",
)  # fmt: skip
# Empty signs that Unicode does not call formatting. Source: DerivedCoreProperties, Default_Ignorable_Code_Point.
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Twins within the Latin letters and figures, as most faces draw them.
_TWINS = (("I", "l"), ("|", "l"), ("1", "l"), ("0", "O"), ("rn", "m"), ("vv", "w"))
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "LISU", "CHEROKEE", "COPTIC", "GEORGIAN")


def likeness(label: str) -> frozenset[str]:
    """A label as one hears it and as one sees it; two grown-ups of a case may have neither in common.

    However the letters were typed it sounds the same, a letter of another script that looks like a Latin one is it, and
    what is not seen (zero width, soft hyphen, marks of direction) is not there.
    """
    label = "".join(sign for sign in label if not _is_unseen(sign))
    seen = unicodedata.normalize("NFKD", label).translate(_LOOKS)
    alike = seen
    for sign, twin in _TWINS:
        alike = alike.replace(sign, twin)
    return frozenset(" ".join(unicodedata.normalize("NFKC", one).casefold().split()) for one in (label, seen, alike))


def mixes_scripts(label: str) -> bool:
    """Whether one word has letters of two scripts: nobody is called so, and it looks like another name."""
    return any(len({_script(sign) for sign in word} - {""}) > 1 for word in label.split())


def _script(sign: str) -> str:
    name = unicodedata.name(sign, "") if unicodedata.category(sign).startswith("L") else ""
    return name.split(" ")[0] if name.startswith(_SCRIPTS) else ""


def _is_unseen(sign: str) -> bool:
    selects = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    return unicodedata.category(sign) == "Cf" or selects or sign in _EMPTY


def in_other_script(words: str) -> bool:
    """Whether most letters are of another script than the one of `WRITTEN_IN`; a name among them may be of any."""
    letters = [sign for sign in words if unicodedata.category(sign).startswith("L")]
    ours = sum(1 for sign in letters if unicodedata.name(sign, "").startswith(_SCRIPT))
    return 2 * ours < len(letters)


def faults(entry: Entry, adults: Mapping[str, Adult]) -> tuple[Fault, ...]:
    """Everything wrong with an entry; none means it may be written."""
    if entry.kind not in KINDS:
        return (Fault("kind", FaultKind.UNKNOWN_KIND, tuple(KINDS)),)
    return tuple(_faults(entry, adults))


def _faults(entry: Entry, adults: Mapping[str, Adult]) -> Iterator[Fault]:
    kind = KINDS[entry.kind]
    by_name = {field.name: field for field in fields_of(kind)}
    for name in entry.fields:
        if name not in by_name:
            yield Fault(name, FaultKind.UNKNOWN_FIELD, tuple(by_name))
    outcome = entry.fields.get(kind.variant or "")
    for field in by_name.values():
        if not fits(kind, field, outcome):
            if entry.fields.get(field.name) not in (None, "", []):
                yield Fault(field.name, FaultKind.NOT_WITH_OUTCOME, field.when)
            continue
        if field.not_with is not None and clashes(field, entry.fields):
            yield Fault(field.name, FaultKind.NOT_TOGETHER, other=field.not_with[0])
        yield from _field(
            field,
            entry.fields.get(field.name),
            adults,
            ahead=entry.state is not EntryState.HAPPENED,
        )
    for reader in entry.listeners:
        if reader not in readers_of(kind):
            yield Fault("listeners", FaultKind.NO_SUCH_READER, tuple(readers_of(kind)))
    if entry.on is None and entry.state in (EntryState.HAPPENED, EntryState.CANCELLED):
        yield Fault("on", FaultKind.NO_DATE)
    if entry.hold is not None and entry.hold.kind is HoldKind.NOT_YET and entry.hold.until is None:
        yield Fault("hold", FaultKind.NO_PROMISE_DAY)


def _field(field: Field, value: Any, adults: Mapping[str, Adult], *, ahead: bool) -> Iterator[Fault]:
    if value is None or value in ("", []):
        if field.required and not ahead:
            yield Fault(field.name, FaultKind.MISSING, field.choices)
        return
    match field.type:
        case FieldType.ADULT | FieldType.ADULTS:
            many = field.type is FieldType.ADULTS
            if not (isinstance(value, list) if many else isinstance(value, str)):
                yield Fault(field.name, FaultKind.WRONG_TYPE)
                return
            for ref in value if many else [value]:
                if ref not in adults:
                    yield Fault(field.name, FaultKind.UNKNOWN_ADULT, tuple(adults))
        case FieldType.CHOICE | FieldType.CHOICES:
            values = value if isinstance(value, list) else [value]
            if (field.type is FieldType.CHOICES) != isinstance(value, list):
                yield Fault(field.name, FaultKind.WRONG_TYPE)
            elif any(one not in field.choices for one in values):
                yield Fault(field.name, FaultKind.NOT_A_CHOICE, field.choices)
        case FieldType.NUMBER:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1000:
                yield Fault(field.name, FaultKind.WRONG_TYPE)
        case FieldType.YES_NO:
            if not isinstance(value, bool):
                yield Fault(field.name, FaultKind.WRONG_TYPE)
        case FieldType.WORDS:
            yield from _words(field, value)


def _words(field: Field, value: Any) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(field.name, FaultKind.WRONG_TYPE)
    elif len(value) > LONGEST_WORDS:
        yield Fault(field.name, FaultKind.TOO_LONG)
    elif in_other_script(value):
        yield Fault(field.name, FaultKind.OTHER_SCRIPT)
