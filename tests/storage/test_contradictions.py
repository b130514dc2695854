"""What contradicts itself is not taken: days that cannot be, events on the wrong side of each other, two in one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.commands import CarryEntry, ChangeState, RecordTold, WriteEntry
from storage.consent import Reason, Withheld
from storage.entry_check import FaultKind, faults, in_other_script
from storage.entry_days import day_faults, order_faults
from storage.importing import import_case
from storage.kinds import KINDS
from storage.queries import WholeEntry
from storage.records import Entry, EntryId, EntryState, Told
from tests.storage.family import ADULTS, CASE, HANNA, MIRA, Family, full_entry
from tests.storage.house import TODAY, House, demo

Document = dict[str, Any]
BY_REF = {str(adult.id): adult for adult in ADULTS}
HAPPENED, PLANNED = EntryState.HAPPENED, EntryState.PLANNED


def day(n: int) -> date:
    """So many days from the story's today."""
    return TODAY + timedelta(days=n)


def event(kind: str, on: date | None, name: str = "", *, state: EntryState = HAPPENED, **fields: Any) -> Entry:
    """An entry of a kind on a day, with some answers of its own and no reason that only another outcome has."""
    entry = full_entry(kind, name or f"{kind}-{on}", on=on, state=state)
    answers = {**entry.fields, **fields}
    if KINDS[kind].variant in fields and "reason" not in fields:
        answers.pop("reason", None)
    return replace(entry, fields=answers)


# --- a file carried in ------------------------------------------------------------------------------------------------


def _change(name: str, ref: str, **what: Any) -> bytes:
    document: Document = json.loads(demo(name))
    entry = next(line for line in document["entries"] if line["ref"] == ref)
    entry.update(what)
    return json.dumps(document).encode()


def _index(name: str, kind: str, on: str) -> tuple[int, str]:
    lines = json.loads(demo(name))["entries"]
    return next((i, line["ref"]) for i, line in enumerate(lines) if (line["kind"], line["on"]) == (kind, on))


# what is wrong · the case, kind and day of the entry · what it is changed to · where the fault is · what is said
FILES: list[tuple[str, tuple[str, str, str], dict[str, Any], str, str]] = [
    ("it happened tomorrow", ("elias", "verdict", "2026-08-24"), {"on": "2026-11-24"}, "on", "lies ahead"),
    ("told before it happened", ("elias", "verdict", "2026-08-24"), {"on": "2026-08-26"}, "told", "before it happened"),
    ("judged before anybody was charged", ("elias", "verdict", "2026-08-24"), {"on": "2026-04-19", "told": []}, "on",
     "comes after `charge_decision`, which is on 2026-04-20"),
    ("charged after the verdict", ("elias", "charge_decision", "2026-04-20"), {"on": "2026-09-01", "told": []}, "on",
     "comes before `trial`, which is on 2026-08-10"),
    ("spoken with before he was born", ("elias", "child_interview", "2026-01-26"), {"on": "2017-02-10", "told": []},
     "on", "born on 2017-02-11, after this"),
    ("reopened before it was closed", ("vilja", "preliminary_investigation", "2026-03-16"),
     {"on": "2022-06-12", "told": []}, "on", "comes after `preliminary_investigation`, which is on 2022-06-13"),
    ("appealed before it was judged", ("ivar", "appeal", "2026-04-15"), {"on": "2026-03-29", "told": []}, "on",
     "comes after `verdict`, which is on 2026-03-30"),
    ("closed before it was reported", ("vilja", "case_closed", "2022-12-05"), {"on": "2022-03-06", "told": []}, "on",
     "comes after `report_social`, which is on 2022-03-07"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "which", "change", "at", "says"), FILES, ids=[row[0] for row in FILES])
