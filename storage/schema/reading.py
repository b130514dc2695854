"""Reading a `case/1` file: every fault in it, each with the place and a sentence; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.afterwards import days_of
from storage.entry_check import in_other_script, likeness, mixes_scripts
from storage.kinds import KINDS, FieldType, clashes, fields_of, fits
from storage.later import Later
from storage.schema.shape import case_schema

# A house that serves seldom takes a file in.
if TYPE_CHECKING:
    import jsonschema
    from jsonschema.exceptions import ValidationError
else:
    jsonschema = Later("jsonschema")

LARGEST = 5 * 1024 * 1024
_SPECIAL_READERS = ("child", "special_representative", "shared")


@dataclass(frozen=True, slots=True)
class Error:
    """One thing to mend: a JSON pointer and what to do about it."""

    at: str
    say: str


def read_document(raw: bytes) -> dict[str, Any] | tuple[Error, ...]:
    """The document, or everything that is wrong with it."""
    if len(raw) > LARGEST:
        return (Error("", f"The file is larger than {LARGEST // 1024 // 1024} MiB. Split the case's entries."),)
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return (Error("", "The file is not UTF-8 text. Save it as UTF-8 and try again."),)
    except RecursionError:
        return (Error("", "The file is nested too deep to be a case."),)
    except json.JSONDecodeError as error:
        return (Error("", f"The file is not JSON: line {error.lineno}, column {error.colno}."),)
    except ValueError:
        return (Error("", "The file is not JSON that can be read: a number in it is far too long."),)
    # The validator has one error for each name that is missing, and each of them sees all that are.
    faults = tuple(dict.fromkeys(_shape_faults(document))) or tuple(_sense_faults(document))
    return faults or document


def _shape_faults(document: Any) -> Iterator[Error]:
    validator = jsonschema.Draft202012Validator(case_schema())
    for error in sorted(validator.iter_errors(document), key=lambda found: list(map(str, found.absolute_path))):
        yield from _sentences(error)


def _sentences(error: ValidationError) -> Iterator[Error]:
    wanted: Any = error.validator_value
    shape: Any = error.schema
    given: Any = error.instance
    at = "".join(f"/{_escaped(part)}" for part in error.absolute_path)
    match error.validator:
        case "required":
            names = [name for name in wanted if name not in given]
            yield from (Error(f"{at}/{_escaped(name)}", "This is missing.") for name in names)
        case "additionalProperties":
            known = shape.get("properties", {})
            for name in given:
                if name not in known:
                    yield Error(
                        f"{at}/{_escaped(name)}", f"This is not known here. Known are: {', '.join(sorted(known))}."
                    )
        case "enum":
            yield Error(at, f"Choose one of: {', '.join(map(str, wanted))}.")
        case "const":
            yield Error(at, f"This must be {wanted!r}.")
        case "pattern" | "format":
            yield Error(at, _about_pattern(shape))
        case "type":
            yield Error(at, f"This should be of the type {wanted}.")
        case "anyOf":
            yield Error(at, "This is neither empty nor of the right form.")
        case "minLength" | "minItems":
            yield Error(at, "This may not be empty.")
        case "maxLength":
            yield Error(at, f"This is longer than {wanted} characters.")
        case _:
            yield Error(at, "This does not fit the form; see `bredvid import --schema`.")


def _escaped(part: object) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _about_pattern(schema: Any) -> str:
    if "format" in schema:
        return "Write the date as year-month-day, for example 2026-03-05."
    if "T" in schema.get("pattern", ""):
        return "Write the time as 2026-03-05T10:00, in the wall time of the zone."
    return "Use letters, digits, dot, dash and underscore, at most 64 of them."


def _sense_faults(document: dict[str, Any]) -> Iterator[Error]:
    """What a schema cannot see: references, dates, one child, one recipient, names used twice."""
    yield from _references(document)
    yield from _letters(document)
    yield from _days(document)
    yield from _who_is_who(document)
    yield from _times(document)
    for i, entry in enumerate(document.get("entries", [])):
        yield from _entry(entry, f"/entries/{i}", document)


def _references(document: dict[str, Any]) -> Iterator[Error]:
    people = [person["ref"] for person in document["people"]]
    for group, refs in (
        ("people", people),
        ("adults", [adult["ref"] for adult in document.get("adults", [])]),
        ("entries", [entry["ref"] for entry in document.get("entries", [])]),
        ("meetings", [meeting["ref"] for meeting in document.get("meetings", [])]),
    ):
        for i, ref in enumerate(refs):
            if ref in refs[:i]:
                yield Error(f"/{group}/{i}/ref", f"The ref '{ref}' is used twice.")
    named = [("ties", "person"), ("contact", "person"), ("plan", "person"), ("consents", "by"), ("consents", "for"),
             ("consents", "to"), ("exceptions", "to")]  # fmt: skip
    for group, field in named:
        for i, line in enumerate(document.get(group, [])):
            if line.get(field) is not None and line[field] not in people:
                yield Error(f"/{group}/{i}/{field}", f"Nobody in `people` has the ref '{line[field]}'.")
    tied = [tie["person"] for tie in document["ties"]]
    for i, person in enumerate(tied):
        if person in tied[:i]:
            yield Error(f"/ties/{i}/person", f"'{person}' has a tie already; a person has one tie to a case.")
    for i, tie in enumerate(document["ties"]):
        if tie.get("to") is not None and tie["to"] not in people:
            yield Error(f"/ties/{i}/to", f"Nobody in `people` has the ref '{tie['to']}'.")


def _letters(document: dict[str, Any]) -> Iterator[Error]:
    for at, value in _walk(document, ""):
        if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
            yield Error(at, "Half of a letter is missing here. Write the words again.")


def _days(document: dict[str, Any]) -> Iterator[Error]:
    for at, value in _walk(document, ""):
        if isinstance(value, str) and at.rsplit("/", 1)[-1] in (
            "born",
            "from",
            "until",
            "on",
            "next_on",
            "embargo_until",
        ):
            try:
                date.fromisoformat(value)
            except ValueError:
                yield Error(at, f"'{value}' is not a day in the calendar.")
    for group in ("ties", "consents", "exceptions", "carriers"):
        for i, line in enumerate(document.get(group, [])):
            if line.get("until") and line["until"] < line["from"]:
                yield Error(f"/{group}/{i}/until", "The last day is before the first.")


def _walk(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, f"{at}/{name}")
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _walk(inner, f"{at}/{i}")
    else:
        yield at, value


def _who_is_who(document: dict[str, Any]) -> Iterator[Error]:
    aid = document["case"]["sort"] == "aid"
    kinds = [tie["kind"] for tie in document["ties"]]
    centre = "recipient" if aid else "child"
    if kinds.count(centre) != 1:
        yield Error(
            "/ties", f"A case of this sort has exactly one tie of the kind '{centre}'; here are {kinds.count(centre)}."
        )
    for i, kind in enumerate(kinds):
        if (kind == "recipient") != aid:
            yield Error(f"/ties/{i}/kind", "Aid is never part of a barnahus case. Make two files.")
    for i, tie in enumerate(document["ties"]):
        if tie["kind"] == "guardian" and not tie.get("status"):
            yield Error(f"/ties/{i}/status", "Say what is known of this guardian; 'unknown' is an answer.")
    taken: set[str] = set()
    for i, adult in enumerate(document.get("adults", [])):
        mine = likeness(adult["name"])
        if mine & taken:
            yield Error(
                f"/adults/{i}/name",
                f"Two adults are called '{adult['name']}', or look so. Tell them apart, as in 'Kim (police)'.",
            )
        elif mixes_scripts(adult["name"]):
            yield Error(f"/adults/{i}/name", "One word here has letters of two scripts. Write it in one.")
        taken |= mine
    if aid and document.get("entries"):
        yield Error("/entries", "An aid case has meetings and a plan, and no entries.")
    if aid and document.get("carriers"):
        yield Error("/carriers", "An aid case has no log, and so nothing that holds one.")


def _times(document: dict[str, Any]) -> Iterator[Error]:
    for i, meeting in enumerate(document.get("meetings", [])):
        try:
            named = _names_a_moment(datetime.fromisoformat(meeting["starts"]), ZoneInfo(meeting["zone"]))
        except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
            named = False
        if not named:
            yield Error(
                f"/meetings/{i}", "The time or its zone does not exist. An example: 2026-03-05T10:00, Europe/Stockholm."
            )


def _names_a_moment(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether there is such an hour: the clocks jump over one in spring."""
    there = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == wall


