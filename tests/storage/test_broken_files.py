"""Every sort of broken file is met with a place and a sentence, and changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from storage import _tables as tables
from storage.importing import import_case
from storage.schema.reading import LARGEST, read_document
from tests.storage.house import House, demo

Document = dict[str, Any]


def _set(path: str, value: Any) -> Callable[[Document], None]:
    """Put a value where a JSON pointer says."""

    def change(document: Document) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.strip("/").split("/")]
        place: Any = document
        for part in way:
            place = place[part]
        place[last] = value

    return change


def _drop(path: str) -> Callable[[Document], None]:
    """Take away what stands where a JSON pointer says."""

    def change(document: Document) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.strip("/").split("/")]
        place: Any = document
        for part in way:
            place = place[part]
        del place[last]

    return change


def _append(group: str, value: Document) -> Callable[[Document], None]:
    return lambda document: document.setdefault(group, []).append(value)


KIM = {"ref": "kim", "name": "PETRA VIK", "role": "police", "authority": "police"}
TIE = {"person": "sanna", "to": "elias", "kind": "recipient", "status": None, "from": "2026-01-19", "decided_by": "x"}
MEETING = {"ref": "m", "with": "x", "starts": "2026-12-01T10:00", "zone": "Europe/Stockholm", "where": "x", "kind": "k"}
YES = {"by": "nobody", "for": "elias", "scope": "notice", "purpose": "x", "from": "2026-01-01"}

# what is wrong · the change · where the fault is said to be · words that the sentence has
FAULTS: list[tuple[str, Callable[[Document], None], str, str]] = [
    ("wrong version", _set("/bredvid", "case/2"), "/bredvid", "must be 'case/1'"),
    ("no version", _drop("/bredvid"), "/bredvid", "missing"),
    ("no people", _drop("/people"), "/people", "missing"),
    ("nobody", _set("/people", []), "/people", "may not be empty"),
    ("unknown top field", _set("/colour", "red"), "/colour", "not known here"),
    ("a field with a slash and a tilde", _set("/case/x", 1), "/case/x", "not known here"),
    ("people is no list", _set("/people", {}), "/people", "type array"),
    ("name is a number", _set("/people/0/name", 7), "/people/0/name", "type string"),
    ("empty name", _set("/people/0/name", ""), "/people/0/name", "may not be empty"),
    ("too long a name", _set("/people/0/name", "x" * 2001), "/people/0/name", "longer than 2000"),
    ("ref with a space", _set("/people/0/ref", "e l"), "/people/0/ref", "letters, digits"),
    ("unknown sort", _set("/case/sort", "school"), "/case/sort", "barnahus, aid"),
    ("impossible birth date", _set("/people/0/born", "2017-02-30"), "/people/0/born", "not a day"),
    ("birth date in words", _set("/people/0/born", "in spring"), "/people/0/born", "right form"),
    ("impossible tie date", _set("/ties/0/from", "2026-13-01"), "/ties/0/from", "not a day"),
    ("tie date in words", _set("/ties/0/from", "yesterday"), "/ties/0/from", "year-month-day"),
    ("tie ends before it begins", _set("/ties/2/until", "2026-01-20"), "/ties/2/until", "before the first"),
    ("unknown person in a tie", _set("/ties/1/person", "nobody"), "/ties/1/person", "'nobody'"),
    ("unknown child in a tie", _set("/ties/1/to", "nobody"), "/ties/1/to", "'nobody'"),
    ("no child", _drop("/ties/0"), "/ties", "exactly one tie of the kind 'child'"),
    ("two children", _set("/ties/1/kind", "child"), "/ties", "exactly one tie of the kind 'child'"),
    ("guardian without a status", _set("/ties/1/status", None), "/ties/1/status", "'unknown' is an answer"),
    ("unknown status", _set("/ties/1/status", "nice"), "/ties/1/status", "right form"),
    ("one person tied twice", _append("ties", {**TIE, "kind": "guardian", "status": "none"}), "/ties/3/person", "tie"),
    ("aid in a barnahus case", _append("ties", TIE), "/ties/3/kind", "Aid is never part"),
    ("two adults with one name", _append("adults", KIM), "/adults/7/name", "Two adults are called"),
    ("two that sound alike", _append("adults", {**KIM, "name": " Johan\u00a0 alm"}), "/adults/7/name", "are called"),
    ("two that look alike", _append("adults", {**KIM, "name": "J\u043ehan \u0410lm"}), "/adults/7/name", "or look"),
    *((f"two that look alike by {what}", _append("adults", {**KIM, "name": name}), "/adults/7/name", "or look")
      for what, name in (("zero width", "Jo\u200bhan Alm"), ("a soft hyphen", "Johan Al\u00adm"),
                         ("a direction", "\u202eJohan Alm"), ("a selector", "Johan\ufe0f Alm"),
                         ("a small L that is a capital i", "Johan AIm"), ("a bar", "Johan A|m"),
                         ("r and n", "Johan Alrn"), ("a Latin letter's double", "Joh\u0251n Alm"))),
    ("two scripts in a word", _set("/adults/0/name", "Johan \u0416lm"), "/adults/0/name", "two scripts"),
    ("unknown role's authority", _set("/adults/0/authority", "church"), "/adults/0/authority", "Choose one of"),
    ("a ref used twice", _set("/adults/1/ref", "amir"), "/adults/1/ref", "used twice"),
    ("an entry's ref used twice", _set("/entries/1/ref", "oro"), "/entries/1/ref", "used twice"),
    ("unknown kind", _set("/entries/0/kind", "party"), "/entries/0/kind", "Choose one of"),
    ("unknown field", _set("/entries/0/fields/colour", "red"), "/entries/0/fields/colour", "not known here"),
    ("missing field", _drop("/entries/0/fields/worry"), "/entries/0/fields/worry", "missing"),
    ("empty field", _set("/entries/3/fields/listeners", []), "/entries/3/fields/listeners", "missing"),
    ("unknown choice", _set("/entries/0/fields/worry", "bad"), "/entries/0/fields/worry", "Choose one of: hit"),
    ("unknown adult", _set("/entries/0/fields/taken_by", "x"), "/entries/0/fields/taken_by", "ref 'x'"),
    ("unknown adult in a list", _set("/entries/3/fields/listeners", ["lena", "x"]), "/entries/3/fields/listeners", "x"),
    ("months as words", _set("/entries/10/fields/prison_months", "30"), "/entries/10/fields/prison_months", "integer"),
    ("yes as a word", _set("/entries/3/fields/filmed", "yes"), "/entries/3/fields/filmed", "boolean"),
    ("no day for what happened", _set("/entries/0/on", None), "/entries/0/on", "which day"),
    ("a reader who cannot", _set("/entries/0/listeners/1", "rut"), "/entries/0/listeners/1", "cannot read here"),
    ("a representative's social matter", _set("/entries/0/listeners", ["special_representative"]),
     "/entries/0/listeners/0", "criminal matter"),
    ("released to nobody known", _set("/entries/0/release/0/to", "x"), "/entries/0/release/0/to", "cannot read"),
    ("a release without a ground", _drop("/entries/0/release/0/ground"), "/entries/0/release/0/ground", "missing"),
    ("told an unknown person", _set("/entries/0/told/0/person", "x"), "/entries/0/told/0/person", "ref 'x'"),
    ("about an unknown person", _set("/entries/0/about", ["x"]), "/entries/0/about/0", "ref 'x'"),
    ("a 'not yet' without its day", _set("/entries/12/hold/until", None), "/entries/12/hold", "the day"),
    ("a 'not yet' without its keeper", _set("/entries/12/hold/who", None), "/entries/12/hold", "and who"),
    ("contact about nobody", _set("/contact/0/person", "x"), "/contact/0/person", "ref 'x'"),
    ("a yes by nobody", _append("consents", YES), "/consents/1/by", "ref 'nobody'"),
    ("a meeting in a zone of fancy", _append("meetings", {**MEETING, "zone": "Mars/Base"}), "/meetings/0", "zone"),
    ("a zone that is a folder", _append("meetings", {**MEETING, "zone": "Europe"}), "/meetings/0", "zone"),
    ("a zone that climbs", _append("meetings", {**MEETING, "zone": "../../etc/passwd"}), "/meetings/0", "zone"),
    ("a meeting at 25:00", _append("meetings", {**MEETING, "starts": "2026-12-01T25:00"}), "/meetings/0", "zone"),
    ("a meeting in an hour that the clocks jump over", _append("meetings", {**MEETING, "starts": "2026-03-29T02:30"}),
     "/meetings/0", "zone"),
    ("a meeting before time", _append("meetings", {**MEETING, "starts": "0001-01-01T00:00"}), "/meetings/0", "zone"),
    ("a meeting in a barnahus case", _append("meetings", MEETING), "/meetings/0", "."),
    ("a sentence for an acquittal", _set("/entries/10/fields/outcome", "acquitted"), "/entries/10/fields/sentence",
     "does not go with the outcome"),
    ("a closed case without its reason", _set("/entries/7/fields/outcome", "dropped"), "/entries/7/fields/reason",
     "missing"),
    ("not a number", _set("/entries/10/fields/prison_months", float("nan")), "/entries/10/fields/prison_months", "."),
    ("half a letter", _set("/people/0/name", "\ud83d"), "/people/0/name", "."),
]  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A case with nothing wrong in it."""
    return demo("elias")