def test_a_file_whose_days_contradict_is_not_taken_and_says_where(
    house: House, what: str, which: tuple[str, str, str], change: dict[str, Any], at: str, says: str
) -> None:
    name, kind, on = which
    index, ref = _index(name, kind, on)
    outcome = import_case(house.store, _change(name, ref, **change))
    assert (outcome.case, outcome.changed) == (None, 0)
    assert any(says in error.say for error in outcome.errors if error.at == f"/entries/{index}/{at}"), outcome.errors
    assert house.counts()["subject"] == 0


def test_a_planned_event_of_today_is_taken_and_so_is_one_that_happened_today(house: House) -> None:
    _, ref = _index("elias", "treatment_contact", "2026-12-03")
    for state in ("planned", "happened"):
        assert import_case(house.store, _change("elias", ref, on="2026-11-23", state=state)).errors == ()


def test_what_another_system_had_planned_for_a_day_that_has_passed_is_carried_in_as_planned(house: House) -> None:
    _, ref = _index("elias", "treatment_contact", "2026-12-03")
    assert import_case(house.store, _change("elias", ref, on="2026-11-22")).errors == ()


def test_the_same_file_a_month_later_changes_nothing_though_what_it_plans_has_passed(house: House) -> None:
    assert house.carry_in("elias").errors == ()
    house.clock.move(days=31)
    again = house.carry_in("elias")
    assert (again.changed, again.errors) == (0, ())


def test_a_new_line_is_held_against_what_the_case_has_already(house: House) -> None:
    document: Document = json.loads(demo("elias"))
    verdict = next(line for line in document["entries"] if line["kind"] == "verdict")
    first = {**document, "entries": [line for line in document["entries"] if line is not verdict]}
    assert import_case(house.store, json.dumps(first).encode()).errors == ()
    late = {**document, "entries": [{**verdict, "on": "2026-08-01", "told": []}]}
    (error,) = import_case(house.store, json.dumps(late).encode()).errors
    assert (error.at, "comes after `trial`" in error.say) == ("/entries/0/on", True)


def _carried(house: House, document: Document) -> dict[str, str]:
    return {error.at: error.say for error in import_case(house.store, json.dumps(document).encode()).errors}


def test_own_words_of_another_script_are_not_taken_from_a_file(house: House) -> None:
    index, _ = _index("elias", "child_interview", "2026-01-26")
    for field in ("own_words", "wish"):
        document: Document = json.loads(demo("elias"))
        document["entries"][index]["fields"][field] = "أراك يوم الجمعة"
        assert "are in Swedish" in _carried(house, document)[f"/entries/{index}/fields/{field}"]


def test_names_may_hold_any_script(house: House) -> None:
    document: Document = json.loads(demo("elias"))
    document["people"][0]["name"], document["adults"][0]["name"] = "إلياس", "Ольга"
    index, _ = _index("elias", "child_interview", "2026-01-26")
    document["entries"][index]["fields"]["own_words"] = "Jag heter Ольга och ringer dig."
    assert _carried(house, document) == {}


def test_two_events_in_one_line_of_a_file_are_not_taken(house: House) -> None:
    document: Document = json.loads(demo("vilja"))
    index, _ = _index("vilja", "preliminary_investigation", "2022-03-10")
    document["entries"][index]["fields"]["reason"] = "evidence_not_enough"
    assert "does not go with the outcome" in _carried(house, document)[f"/entries/{index}/fields/reason"]
    document["entries"][index]["fields"] |= {"outcome": ["opened", "closed"]}
    assert "Choose one of" in _carried(house, document)[f"/entries/{index}/fields/outcome"]
    document = json.loads(demo("ronja"))
    index, _ = _index("ronja", "child_wish", "2026-06-01")
    document["entries"][index]["fields"] |= {"wish_answer": "followed", "wish_why": "law"}
    assert "two events are two entries" in _carried(house, document)[f"/entries/{index}/fields/wish_why"]


# --- written by a worker ----------------------------------------------------------------------------------------------