def _fields(entry: dict[str, Any], at: str, adults: set[str]) -> Iterator[Error]:
    kind = KINDS[entry["kind"]]
    for field in fields_of(kind):
        value = entry["fields"].get(field.name)
        if not fits(kind, field, entry["fields"].get(kind.variant or "")):
            if value not in (None, "", []):
                only = f"only with `{kind.variant}`: {', '.join(field.when)}"
                yield Error(f"{at}/fields/{field.name}", f"This does not go with the outcome. Say it {only}.")
            continue
        if value in (None, "", []):
            if field.required and entry["state"] == "happened":
                yield Error(f"{at}/fields/{field.name}", "This is missing, and the text cannot be told without it.")
            continue
        if field.type in (FieldType.ADULT, FieldType.ADULTS):
            for ref in [value] if isinstance(value, str) else value:
                if ref not in adults:
                    yield Error(f"{at}/fields/{field.name}", f"Nobody in `adults` has the ref '{ref}'.")
        elif field.not_with is not None and clashes(field, entry["fields"]):
            other, _ = field.not_with
            say = f"This contradicts `{other}`: {entry['fields'][other]}. Keep one; two events are two entries."
            yield Error(f"{at}/fields/{field.name}", say)
        elif field.type is FieldType.WORDS and in_other_script(value):
            say = "Readers are told that these words are in Swedish, and most letters are of another script."
            yield Error(f"{at}/fields/{field.name}", f"{say} Write them in Swedish; names may keep their script.")


