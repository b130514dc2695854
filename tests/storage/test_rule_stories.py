"""The rule told as a table: who asks, what was written down before, and what the door says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.consent import Actor, Grant, Question, Reason, Withheld, decide, is_of_age
from storage.queries import Purpose, Reach
from storage.records import Channel, GuardianStatus, PersonId, Role, Side, Strength, TieId, TieKind
from storage.rules import Employed, Protected, Tied, Withdrew
from tests.storage.family import CASE, FATHER, FATHERS, LAWYER, MIRA, MOTHER, MOTHERS
from tests.storage.house import UNIT, signed_in, worker
from tests.storage.rule_words import (
    CLEARED_MOTHER,
    DAY,
    MEETINGS,
    NOW,
    START,
    STORY,
    THREAD,
    WORK,
    Told,
    asked,
    blocked,
    cleared,
    good_for_her,
    lawyer,
    lifted,
    mira,
    mother,
    said_yes,
    sealed,
    secrecy,
    status,
    why,
)

HERS = Told((mira(), good_for_her()))
SISTER = PersonId("sister")
GROWN = Told((mira(date(2004, 5, 1)),))
AMINA = Told(
    (Tied(TieId("tie-amina"), MIRA, TieKind.RECIPIENT, START, None, "Maria", born=date(1990, 5, 1)),), Side.AID
)
BACK = (lifted("hanna"), lifted("ulla", True))
APPOINTED = Told((mira(), lawyer(from_=date(2026, 11, 20), until=date(2026, 11, 26))))

CHILD = [
    ("before anybody decided that contact is good for her", Told((mira(),)), "no_contact_decision"),
    ("where it was decided of a sister", Told((mira(), replace(good_for_her(), person=SISTER))), "no_contact_decision"),
    ("once somebody has", HERS, "yes"),
    ("while the embargo waits for the prosecutor's notice", Told((mira(), good_for_her(embargo=True))), "embargo"),
    ("until the embargo's day", Told((mira(), good_for_her(until=date(2026, 11, 24)))), "embargo"),
    ("from the embargo's day", Told((mira(), good_for_her(until=DAY))), "yes"),
    ("when the embargo was laid after the decision", HERS.then(good_for_her(embargo=True)), "embargo"),
    ("when the embargo was lifted again", HERS.then(good_for_her(embargo=True), good_for_her()), "yes"),
    ("while the case is sealed", HERS.then(sealed()), "sealed"),
    ("when one wants the seal broken", HERS.then(sealed(), sealed(False)), "sealed"),
    ("when the same one wants it twice", HERS.then(sealed(), sealed(False), sealed(False)), "sealed"),
    ("when two have broken the seal", HERS.then(sealed(), sealed(False), sealed(False, "olle")), "yes"),
    ("when it was sealed anew", HERS.then(sealed(), sealed(False), sealed(), sealed(False, "olle")), "sealed"),
    ("under the secrecy of the investigation", HERS.then(secrecy()), "yes"),
    ("whoever of her guardians is blocked", HERS.then(mother(), blocked()), "yes"),
    ("grown up, without a decision", GROWN, "yes"),
    ("grown up, under an embargo", GROWN.then(good_for_her(embargo=True)), "yes"),
    ("when her tie has ended", Told((mira(until=date(2026, 11, 22)), good_for_her())), "tie_not_valid"),
]

GUARDIAN = [
    ("cleared by two", CLEARED_MOTHER, "yes"),
    ("cleared by one", Told((mira(), mother(), status(), cleared("hanna"))), "not_cleared"),
    ("cleared twice by the same", Told((mira(), mother(), status(), cleared("a"), cleared("a"))), "not_cleared"),
    ("cleared by nobody", Told((mira(), mother(), status())), "not_cleared"),
    ("of whom nobody has said anything", Told((mira(), mother(), cleared("a"), cleared("b"))), "status"),
    ("blocked", CLEARED_MOTHER.then(blocked()), "blocked"),
    ("let back by one", CLEARED_MOTHER.then(blocked(), lifted("ulla", True)), "blocked"),
    ("let back by two, neither a manager", CLEARED_MOTHER.then(blocked(), lifted("a"), lifted("b")), "blocked"),
    ("let back, which begins the clearing anew", CLEARED_MOTHER.then(blocked(), *BACK), "not_cleared"),
    ("let back and cleared by one", CLEARED_MOTHER.then(blocked(), *BACK, cleared("a")), "not_cleared"),
    ("let back and cleared again", CLEARED_MOTHER.then(blocked(), *BACK, cleared("a"), cleared("b")), "yes"),
    ("before the prosecutor's notice", Told((mira(), mother(), status(), cleared("a"), cleared("b"))), "embargo"),
    ("of a case under protected identity", CLEARED_MOTHER.then(Protected("hanna", True)), "yes"),
    ("of whom the same was said again", CLEARED_MOTHER.then(status()), "not_cleared"),
    ("under the secrecy of the investigation", CLEARED_MOTHER.then(secrecy()), "investigation"),
    ("when the secrecy was lifted", CLEARED_MOTHER.then(secrecy(), secrecy(False)), "yes"),
    ("while the child's embargo waits", CLEARED_MOTHER.then(good_for_her(embargo=True)), "embargo"),
    ("until the embargo's day", CLEARED_MOTHER.then(good_for_her(until=date(2026, 11, 24))), "embargo"),
    ("from the embargo's day", CLEARED_MOTHER.then(good_for_her(until=DAY)), "yes"),
    ("while the case is sealed", CLEARED_MOTHER.then(sealed()), "sealed"),
    ("on the day before she turns eighteen", CLEARED_MOTHER.then(mira(date(2008, 11, 24))), "yes"),
    ("on the day she turns eighteen", CLEARED_MOTHER.then(mira(date(2008, 11, 23))), "of_age"),
    ("when her tie has ended", CLEARED_MOTHER.then(mother(until=date(2026, 11, 22))), "tie_not_valid"),
    ("on her tie's last day", CLEARED_MOTHER.then(mother(until=DAY)), "yes"),
    ("although the child once said yes to it", CLEARED_MOTHER.then(blocked(), said_yes("guardian")), "blocked"),
]


@pytest.mark.parametrize(("when", "told", "verdict"), CHILD, ids=[row[0] for row in CHILD])
def test_a_child(when: str, told: Told, verdict: str) -> None:
    assert why(asked(MIRA, told)) == verdict


@pytest.mark.parametrize(("when", "told", "verdict"), GUARDIAN, ids=[row[0] for row in GUARDIAN])
def test_a_guardian(when: str, told: Told, verdict: str) -> None:
    assert why(asked(MOTHER, told)) == verdict


@pytest.mark.parametrize("of", [one for one in GuardianStatus if one is not GuardianStatus.NONE])
def test_a_guardian_with_any_other_status_than_none_sees_nothing(of: GuardianStatus) -> None:
    told = Told((mira(), mother(), status(of), cleared("hanna"), cleared("olle")))
    assert why(asked(MOTHER, told)) == "status"
    assert why(asked(MOTHER, CLEARED_MOTHER.then(status(of)))) == "status"


def test_a_guardian_opens_her_own_compartment_and_no_other() -> None:
    grant = asked(MOTHER, CLEARED_MOTHER)
    assert isinstance(grant, Grant)
    assert grant.compartments == {f"guardian:{MOTHERS}"}
    assert not grant.opens(CASE, "guardian:tie-father")
    assert not grant.opens(CASE, "child")
    assert not grant.opens("another case", f"guardian:{MOTHERS}")


@pytest.mark.parametrize("part", ["child", f"guardian:{FATHERS}", "aid", "staff", "person"])
def test_a_guardian_who_names_a_part_that_is_not_hers_is_refused_it(part: str) -> None:
    assert why(asked(MOTHER, CLEARED_MOTHER, replace(STORY, part=f"guardian:{MOTHERS}"))) == "yes"
    assert why(asked(MOTHER, CLEARED_MOTHER, replace(STORY, part=part))) == "part"


def test_clearing_the_mother_does_nothing_for_the_father() -> None:
    assert why(asked(FATHER, CLEARED_MOTHER)) == "status"


def test_a_guardian_never_reaches_the_thread() -> None:
    assert why(asked(MOTHER, CLEARED_MOTHER, THREAD)) == "reach"


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(-4, "tie_not_valid"), (-3, "yes"), (0, "yes"), (3, "yes"), (4, "tie_not_valid")],
    ids=["the day before", "the first day", "within", "the last day", "the day after"],
)
def test_a_representative_sees_within_the_appointment_only(days: int, verdict: str) -> None:
    assert why(asked(LAWYER, APPOINTED, days=days)) == verdict


def test_a_representative_opens_the_shared_compartment_and_writes_no_messages() -> None:
    grant = asked(LAWYER, APPOINTED)
    assert isinstance(grant, Grant)
    sources = ("police", "prosecutor", "court", "legal", "social")
    # What waits to be told face to face is the lawyer's to read before: one of those who tell her.
    assert grant.compartments == {f"{part}:{source}" for part in ("shared", "waiting") for source in sources}
    assert why(asked(LAWYER, APPOINTED, THREAD)) == "reach"


def test_a_representative_reads_of_the_criminal_matter_whatever_part_she_names() -> None:
    told = CLEARED_MOTHER.then(lawyer())
    of = {one: why(asked(LAWYER, told, replace(STORY, part=f"shared:{one}"))) for one in ("police", "treatment")}
    assert of == {"police": "yes", "treatment": "part"}


def test_a_representative_reads_under_the_investigation_but_not_in_a_sealed_case() -> None:
    assert why(asked(LAWYER, APPOINTED.then(secrecy()))) == "yes"
    assert why(asked(LAWYER, APPOINTED.then(sealed()))) == "sealed"


def test_the_last_word_about_a_tie_counts() -> None:
    assert why(asked(LAWYER, APPOINTED.then(lawyer(until=date(2026, 11, 21))))) == "tie_not_valid"


@pytest.mark.parametrize(
    ("strength", "verdict"), [("none", "strength"), ("channel", "strength"), ("pin", "yes"), ("staff", "strength")]
)
@pytest.mark.parametrize(("who", "told"), [(MIRA, HERS), (MOTHER, CLEARED_MOTHER), (LAWYER, APPOINTED)])
def test_on_the_web_only_a_pin_opens(who: str, told: Told, strength: str, verdict: str) -> None:
    assert why(asked(Actor(who, Strength(strength)), told)) == verdict


@pytest.mark.parametrize("channel", [Channel.TELEGRAM, Channel.CONSOLE, Channel.CLOCK])
@pytest.mark.parametrize(("who", "told"), [(MIRA, HERS), (MOTHER, CLEARED_MOTHER), (LAWYER, APPOINTED)])
def test_no_other_way_than_the_web_opens_a_minors_case(who: str, told: Told, channel: Channel) -> None:
    assert why(asked(who, told, channel=channel)) == "channel"


def test_telegram_opens_for_the_grown_up_who_chose_it_and_for_nobody_else() -> None:
    chosen = GROWN.then(said_yes("telegram_full"))
    in_her_chat = Actor(MIRA, Strength.CHANNEL)
    assert why(asked(in_her_chat, chosen, channel=Channel.TELEGRAM)) == "yes"
    assert why(asked(in_her_chat, GROWN, channel=Channel.TELEGRAM)) == "channel"
    assert why(asked(in_her_chat, HERS.then(said_yes("telegram_full")), channel=Channel.TELEGRAM)) == "channel"
    assert why(asked(Actor(MIRA, Strength.NONE), chosen, channel=Channel.TELEGRAM)) == "strength"


def test_the_choice_of_telegram_ends_when_it_is_taken_back_or_runs_out() -> None:
    back = GROWN.then(said_yes("telegram_full"), Withdrew("yes-telegram_full", MIRA))
    out = GROWN.then(said_yes("telegram_full", until=date(2026, 11, 22)))
    last_day = GROWN.then(said_yes("telegram_full", until=DAY))
    assert [why(asked(MIRA, told, channel=Channel.TELEGRAM)) for told in (back, out, last_day)] == [
        "channel",
        "channel",
        "yes",
    ]


def test_a_yes_to_something_else_is_no_yes_to_telegram() -> None:
    assert why(asked(MIRA, GROWN.then(said_yes("reminders")), channel=Channel.TELEGRAM)) == "channel"


def test_a_recipient_has_meetings_in_the_chat_and_the_rest_on_the_web() -> None:
    in_the_chat = Actor(MIRA, Strength.CHANNEL)
    reminded = AMINA.then(said_yes("reminders"))
    assert why(asked(in_the_chat, reminded, MEETINGS, Channel.TELEGRAM)) == "yes"
    assert why(asked(in_the_chat, AMINA, MEETINGS, Channel.TELEGRAM)) == "channel"
    assert why(asked(Actor(MIRA, Strength.NONE), reminded, MEETINGS, Channel.TELEGRAM)) == "strength"
    assert why(asked(in_the_chat, reminded, THREAD, Channel.TELEGRAM)) == "channel"
    assert why(asked(in_the_chat, AMINA, MEETINGS)) == "strength"
    assert why(asked(MIRA, AMINA, THREAD)) == "yes"
    assert why(asked(MIRA, AMINA, STORY)) == "reach"


@pytest.mark.parametrize("purpose", [one for one in Purpose if not one.startswith("own_") or one == "own_identity"])
def test_nobody_outside_has_a_purpose_of_work(purpose: Purpose) -> None:
    for reach in (Reach.STORY, Reach.THREAD, Reach.WORK, Reach.AID):
        assert not asked(MIRA, HERS, Question(CASE, purpose, reach))


@pytest.mark.parametrize(
    ("actor", "verdict"),
    [
        (worker(), "yes"),
        (worker(unit="elsewhere"), "other_unit"),
        (worker(side=Side.AID), "other_unit"),
        (Actor("w", Strength.PIN, Side.BARNAHUS, UNIT, Role.MANAGER), "strength"),
        (Actor("w", Strength.STAFF, Side.BARNAHUS, None, Role.MANAGER), "other_unit"),
    ],
    ids=["own unit", "other unit", "other side", "not signed in as staff", "no unit"],
)
def test_staff(actor: Actor, verdict: str) -> None:
    assert why(asked(actor, HERS, WORK, Channel.CONSOLE)) == verdict


def test_a_sealed_case_is_sealed_to_staff_too_and_only_its_seal_can_be_touched() -> None:
    shut = HERS.then(sealed())
    assert why(asked(worker(), shut, WORK, Channel.CONSOLE)) == "sealed"
    touched = asked(worker(), shut, Question(CASE, Purpose.RULES, Reach.SEAL), Channel.CONSOLE)
    assert isinstance(touched, Grant)
    assert touched.compartments == frozenset()


def test_staff_works_on_the_console_and_nowhere_else() -> None:
    verdicts = {channel: why(asked(worker(), HERS, WORK, channel)) for channel in Channel}
    assert verdicts == {"web": "channel", "telegram": "channel", "console": "yes", "clock": "channel"}


def test_staff_cannot_read_as_if_she_were_the_child() -> None:
    """It would be a reading that the child's page of who has read does not show."""
    assert why(asked(worker(), HERS, STORY, Channel.CONSOLE)) == "purpose"
    assert why(asked(worker(), HERS, THREAD, Channel.CONSOLE)) == "purpose"


