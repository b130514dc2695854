"""Doors: every question and every deed has a purpose, a reach and an implementation, and opens to whom it should."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from storage import commands, queries
from storage._desk import Done
from storage.commands import CaseDeed, ClaimDeed, ClaimWork, Command, PersonDeed, RuleDeed, SetInvestigation
from storage.consent import Actor, Reason, Withheld
from storage.gate import ANSWERS, DEEDS
from storage.queries import AboutCase, AboutClaim, AboutPerson, OfClaim, OfUnit, Purpose, Query, Reach
from storage.records import (
    VISITOR,
    CaseId,
    Channel,
    EntryState,
    GuardianStatus,
    Listener,
    Meeting,
    ReaderClass,
    RecordId,
    Release,
    Role,
    Side,
    Strength,
    TieKind,
    Told,
)
from tests.storage.family import ADULTS, CASE, LAWYER, MIRA, MOTHER, MOTHERS, Family, full_entry, move_in
from tests.storage.house import NOON, TODAY, UNIT, House, open_house, signed_in, worker
from tests.storage.planted import AID, AMINA, MARIA, move_amina_in

BASES = {
    Query, AboutCase, AboutPerson, OfUnit, AboutClaim, OfClaim,
    Command, CaseDeed, PersonDeed, RuleDeed, ClaimDeed, ClaimWork,
}  # fmt: skip


def _all(base: Any) -> Iterator[Any]:
    for cls in base.__subclasses__():
        yield from _all(cls)
        if cls not in BASES:
            yield cls


def _declared(module: Any, base: type) -> list[Any]:
    return sorted(
        (c for c in set(_all(base)) if c.__module__.startswith(f"{module.__name__}.")), key=lambda c: c.__name__
    )


QUERIES = _declared(queries, Query)
COMMANDS = _declared(commands, Command)

CHOICES: dict[Any, Any] = {
    Side: Side.BARNAHUS, GuardianStatus: GuardianStatus.NONE, TieKind: TieKind.GUARDIAN, Listener: Listener.TEEN,
    EntryState: EntryState.PLANNED, Channel: Channel.WEB, date: TODAY, datetime: NOON, int: 0, bool: True, str: "x",
}  # fmt: skip
NAMED: dict[str, Any] = {
    "entry": full_entry("social_measure"),
    "release": Release(ReaderClass.CHILD, "Hanna", "g", TODAY),
    "told": Told(MIRA, "Hanna", TODAY, "phone", "understood"),
    "adult": ADULTS[0],
    "entries": (),
    "unit": UNIT,
    "tie": MOTHERS,
    "meeting": "meeting-1",
}


def sample(of: Any, case: str = CASE, person: str = MIRA) -> Any:
    """One of each, about a case and a person."""
    hints = typing.get_type_hints(of)
    values: dict[str, Any] = {"case": CaseId(case), "person": person}
    for field in dataclasses.fields(of):
        if field.name in values:
            continue
        hint = hints[field.name]
        if field.name in NAMED and not (field.name == "entry" and "NewType" in type(hint).__name__):
            values[field.name] = NAMED[field.name]
        else:
            enums = [
                one for one in (hint, *typing.get_args(hint)) if isinstance(one, type) and issubclass(one, StrEnum)
            ]
            if enums and enums[0] not in CHOICES:
                values[field.name] = next(iter(enums[0]))
                continue
            kinds = [one for one in (hint, *typing.get_args(hint)) if getattr(one, "__supertype__", one) in CHOICES]
            values[field.name] = CHOICES[getattr(kinds[0], "__supertype__", kinds[0])]
    if of.__name__ == "Book":
        starts = datetime(2026, 12, 1, 10, tzinfo=UTC)
        values["meeting"] = Meeting(RecordId("m"), starts, "UTC", "w", "w", "k", EntryState.PLANNED)
    wanted = {field.name for field in dataclasses.fields(of)}
    return of(**{name: value for name, value in values.items() if name in wanted})


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Mira's case with everything open that can be, and Amina's."""
    folder: Path = tmp_path_factory.mktemp("doors")
    with open_house("sqlite://", folder) as house:
        family: Family = move_in(house)
        family.contact()
        family.clear()
        move_amina_in(house)
        yield house


