"""The rule told by its ways: what is nobody's case, what goes to a telephone, what is handed out of the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storage.consent import Actor, AskedEntry, Grant, Question, decide
from storage.queries import Purpose, Reach, Shape
from storage.records import CLAIM_DOOR, VISITOR, Authority, Channel, Leave, PersonId, Side, Strength, TieId, TieKind
from storage.rules import (
    Assigned,
    Claimed,
    Consented,
    Excepted,
    ExportApproved,
    NoticeLogged,
    Protected,
    Rule,
    Tied,
    Wished,
    Withdrew,
)
from tests.storage.family import CASE, MIRA
from tests.storage.house import UNIT, signed_in, worker
from tests.storage.rule_words import DAY, NOW, START, STORY, WORK, Told, asked, good_for_her, mira, said_yes, why

HIDDEN = Protected("hanna", True)
ABOUT_ANOTHER = AskedEntry(Authority.SOCIAL, third=True)
EIGHTEEN, DAY_BEFORE = date(2008, 11, 23), date(2008, 11, 24)


def said(question: Question, actor: Actor, *rules: Rule, way: Channel = Channel.WEB, side: Side = Side.BARNAHUS) -> str:
    """What the rule says about a subject of which only this is written down."""
    told = replace(Told(rules, side).standing, subject=question.subject)
    return why(decide(actor, question, told, way, NOW))


# --- her own part (P2, P36, P40, P41, P64) ----------------------------------------------------------------------------

OWN = Question(MIRA, Purpose.OWN_IDENTITY, Reach.OWN)
NOTES = replace(OWN, purpose=Purpose.OWN_NOTES)


@pytest.mark.parametrize(
    ("strength", "born", "question", "verdict"),
    [
        ("eid", EIGHTEEN, OWN, "yes"),
        ("eid", DAY_BEFORE, OWN, "strength"),
        ("eid", None, OWN, "strength"),
        ("pin", None, OWN, "yes"),
        ("link", EIGHTEEN, OWN, "strength"),
        ("link", None, replace(OWN, purpose=Purpose.OWN_CHOICES), "yes"),
        ("pin", None, replace(OWN, place=True), "yes"),
        ("pin", None, replace(OWN, shape=Shape.EXPORT), "yes"),
        ("pin", None, replace(OWN, shape=Shape.SEARCH), "shape"),
        ("pin", None, replace(OWN, purpose=Purpose.OWN_STORY), "purpose"),
        ("pin", None, replace(OWN, part="notes"), "no_relation"),
        ("pin", None, replace(NOTES, part="notes"), "yes"),
        ("pin", None, replace(NOTES, part="person"), "no_relation"),
    ],
    ids=["e-ID on her eighteenth birthday", "e-ID on the day before", "e-ID, of unknown age", "her code", "a link",
         "a link, for her own choices", "her own address under protection", "a copy", "a search",
         "a story, which lies in a case", "her notes for another purpose", "her notes",
         "not her notes, for that purpose"],
)  # fmt: skip
def test_her_own_part(strength: str, born: date | None, question: Question, verdict: str) -> None:
    assert said(question, Actor(MIRA, Strength(strength), born=born), HIDDEN) == verdict


# --- a claim (P11, P36, P41, P57) -------------------------------------------------------------------------------------

DOOR = Question(CLAIM_DOOR, Purpose.REQUEST, Reach.DOOR)
CLAIM = Question("claim-1", Purpose.REQUEST, Reach.CLAIM)
NOBODY_YET, WITH_HER_SECRET = Actor(VISITOR, Strength.NONE), Actor(VISITOR, Strength.LINK)


@pytest.mark.parametrize(
    ("question", "actor", "way", "verdict"),
    [
        (DOOR, NOBODY_YET, Channel.WEB, "yes"),
        (DOOR, NOBODY_YET, Channel.TELEGRAM, "no_relation"),
        (DOOR, WITH_HER_SECRET, Channel.WEB, "no_relation"),
        (DOOR, signed_in(MIRA), Channel.WEB, "no_relation"),
        (replace(DOOR, subject=CASE), NOBODY_YET, Channel.WEB, "no_relation"),
    ],
    ids=["whoever comes", "in a chat", "by a secret", "signed in", "of a case"],
)
def test_the_door_at_which_a_claim_begins(question: Question, actor: Actor, way: Channel, verdict: str) -> None:
    assert said(question, actor, way=way) == verdict


@pytest.mark.parametrize(
    ("question", "rules", "verdict"),
    [
        (CLAIM, (Claimed(DAY),), "yes"),
        (CLAIM, (Claimed(DAY - timedelta(days=1)),), "no_relation"),
        (CLAIM, (), "no_relation"),
        (replace(CLAIM, part="claim"), (Claimed(DAY),), "yes"),
        (replace(CLAIM, part="child"), (Claimed(DAY),), "no_relation"),
        (replace(CLAIM, purpose=Purpose.OWN_STORY), (Claimed(DAY),), "strength"),
        (replace(CLAIM, shape=Shape.EXPORT), (Claimed(DAY),), "yes"),
        (replace(CLAIM, shape=Shape.SEARCH), (Claimed(DAY),), "shape"),
        (replace(CLAIM, place=True), (Claimed(DAY), HIDDEN), "yes"),
        (replace(CLAIM, entry=AskedEntry(Authority.SOCIAL)), (Claimed(DAY),), "yes"),
        (replace(CLAIM, entry=ABOUT_ANOTHER), (Claimed(DAY),), "third_party"),
        (replace(CLAIM, entry=ABOUT_ANOTHER, shape=Shape.SEARCH), (Claimed(DAY),), "shape"),
    ],
    ids=["on its last day", "on the day after", "that is none", "its own part", "another part", "for another purpose",
         "a copy", "a search", "her own address under protection", "about her", "about somebody else too",
         "a search of what is about somebody else too"],
)  # fmt: skip
def test_a_claim_opens_to_whoever_holds_its_secret(question: Question, rules: tuple[Rule, ...], verdict: str) -> None:
    assert said(question, WITH_HER_SECRET, *rules) == verdict


def test_however_well_she_proves_who_she_is_a_claim_is_asked_about_for_its_request_alone() -> None:
    by_eid = Actor(VISITOR, Strength.EID)
    assert said(CLAIM, by_eid, Claimed(DAY)) == "yes"
    assert said(replace(CLAIM, purpose=Purpose.OWN_STORY), by_eid, Claimed(DAY)) == "purpose"


def test_what_is_asked_of_a_claim_has_no_answer_in_a_case_nor_the_other_way_round() -> None:
    hanna, of_it = worker("hanna"), replace(WORK, purpose=Purpose.REQUEST)
    assert said(of_it, hanna, Claimed(DAY), way=Channel.CONSOLE) == "yes"
    assert said(WORK, hanna, Claimed(DAY), way=Channel.CONSOLE) == "not_found"
    assert said(of_it, hanna, mira(), way=Channel.CONSOLE) == "not_found"
    assert said(WORK, hanna, mira(), way=Channel.CONSOLE) == "yes"


# --- that there is something (P45, P54-P56) ---------------------------------------------------------------------------

NOTICE = replace(STORY, purpose=Purpose.DELIVERY, shape=Shape.NOTICE)
MAY_WRITE = replace(good_for_her(), notices=True)
HER_YES, HER_WISH = said_yes("notices"), Wished(MIRA, "hanna", START)
THIRTEEN, NOT_THIRTEEN = date(2013, 11, 23), date(2013, 11, 24)
FIFTEEN, NOT_FIFTEEN = date(2011, 11, 23), date(2011, 11, 24)

TOLD_BY_THE_CLOCK = [
    ("under thirteen, by the decision that she may be written to", NOT_THIRTEEN, (MAY_WRITE,), "yes"),
    ("under thirteen, by a decision that does not say so", NOT_THIRTEEN, (good_for_her(), HER_YES), "no_consent"),
    ("on her thirteenth birthday without her own yes", THIRTEEN, (MAY_WRITE,), "no_consent"),
    ("on her thirteenth birthday with her own yes", THIRTEEN, (MAY_WRITE, HER_YES), "yes"),
    ("when her own yes is to reminders", THIRTEEN, (MAY_WRITE, said_yes("reminders")), "yes"),
    ("at fifteen by her own wish and her own yes", FIFTEEN, (HER_WISH, HER_YES), "yes"),
    ("at fifteen by her own wish alone", FIFTEEN, (HER_WISH,), "no_consent"),
    ("at fifteen by a decision that does not say so", FIFTEEN, (good_for_her(), HER_YES), "no_consent"),
    ("at fourteen by her own wish", NOT_FIFTEEN, (HER_WISH, HER_YES), "no_contact_decision"),
    ("at fourteen by her wish and a decision that does not say so", NOT_FIFTEEN, (HER_WISH, good_for_her(), HER_YES),
     "no_consent"),
    ("on the day before she is grown, without being written to", DAY_BEFORE, (good_for_her(), HER_YES), "no_consent"),
    ("on the day she is grown, by her own yes", EIGHTEEN, (HER_YES,), "yes"),
    ("on the day she is grown, without it", EIGHTEEN, (MAY_WRITE,), "no_consent"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "born", "rules", "verdict"), TOLD_BY_THE_CLOCK, ids=[r[0] for r in TOLD_BY_THE_CLOCK])
def test_a_child_is_told_that_there_is_something(when: str, born: date, rules: tuple[Rule, ...], verdict: str) -> None:
    told = Told((mira(born), NoticeLogged("hanna", START), *rules))
    assert why(asked(MIRA, told, NOTICE, Channel.CLOCK)) == verdict


@pytest.mark.parametrize("shape", [Shape.NOTICE, Shape.LINK])
def test_no_place_travels_in_a_notice_whether_anybody_is_under_protection_or_not(shape: Shape) -> None:
    told = Told((mira(THIRTEEN), NoticeLogged("hanna", START), MAY_WRITE, HER_YES))
    travels = replace(NOTICE, shape=shape)
    assert why(asked(MIRA, told, travels, Channel.CLOCK)) == "yes"
    assert why(asked(MIRA, told, replace(travels, place=True), Channel.CLOCK)) == "protected"


FULL_ONCE = (said_yes("telegram_full"), Withdrew("yes-telegram_full", MIRA))
FROM_TODAY = replace(said_yes("telegram_full"), from_=DAY)
FROM_TOMORROW = replace(said_yes("telegram_notice"), from_=DAY + timedelta(days=1))

IN_HER_CHAT = [
    ("who chose to be told there", (said_yes("telegram_notice"),), "yes", "channel"),
    ("who chose to have all there", (said_yes("telegram_full"),), "yes", "yes"),
    ("who chose it today", (FROM_TODAY,), "yes", "yes"),
    ("who chose meetings", (said_yes("telegram_meetings"),), "yes", "channel"),
    ("who took all back, which leaves the notice", FULL_ONCE, "yes", "channel"),
    ("who chose nothing", (), "channel", "channel"),
    ("whose choice begins tomorrow", (FROM_TOMORROW,), "channel", "channel"),
]


@pytest.mark.parametrize(("whose", "rules", "notice", "story"), IN_HER_CHAT, ids=[row[0] for row in IN_HER_CHAT])
def test_what_reaches_a_grown_up_in_her_chat(whose: str, rules: tuple[Rule, ...], notice: str, story: str) -> None:
    told = Told((mira(EIGHTEEN), HER_YES, *rules))
    assert why(asked(MIRA, told, NOTICE, Channel.TELEGRAM)) == notice
    assert why(asked(MIRA, told, STORY, Channel.TELEGRAM)) == story


def test_her_own_part_reaches_her_chat_as_she_chose() -> None:
    grown, minor = (Actor(MIRA, Strength.CHANNEL, born=born) for born in (EIGHTEEN, DAY_BEFORE))
    meetings, contact = (replace(OWN, purpose=one) for one in (Purpose.OWN_MEETINGS, Purpose.OWN_CONTACT))
    some, everything = said_yes("telegram_meetings"), said_yes("telegram_full")
    in_chat = Channel.TELEGRAM
    assert said(meetings, grown, some, way=in_chat) == "yes"
    assert said(contact, grown, some, way=in_chat) == "channel"
    assert said(contact, grown, everything, way=in_chat) == "yes"
    assert said(contact, minor, everything, way=in_chat) == "channel"
    assert said(OWN, grown, everything, way=in_chat) == "channel", "who she is goes by no chat"
    assert said(replace(contact, shape=Shape.EXPORT), grown, everything, way=in_chat) == "channel"


@pytest.mark.parametrize(
    ("born", "verdict"), [(date(1990, 1, 1), "yes"), (DAY_BEFORE, "channel"), (None, "channel")],
    ids=["grown", "not grown", "of unknown age"],
)  # fmt: skip
def test_the_askers_own_age_counts_in_her_chat_however_old_the_one_it_is_about(born: date | None, verdict: str) -> None:
    alma = PersonId("alma")
    reader = Tied(TieId("tie-alma"), alma, TieKind.READER, START, None, "Hanna", born=born)
    lets_her = Consented("yes-mira", MIRA, MIRA, "share_shared", "delivery", None, START, None, to=alma)
    hers = (replace(said_yes(scope), by=alma, for_=alma) for scope in ("telegram_notice", "notices"))
    told = Told((mira(EIGHTEEN), NoticeLogged("hanna", START), reader, lets_her, *hers))
    assert why(asked(alma, told, NOTICE, Channel.TELEGRAM)) == verdict


OF_HER_OWN = replace(OWN, purpose=Purpose.DELIVERY, shape=Shape.NOTICE)


@pytest.mark.parametrize(
    ("side", "born", "rules", "verdict"),
    [
        (Side.BARNAHUS, NOT_THIRTEEN, (HER_YES,), "no_consent"),
        (Side.BARNAHUS, NOT_THIRTEEN, (MAY_WRITE,), "yes"),
        (Side.BARNAHUS, EIGHTEEN, (HER_YES,), "yes"),
        (Side.AID, NOT_THIRTEEN, (HER_YES,), "yes"),
        (Side.AID, NOT_THIRTEEN, (MAY_WRITE,), "no_consent"),
    ],
    ids=["a child whom nobody may write to", "a child whom one may write to", "a grown-up", "of the aid side",
         "of the aid side without her yes"],
)  # fmt: skip
def test_a_notice_about_her_own_part(side: Side, born: date, rules: tuple[Rule, ...], verdict: str) -> None:
    assert said(OF_HER_OWN, Actor(MIRA, Strength.NONE, born=born), *rules, way=Channel.CLOCK, side=side) == verdict


def test_a_reader_of_unknown_age_is_told_by_her_own_yes_since_she_is_not_the_child() -> None:
    alma = PersonId("alma")
    reader = Tied(TieId("tie-alma"), alma, TieKind.READER, START, None, "Hanna")
    lets_her = Consented("yes-mira", MIRA, MIRA, "share_shared", "delivery", None, START, None, to=alma)
    told = Told((mira(EIGHTEEN), NoticeLogged("hanna", START), reader, lets_her))
    assert why(asked(alma, told, NOTICE, Channel.CLOCK)) == "no_consent"
    assert why(asked(alma, told.then(replace(HER_YES, by=alma)), NOTICE, Channel.CLOCK)) == "yes"


# --- handed out of the house (P47, P51, P57, P58) ---------------------------------------------------------------------

TO_THE_POLICE = Excepted("x", "police", "osl_10_28", "2026-07", "Ulla", "dnr 7", START, None)
AGREED = ExportApproved("police", "hanna", "ulla")
OUT = Question(CASE, Purpose.RELEASE, Reach.WORK, shape=Shape.EXPORT, goes_to="police")


@pytest.mark.parametrize(
    ("question", "rules", "verdict"),
    [
        (OUT, (TO_THE_POLICE, AGREED), "yes"),
        (OUT, (TO_THE_POLICE,), "needs_second"),
        (OUT, (AGREED,), "shape"),
        (OUT, (replace(TO_THE_POLICE, to="the school"), AGREED), "shape"),
        (replace(OUT, goes_to=None), (TO_THE_POLICE, AGREED), "shape"),
        (replace(OUT, shape=Shape.LINK), (TO_THE_POLICE, AGREED), "shape"),
        (replace(OUT, purpose=Purpose.CASE_WORK), (TO_THE_POLICE, AGREED), "shape"),
        (replace(OUT, entry=AskedEntry(Authority.SOCIAL)), (TO_THE_POLICE, AGREED), "yes"),
        (replace(OUT, entry=ABOUT_ANOTHER), (TO_THE_POLICE, AGREED), "third_party"),
    ],
    ids=["by a provision, and a manager agrees", "no manager has agreed", "without a provision",
         "by one for the school", "to nobody named",
         "as a link", "for case work", "an entry", "an entry about somebody else too"],
)  # fmt: skip
def test_what_is_handed_to_the_police(question: Question, rules: tuple[Rule, ...], verdict: str) -> None:
    assert why(asked(worker("hanna"), Told((mira(), *rules)), question, Channel.CONSOLE)) == verdict


def test_of_a_claim_the_claimant_alone_is_handed_what_was_approved() -> None:
    out = Question(CASE, Purpose.REQUEST, Reach.WORK, "claim", Shape.EXPORT, goes_to="claimant")
    claim = Told((Claimed(DAY), ExportApproved("claimant", "hanna", "ulla")))
    assert why(asked(worker("hanna"), claim, out, Channel.CONSOLE)) == "yes"
    assert why(asked(worker("hanna"), claim, replace(out, entry=ABOUT_ANOTHER), Channel.CONSOLE)) == "third_party"
    assert why(asked(worker("hanna"), claim, replace(out, goes_to="police"), Channel.CONSOLE)) == "needs_second"
    assert why(asked(worker("hanna"), claim, replace(out, goes_to=None), Channel.CONSOLE)) == "shape"


# --- a worker who does not have the case (P53, P63) -------------------------------------------------------------------

IVO = worker("ivo", unit="elsewhere")
TO_IVO = replace(TO_THE_POLICE, to="ivo")
POLICES = AskedEntry(Authority.POLICE, leave=Leave.NONE)


def test_a_provision_opens_to_a_worker_of_another_unit_and_to_no_colleague() -> None:
    taken = Told((mira(), Assigned("olle", "ulla", True), TO_IVO))
    assert why(asked(IVO, taken, WORK, Channel.CONSOLE)) == "yes"
    assert why(asked(worker("ivo"), taken, WORK, Channel.CONSOLE)) == "not_assigned"


def test_of_another_authority_she_reads_what_it_released_and_of_the_house_everything() -> None:
    told = Told((mira(), TO_IVO))
    polices, own = (replace(WORK, entry=replace(POLICES, source=one)) for one in (Authority.POLICE, Authority.SOCIAL))
    assert why(asked(IVO, told, polices, Channel.CONSOLE)) == "not_released"
    assert why(asked(IVO, told, own, Channel.CONSOLE)) == "yes"
    assert why(asked(worker("hanna"), told, polices, Channel.CONSOLE)) == "yes"


# --- counted without persons (P66) ------------------------------------------------------------------------------------

COUNTED = Question(f"unit:{UNIT}", Purpose.STATISTICS, Reach.COUNT)


@pytest.mark.parametrize(
    ("question", "side", "verdict"),
    [
        (COUNTED, Side.BARNAHUS, "yes"),
        (COUNTED, Side.AID, "part"),
        (replace(COUNTED, subject=CASE), Side.BARNAHUS, "part"),
        (replace(COUNTED, purpose=Purpose.CASE_WORK), Side.BARNAHUS, "purpose"),
        (replace(COUNTED, part="child"), Side.BARNAHUS, "purpose"),
    ],
    ids=["of her unit", "of the aid side", "of one case", "for case work", "of the child's part"],
)
def test_what_is_counted_without_persons_is_for_the_work_of_a_barnahus(
    question: Question, side: Side, verdict: str
) -> None:
    assert said(question, worker("hanna", side=side), way=Channel.CONSOLE, side=side) == verdict


def test_a_stranger_who_counts_is_a_stranger_before_she_asks_for_the_wrong_thing() -> None:
    hers = replace(COUNTED, subject=CASE)
    case = Told((mira(), good_for_her(), NoticeLogged("hanna", START)))
    assert why(asked("a stranger", case, replace(hers, purpose=Purpose.AUDIT))) == "no_relation"
    assert why(asked(MIRA, case, replace(hers, purpose=Purpose.AUDIT))) == "purpose"
    assert why(asked(MIRA, case, hers)) == "yes"


def test_counting_opens_no_part_and_only_what_she_may_read_now_is_counted() -> None:
    hers = replace(COUNTED, subject=CASE)
    told = Told((mira(), good_for_her(), NoticeLogged("hanna", START)))
    grant = asked(MIRA, told, hers)
    assert isinstance(grant, Grant)
    assert grant.compartments == frozenset()
    assert why(asked(MIRA, Told((mira(), NoticeLogged("hanna", START))), hers)) == "no_contact_decision"
    assert why(asked(MIRA, told.then(good_for_her(embargo=True)), hers)) == "embargo"