def test_what_the_form_would_have_said_is_refused_at_the_door_too(family: Family) -> None:
    charge = event("charge_decision", day(-10), outcome="charged")
    family.house.done(HANNA, WriteEntry(CASE, charge))
    for wrong in (
        event("child_talk", day(1)),
        event("child_talk", day(-1), state=PLANNED),
        event("verdict", day(-11), outcome="convicted"),
        event("verdict", day(-9), outcome="convicted", own_words="До свидания"),
    ):
        assert family.house.do(HANNA, WriteEntry(CASE, wrong)) == Withheld(Reason.INVALID), wrong
    family.house.done(HANNA, WriteEntry(CASE, event("verdict", day(-9), outcome="convicted")))
    later = replace(charge, on=day(-8), version=charge.version + 1)
    assert family.house.do(HANNA, WriteEntry(CASE, later)) == Withheld(Reason.INVALID)


def test_a_planned_day_that_has_passed_can_still_be_mended_in_everything_else(family: Family) -> None:
    talk = event("child_talk", day(3), state=PLANNED)
    family.house.done(HANNA, WriteEntry(CASE, talk))
    family.house.clock.move(days=9)
    mended = replace(talk, fields={**talk.fields, "place": "home"}, version=talk.version + 1)
    family.house.done(HANNA, WriteEntry(CASE, mended))
    moved = replace(mended, on=day(5), version=mended.version + 1)
    assert family.house.do(HANNA, WriteEntry(CASE, moved)) == Withheld(Reason.INVALID)
    family.house.done(HANNA, ChangeState(CASE, talk.id, HAPPENED, day(3)))


def test_what_is_stored_already_is_shown_and_mended_and_never_breaks(family: Family) -> None:
    odd = family.write(event("verdict", day(40), outcome="convicted"))
    assert family.house.see(HANNA, WholeEntry(CASE, odd.id)) is not None
    family.house.done(HANNA, ChangeState(CASE, odd.id, EntryState.CANCELLED, None))


def test_an_event_has_not_happened_before_its_day_and_was_not_told_before_it(family: Family) -> None:
    talk = event("child_talk", day(3), state=PLANNED)
    family.house.done(HANNA, WriteEntry(CASE, talk))
    for on in (None, day(1)):
        assert family.house.do(HANNA, ChangeState(CASE, talk.id, HAPPENED, on)) == Withheld(Reason.INVALID)
    # It may be told that it is to come, and that stands when it has come.
    family.house.done(HANNA, RecordTold(CASE, talk.id, Told(MIRA, "Hanna", TODAY, "in_person", "understood")))
    family.house.clock.move(days=4)
    family.house.done(HANNA, ChangeState(CASE, talk.id, HAPPENED, day(4)))
    family.house.clock.move(days=-4)
    was = event("child_talk", day(-2), "was")
    family.house.done(HANNA, WriteEntry(CASE, was))
    for on in (day(-3), day(1)):
        told = Told(MIRA, "Hanna", on, "in_person", "understood")
        assert family.house.do(HANNA, RecordTold(CASE, was.id, told)) == Withheld(Reason.INVALID)


def test_the_day_is_the_day_in_stockholm(family: Family) -> None:
    family.house.clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    family.house.done(HANNA, WriteEntry(CASE, event("child_talk", date(2026, 11, 24))))


def test_a_second_round_of_a_matter_and_another_persons_matter_contradict_nothing() -> None:
    charged, judged = event("charge_decision", day(-90), outcome="charged"), event("verdict", day(-60))
    assert order_faults(event("charge_decision", day(-30), "again", outcome="charged"), (charged, judged)) == ()
    other = event("charge_decision", day(-30), "other", outcome="charged", whom="father")
    assert order_faults(other, (judged,)) == ()
    assert [one.kind for one in order_faults(replace(other, fields=charged.fields), (judged,))] == ["comes_before"]
    moved = replace(charged, state=EntryState.MOVED, on=day(30))
    assert order_faults(judged, (moved, replace(charged, on=day(30), taken_back=True, id=EntryId("x")))) == ()