# --- declared ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", QUERIES + COMMANDS, ids=lambda of: of.__name__)
def test_each_has_a_purpose_a_reach_a_subject_and_a_sentence(of: Any) -> None:
    assert isinstance(of.purpose, Purpose)
    assert isinstance(of.reach, Reach)
    assert of.__doc__
    assert not of.__doc__.startswith(of.__name__ + "(")
    if of.purpose is not Purpose.REQUEST:
        assert sample(of).subject in (CASE, MIRA, f"unit:{UNIT}")


def test_every_question_has_an_answer_and_every_deed_is_done_and_no_more() -> None:
    assert set(ANSWERS) == set(QUERIES)
    assert set(DEEDS) == set(COMMANDS)
    assert len(QUERIES) > 25
    assert len(COMMANDS) > 25


@pytest.mark.parametrize("base", [Query, Command])
def test_one_without_a_purpose_cannot_even_be_declared(base: type) -> None:
    with pytest.raises(TypeError, match="no purpose or no reach"):
        type("Nosy", (base,), {})
    with pytest.raises(TypeError, match="no purpose or no reach"):
        type("Nosy", (base,), {"purpose": "curiosity", "reach": Reach.STORY})


# --- who gets in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", QUERIES, ids=lambda of: of.__name__)
@pytest.mark.parametrize("strength", list(Strength))
def test_a_stranger_is_told_nothing(street: House, of: type, strength: Strength) -> None:
    for channel in Channel:
        for case, person in ((CASE, MIRA), (AID, AMINA), ("nowhere", "nobody")):
            answer = street.ask(Actor("stranger", strength), sample(of, case, person), channel)
            assert isinstance(answer, Withheld)
            assert answer.reason is Reason.NO_RELATION


@pytest.mark.parametrize("of", COMMANDS, ids=lambda of: of.__name__)
def test_a_stranger_changes_nothing(street: House, of: type) -> None:
    before = street.counts()
    for strength in Strength:
        assert isinstance(street.do(Actor("stranger", strength), sample(of)), Withheld)
    assert street.counts() == before


STORY = {"DaysAfter", "OpenToHer", "Timeline", "OneEntry", "WholeStory", "Adults", "TheCase", "MyRefusals"}
THREAD = {"MyThread", "MyChoices", "MyContact", "WhoRead", "MyObjections", "MyToldAbout"}
KEPT = {"WhereKept"}
MEETINGS = {"MyMeetings", "OneMeeting", "MyPlan"}
OWN = {"MyProfile", "MyLink", "MyBookmark", "MyPlaces", "MyNotes"}
WORK = {
    "Sheet", "WholeEntries", "WholeEntry", "CaseAdults", "CaseThread", "CaseMeetings", "CaseVisits", "MyCases",
    "OpenTasks", "Deliveries", "Find", "WorkList", "RulesOf", "MaySee", "HerCards", "Receivers", "CasePlan",
    "Colleagues", "Extracts", "CaseSayings", "Before", "WhoSaw",
}  # fmt: skip
LOG = {"UnitVisits", "LogReview"}
# Handed out only where a provision names the receiver and a manager has agreed.
HANDED_OUT = {"CaseExtract"}
COUNTED = {"UnclearTexts"}
# Only for whom the store itself knows as at work, in that role.
CULLED = {"Cullings"}
CLAIMS = {"ClaimDoor", "MyClaim", "OneClaim", "FindForClaim"}
# Who, of which case, gets an answer to which questions; everything else is withheld.
TABLE: dict[str, tuple[Actor, str, str, set[str]]] = {
    "the child": (signed_in(MIRA), CASE, MIRA, STORY | THREAD | KEPT | OWN),
    "the child before her PIN": (Actor(MIRA, Strength.CHANNEL), CASE, MIRA, set()),
    "the child not signed in": (Actor(MIRA, Strength.NONE), CASE, MIRA, set()),
    "somebody at the door": (Actor(VISITOR, Strength.NONE), CASE, MIRA, {"ClaimDoor"}),
    "a cleared guardian": (signed_in(MOTHER), CASE, MIRA, STORY),
    "a guardian of another child": (signed_in(MOTHER), AID, AMINA, set()),
    "the representative": (signed_in(LAWYER), CASE, MIRA, STORY),
    "the recipient": (signed_in(AMINA), AID, AMINA, MEETINGS | THREAD | OWN),
    "the recipient in a barnahus case": (signed_in(AMINA), CASE, MIRA, set()),
    "the child in an aid case": (signed_in(MIRA), AID, AMINA, set()),
    "her worker": (worker(), CASE, MIRA, WORK | COUNTED),
    "a coordinator whom the house has not named": (
        replace(worker("lena"), role=Role.COORDINATOR),
        CASE,
        MIRA,
        WORK | COUNTED,
    ),
    "a worker of another unit": (worker("ivo", unit="elsewhere"), CASE, MIRA, set()),
    "a worker of the aid side": (MARIA, CASE, MIRA, {"MyCases", "OpenTasks", "Find", "WorkList"}),
    "the aid worker": (MARIA, AID, AMINA, WORK - {"HerCards"}),
    "the auditor": (replace(worker(), role=Role.AUDITOR), CASE, MIRA, LOG),
    "who handles accounts": (replace(worker(), role=Role.ADMINISTRATOR), CASE, MIRA, set()),
    "who runs the house": (replace(worker(), role=Role.MAINTENANCE), CASE, MIRA, set()),
    "somebody who only says she is staff": (replace(worker(), strength=Strength.PIN), CASE, MIRA, set()),
}


