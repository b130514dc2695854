"""The rule and the reference written from the text give the same answer to every combination of facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product

import pytest

from storage.consent import Actor, Grant, Question, decide
from storage.queries import Purpose, Reach
from storage.records import VISITOR, Channel, GuardianStatus, Role, Side, Strength, TieId, TieKind
from storage.rules import Claimed, Recorded, Rule, Tied
from storage.standing import Standing
from tests.storage.family import CASE, LAWYERS, MIRA, MIRAS, MOTHER, MOTHERS
from tests.storage.house import UNIT
from tests.storage.reference_rule import Asker, Bond, Facts, opened
from tests.storage.rule_words import blocked, cleared, good_for_her, said_yes, sealed, secrecy, status

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY_BEFORE, DAY_AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
PERIODS = ((DAY, None), (DAY, DAY), (DAY_AFTER, None), (date(2026, 1, 1), DAY_BEFORE))
BIRTHS = (date(2016, 3, 1), date(2008, 11, 23), date(2008, 11, 24), None)
QUESTIONS = tuple(
    Question(CASE, purpose, reach) for purpose, reach in product(Purpose, Reach) if reach is not Reach.OWN
)
CHANNELS = tuple(Channel)
STRIDE = 11
MASKS = tuple(product((False, True), repeat=3))
World = tuple[tuple[Rule, ...], Facts]


def test_people_of_a_case() -> None:
    """Each world is asked every tenth combination, beginning at another one each time."""
    compared = sum(_agree(world, _people(), first=n % STRIDE, step=STRIDE) for n, world in enumerate(_worlds()))
    assert compared > 200_000


def test_staff_of_every_house() -> None:
    compared = sum(_agree(world, _staff()) for world in list(_worlds())[::97])
    assert compared > 20_000


def test_a_claim_and_whoever_asks_about_it() -> None:
    for until in (DAY_BEFORE, DAY, DAY_AFTER):
        facts = Facts(UNIT, "barnahus", (), claim_until=until)
        assert _agree(((Claimed(until),), facts), _people())
        assert _agree(((Claimed(until),), facts), _staff())


def test_a_case_that_is_broken_culled_or_not_there() -> None:
    rules, facts = next(_worlds())
    standings = (
        (None, None),
        (_standing(rules, intact=False), _with(facts, whole=False)),
        (_standing(rules, culled=True), _with(facts, culled=True)),
    )
    for standing, told in standings:
        for actor, asker in (*_people(), *_staff()):
            for question in QUESTIONS:
                verdict = decide(actor, question, standing, Channel.WEB, NOW)
                assert not isinstance(verdict, Grant)
                assert not opened(asker, question.purpose, question.reach, "web", told, DAY)


@pytest.mark.parametrize("kinds", list(product(TieKind, repeat=2)), ids="+".join)
def test_a_person_with_two_ties(kinds: tuple[TieKind, TieKind]) -> None:
    """Also where it should not happen: a guardian who is shut out stays out, whatever else she is in the case."""
    for of, shut, counts in product(GuardianStatus, (False, True), (0, 2)):
        rules: list[Rule] = [_tied("first", kinds[0]), _tied("second", kinds[1]), good_for_her()]
        rules += [status(of, "first"), status(GuardianStatus.NONE, "second"), blocked(shut, "first")]
        rules += [cleared(f"worker-{n}", tie) for tie in ("first", "second") for n in range(counts)]
        bonds = (
            Bond(MOTHER, "first", kinds[0], DAY, None, of, counts, shut),
            Bond(MOTHER, "second", kinds[1], DAY, None, "none", counts, False),
        )
        facts = Facts(UNIT, "barnahus", bonds, None, contact=False)
        _agree((tuple(rules), facts), _people())


def _tied(tie: str, kind: TieKind) -> Tied:
    return Tied(TieId(tie), MOTHER, kind, DAY, None, "Hanna")


def _worlds() -> Iterator[World]:
    """Every combination of what can be known of a case with one person in it, kind by kind."""
    for masks, period in product(MASKS, PERIODS):
        shut, investigated, blocked_ = masks
        usual: tuple[Rule, ...] = (sealed(shut), secrecy(investigated), blocked(blocked_))
        for born, contact, chosen in product(BIRTHS, (None, "yes", "embargo", "until", "over"), (False, True)):
            child = Tied(MIRAS, MIRA, TieKind.CHILD, period[0], period[1], "Hanna", born=born)
            rules, known = _around(contact, chosen)
            facts = Facts(
                UNIT, "barnahus", (Bond(MIRA, MIRAS, "child", *period),), born, shut, investigated,
                contact is not None, contact in (None, "embargo", "until"), chosen,
            )  # fmt: skip
            yield (child, *usual, *rules), facts
            for of, clearers in product(GuardianStatus, range(3)) if known and not chosen else ():
                mother = Tied(MOTHERS, MOTHER, TieKind.GUARDIAN, period[0], period[1], "Hanna")
                cleared_by = tuple(cleared(f"worker-{n}") for n in range(clearers))
                bond = Bond(MOTHER, MOTHERS, "guardian", *period, of, clearers, blocked_)
                with_her = _with(facts, bonds=(*facts.bonds, bond))
                yield (child, mother, status(of), blocked(blocked_), *cleared_by, *usual[:2], *rules), with_her
        for kind, side in ((TieKind.REPRESENTATIVE, "barnahus"), (TieKind.RECIPIENT, "aid")):
            tie = Tied(LAWYERS, MOTHER, kind, period[0], period[1], "court")
            yield (tie, *usual), Facts(UNIT, side, (Bond(MOTHER, LAWYERS, kind, *period),), None, shut, investigated)


def _around(contact: str | None, chosen: bool) -> tuple[tuple[Rule, ...], bool]:
    """The rules about contact and the choice of Telegram; whether guardians are worth asking about in this world."""
    decided: dict[str | None, tuple[Rule, ...]] = {
        None: (),
        "yes": (good_for_her(),),
        "embargo": (good_for_her(embargo=True),),
        "until": (good_for_her(until=DAY_AFTER),),
        "over": (good_for_her(until=DAY, embargo=True),),
    }
    choice: tuple[Rule, ...] = (said_yes("telegram_full"),) if chosen else ()
    return (*decided[contact], *choice), contact in (None, "yes", "until")


def _people() -> Iterator[tuple[Actor, Asker]]:
    for person, strength in product(
        (MIRA, MOTHER, VISITOR), (Strength.NONE, Strength.CHANNEL, Strength.LINK, Strength.PIN)
    ):
        yield Actor(person, strength), Asker(person, strength)


def _staff() -> Iterator[tuple[Actor, Asker]]:
    for unit, side, strength in product((UNIT, "elsewhere"), Side, (Strength.STAFF, Strength.PIN)):
        yield Actor("w", strength, side, unit, Role.CASE_WORKER), Asker("w", strength, "case_worker", unit, side)


def _agree(world: World, who: Iterator[tuple[Actor, Asker]], *, first: int = 0, step: int = 1) -> int:
    rules, facts = world
    standing = _standing(rules, side=facts.side)
    compared = 0
    for (actor, asker), question, channel in islice(product(who, QUESTIONS, CHANNELS), first, None, step):
        verdict = decide(actor, question, standing, channel, NOW)
        ours = verdict.compartments if isinstance(verdict, Grant) else frozenset()
        theirs = opened(asker, question.purpose, question.reach, channel, facts, DAY)
        assert ours == theirs, (actor, question, channel, rules, verdict)
        compared += 1
    return compared


def _standing(
    rules: tuple[Rule, ...], side: str = "barnahus", *, intact: bool = True, culled: bool = False
) -> Standing:
    return Standing(CASE, side, UNIT, tuple(Recorded(rule, NOW) for rule in rules), intact, culled)


def _with(facts: Facts, **how: object) -> Facts:
    known = {name: getattr(facts, name) for name in Facts.__dataclass_fields__}
    return Facts(**{**known, **how})