def test_a_member_of_staff_never_stands_in_for_the_person_herself() -> None:
    own = Question(CASE, Purpose.OWN_IDENTITY, Reach.OWN)
    assert why(asked(worker(), HERS, own, Channel.CONSOLE)) == "reach"


def test_what_is_kept_about_herself_opens_to_herself_alone() -> None:
    kept = Question(MIRA, Purpose.OWN_IDENTITY, Reach.OWN)
    told = Told().standing
    standing = type(told)(MIRA, "barnahus", UNIT, ())
    verdicts = [
        why(decide(Actor(who, strength), kept, standing, Channel.WEB, NOW))
        for who, strength in (
            (MIRA, Strength.PIN),
            (MIRA, Strength.CHANNEL),
            (MIRA, Strength.NONE),
            (MOTHER, Strength.PIN),
        )
    ]
    assert verdicts == ["yes", "strength", "strength", "no_relation"]
    talk = Question(MIRA, Purpose.OWN_IDENTITY, Reach.TALK)
    strengths = (Strength.PIN, Strength.CHANNEL, Strength.NONE)
    told_on = [why(decide(Actor(MIRA, one), talk, standing, Channel.WEB, NOW)) for one in strengths]
    assert told_on == ["yes", "yes", "strength"], "where her conversation stands opens before her code, to ask for it"


