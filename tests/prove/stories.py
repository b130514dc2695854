"""The stories themselves: who asks for what, in which world, and the rule that decides."""

from __future__ import annotations

from tests.prove.axes import Value, World
from tests.prove.planes import usual_world
from tests.prove.reference import OPEN


def when(actor: str, part: str, **said: Value) -> World:
    """The usual world of that actor and part, but for what the story says."""
    return usual_world(actor, part)._replace(**said)  # type: ignore[arg-type]  # each story names values of the axes


def sent(actor: str, part: str, **said: Value) -> World:
    """A notice that the clock is about to send."""
    return when(
        actor, part, **{"purpose": "delivery", "shape": "notice", "channel": "clock", "strength": "none", **said}
    )


STORIES: dict[str, tuple[World, str]] = {
    # The child and the young adult.
    "Moa, 16, reads what happened at the barnahus": (when("child", "child"), OPEN),
    "Moa reads before anybody has decided that contact is good for her": (
        when("child", "child", contact="none"),
        "P29",
    ),
    "Moa, 16, has wished for contact herself": (when("child", "child", contact="own_wish"), OPEN),
    "Alva, 14, has wished for contact and no grown-up has decided": (
        when("child", "child", age=14, contact="own_wish"),
        "P29",
    ),
    "Nobody knows when Sami was born, and he wished for contact himself": (
        when("child", "child", age=-1, contact="own_wish"),
        "P29",
    ),
    "The prosecutor has not given notice, and Moa looks": (when("child", "child", embargo=True), "P28"),
    "Moa opens her story with the link from a slip": (when("child", "child", strength="link"), "P39"),
    "Moa signs in with e-ID and no PIN": (when("child", "child", strength="eid"), "P39"),
    "Moa chooses her language with a link": (when("child", "person_own", strength="link"), OPEN),
    "Moa finds a way to write by Telegram": (when("child", "child", channel="telegram"), "P54"),
    "Moa asks for what the staff wrote between themselves": (when("child", "staff"), "P37"),
    "Moa's page holds what the police said, and the police released it": (
        when("child", "child", source="police"),
        OPEN,
    ),
    "Moa's page holds what the police said, and the police released nothing": (
        when("child", "child", source="police", release="none"),
        "P53",
    ),
    "Moa sees that she met the police on Tuesday, for that was released": (
        when("child", "child", source="police", release="facts", facts=True),
        OPEN,
    ),
    "Moa asks what the police wrote on Tuesday, and only the day was released": (
        when("child", "child", source="police", release="facts"),
        "P53",
    ),
    "Nobody has told Moa face to face yet that the case is closed": (when("child", "child", hold="in_person"), "P59"),
    "Moa has been told face to face": (when("child", "child", hold="told"), OPEN),
    "Moa's interview lies under the investigation": (when("child", "child", hold="investigation"), "P27"),
    "Moa writes to the unit while an entry lies under the investigation": (
        when("child", "child", hold="investigation", purpose="own_contact"),
        OPEN,
    ),
    "Moa's entry tells of her brother, who has not allowed it": (when("child", "child", third="unredacted"), "P57"),
    "Moa's entry tells of her brother with his part left out": (when("child", "child", third="redacted"), OPEN),
    "Moa, 16, takes a copy home": (when("child", "child", shape="export"), OPEN),
    "Alva, 14, wants a copy": (when("child", "child", shape="export", age=14), "P46"),
    "Moa lives where nobody may know, and reads her own page": (
        when("child", "child", protected=True, place=True),
        OPEN,
    ),
    "A notice to Moa would say where she lives": (sent("child", "child", place=True), "P35"),
    "Alva, 14, may be written to and has not said yes": (sent("child", "child", age=14, notices=False), "P56"),
    "Elsa, 11, may be written to and has not been asked": (sent("child", "child", age=11, notices=False), OPEN),
    "Elsa, 11, may have contact and not be written to": (sent("child", "child", age=11, contact="decided"), "P56"),
    "Moa became 18 and nobody ever decided on contact": (when("young_adult", "child", age=18, contact="none"), OPEN),
    "Maria, 40, signs in with e-ID to what she went through": (when("young_adult", "child", strength="eid"), OPEN),
    "Maria chose to read it all in Telegram": (
        when("young_adult", "child", channel="telegram", strength="channel"),
        OPEN,
    ),
    "Maria took back her yes to Telegram": (
        when("young_adult", "child", channel="telegram", strength="channel", telegram="full_withdrawn"),
        "P54",
    ),
    "The municipality never allowed full Telegram": (
        when("young_adult", "child", channel="telegram", strength="channel", telegram="full_no_policy"),
        "P54",
    ),
    # The guardians.
    "Lena, cleared by two, reads what was released to her": (when("guardian", "guardian_own"), OPEN),
    "Lena was cleared by one": (when("guardian", "guardian_own", status="none_one"), "P21"),
    "Lena was cleared by the same person twice": (when("guardian", "guardian_own", status="none_twice_same"), "P21"),
    "Per is a suspect and Moa has consented": (
        when("guardian", "guardian_own", status="suspected", consent="story"),
        "P21",
    ),
    "Nobody knows what part Per has in it": (when("guardian", "guardian_own", status="unknown"), "P21"),
    "Per is a suspect and comes as a reader whom Moa let in": (when("reader", "child", status="suspected"), "P22"),
    "Per is a suspect and comes as treatment staff": (when("treatment", "shared", status="suspected"), "P22"),
    "Per is a suspect and looks at his own language": (when("guardian", "person_own", status="suspected"), OPEN),
    "Lena asks for Moa's own part": (when("guardian", "child", consent="story"), "P37"),
    "Lena asks for Per's part": (when("guardian", "guardian_other"), "P37"),
    "Lena reads an entry that nobody released to her": (when("guardian", "guardian_own", release="none"), "P53"),
    "Lena reads an entry released to Per": (when("guardian", "guardian_own", release="other_class"), "P53"),
    "Lena is blocked this minute": (when("guardian", "guardian_own", block="standing"), "P24"),
    "One worker lifted the block on Lena": (when("guardian", "guardian_own", block="lifted_one"), "P24"),
    "Two workers and no manager lifted it": (when("guardian", "guardian_own", block="lifted_no_manager"), "P24"),
    "A worker and a manager lifted it": (when("guardian", "guardian_own", block="lifted_two"), OPEN),
    "Moa is 18 today and Lena looks": (when("guardian", "shared", age=18), "P15"),
    "Lena would read where Moa lives": (when("guardian", "shared", protected=True, place=True), "P34"),
    "Lena comes by e-ID alone": (when("guardian", "shared", strength="eid"), "P39"),
    "Lena would read of Moa in Telegram": (when("guardian", "shared", channel="telegram", strength="channel"), "P54"),
    "Lena gets a notice in Telegram that says nothing": (
        sent("guardian", "shared", channel="telegram", telegram="notice"),
        OPEN,
    ),
    "The embargo stands and a notice to Lena is due": (sent("guardian", "shared", embargo=True), "P28"),
    # Readers, representatives, counsel, safety persons, treatment staff.
    "Moa, 16, let her aunt Karin read": (when("reader", "child"), OPEN),
    "Moa took back her yes to Karin": (when("reader", "child", consent="withdrawn"), "P49"),
    "Moa's yes to Karin ends today": (when("reader", "child", consent="last_day"), OPEN),
    "Moa's yes to Karin ended yesterday": (when("reader", "child", consent="ended"), "P49"),
    "Moa said yes to somebody else than Karin": (when("reader", "child", consent="other_receiver"), "P49"),
    "Moa let Karin see the shared part, and Karin asks for hers": (when("reader", "child", consent="shared"), "P49"),
    "Alva, 14, alone let Karin read": (when("reader", "child", age=14), "P49"),
    "Alva, 14, and her cleared mother let Karin read": (when("reader", "child", age=14, giver="both"), OPEN),
    "Alva, 14, and her father who is not cleared let Karin read": (
        when("reader", "child", age=14, giver="both_uncleared"),
        "P49",
    ),
    "Moa, 16, and her father who is not cleared let Karin read": (
        when("reader", "child", giver="both_uncleared"),
        OPEN,
    ),
    "Moa's mother alone let Karin read about Moa, 16": (when("reader", "child", giver="guardian"), "P49"),
    "Elsa's cleared mother let Karin read about Elsa, 11": (when("reader", "child", age=11, giver="guardian"), OPEN),
    "Maria is 40, and what her mother once gave is of no effect": (
        when("reader", "child", age=40, giver="guardian"),
        "P49",
    ),
    "The law lets Karin read the shared part": (
        when("reader", "shared", consent="none", exception="complete"),
        OPEN,
    ),
    "The law lets Karin read the shared part, and she asks for Moa's": (
        when("reader", "child", consent="none", exception="complete"),
        "P49",
    ),
    "Advokat Ek represents Moa in the police matter": (when("representative", "guardian_own"), OPEN),
    "Ek reads while the embargo stands, for the court sent her": (
        when("representative", "guardian_own", embargo=True),
        OPEN,
    ),
    "Ek asks for what the social services did in the criminal matter": (
        when("representative", "shared", source="social"),
        OPEN,
    ),
    "Ek asks for what treatment wrote": (when("representative", "guardian_own", source="treatment"), "P6"),
    "Ek's appointment ended yesterday": (when("representative", "guardian_own", tie="ended"), "P14"),
    "Ek's appointment ends today": (when("representative", "guardian_own", tie="last_day"), OPEN),
    "Moa is 18 and Ek looks once more": (when("representative", "shared", age=18), "P15"),
    "Counsel Dahl has Moa's yes": (when("counsel", "guardian_own"), OPEN),
    "Counsel Dahl has nobody's yes": (when("counsel", "guardian_own", consent="none"), "P49"),
    "Ek said yes to counsel Dahl for Alva, 14": (when("counsel", "shared", age=14, giver="representative"), OPEN),
    "Teacher Bo is in the list of grown-ups and nobody let him read": (
        when("safety_person", "shared", consent="none"),
        "P49",
    ),
    "A named exception is held out for teacher Bo": (
        when("safety_person", "shared", consent="none", exception="complete"),
        "P49",
    ),
    "Moa, 15, alone let the clinic read": (when("treatment", "shared", age=15), "P49"),
    "Moa, 16, alone let the clinic read": (when("treatment", "shared"), OPEN),
    "The clinic has an exception that nobody signed": (
        when("treatment", "shared", consent="none", exception="no_decider"),
        "P49",
    ),
    "The clinic asks for Moa's own part": (when("treatment", "child"), "P37"),
    # Those with no tie, aid and claims.
    "A visitor asks for anything": (when("visitor", "shared"), "P1"),
    "A stranger signs in": (when("stranger", "shared"), "P37"),
    "A stranger changes her own language": (when("stranger", "person_own"), OPEN),
    "Yusuf sees what to bring on Monday, by the link in a notice": (
        when("recipient", "aid", purpose="own_meetings", strength="link"),
        OPEN,
    ),
    "Yusuf sees his plan by the link": (when("recipient", "aid", strength="link"), "P39"),
    "Yusuf answers a meeting in Telegram": (
        when("recipient", "aid", purpose="own_meetings", channel="telegram", strength="channel", telegram="meetings"),
        OPEN,
    ),
    "Lena asks what aid Yusuf has": (when("guardian", "aid"), "P37"),
    "Maria's claim is answered, and she opens it with its secret": (when("claimant", "claim", strength="link"), OPEN),
    "Somebody holds the claim's address and not its secret": (when("claimant", "claim", tie="none"), "P14"),
    "Maria's claim comes with her sister's words in it": (when("claimant", "claim", third="unredacted"), "P57"),
    # The staff.
    "Yusuf said yes to Telegram 91 days ago and asks for his meetings there": (
        when(
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
        when(
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
        when(
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
        sent("young_adult", "child", age=40, channel="clock", safe="other_chat"),
        "P56",
    ),
    "Maria said yes again today": (sent("young_adult", "child", age=40, channel="clock", safe="said_again"), OPEN),
    "Nobody is named for Moa's case, and Bertil is of its unit": (
        when("case_worker", "staff", desk="unnamed"),
        OPEN,
    ),
    "Bertil was taken off it, and nobody else is named": (when("case_worker", "staff", desk="taken_off"), "P12"),
    "Bertil is on leave from it, and nobody else is named": (when("case_worker", "staff", desk="on_leave"), "P12"),
    "Bertil's leave was over yesterday, and nobody has named him again": (
        when("case_worker", "staff", desk="leave_over"),
        "P12",
    ),
    "Bertil was taken off it and is named again": (when("case_worker", "staff", desk="off_and_named"), OPEN),
    "A manager was taken off it": (when("manager", "staff", desk="taken_off"), OPEN),
    "Anna is assigned to Moa's case": (when("case_worker", "staff"), OPEN),
    "Anna reads what another authority has not released": (
        when("case_worker", "staff", source="police", release="none"),
        OPEN,
    ),
    "Anna reads under the investigation": (when("case_worker", "staff", hold="investigation"), OPEN),
    "Bertil sits in the same unit and is not assigned": (when("case_worker", "staff", desk="colleague"), "P12"),
    "Coordinator Cilla sits in the same unit": (when("coordinator", "staff", desk="colleague"), OPEN),
    "Bertil breaks the glass with a reason": (
        when("case_worker", "staff", desk="colleague", break_glass="active"),
        OPEN,
    ),
    "Bertil gives no reason": (when("case_worker", "staff", desk="colleague", break_glass="no_reason"), "P12"),
    "Bertil broke the glass the day before yesterday": (
        when("case_worker", "staff", desk="colleague", break_glass="over_24h"),
        "P12",
    ),
    "The manager struck down Bertil's opening": (
        when("case_worker", "staff", desk="colleague", break_glass="struck"),
        "P12",
    ),
    "Bertil breaks the glass to a sealed case": (
        when("case_worker", "staff", desk="colleague", break_glass="active", state="sealed"),
        "P20",
    ),
    "Bertil breaks the glass to read what Moa wrote": (
        when("case_worker", "child", desk="colleague", break_glass="active"),
        "P12",
    ),
    "Bertil is blocked from the case of his neighbour and breaks the glass": (
        when("case_worker", "staff", desk="colleague", break_glass="active", block="standing"),
        "P24",
    ),
    "Bertil breaks the glass to what was taken back": (
        when("case_worker", "staff", desk="colleague", break_glass="active", release="taken_back"),
        "P53",
    ),
    "Anna, who has the case, opens what was taken back": (
        when("case_worker", "staff", release="taken_back"),
        OPEN,
    ),
    "Moa's page holds what was taken back": (when("child", "child", release="taken_back"), "P53"),
    "Bertil breaks the glass to what the police have not released": (
        when("case_worker", "staff", desk="colleague", break_glass="active", source="police", release="none"),
        "P53",
    ),
    "David of another unit has a signed exception": (
        when("case_worker", "staff", desk="other_unit", exception="complete"),
        OPEN,
    ),
    "Eva of the aid unit breaks the glass to a barnahus case": (
        when("manager", "staff", desk="other_side", break_glass="active"),
        "P38",
    ),
    "Anna opens the console on her own telephone's web": (when("case_worker", "staff", channel="web"), "P55"),
    "Anna exports to the police with an exception and four eyes": (
        when("case_worker", "staff", shape="export", purpose="release", exception="complete"),
        OPEN,
    ),
    "Anna exports to the police alone": (
        when("case_worker", "staff", shape="export", purpose="release", exception="complete", four_eyes=False),
        "P58",
    ),
    "Anna exports for case work": (when("case_worker", "staff", shape="export"), "P47"),
    "Anna's list would show where protected Moa lives": (
        when("case_worker", "staff", shape="list", protected=True, place=True),
        "P33",
    ),
    "Anna's page shows where protected Moa lives, for she must drive there": (
        when("case_worker", "staff", protected=True, place=True),
        OPEN,
    ),
    "A manager opens a sealed case": (when("manager", "staff", state="sealed"), "P20"),
    "A manager opens a case whose rules do not hold together": (when("manager", "staff", state="broken"), "P18"),
    "A manager opens a culled case": (when("manager", "staff", state="culled"), "P19"),
    "An auditor reads a story": (when("auditor", "child"), "P13"),
    "An administrator breaks the glass": (when("administrator", "staff", break_glass="active"), "P13"),
    "Maintenance opens a person": (when("maintenance", "person_other"), "P13"),
}