def _entry(entry: dict[str, Any], at: str, document: dict[str, Any]) -> Iterator[Error]:
    kind = KINDS[entry["kind"]]
    adults = {adult["ref"] for adult in document.get("adults", [])}
    guardians = {tie["person"] for tie in document["ties"] if tie["kind"] == "guardian"}
    happened = entry["state"] == "happened"
    yield from _fields(entry, at, adults)
    if happened and not entry["on"]:
        yield Error(f"{at}/on", "Say which day it happened, with the year.")
    readers = (*_SPECIAL_READERS, *sorted(guardians))
    wanted = [(f"{at}/listeners/{i}", reader) for i, reader in enumerate(entry["listeners"])]
    wanted += [(f"{at}/release/{i}/to", release["to"]) for i, release in enumerate(entry.get("release", []))]
    for place, reader in wanted:
        if reader not in readers:
            yield Error(place, f"'{reader}' cannot read here. These can: {', '.join(readers)}.")
        elif reader in ("special_representative", "shared") and not kind.criminal:
            yield Error(
                place, "A special representative reads the criminal matter only, and this kind is not part of it."
            )
    people = {person["ref"] for person in document["people"]}
    for i, told in enumerate(entry.get("told", [])):
        if told["person"] not in people:
            yield Error(f"{at}/told/{i}/person", f"Nobody in `people` has the ref '{told['person']}'.")
        if "day" in told and told["day"] not in days_of(kind.code):
            yield Error(f"{at}/told/{i}/day", "Nobody is owed a word on the days after this kind of event.")
    for i, about in enumerate(entry.get("about", [])):
        if about not in people:
            yield Error(f"{at}/about/{i}", f"Nobody in `people` has the ref '{about}'.")
    hold = entry.get("hold")
    if hold and hold["kind"] == "not_yet" and not (hold.get("until") and hold.get("who")):
        yield Error(f"{at}/hold", "A 'not yet' needs the day when somebody looks again, and who.")