def test_the_table_knows_every_question() -> None:
    every = STORY | THREAD | KEPT | MEETINGS | OWN | WORK | LOG | CLAIMS | COUNTED | HANDED_OUT | CULLED
    assert {of.__name__ for of in QUERIES} == every


@pytest.mark.parametrize("who", TABLE)
def test_each_actor_gets_exactly_the_questions_of_the_table(street: House, who: str) -> None:
    actor, case, person, allowed = TABLE[who]
    answered = {of.__name__ for of in QUERIES if not isinstance(street.ask(actor, sample(of, case, person)), Withheld)}
    assert answered == allowed


@pytest.mark.parametrize("who", [who for who, row in TABLE.items() if not row[3] & WORK])
def test_nobody_outside_does_a_workers_deed(street: House, who: str) -> None:
    actor, case, person, _ = TABLE[who]
    before = street.counts()
    for of in COMMANDS:
        if issubclass(of, CaseDeed) or of.__name__ in ("OpenCase", "CloseTask"):
            assert isinstance(street.do(actor, sample(of, case, person)), Withheld), of
    assert street.counts() == before


def test_a_worker_never_speaks_or_chooses_in_a_persons_place(street: House) -> None:
    works = ("OpenCase", "CloseTask", "BreakGlass", "LogReviewed", "ApproveCulling", "WithdrawCulling")
    own = [of for of in COMMANDS if not issubclass(of, CaseDeed) and of.__name__ not in works]
    own = [of for of in own if of.purpose is not Purpose.REQUEST]
    assert {of.__name__ for of in own} == {
        "Say", "AskForCall", "Withdraw", "AnswerMeeting", "SetProfile", "SayYes", "KeepContact",
        "AskForLink", "SameWords", "PickCodeWord", "EndLink", "EndPlace", "KeepBookmark",
        "SayWrong", "SayNotMine", "ChooseTold", "KnowTiesEnded", "CountUnclear", "KeepNote", "DropNote",
    }  # fmt: skip
    for of in own:
        assert isinstance(street.do(worker(), sample(of)), Withheld)


def test_a_sealed_case_answers_nobody_and_two_break_the_seal(tmp_path: Path) -> None:
    with open_house("sqlite://", tmp_path) as house:
        family = move_in(house)
        family.contact()
        family.clear()
        house.done(worker(), commands.SealCase(CASE, sealed=True))
        for actor in (signed_in(MIRA), signed_in(MOTHER), signed_in(LAWYER)):
            reasons = {house.ask(actor, sample(of)) for of in QUERIES if of.__name__ in STORY | THREAD}
            assert {answer.reason for answer in reasons} <= {Reason.SEALED, Reason.REACH}
            assert all(isinstance(answer, Withheld) for answer in reasons)
        assert house.do(worker(), SetInvestigation(CASE, True, None)) == Withheld(Reason.SEALED)
        assert house.ask(worker(), sample(queries.Sheet)) == Withheld(Reason.SEALED)
        unseal = commands.SealCase(CASE, sealed=False)
        assert isinstance(house.do(worker(), unseal), Done)
        assert house.do(worker(), unseal) == Withheld(Reason.NEEDS_SECOND)
        assert house.ask(worker(), sample(queries.Sheet)) == Withheld(Reason.SEALED)
        assert isinstance(house.do(worker("olle"), unseal), Done)
        assert isinstance(house.do(worker(), SetInvestigation(CASE, True, None)), Done)
