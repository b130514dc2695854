"""The whole table: every question of the planes put to the product's rule and to the reference, and where they differ.

A `World` becomes what the product would know: rows of rules, an actor, a question. Nothing of the policy is decided
here; a value of an axis is only written down as the row that a worker's deed would have left.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from time import perf_counter

from storage.consent import Actor, AskedEntry, Grant, Question, Reason, decide
from storage.grounds import EDITION
from storage.queries import Purpose, Reach, Shape
from storage.records import (
    VISITOR,
    Authority,
    Channel,
    GuardianStatus,
    Leave,
    PersonId,
    PhoneHeld,
    Role,
    Side,
    Strength,
    TieId,
    TieKind,
)
from storage.rules import (
    CHANGED_DEVICE,
    Assigned,
    Blocked,
    Claimed,
    ClearedBy,
    Consented,
    ContactDecided,
    Excepted,
    ExportApproved,
    GlassBroken,
    NoticeLogged,
    Protected,
    Recorded,
    Reviewed,
    Rule,
    Sealed,
    StatusSet,
    Tied,
    Wished,
    Withdrew,
)
from storage.safe_contact import within
from storage.standing import Standing
from storage.terms import USUAL_TERMS
from tests.prove.axes import CONTENTLESS, STAFF, World
from tests.prove.planes import PLANES, plane
from tests.prove.reference import may

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY, DAY = NOW.date(), timedelta(days=1)
LONG_AGO = date(2026, 1, 1)
ASKER, CHILD = PersonId("asker"), PersonId("child")
MINE, HERS, ALSO, GUARDIANS, APPOINTED = (TieId(name) for name in ("mine", "hers", "also", "guardians", "appointed"))
UNIT, CASE = "lindvik", "subject"
KINDS = {
    "child": TieKind.CHILD, "young_adult": TieKind.CHILD, "guardian": TieKind.GUARDIAN, "reader": TieKind.READER,
    "representative": TieKind.REPRESENTATIVE, "counsel": TieKind.COUNSEL, "safety_person": TieKind.SAFETY,
    "treatment": TieKind.TREATMENT, "recipient": TieKind.RECIPIENT,
}  # fmt: skip
HERSELF = frozenset({"child", "young_adult", "recipient", "claimant"})
PERIODS = {
    "not_begun": (TODAY + DAY, None), "first_day": (TODAY, None), "open_ended": (LONG_AGO, None),
    "last_day": (LONG_AGO, TODAY), "ended": (LONG_AGO, TODAY - DAY),
}  # fmt: skip
CLEARINGS = {"none_uncleared": (), "none_one": ("eva",), "none_twice_same": ("eva", "eva")}
LIFTED = {"standing": (), "lifted_one": (("eva", True),), "lifted_no_manager": (("eva", False), ("bo", False)),
          "lifted_two": (("eva", False), ("bo", True))}  # fmt: skip
GIVERS = {
    "herself": ("she",), "guardian": ("guardian",), "guardian_uncleared": ("guardian",), "both": ("she", "guardian"),
    "both_uncleared": ("she", "guardian"), "representative": ("appointed",),
}  # fmt: skip
SAID = {
    "day_90": (90, PhoneHeld.OWN), "day_91": (91, PhoneHeld.OWN), "said_again": (91, PhoneHeld.OWN),
    "shared_30": (30, PhoneHeld.SHARED), "shared_31": (31, PhoneHeld.SHARED),
}  # fmt: skip
_ON, _OFF = Assigned(ASKER, "ulla", True), Assigned(ASKER, "ulla", False)
NAMING: dict[str, tuple[Rule, ...]] = {
    "assigned": (_ON,), "unnamed": (), "taken_off": (_ON, _OFF), "off_and_named": (_ON, _OFF, _ON),
    "on_leave": (_ON, replace(_OFF, back_on=TODAY + 9 * DAY)),
    "leave_over": (_ON, replace(_OFF, back_on=TODAY - DAY)),
}  # fmt: skip
OTHER_PURPOSE, OTHER_CHANNEL = "own_identity", {Channel.WEB: Channel.CLOCK}


@cache
def _at(rule: Rule) -> Recorded:
    return Recorded(rule, NOW)


@cache
def _born(age: int) -> date | None:
    """A birthday that is today: the day on which every right moves."""
    return None if age < 0 else TODAY.replace(year=TODAY.year - age)


def standing_of(world: World) -> Standing:
    """The subject of a question as its rows would tell it."""
    hers = world.part == "person_own" and world.actor == "recipient"
    side = Side.AID if world.part == "aid" or hers else Side.BARNAHUS
    rules = tuple(_at(rule) for rule in _rules(world))
    return Standing(
        _subject(world), side, UNIT, rules, intact=world.state != "broken", culled=world.state == "culled",
        telegram_full=world.telegram != "full_no_policy",
    )  # fmt: skip


def _subject(world: World) -> str:
    return _asker(world) if world.part == "person_own" else CASE


def _asker(world: World) -> str:
    return VISITOR if world.actor in ("visitor", "claimant") else ASKER


def _rules(world: World) -> Iterator[Rule]:
    if world.part == "claim":
        yield Claimed(TODAY)
    elif not world.part.startswith("person"):
        yield from _ties(world)
        yield from _shutting(world)
    yield from _common(world)
    yield from _grounds(world)
    yield from _phone(world)
    yield from _desk(world)


def _ties(world: World) -> Iterator[Rule]:
    kind, hers = KINDS.get(world.actor), _born(world.age)
    about_asker = kind in (TieKind.CHILD, TieKind.RECIPIENT) and world.tie != "none"
    if not about_asker:
        centre = TieKind.RECIPIENT if world.part == "aid" else TieKind.CHILD
        yield Tied(HERS, CHILD, centre, LONG_AGO, None, "eva", born=hers)
    if kind is not None and world.tie != "none":
        born = hers if about_asker else date(1980, 1, 1)
        yield Tied(MINE, ASKER, kind, *PERIODS[world.tie], "eva", born=born)
    if world.status != "absent" and world.actor != "guardian":
        yield Tied(ALSO, ASKER, TieKind.GUARDIAN, LONG_AGO, None, "eva", born=date(1980, 1, 1))


def _shutting(world: World) -> Iterator[Rule]:
    if world.block != "none":
        yield Blocked(MINE, "eva", True, staff=ASKER)
        yield from (Blocked(MINE, by, False, manager=manager, staff=ASKER) for by, manager in LIFTED[world.block])
    if world.status != "absent":
        tie = MINE if world.actor == "guardian" else ALSO
        if world.status.startswith("none"):
            yield StatusSet(tie, GuardianStatus.NONE, "eva")
            yield from (ClearedBy(tie, by, "why") for by in CLEARINGS.get(world.status, ("eva", "bo")))
        else:
            yield from (ClearedBy(tie, by, "why") for by in ("eva", "bo"))
            yield StatusSet(tie, GuardianStatus(world.status), "eva")


def _common(world: World) -> Iterator[Rule]:
    child = ASKER if world.actor in HERSELF and world.tie != "none" else CHILD
    if world.contact.startswith("decided"):
        may_write = world.contact == "decided_notices"
        yield ContactDecided(child, "eva", LONG_AGO, "why", "how", True, None, world.embargo, notices=may_write)
    elif world.contact == "own_wish":
        yield Wished(child, "eva", LONG_AGO)
    if not world.embargo:
        yield NoticeLogged("eva", LONG_AGO)
    if world.protected:
        yield Protected("eva", True)
    if world.state == "sealed":
        yield Sealed("eva", True)
        yield Sealed("bo", False)


def _grounds(world: World) -> Iterator[Rule]:
    if world.exception != "none":
        to = world.actor if world.shape == "export" else ASKER
        yield Excepted(
            "exception", to, "osl_10_27" if world.exception == "off_list" else "osl_10_28", EDITION,
            "" if world.exception == "no_decider" else "Ulla", "" if world.exception == "no_reference" else "dnr 1",
            LONG_AGO, TODAY - DAY if world.exception == "ended" else None,
        )  # fmt: skip
    if world.consent == "none" or world.part.startswith(("person", "claim")):
        return
    yield Tied(GUARDIANS, PersonId("guardian"), TieKind.GUARDIAN, LONG_AGO, None, "eva")
    yield StatusSet(GUARDIANS, GuardianStatus.NONE, "eva")
    if not world.giver.endswith("uncleared"):
        yield from (ClearedBy(GUARDIANS, by, "why") for by in ("eva", "bo"))
    yield Tied(APPOINTED, PersonId("appointed"), TieKind.REPRESENTATIVE, LONG_AGO, None, "court")
    for giver in GIVERS[world.giver]:
        yield _consent(world, giver)
        if world.consent == "withdrawn":
            yield Withdrew(f"to-read-{giver}", "eva")


def _consent(world: World, giver: str) -> Rule:
    child = ASKER if world.actor in HERSELF and world.tie != "none" else CHILD
    way = Channel(world.channel)
    return Consented(
        f"to-read-{giver}", child if giver == "she" else PersonId(giver), child,
        "share_shared" if world.consent == "shared" else "share_story",
        OTHER_PURPOSE if world.consent == "other_purpose" else world.purpose,
        OTHER_CHANNEL.get(way, Channel.WEB) if world.consent == "other_channel" else way,
        TODAY + DAY if world.consent == "not_begun" else LONG_AGO,
        {"last_day": TODAY, "ended": TODAY - DAY}.get(world.consent),
        to=PersonId("somebody") if world.consent == "other_receiver" else ASKER,
    )  # fmt: skip


def _phone(world: World) -> Iterator[Rule]:
    who = PersonId(_asker(world))
    if world.telegram != "unlinked":
        level = world.telegram.partition("_")[0]
        yield from _written_to(world, Consented("level", who, who, f"telegram_{level}", "why", Channel.TELEGRAM,
                                                LONG_AGO, None))  # fmt: skip
        if world.telegram == "full_withdrawn":
            yield Withdrew("level", who)
    if world.notices:
        yield from _written_to(world, Consented("notices", who, who, "notices", "why", None, LONG_AGO, None))


def _written_to(world: World, yes: Consented) -> Iterator[Rule]:
    """A yes to being written to as the deeds leave it: with the last day that it was given when it was said."""
    ago, phone = SAID.get(world.safe, (0, PhoneHeld.OWN))
    for days in (ago, 0) if world.safe == "said_again" else (ago,):
        said = TODAY - days * DAY
        yield within(replace(yes, from_=said, phone=phone), USUAL_TERMS, said)
    if world.safe in ("other_chat", "shut"):
        yield Withdrew(yes.consent, "eva", why=CHANGED_DEVICE)


def _desk(world: World) -> Iterator[Rule]:
    if world.actor not in STAFF:
        return
    yield from NAMING.get(world.desk, (Assigned("somebody", "ulla", True),))
    if world.four_eyes:
        yield ExportApproved(world.actor, ASKER, "ulla")
    if world.break_glass != "none":
        until = NOW if world.break_glass == "over_24h" else NOW + timedelta(hours=1)
        yield GlassBroken(ASKER, "" if world.break_glass == "no_reason" else "She is in danger.", until)
    if world.break_glass in ("reviewed", "struck"):
        yield Reviewed(ASKER, "ulla", world.break_glass == "reviewed")


def actor_of(world: World) -> Actor:
    """Who asks, as the product knows her."""
    strength = Strength(world.strength)
    if world.actor in STAFF | CONTENTLESS:
        own, other = (Side.AID, Side.BARNAHUS) if world.part == "aid" else (Side.BARNAHUS, Side.AID)
        side = other if world.desk == "other_side" else own
        unit = "elsewhere" if world.desk in ("other_unit", "other_side") else UNIT
        return Actor(ASKER, strength, side, unit, Role(world.actor))
    born = None
    if world.part in ("person_own", "claim"):
        born = _born(world.age) if world.actor in HERSELF else date(1980, 1, 1)
    return Actor(_asker(world), strength, born=born)


def question_of(world: World) -> tuple[Question, str]:
    """What is asked, and the compartment in which it lies."""
    part = {
        "guardian_own": f"guardian:{MINE}", "guardian_other": "guardian:another", "shared": f"shared:{world.source}",
        "person_own": "person", "person_other": "person",
    }.get(world.part, world.part)  # fmt: skip
    leave = {"facts": Leave.FACTS, "whole": Leave.WHOLE, "taken_back": Leave.WHOLE}.get(world.release, Leave.NONE)
    entry = AskedEntry(
        Authority(world.source), world.hold == "investigation", world.hold in ("in_person", "not_yet"), leave,
        world.facts, world.third == "unredacted", world.hold == "in_person", world.release == "taken_back",
    )  # fmt: skip
    question = Question(
        _subject(world), Purpose(world.purpose), _reach(world), part, Shape(world.shape), world.place, entry,
        world.actor if world.shape == "export" else None,
    )  # fmt: skip
    return question, part


def _reach(world: World) -> Reach:
    if world.actor in STAFF | CONTENTLESS:
        return Reach.WORK
    if world.part == "claim" and world.actor == "claimant" and world.tie != "none":
        return Reach.CLAIM
    if world.part == "person_own":
        return Reach.OWN
    return Reach.AID if world.actor == "recipient" else Reach.STORY


@dataclass(frozen=True, slots=True)
class Difference:
    """A question on which the two differ."""

    world: World
    product: str
    reference: str


def asked(world: World) -> str:
    """What the product answers: 'yes' or the reason of the no."""
    question, part = question_of(world)
    verdict = decide(actor_of(world), question, standing_of(world), Channel(world.channel), NOW)
    if not isinstance(verdict, Grant):
        return verdict.reason
    return "yes" if verdict.opens(question.subject, part) else Reason.PART


def differences(worlds: Iterable[World]) -> tuple[int, list[Difference]]:
    """How many were asked, and where the two differ."""
    count, found = 0, []
    for world in worlds:
        count += 1
        product, reference = asked(world), may(world)
        if (product == "yes") != bool(reference):
            found.append(Difference(world, product, str(reference)))
    return count, found


def of_plane(name: str) -> tuple[str, int, list[Difference], float]:
    """One plane whole."""
    began = perf_counter()
    count, found = differences(plane(name))
    return name, count, found, perf_counter() - began


def sample(count: int, seed: int = 1) -> Iterator[World]:
    """So many worlds, the same each time: from every plane its share, begun at a place that the seed picks."""
    turn = random.Random(seed)
    for name in PLANES:
        step = 4_000_000 // count
        yield from islice(plane(name), turn.randrange(step), None, step)


def main() -> int:
    """Every world of every plane, in two processes; prints what was asked and where the two differ."""
    began, asked_of, wrong = perf_counter(), 0, 0
    with ProcessPoolExecutor(2) as hands:
        for name, count, found, seconds in hands.map(of_plane, PLANES):
            asked_of, wrong = asked_of + count, wrong + len(found)
            print(f"{name:8} {count:>9,} questions  {len(found):>6} differences  {seconds:7.1f} s", flush=True)
            for one in found[:20]:
                print(f"  product {one.product}, reference {one.reference}: {one.world}")
    print(f"{'all':8} {asked_of:>9,} questions  {wrong:>6} differences  {perf_counter() - began:7.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
