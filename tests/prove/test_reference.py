"""Short stories of who may see what, told to the reference alone; each ends with the rule that decides."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.prove.axes import AXES, STAFF, Value, World
from tests.prove.planes import PLANES, plane, usual_world
from tests.prove.reference import DENIALS, OPEN, may, why


def _when(actor: str, part: str, **said: Value) -> World:
    """The usual world of that actor and part, but for what the story says."""
    return usual_world(actor, part)._replace(**said)  # type: ignore[arg-type]  # each story names values of the axes


def _sent(actor: str, part: str, **said: Value) -> World:
    """A notice that the clock is about to send."""
    return _when(
        actor, part, **{"purpose": "delivery", "shape": "notice", "channel": "clock", "strength": "none", **said}
    )


STORIES: dict[str, tuple[World, str]] = {
    # The child and the young adult.
    "Moa, 16, reads what happened at the barnahus": (_when("child", "child"), OPEN),
    "Moa reads before anybody has decided that contact is good for her": (
        _when("child", "child", contact="none"),
        "P29",
    ),
    "Moa, 16, has wished for contact herself": (_when("child", "child", contact="own_wish"), OPEN),
    "Alva, 14, has wished for contact and no grown-up has decided": (
        _when("child", "child", age=14, contact="own_wish"),
        "P29",
    ),
    "Nobody knows when Sami was born, and he wished for contact himself": (
        _when("child", "child", age=-1, contact="own_wish"),
        "P29",
    ),
    "The prosecutor has not given notice, and Moa looks": (_when("child", "child", embargo=True), "P28"),
    "Moa opens her story with the link from a slip": (_when("child", "child", strength="link"), "P39"),
    "Moa signs in with e-ID and no PIN": (_when("child", "child", strength="eid"), "P39"),
    "Moa chooses her language with a link": (_when("child", "person_own", strength="link"), OPEN),
    "Moa finds a way to write by Telegram": (_when("child", "child", channel="telegram"), "P54"),
    "Moa asks for what the staff wrote between themselves": (_when("child", "staff"), "P37"),
    "Moa's page holds what the police said, and the police released it": (
        _when("child", "child", source="police"),
        OPEN,
    ),
    "Moa's page holds what the police said, and the police released nothing": (
        _when("child", "child", source="police", release="none"),
        "P53",
    ),
    "Moa sees that she met the police on Tuesday, for that was released": (
        _when("child", "child", source="police", release="facts", facts=True),
        OPEN,
    ),
    "Moa asks what the police wrote on Tuesday, and only the day was released": (
        _when("child", "child", source="police", release="facts"),
        "P53",
    ),
    "Nobody has told Moa face to face yet that the case is closed": (_when("child", "child", hold="in_person"), "P59"),
    "Moa has been told face to face": (_when("child", "child", hold="told"), OPEN),
    "Moa's interview lies under the investigation": (_when("child", "child", hold="investigation"), "P27"),
    "Moa writes to the unit while an entry lies under the investigation": (
        _when("child", "child", hold="investigation", purpose="own_contact"),
        OPEN,
    ),
    "Moa's entry tells of her brother, who has not allowed it": (_when("child", "child", third="unredacted"), "P57"),
    "Moa's entry tells of her brother with his part left out": (_when("child", "child", third="redacted"), OPEN),
    "Moa, 16, takes a copy home": (_when("child", "child", shape="export"), OPEN),
    "Alva, 14, wants a copy": (_when("child", "child", shape="export", age=14), "P46"),
    "Moa lives where nobody may know, and reads her own page": (
        _when("child", "child", protected=True, place=True),
        OPEN,
    ),
    "A notice to Moa would say where she lives": (_sent("child", "child", place=True), "P35"),
    "Alva, 14, may be written to and has not said yes": (_sent("child", "child", age=14, notices=False), "P56"),
    "Elsa, 11, may be written to and has not been asked": (_sent("child", "child", age=11, notices=False), OPEN),
    "Elsa, 11, may have contact and not be written to": (_sent("child", "child", age=11, contact="decided"), "P56"),
    "Moa became 18 and nobody ever decided on contact": (_when("young_adult", "child", age=18, contact="none"), OPEN),
    "Maria, 40, signs in with e-ID to what she went through": (_when("young_adult", "child", strength="eid"), OPEN),
    "Maria chose to read it all in Telegram": (
        _when("young_adult", "child", channel="telegram", strength="channel"),
        OPEN,
    ),
    "Maria took back her yes to Telegram": (
        _when("young_adult", "child", channel="telegram", strength="channel", telegram="full_withdrawn"),
        "P54",
    ),
    "The municipality never allowed full Telegram": (
        _when("young_adult", "child", channel="telegram", strength="channel", telegram="full_no_policy"),
        "P54",
    ),
    # The guardians.
    "Lena, cleared by two, reads what was released to her": (_when("guardian", "guardian_own"), OPEN),
    "Lena was cleared by one": (_when("guardian", "guardian_own", status="none_one"), "P21"),
    "Lena was cleared by the same person twice": (_when("guardian", "guardian_own", status="none_twice_same"), "P21"),
    "Per is a suspect and Moa has consented": (
        _when("guardian", "guardian_own", status="suspected", consent="story"),
        "P21",
    ),
    "Nobody knows what part Per has in it": (_when("guardian", "guardian_own", status="unknown"), "P21"),
    "Per is a suspect and comes as a reader whom Moa let in": (_when("reader", "child", status="suspected"), "P22"),
    "Per is a suspect and comes as treatment staff": (_when("treatment", "shared", status="suspected"), "P22"),
    "Per is a suspect and looks at his own language": (_when("guardian", "person_own", status="suspected"), OPEN),
    "Lena asks for Moa's own part": (_when("guardian", "child", consent="story"), "P37"),
    "Lena asks for Per's part": (_when("guardian", "guardian_other"), "P37"),
    "Lena reads an entry that nobody released to her": (_when("guardian", "guardian_own", release="none"), "P53"),
    "Lena reads an entry released to Per": (_when("guardian", "guardian_own", release="other_class"), "P53"),
    "Lena is blocked this minute": (_when("guardian", "guardian_own", block="standing"), "P24"),
    "One worker lifted the block on Lena": (_when("guardian", "guardian_own", block="lifted_one"), "P24"),
    "Two workers and no manager lifted it": (_when("guardian", "guardian_own", block="lifted_no_manager"), "P24"),
    "A worker and a manager lifted it": (_when("guardian", "guardian_own", block="lifted_two"), OPEN),
    "Moa is 18 today and Lena looks": (_when("guardian", "shared", age=18), "P15"),
    "Lena would read where Moa lives": (_when("guardian", "shared", protected=True, place=True), "P34"),
    "Lena comes by e-ID alone": (_when("guardian", "shared", strength="eid"), "P39"),
    "Lena would read of Moa in Telegram": (_when("guardian", "shared", channel="telegram", strength="channel"), "P54"),
    "Lena gets a notice in Telegram that says nothing": (
        _sent("guardian", "shared", channel="telegram", telegram="notice"),
        OPEN,
    ),
    "The embargo stands and a notice to Lena is due": (_sent("guardian", "shared", embargo=True), "P28"),
    # Readers, representatives, counsel, safety persons, treatment staff.
    "Moa, 16, let her aunt Karin read": (_when("reader", "child"), OPEN),
    "Moa took back her yes to Karin": (_when("reader", "child", consent="withdrawn"), "P49"),
    "Moa's yes to Karin ends today": (_when("reader", "child", consent="last_day"), OPEN),
    "Moa's yes to Karin ended yesterday": (_when("reader", "child", consent="ended"), "P49"),
    "Moa said yes to somebody else than Karin": (_when("reader", "child", consent="other_receiver"), "P49"),
    "Moa let Karin see the shared part, and Karin asks for hers": (_when("reader", "child", consent="shared"), "P49"),
    "Alva, 14, alone let Karin read": (_when("reader", "child", age=14), "P49"),
    "Alva, 14, and her cleared mother let Karin read": (_when("reader", "child", age=14, giver="both"), OPEN),
    "Alva, 14, and her father who is not cleared let Karin read": (
        _when("reader", "child", age=14, giver="both_uncleared"),
        "P49",
    ),
    "Moa, 16, and her father who is not cleared let Karin read": (
        _when("reader", "child", giver="both_uncleared"),
        OPEN,
    ),
    "Moa's mother alone let Karin read about Moa, 16": (_when("reader", "child", giver="guardian"), "P49"),
    "Elsa's cleared mother let Karin read about Elsa, 11": (_when("reader", "child", age=11, giver="guardian"), OPEN),
    "Maria is 40, and what her mother once gave is of no effect": (
        _when("reader", "child", age=40, giver="guardian"),
        "P49",
    ),
    "The law lets Karin read the shared part": (
        _when("reader", "shared", consent="none", exception="complete"),
        OPEN,
    ),
    "The law lets Karin read the shared part, and she asks for Moa's": (
        _when("reader", "child", consent="none", exception="complete"),
        "P49",
    ),
    "Advokat Ek represents Moa in the police matter": (_when("representative", "guardian_own"), OPEN),
    "Ek reads while the embargo stands, for the court sent her": (
        _when("representative", "guardian_own", embargo=True),
        OPEN,
    ),
    "Ek asks for what the social services did in the criminal matter": (
        _when("representative", "shared", source="social"),
        OPEN,
    ),
    "Ek asks for what treatment wrote": (_when("representative", "guardian_own", source="treatment"), "P6"),
    "Ek's appointment ended yesterday": (_when("representative", "guardian_own", tie="ended"), "P14"),
    "Ek's appointment ends today": (_when("representative", "guardian_own", tie="last_day"), OPEN),
    "Moa is 18 and Ek looks once more": (_when("representative", "shared", age=18), "P15"),
    "Counsel Dahl has Moa's yes": (_when("counsel", "guardian_own"), OPEN),
    "Counsel Dahl has nobody's yes": (_when("counsel", "guardian_own", consent="none"), "P49"),
    "Ek said yes to counsel Dahl for Alva, 14": (_when("counsel", "shared", age=14, giver="representative"), OPEN),
    "Teacher Bo is in the list of grown-ups and nobody let him read": (
        _when("safety_person", "shared", consent="none"),
        "P49",
    ),
    "A named exception is held out for teacher Bo": (
        _when("safety_person", "shared", consent="none", exception="complete"),
        "P49",
    ),
    "Moa, 15, alone let the clinic read": (_when("treatment", "shared", age=15), "P49"),
    "Moa, 16, alone let the clinic read": (_when("treatment", "shared"), OPEN),
    "The clinic has an exception that nobody signed": (
        _when("treatment", "shared", consent="none", exception="no_decider"),
        "P49",
    ),
    "The clinic asks for Moa's own part": (_when("treatment", "child"), "P37"),
    # Those with no tie, aid and claims.
    "A visitor asks for anything": (_when("visitor", "shared"), "P1"),
    "A stranger signs in": (_when("stranger", "shared"), "P37"),
    "A stranger changes her own language": (_when("stranger", "person_own"), OPEN),
    "Yusuf sees what to bring on Monday, by the link in a notice": (
        _when("recipient", "aid", purpose="own_meetings", strength="link"),
        OPEN,
    ),
    "Yusuf sees his plan by the link": (_when("recipient", "aid", strength="link"), "P39"),
    "Yusuf answers a meeting in Telegram": (
        _when("recipient", "aid", purpose="own_meetings", channel="telegram", strength="channel", telegram="meetings"),
        OPEN,
    ),
    "Lena asks what aid Yusuf has": (_when("guardian", "aid"), "P37"),
    "Maria's claim is answered, and she opens it with its secret": (_when("claimant", "claim", strength="link"), OPEN),
    "Somebody holds the claim's address and not its secret": (_when("claimant", "claim", tie="none"), "P14"),
    "Maria's claim comes with her sister's words in it": (_when("claimant", "claim", third="unredacted"), "P57"),
    # The staff.
    "Yusuf said yes to Telegram 91 days ago and asks for his meetings there": (
        _when(
            "recipient",
            "aid",
            purpose="own_meetings",
            channel="telegram",
            strength="channel",
            telegram="meetings",
            safe="day_91",
        ),
        "P67",
    ),
    "It was 90 days ago": (
        _when(
            "recipient",
            "aid",
            purpose="own_meetings",
            channel="telegram",
            strength="channel",
            telegram="meetings",
            safe="day_90",
        ),
        OPEN,
    ),
    "Yusuf's son sees the telephone, and the yes is 31 days old": (
        _when(
            "recipient",
            "aid",
            purpose="own_meetings",
            channel="telegram",
            strength="channel",
            telegram="meetings",
            safe="shared_31",
        ),
        "P67",
    ),
    "Maria's chat is another, and a notice to her is due": (
        _sent("young_adult", "child", age=40, channel="clock", safe="other_chat"),
        "P56",
    ),
    "Maria said yes again today": (_sent("young_adult", "child", age=40, channel="clock", safe="said_again"), OPEN),
    "Nobody is named for Moa's case, and Bertil is of its unit": (
        _when("case_worker", "staff", desk="unnamed"),
        OPEN,
    ),
    "Bertil was taken off it, and nobody else is named": (_when("case_worker", "staff", desk="taken_off"), "P12"),
    "Bertil is on leave from it, and nobody else is named": (_when("case_worker", "staff", desk="on_leave"), "P12"),
    "Bertil's leave was over yesterday, and nobody has named him again": (
        _when("case_worker", "staff", desk="leave_over"),
        "P12",
    ),
    "Bertil was taken off it and is named again": (_when("case_worker", "staff", desk="off_and_named"), OPEN),
    "A manager was taken off it": (_when("manager", "staff", desk="taken_off"), OPEN),
    "Anna is assigned to Moa's case": (_when("case_worker", "staff"), OPEN),
    "Anna reads what another authority has not released": (
        _when("case_worker", "staff", source="police", release="none"),
        OPEN,
    ),
    "Anna reads under the investigation": (_when("case_worker", "staff", hold="investigation"), OPEN),
    "Bertil sits in the same unit and is not assigned": (_when("case_worker", "staff", desk="colleague"), "P12"),
    "Coordinator Cilla sits in the same unit": (_when("coordinator", "staff", desk="colleague"), OPEN),
    "Bertil breaks the glass with a reason": (
        _when("case_worker", "staff", desk="colleague", break_glass="active"),
        OPEN,
    ),
    "Bertil gives no reason": (_when("case_worker", "staff", desk="colleague", break_glass="no_reason"), "P12"),
    "Bertil broke the glass the day before yesterday": (
        _when("case_worker", "staff", desk="colleague", break_glass="over_24h"),
        "P12",
    ),
    "The manager struck down Bertil's opening": (
        _when("case_worker", "staff", desk="colleague", break_glass="struck"),
        "P12",
    ),
    "Bertil breaks the glass to a sealed case": (
        _when("case_worker", "staff", desk="colleague", break_glass="active", state="sealed"),
        "P20",
    ),
    "Bertil breaks the glass to read what Moa wrote": (
        _when("case_worker", "child", desk="colleague", break_glass="active"),
        "P12",
    ),
    "Bertil is blocked from the case of his neighbour and breaks the glass": (
        _when("case_worker", "staff", desk="colleague", break_glass="active", block="standing"),
        "P24",
    ),
    "Bertil breaks the glass to what was taken back": (
        _when("case_worker", "staff", desk="colleague", break_glass="active", release="taken_back"),
        "P53",
    ),
    "Anna, who has the case, opens what was taken back": (
        _when("case_worker", "staff", release="taken_back"),
        OPEN,
    ),
    "Moa's page holds what was taken back": (_when("child", "child", release="taken_back"), "P53"),
    "Bertil breaks the glass to what the police have not released": (
        _when("case_worker", "staff", desk="colleague", break_glass="active", source="police", release="none"),
        "P53",
    ),
    "David of another unit has a signed exception": (
        _when("case_worker", "staff", desk="other_unit", exception="complete"),
        OPEN,
    ),
    "Eva of the aid unit breaks the glass to a barnahus case": (
        _when("manager", "staff", desk="other_side", break_glass="active"),
        "P38",
    ),
    "Anna opens the console on her own telephone's web": (_when("case_worker", "staff", channel="web"), "P55"),
    "Anna exports to the police with an exception and four eyes": (
        _when("case_worker", "staff", shape="export", purpose="release", exception="complete"),
        OPEN,
    ),
    "Anna exports to the police alone": (
        _when("case_worker", "staff", shape="export", purpose="release", exception="complete", four_eyes=False),
        "P58",
    ),
    "Anna exports for case work": (_when("case_worker", "staff", shape="export"), "P47"),
    "Anna's list would show where protected Moa lives": (
        _when("case_worker", "staff", shape="list", protected=True, place=True),
        "P33",
    ),
    "Anna's page shows where protected Moa lives, for she must drive there": (
        _when("case_worker", "staff", protected=True, place=True),
        OPEN,
    ),
    "A manager opens a sealed case": (_when("manager", "staff", state="sealed"), "P20"),
    "A manager opens a case whose rules do not hold together": (_when("manager", "staff", state="broken"), "P18"),
    "A manager opens a culled case": (_when("manager", "staff", state="culled"), "P19"),
    "An auditor reads a story": (_when("auditor", "child"), "P13"),
    "An administrator breaks the glass": (_when("administrator", "staff", break_glass="active"), "P13"),
    "Maintenance opens a person": (_when("maintenance", "person_other"), "P13"),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_reference_ends_each_story_by_its_rule(story: str) -> None:
    """What happens, and by which rule of the policy."""
    world, rule = STORIES[story]
    assert (why(world), may(world)) == (rule, rule == OPEN)


def test_every_rule_of_the_reference_ends_at_least_one_story() -> None:
    """A rule that no story ends by has not been tried, but for those that the planes try below."""
    told = {rule for _, rule in STORIES.values()}
    assert {rule for rule, _ in DENIALS} - told == {"P43", "P44", "P45"}


@pytest.mark.parametrize(
    ("world", "rule"),
    [
        (_when("guardian", "guardian_own", purpose="own_access_log"), "P43"),
        (_when("reader", "child", purpose="case_work"), "P43"),
        (_when("case_worker", "child", purpose="own_story"), "P44"),
        (_when("case_worker", "child", purpose="import"), "P44"),
        (_sent("child", "child", shape="page"), "P45"),
        (_when("child", "child", shape="notice"), "P45"),
    ],
)
def test_a_purpose_opens_its_own_pairs_only(world: World, rule: str) -> None:
    """P43 to P45."""
    assert why(world) == rule


def test_each_value_of_each_axis_lies_in_a_plane() -> None:
    """No value is named that nobody asks about."""
    asked: dict[str, set[Value]] = defaultdict(set)
    for axes in PLANES.values():
        for axis, values in axes.items():
            asked[axis].update(values)
    asked["actor"] = set(AXES["actor"])
    missing = {axis: set(values) - asked[axis] for axis, values in AXES.items()}
    assert {axis: values for axis, values in missing.items() if values} == {}


def test_no_leave_lifts_a_hard_denial() -> None:
    """Consent, exception, release, four eyes and broken glass are given to every masked world, and none opens."""
    for world in plane("masks"):
        if why(world) in {"P18", "P19", "P20", "P21", "P22", "P24", "P27", "P28", "P29", "P33", "P34", "P35"}:
            leave = world._replace(
                consent="story",
                giver="both",
                exception="complete",
                release="whole",
                four_eyes=True,
                break_glass="active",
            )
            assert not may(leave), leave


def test_what_opens_to_a_guardian_is_the_own_part_the_shared_part_or_her_own_person() -> None:
    """And it opens to one who is cleared, and while the child is a child."""
    opened = [
        world for name in ("masks", "grounds") for world in plane(name) if world.actor == "guardian" and may(world)
    ]
    case = [world for world in opened if world.part != "person_own"]
    assert {world.part for world in case} == {"guardian_own", "shared"}
    assert {world.status for world in case} == {"none_cleared"}
    assert max(world.age for world in case) == 17


def test_the_questions_are_more_than_two_million_and_two_hundred_thousand() -> None:
    """As many as the test plan promises, not counting one twice; most of them are about outsiders."""
    told, outsiders = 0, 0
    for name in PLANES:
        if name in {"masks", "asking", "phones"}:
            for world in plane(name):
                told += 1
                outsiders += world.actor not in STAFF
    assert told > 2_200_000
    assert outsiders > told / 2