def test_a_child_takes_part_in_nothing_before_she_is_born() -> None:
    born = day(-50)
    for kind in ("child_interview", "placement", "care_order"):
        early = event(kind, day(-51))
        assert [(one.kind, one.day) for one in day_faults(early, TODAY, born=born)] == [("unborn", born)]
        assert day_faults(event(kind, born), TODAY, born=born) == ()
        # As it stood before: a birthday written late stops nobody from mending the rest.
        assert day_faults(early, TODAY, early, born=born) == day_faults(early, TODAY, born=None) == ()
    for kind in ("report_social", "parent_talk", "social_measure"):
        assert day_faults(event(kind, day(-51)), TODAY, born=born) == ()


# kind · its two answers of one day
TWICE = [
    ("verdict", "convicted", "acquitted"), ("appeal_verdict", "same", "changed_acquitted"),
    ("care_order", "granted", "refused"), ("closing_assessment", "support_needed", "support_enough"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "one", "other"), TWICE)
def test_a_court_or_an_assessment_does_not_answer_one_question_in_two_ways_on_one_day(
    kind: str, one: str, other: str
) -> None:
    named = KINDS[kind].variant or ""
    said: dict[str, Any] = {named: one}
    yes, no = event(kind, day(-9), "yes", **said), event(kind, day(-9), "no", **(said | {named: other}))
    for mine, theirs in ((yes, no), (no, yes)):
        assert [(fault.kind, fault.other) for fault in order_faults(mine, (theirs,))] == [("two_answers", kind)]
    assert order_faults(no, (replace(yes, on=day(-8)),)) == ()
    assert order_faults(no, (replace(yes, taken_back=True),)) == ()
    assert order_faults(replace(yes, id=EntryId("again")), (yes,)) == ()


@pytest.mark.parametrize("differs", [{"whom": "father"}, {"offence": "threat"}])
def test_one_judgment_answers_for_each_person_and_each_offence(differs: dict[str, str]) -> None:
    guilty = event("verdict", day(-9), "yes", outcome="convicted", whom="mother", offence="assault")
    free = event("verdict", day(-9), "no", outcome="acquitted", whom="mother", offence="assault")
    free = replace(free, fields=free.fields | differs)
    assert order_faults(free, (guilty,)) == ()


# kind and its answer · what it cannot come before, and its answer
NEVER_BEFORE: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("damages", {}, "verdict", {}), ("damages", {}, "charge_decision", {"outcome": "charged"}),
    ("appeal", {}, "charge_decision", {"outcome": "charged"}),
    ("closing_assessment", {}, "social_investigation", {"course": "opened"}),
    ("case_closed", {}, "closing_assessment", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "answer", "first", "its"), NEVER_BEFORE)
def test_what_the_law_puts_last_is_not_written_first(
    kind: str, answer: dict[str, Any], first: str, its: dict[str, Any]
) -> None:
    found = order_faults(event(kind, day(-20), **answer), (event(first, day(-10), **its),))
    assert [(one.kind, one.other) for one in found] == [("comes_after", first)]


# What a worker may write in this order, since the law allows it.
ALLOWED: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    # The state pays though nobody was ever charged (2014:322).
    ("crime_compensation", {"compensation": "applied"}, "charge_decision", {"outcome": "charged"}),
    # A home by consent needs no order (SoL), and what began so may go on under one.
    ("placement", {}, "care_order", {"care": "granted"}), ("placement", {}, "immediate_care", {}),
    # A prosecutor drops one count and charges another, on the same day.
    ("charge_decision", {"outcome": "dropped"}, "charge_decision", {"outcome": "charged"}),
    # The police may speak with a child before anybody has opened anything.
    ("child_interview", {}, "preliminary_investigation", {"outcome": "opened"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "answer", "later", "its"), ALLOWED)
@pytest.mark.parametrize("between", [0, 10])
def test_what_the_law_leaves_open_is_left_open(
    kind: str, answer: dict[str, Any], later: str, its: dict[str, Any], between: int
) -> None:
    second = event(later, day(-10), "second", **its)
    assert order_faults(event(kind, day(-10 - between), "first", **answer), (second,)) == ()


