"""The rule told for those whom others let in: a yes by whoever may say it, an exception, a broken glass, a role."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from storage.consent import Actor, AskedEntry, Grant, Question
from storage.queries import Purpose, Reach, Shape
from storage.records import Authority, Channel, GuardianStatus, Leave, PersonId, Role, Side, Strength, TieId, TieKind
from storage.rules import (
    Assigned,
    Blocked,
    Consented,
    Excepted,
    ExceptionEnded,
    GlassBroken,
    Protected,
    Reviewed,
    Rule,
    Tied,
    Withdrew,
)
from tests.storage.family import CASE, LAWYER, MIRA, MOTHER
from tests.storage.house import UNIT, worker
from tests.storage.rule_words import (
    CLEARED_MOTHER,
    DAY,
    NOW,
    START,
    STORY,
    WORK,
    Told,
    asked,
    blocked,
    cleared,
    good_for_her,
    lawyer,
    mira,
    mother,
    sealed,
    status,
    why,
)

ALMA = PersonId("alma")
CASE_OF_15 = replace(CLEARED_MOTHER, rules=(mira(date(2011, 11, 23)), *CLEARED_MOTHER.rules[1:]))
CASE_OF_16 = replace(CLEARED_MOTHER, rules=(mira(date(2010, 11, 23)), *CLEARED_MOTHER.rules[1:]))
CASE_OF_12 = replace(CLEARED_MOTHER, rules=(mira(date(2014, 11, 23)), *CLEARED_MOTHER.rules[1:]))
GROWN = replace(CLEARED_MOTHER, rules=(mira(date(2008, 11, 23)), *CLEARED_MOTHER.rules[1:]))
CLEARED_BY_ONE = replace(CLEARED_MOTHER, rules=CLEARED_MOTHER.rules[:-1])
SUSPECTED = GuardianStatus.SUSPECTED
SOURCES = {f"shared:{one}" for one in Authority}
HER_STORY = replace(STORY, part="child")


def alma(kind: TieKind = TieKind.READER) -> Tied:
    """Somebody who is let in."""
    return Tied(TieId("tie-alma"), ALMA, kind, START, None, "Hanna", born=date(1990, 1, 1))


def yes(by: str = MIRA, scope: str = "share_shared", **how: object) -> Consented:
    """A yes that Alma reads."""
    usual: dict[str, object] = {"channel": None, "from_": START, "until": None, "to": ALMA}
    told = {**usual, **how}
    purpose = str(told.pop("purpose", "own_story"))
    return Consented(f"yes-{by}", PersonId(by), MIRA, scope, purpose, **told)  # type: ignore[arg-type]


def excepted(**how: object) -> Excepted:
    """A provision that lets Alma read."""
    usual: dict[str, object] = {"to": ALMA, "ground": "osl_26_9", "decided_by": "Ulla", "reference": "dnr 7"}
    told = {**usual, **how}
    return Excepted("x", told["to"], told["ground"], "2026-07", told["decided_by"], told["reference"],  # type: ignore[arg-type]
                    how.get("from_", START), how.get("until"))  # type: ignore[arg-type] # fmt: skip


READER = [
    ("whom nobody has let in", CASE_OF_15, "no_consent"),
    ("at fifteen by herself", CASE_OF_15.then(yes()), "yes"),
    ("at fifteen by her mother alone", CASE_OF_15.then(yes(MOTHER)), "no_consent"),
    ("at twelve by herself alone", CASE_OF_12.then(yes()), "no_consent"),
    ("at twelve by her mother alone", CASE_OF_12.then(yes(MOTHER)), "no_consent"),
    ("at twelve by both", CASE_OF_12.then(yes(), yes(MOTHER)), "yes"),
    ("at ten by her cleared mother", CLEARED_MOTHER.then(yes(MOTHER)), "yes"),
    ("at ten by a mother whom one person has cleared", CLEARED_BY_ONE.then(yes(MOTHER)), "no_consent"),
    ("at ten by a mother under suspicion", CLEARED_MOTHER.then(yes(MOTHER), status(SUSPECTED)), "no_consent"),
    ("at ten by a mother who is blocked", CLEARED_MOTHER.then(yes(MOTHER), blocked()), "no_consent"),
    ("on the day before the yes begins", CASE_OF_15.then(yes(from_=date(2026, 11, 24))), "no_consent"),
    ("on the first day of the yes", CASE_OF_15.then(yes(from_=DAY)), "yes"),
    ("on the last day of the yes", CASE_OF_15.then(yes(until=DAY)), "yes"),
    ("on the day after it", CASE_OF_15.then(yes(until=date(2026, 11, 22))), "no_consent"),
    ("when it was taken back", CASE_OF_15.then(yes(), Withdrew("yes-mira", MIRA)), "no_consent"),
    ("when it names somebody else", CASE_OF_15.then(yes(to=PersonId("another"))), "no_consent"),
    ("when it is for another purpose", CASE_OF_15.then(yes(purpose="own_meetings")), "no_consent"),
    ("when it is for another channel", CASE_OF_15.then(yes(channel=Channel.TELEGRAM)), "no_consent"),
    ("when it is for this very channel", CASE_OF_15.then(yes(channel=Channel.WEB)), "yes"),
    ("by a provision that is whole", CASE_OF_15.then(excepted()), "yes"),
    ("by a provision that names somebody else", CASE_OF_15.then(excepted(to=PersonId("another"))), "no_consent"),
    ("by a provision without a decision-maker", CASE_OF_15.then(excepted(decided_by=" ")), "no_consent"),
    ("by a provision without a reference", CASE_OF_15.then(excepted(reference="")), "no_consent"),
    ("by a provision that does not reach so far", CASE_OF_15.then(excepted(ground="osl_10_27")), "no_consent"),
    ("by a provision on its first and last day", CASE_OF_15.then(excepted(from_=DAY, until=DAY)), "yes"),
    ("by a provision that begins tomorrow", CASE_OF_15.then(excepted(from_=date(2026, 11, 24))), "no_consent"),
    ("by a provision that has run out", CASE_OF_15.then(excepted(until=date(2026, 11, 22))), "no_consent"),
    ("by a provision that somebody ended", CASE_OF_15.then(excepted(), ExceptionEnded("x", "hanna")), "no_consent"),
    (
        "at ten by herself alone, where her mother was written down before her",
        Told((replace(mother(), born=date(1985, 1, 1)), mira(), good_for_her(), yes())),
        "no_consent",
    ),
    ("in a sealed case", CASE_OF_15.then(yes(), sealed()), "sealed"),
    ("before the prosecutor's notice", CASE_OF_15.then(yes(), good_for_her(embargo=True)), "embargo"),
    ("who is blocked", CASE_OF_15.then(yes(), blocked(tie="tie-alma")), "blocked"),
]


@pytest.mark.parametrize(("when", "told", "verdict"), READER, ids=[row[0] for row in READER])
def test_a_reader(when: str, told: Told, verdict: str) -> None:
    assert why(asked(ALMA, told.then(alma()))) == verdict


def test_the_scope_says_whether_the_childs_own_part_opens() -> None:
    shared, whole = CASE_OF_15.then(alma(), yes()), CASE_OF_15.then(alma(), yes(scope="share_story"))
    assert why(asked(ALMA, shared, HER_STORY)) == "no_consent"
    assert why(asked(ALMA, whole, HER_STORY)) == "yes"
    by_statute = CASE_OF_15.then(alma(), excepted())
    assert why(asked(ALMA, by_statute, HER_STORY)) == "no_consent"
    grant = asked(ALMA, whole)
    assert isinstance(grant, Grant)
    assert grant.compartments == SOURCES | {"child"}
    only = asked(ALMA, shared)
    assert isinstance(only, Grant)
    assert only.compartments == SOURCES


TOO = (status(tie="tie-too"), cleared("hanna", "tie-too"), cleared("olle", "tie-too"))


@pytest.mark.parametrize(
    ("known", "verdict"),
    [((), "status"), ((status(SUSPECTED, "tie-too"),), "status"), ((*TOO, blocked(tie="tie-too")), "blocked")],
    ids=["nothing is known, which counts as suspected", "a status", "a block"],
)
def test_a_guardian_who_is_shut_out_does_not_come_back_as_a_reader(known: tuple[Rule, ...], verdict: str) -> None:
    guardian = Tied(TieId("tie-too"), ALMA, TieKind.GUARDIAN, START, None, "Hanna")
    told = CASE_OF_15.then(alma(), yes(), guardian, *known)
    assert why(asked(ALMA, told)) == verdict, "whoever lets her in"


@pytest.mark.parametrize(
    ("kind", "told", "verdict"),
    [
        (TieKind.SAFETY, CASE_OF_15.then(yes()), "yes"),
        (TieKind.SAFETY, CASE_OF_15.then(excepted()), "no_consent"),
        (TieKind.TREATMENT, CASE_OF_15.then(yes()), "no_consent"),
        (TieKind.TREATMENT, CASE_OF_15.then(yes(), yes(MOTHER)), "yes"),
        (TieKind.TREATMENT, CASE_OF_16.then(yes()), "yes"),
        (TieKind.TREATMENT, CASE_OF_15.then(excepted()), "yes"),
        (TieKind.COUNSEL, CLEARED_MOTHER.then(yes(MOTHER)), "yes"),
        (TieKind.COUNSEL, CLEARED_MOTHER.then(lawyer(), yes(LAWYER)), "yes"),
        (TieKind.READER, CLEARED_MOTHER.then(lawyer(), yes(LAWYER)), "no_consent"),
        (TieKind.READER, GROWN.then(yes(MOTHER)), "no_consent"),
        (TieKind.READER, GROWN.then(yes()), "yes"),
    ],
    ids=["safety, her yes", "safety, statute", "treatment at 15", "treatment at 15, both", "treatment at 16",
         "treatment, statute", "counsel, guardian", "counsel, representative", "reader, representative",
         "grown: a guardian's yes is over", "grown: her own"],
)  # fmt: skip
def test_who_may_let_whom_in(kind: TieKind, told: Told, verdict: str) -> None:
    assert why(asked(ALMA, told.then(alma(kind)))) == verdict


BO = Tied(TieId("tie-bo"), PersonId("bo"), TieKind.SAFETY, START, None, "Hanna")
BY_TWO = (cleared("hanna"), cleared("olle"))
HERS = Told((mira(), good_for_her(), mother()))


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (HERS.then(status(), *BY_TWO, yes(MOTHER)), "yes"),
        (HERS.then(status(), yes(MOTHER)), "no_consent"),
        (HERS.then(status(SUSPECTED), *BY_TWO, yes(MOTHER)), "no_consent"),
        (HERS.then(status(), blocked(), *BY_TWO, yes(MOTHER)), "no_consent"),
        (HERS.then(BO, status(tie="tie-bo"), cleared("a", "tie-bo"), cleared("b", "tie-bo"), yes("bo")), "no_consent"),
    ],
    ids=["cleared", "not cleared", "cleared while a status stands", "cleared while a block stands",
         "cleared, and no guardian"],
)  # fmt: skip
def test_a_guardian_lets_somebody_in_only_while_nothing_stands_against_her(told: Told, verdict: str) -> None:
    assert why(asked(ALMA, told.then(alma(TieKind.COUNSEL)))) == verdict


def test_a_place_of_somebody_under_protection_opens_to_herself_and_to_no_guardian() -> None:
    place, hidden = replace(STORY, place=True), CLEARED_MOTHER.then(Protected("hanna", True))
    assert why(asked(MOTHER, CLEARED_MOTHER, place)) == "yes"
    assert why(asked(MOTHER, hidden, place)) == "protected"
    assert why(asked(MIRA, hidden, place)) == "yes"


def test_counsel_reads_the_criminal_matter_and_no_file_of_the_treatment() -> None:
    told = CLEARED_MOTHER.then(alma(TieKind.COUNSEL), yes(MOTHER))
    grant = asked(ALMA, told)
    assert isinstance(grant, Grant)
    assert grant.compartments == {
        "shared:police", "shared:prosecutor", "shared:court", "shared:legal", "shared:social",
    }  # fmt: skip
    assert why(asked(ALMA, told, replace(STORY, part="shared:treatment"))) == "part"


def test_a_representative_is_done_on_the_day_the_child_is_grown() -> None:
    assert why(asked(LAWYER, GROWN.then(lawyer()))) == "of_age"
    assert why(asked(LAWYER, CASE_OF_15.then(lawyer()))) == "yes"


ENTRY = AskedEntry(Authority.POLICE)


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        (ENTRY, "yes"),
        (replace(ENTRY, held=True), "held"),
        (replace(ENTRY, untold=True), "untold"),
        (replace(ENTRY, third=True), "third_party"),
        (replace(ENTRY, leave=Leave.NONE), "not_released"),
        (replace(ENTRY, leave=Leave.FACTS), "not_released"),
        (replace(ENTRY, leave=Leave.FACTS, facts=True), "yes"),
        (replace(ENTRY, source=Authority.SOCIAL, leave=Leave.NONE), "yes"),
    ],
    ids=["released", "held", "to be told first", "about somebody else", "not released", "only who met and when",
         "who met and when is asked", "of the house's own"],
)  # fmt: skip
def test_what_is_known_of_an_entry_counts(entry: AskedEntry, verdict: str) -> None:
    told = CASE_OF_15.then(alma(), yes())
    assert why(asked(ALMA, told, replace(STORY, entry=entry, part=f"shared:{entry.source}"))) == verdict


# --- staff ------------------------------------------------------------------------------------------------------------

IVO = worker("ivo", unit="elsewhere")


def broken(reason: str = "She is alone tonight.", hours: float = 24, staff: str = "ivo") -> GlassBroken:
    """A glass broken just now."""
    return GlassBroken(staff, reason, NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ((), "other_unit"),
        ((broken(),), "yes"),
        ((broken(reason=" "),), "other_unit"),
        ((broken(hours=0),), "other_unit"),
        ((broken(staff="another"),), "other_unit"),
        ((broken(), Reviewed("ivo", "ulla", True)), "yes"),
        ((broken(), Reviewed("ivo", "ulla", False)), "other_unit"),
        ((broken(), Reviewed("ivo", "ivo", False)), "yes"),
        ((broken(), sealed()), "sealed"),
    ],
    ids=["never", "in need", "without a reason", "a day later", "by somebody else", "a manager lets it stand",
         "a manager strikes it", "she cannot review herself", "sealed"],
)  # fmt: skip
def test_a_worker_of_another_unit_breaks_the_glass(rules: tuple[Rule, ...], verdict: str) -> None:
    assert why(asked(IVO, CASE_OF_15.then(*rules), WORK, Channel.CONSOLE)) == verdict


def test_a_broken_glass_opens_one_page_of_two_parts_and_nothing_else() -> None:
    told = CASE_OF_15.then(broken())
    grant = asked(IVO, told, WORK, Channel.CONSOLE)
    assert isinstance(grant, Grant)
    assert grant.compartments == {"staff", "shared:*"}
    for question in (
        replace(WORK, shape=Shape.LIST),
        replace(WORK, purpose=Purpose.RELEASE),
        replace(WORK, part="child"),
    ):
        assert not asked(IVO, told, question, Channel.CONSOLE)
    hidden = replace(WORK, place=True)
    assert why(asked(IVO, told.then(Protected("hanna", True)), hidden, Channel.CONSOLE)) == "protected"
    assert why(asked(worker(), told.then(Protected("hanna", True)), hidden, Channel.CONSOLE)) == "yes"


def test_a_case_that_names_a_worker_is_hers_and_before_that_the_whole_units() -> None:
    olle = worker("olle")
    assert why(asked(olle, CASE_OF_15, WORK, Channel.CONSOLE)) == "yes"
    hers = CASE_OF_15.then(Assigned("hanna", "ulla", True))
    assert why(asked(olle, hers, WORK, Channel.CONSOLE)) == "not_assigned"
    assert why(asked(worker("hanna"), hers, WORK, Channel.CONSOLE)) == "yes"
    for role in (Role.COORDINATOR, Role.MANAGER):
        assert why(asked(replace(olle, role=role), hers, WORK, Channel.CONSOLE)) == "yes"


def test_a_worker_who_is_too_close_is_shut_out() -> None:
    near = CASE_OF_15.then(Blocked(TieId(""), "ulla", True, staff="olle"))
    assert why(asked(worker("olle"), near, WORK, Channel.CONSOLE)) == "blocked"
    assert why(asked(worker("hanna"), near, WORK, Channel.CONSOLE)) == "yes"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.MAINTENANCE])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_who_audits_or_runs_the_house_opens_no_part(role: Role, purpose: Purpose) -> None:
    actor = Actor("x", Strength.STAFF, Side.BARNAHUS, UNIT, role)
    for reach in (Reach.WORK, Reach.STORY, Reach.THREAD, Reach.AID):
        assert not asked(actor, CASE_OF_15.then(broken(staff="x")), Question(CASE, purpose, reach), Channel.CONSOLE)
    log = asked(actor, CASE_OF_15, Question(CASE, Purpose.AUDIT, Reach.LOG), Channel.CONSOLE)
    assert isinstance(log, Grant) == (role is Role.AUDITOR)
    assert not isinstance(log, Grant) or log.compartments == frozenset()


def test_times_are_instants() -> None:
    assert isinstance(broken().until, datetime)