@pytest.mark.parametrize(("what", "change", "at", "says"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_named_by_place_and_sentence(
    house: House, whole: bytes, what: str, change: Callable[[Document], None], at: str, says: str
) -> None:
    document = json.loads(whole)
    change(document)
    rows, visits = house.counts(), house.count(tables.visit)
    outcome = import_case(house.store, json.dumps(document).encode())
    assert [error.at for error in outcome.errors if error.at == at], outcome.errors
    sentence = next(error.say for error in outcome.errors if error.at == at)
    assert says in sentence
    assert sentence.endswith(".")
    assert (outcome.case, outcome.changed) == (None, 0)
    assert house.counts() == rows
    assert house.count(tables.visit) == visits


RAW: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("not JSON", lambda whole: whole[:-5], "not JSON: line"),
    ("empty", lambda _: b"", "not JSON"),
    ("a word", lambda _: b"Elias", "not JSON"),
    ("UTF-16", lambda whole: whole.decode().encode("utf-16"), "not UTF-8"),
    ("Latin-1", lambda whole: whole.decode().encode("latin-1", "replace"), "not UTF-8"),
    ("nested too deep", lambda _: b"[" * 200_000 + b"]" * 200_000, "too deep"),
    ("too large", lambda whole: whole + b" " * LARGEST, "larger than 5 MiB"),
    ("a list", lambda _: b"[]", "type object"),
    ("nothing", lambda _: b"null", "type object"),
    ("a number without end", lambda _: b"9" * 5000, "JSON"),
]


@pytest.mark.parametrize(("what", "change", "says"), RAW, ids=[row[0] for row in RAW])
def test_a_file_that_is_no_case_at_all(
    house: House, whole: bytes, what: str, change: Callable[[bytes], bytes], says: str
) -> None:
    outcome = import_case(house.store, change(whole))
    assert outcome.errors[0].at in ("", "/bredvid")
    assert says in outcome.errors[0].say
    assert house.counts()["subject"] == 0


def test_a_byte_order_mark_does_no_harm(house: House, whole: bytes) -> None:
    assert import_case(house.store, b"\xef\xbb\xbf" + whole).errors == ()


def test_a_place_is_a_json_pointer_also_when_a_name_has_a_slash_or_a_tilde(whole: bytes) -> None:
    document = json.loads(whole)
    document["case"]["a/b~c"] = 1
    errors = read_document(json.dumps(document).encode())
    assert isinstance(errors, tuple)
    assert [error.at for error in errors] == ["/case/a~1b~0c"]


def test_every_fault_is_told_at_once(whole: bytes) -> None:
    document = json.loads(whole)
    _set("/people/0/name", 7)(document)
    _set("/ties/0/kind", "friend")(document)
    _drop("/adults/0/role")(document)
    errors = read_document(json.dumps(document).encode())
    assert isinstance(errors, tuple)
    assert [error.at for error in errors] == ["/adults/0/role", "/people/0/name", "/ties/0/kind"]


def test_each_thing_that_is_missing_is_said_once() -> None:
    answer = read_document(b'{"bredvid": "case/1"}')
    assert isinstance(answer, tuple)
    assert [fault.at for fault in answer] == ["/case", "/people", "/ties"]


@pytest.mark.parametrize("day", ["0001-01-02", "9999-12-31"])
@pytest.mark.parametrize("name", ["amina", "noa"])
def test_a_day_at_the_end_of_the_calendar_breaks_nothing(house: House, name: str, day: str) -> None:
    """Wherever a file has a day: refused with a sentence, or taken."""
    whole = demo(name)
    days = sorted(set(re.findall(rb'"(\d{4}-\d\d-\d\d)[T"]', whole)))
    assert len(days) > 3
    before = house.counts()
    for known in days:
        outcome = import_case(house.store, whole.replace(known, day.encode()), dry_run=True)
        assert outcome.case or all(error.say.endswith(".") for error in outcome.errors)
    assert house.counts() == before


def test_aid_takes_no_entries(house: House) -> None:
    document = json.loads(demo("amina"))
    document["entries"] = json.loads(demo("elias"))["entries"][:1]
    errors = import_case(house.store, json.dumps(document).encode()).errors
    assert "/entries" in [error.at for error in errors]


def test_a_sentence_never_repeats_a_persons_words_back_at_length(whole: bytes) -> None:
    document = json.loads(whole)
    _set("/entries/3/fields/wish", "hemligheten " * 300)(document)
    _set("/people/0/born", "hemligheten " * 3)(document)
    errors = read_document(json.dumps(document).encode())
    assert isinstance(errors, tuple)
    assert not any("hemligheten" in error.say for error in errors)