@pytest.mark.parametrize("reach", [one for one in Reach if one not in (Reach.OWN, Reach.TALK)])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_stranger_is_told_nothing_whatever_she_asks(purpose: Purpose, reach: Reach) -> None:
    everything = CLEARED_MOTHER.then(lawyer(), said_yes("telegram_full"))
    for channel in Channel:
        assert why(asked("a stranger", everything, Question(CASE, purpose, reach), channel)) == "no_relation"


def test_a_case_that_is_not_there_and_a_stranger_look_alike() -> None:
    nowhere = decide(Actor("x", Strength.PIN), STORY, None, Channel.WEB, NOW)
    assert nowhere == asked("x", CLEARED_MOTHER) == Withheld(Reason.NO_RELATION)


def test_a_case_with_a_changed_rule_or_without_its_key_opens_to_nobody() -> None:
    """Neither is her fault, and both come before all that is known of her: what is known may not be true."""
    whole = CLEARED_MOTHER.standing
    changed, culled = replace(whole, intact=False), replace(whole, culled=True)
    askers = (
        *((signed_in(who), STORY, Channel.WEB) for who in (MIRA, MOTHER, "a stranger")),
        (worker(), WORK, Channel.CONSOLE),
    )
    for actor, question, way in askers:
        assert why(decide(actor, question, changed, way, NOW)) == "integrity"
        assert why(decide(actor, question, culled, way, NOW)) == "culled"
        assert why(decide(actor, question, replace(changed, culled=True), way, NOW)) == "integrity"