# --- whatever the days are ------------------------------------------------------------------------------------------

DAYS = some.dates(day(-400), day(400))
PAIRS = some.sampled_from([(kind.code, row) for kind in KINDS.values() for row in kind.follows])


@given(on=some.none() | DAYS, today=DAYS, state=some.sampled_from(list(EntryState)))
def test_the_calendar_refuses_what_has_not_come_and_what_has_passed_and_nothing_else(
    on: date | None, today: date, state: EntryState
) -> None:
    found = {one.kind for one in day_faults(event("child_talk", on, state=state), today, born=None)}
    ahead = on is not None and on > today and state is HAPPENED
    passed = on is not None and on < today and state is PLANNED
    assert found == ({FaultKind.AHEAD} if ahead else {FaultKind.PASSED} if passed else set())


@given(on=DAYS, told=DAYS, today=DAYS)
def test_nobody_tells_before_it_happened_nor_tomorrow(on: date, told: date, today: date) -> None:
    entry = event("child_talk", on)
    entry = replace(entry, told=(Told(MIRA, "Hanna", told, "in_person", "understood"),))
    found = {one.kind for one in day_faults(entry, today, born=None)} - {FaultKind.AHEAD}
    assert bool(found) == (told > today or told < on)
    assert day_faults(entry, today, entry, born=None) == ()


@given(pair=PAIRS, first=DAYS, then=DAYS, state=some.sampled_from([HAPPENED, PLANNED]))
def test_of_two_that_have_an_order_either_says_so_whichever_is_written_last(
    pair: tuple[str, Any], first: date, then: date, state: EntryState
) -> None:
    code, row = pair
    before = _as(row.kinds[0], row.outcomes, "first", first, HAPPENED)
    after = _as(code, row.mine, "then", then, state)
    wrong = first > then
    assert bool(order_faults(after, (before,))) == wrong
    assert bool(order_faults(before, (after,))) == wrong
    # Each is fine alone, as in a log that began late.
    assert order_faults(after, ()) == order_faults(before, ()) == ()


@given(days=some.lists(DAYS, min_size=1, max_size=5), on=DAYS)
def test_one_that_came_first_is_enough(days: list[date], on: date) -> None:
    charges = [event("charge_decision", one, f"charge-{i}", outcome="charged") for i, one in enumerate(days)]
    assert bool(order_faults(event("verdict", on), charges)) == (min(days) > on)


def _as(code: str, outcomes: tuple[str, ...], name: str, on: date, state: EntryState) -> Entry:
    variant = KINDS[code].variant
    answers = {variant: next(iter(_own(code, outcomes)))} if variant and outcomes else {}
    return event(code, on, name, state=state, **answers)


def _own(code: str, outcomes: tuple[str, ...]) -> tuple[str, ...]:
    known = next(field.choices for field in KINDS[code].fields if field.name == KINDS[code].variant)
    return tuple(one for one in outcomes if one in known)


# --- letters ----------------------------------------------------------------------------------------------------------

LATIN, ARABIC = "abcåäöéß", "ابتثج"


@given(ours=some.text(LATIN, max_size=40), others=some.text(ARABIC, max_size=40), signs=some.text("0123 .,!😀\n"))
def test_most_letters_decide(ours: str, others: str, signs: str) -> None:
    assert in_other_script(ours + signs + others) == (len(others) > len(ours))


def test_a_worker_who_writes_another_script_hears_which_field(family: Family) -> None:
    entry = event("child_talk", TODAY, own_words="أراك يوم الجمعة", wish="Att Bo är med.")
    assert [(one.at, one.kind) for one in faults(entry, BY_REF)] == [("own_words", FaultKind.OTHER_SCRIPT)]
    family.house.done(HANNA, CarryEntry(CASE, replace(entry, fields={**entry.fields, "own_words": "Vi ses, أمل."})))