def test_where_a_conversation_stands_opens_to_whose_it_is_and_to_nobody_else() -> None:
    stands = Question(CASE, Purpose.OWN_IDENTITY, Reach.TALK)
    assert why(asked(Actor(CASE, Strength.CHANNEL), HERS, stands)) == "yes"
    assert why(asked(MOTHER, CLEARED_MOTHER, stands)) == "no_relation"


def test_a_refusal_is_never_truthy() -> None:
    assert not any(Withheld(reason) for reason in Reason)


def test_a_grant_cannot_be_made_outside_the_rule() -> None:
    for mint in (object(), None, "mint", Grant):
        with pytest.raises(TypeError, match="only be made by decide"):
            Grant(
                mint,
                actor="hanna",
                question=STORY,
                compartments=frozenset({"child"}),
                reason=Reason.OWN,
                channel=Channel.WEB,
            )


def test_employment_is_the_last_word() -> None:
    told = Told((Employed(UNIT, Role.MANAGER, True, "m"), Employed(UNIT, Role.MANAGER, False, "m")))
    role = told.standing.employment()
    assert role is not None
    assert not role.active


def test_a_seal_tells_those_who_are_nobody_to_the_case_nothing_new() -> None:
    """What is written down of a stranger or another unit is that they are that, sealed or not."""
    shut = HERS.then(sealed())
    assert why(asked("somebody-else", shut)) == why(asked("somebody-else", HERS)) == "no_relation"
    elsewhere = worker("nosy", unit="other")
    said = [why(asked(elsewhere, told, WORK, Channel.CONSOLE)) for told in (shut, HERS)]
    assert said == ["other_unit", "other_unit"]


def test_whoever_belongs_to_a_sealed_case_is_told_that_and_no_other_reason() -> None:
    """Not even the log says what else is known of her while it is shut."""
    shut = Told((mira(), mother(), status(), sealed()))
    assert [why(asked(who, shut)) for who in (MIRA, MOTHER)] == ["sealed", "sealed"]
    assert why(asked(worker(), shut, replace(WORK, purpose=Purpose.OWN_STORY), Channel.CONSOLE)) == "sealed"


def test_of_two_ties_the_one_that_opens_counts_and_where_none_does_the_first_says_why() -> None:
    """Appointed a second time: what was over does not stand in the way of what holds."""
    over = lawyer(until=date(2026, 11, 20))
    again = replace(lawyer(from_=DAY), tie=TieId("tie-again"))
    grant = asked(LAWYER, CLEARED_MOTHER.then(over, again))
    assert isinstance(grant, Grant)
    assert grant.tie == again
    nothing_yet = replace(again, kind=TieKind.COUNSEL)
    assert why(asked(LAWYER, CLEARED_MOTHER.then(over, nothing_yet))) == "tie_not_valid"


@pytest.mark.parametrize(
    ("born", "grown"),
    [(date(2008, 11, 24), False), (date(2008, 11, 23), True), (date(2008, 11, 22), True), (None, False)],
)
def test_one_is_grown_on_the_very_day(born: date | None, grown: bool) -> None:
    assert is_of_age(born, date(2026, 11, 23)) is grown
