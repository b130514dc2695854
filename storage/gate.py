"""The door: decide, write the visit, unseal, in one transaction. Everything that is read or changed passes here.

A sitting is one actor's stay at the door within one transaction. Its visits, yes or no, are written before the
transaction can commit, and nothing leaves the transaction before the commit: no log, no read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Any, TypeVar, cast

from storage._answers_card import CARD_ANSWERS
from storage._answers_carrier import CARRIER_ANSWERS
from storage._answers_claim import CLAIM_ANSWERS
from storage._answers_console import CONSOLE_ANSWERS
from storage._answers_reader import READER_ANSWERS
from storage._answers_work import WORK_ANSWERS
from storage._case_bound import Opened, tell_of_many
from storage._chain import add_visits, standing_of, standings_of_person
from storage._colleagues import COLLEAGUE_ANSWERS
from storage._deeds_after import AFTER_DEEDS
from storage._deeds_card import CARD_DEEDS
from storage._deeds_carrier import CARRIER_DEEDS
from storage._deeds_case import CASE_DEEDS
from storage._deeds_claim import CLAIM_DEEDS
from storage._deeds_contact import CONTACT_ANSWERS, CONTACT_DEEDS
from storage._deeds_culling import CULLING_ANSWERS, CULLING_DEEDS
from storage._deeds_extract import EXTRACT_ANSWERS, EXTRACT_DEEDS
from storage._deeds_incident import INCIDENT_ANSWERS, INCIDENT_DEEDS
from storage._deeds_link import LINK_ANSWERS, LINK_DEEDS
from storage._deeds_person import PERSON_DEEDS
from storage._deeds_readers import READER_DEEDS
from storage._deeds_release import RELEASE_DEEDS
from storage._deeds_rules import RULE_DEEDS
from storage._desk import Ask, Deed, Desk, Done
from storage._duty_rows import open_duty
from storage._manifest import is_whole, undone_together
from storage._sealing import Culled, Tampered
from storage._shelf import NotOpen
from storage._sql import Tx
from storage._visiting import VISIT_DEEDS
from storage.audit import Seen
from storage.commands import Command
from storage.consent import Actor, Grant, Question, Reason, Withheld, decide
from storage.duties import Duty
from storage.log_duty import LOG_ANSWERS, LOG_DEEDS
from storage.queries import CaseExtract, CaseVisits, Deliveries, MaySee, Purpose, Query, Reach, RulesOf, Sheet
from storage.records import CLAIM_DOOR, Channel, Side, Strength, SubjectSort
from storage.standing import Standing

T = TypeVar("T")

ANSWERS: Mapping[type[Query[Any]], Ask] = MappingProxyType(
    {
        **READER_ANSWERS,
        **LINK_ANSWERS,
        **CONTACT_ANSWERS,
        **LOG_ANSWERS,
        **EXTRACT_ANSWERS,
        **COLLEAGUE_ANSWERS,
        **WORK_ANSWERS,
        **CONSOLE_ANSWERS,
        **CLAIM_ANSWERS,
        **CARD_ANSWERS,
        **CARRIER_ANSWERS,
        **CULLING_ANSWERS,
        **INCIDENT_ANSWERS,
    }
)
NOWHERE = "nowhere"
_QUESTIONS = frozenset(asked.__name__ for asked in ANSWERS)
FROM_BESIDE = frozenset({Reason.BREAK_GLASS, Reason.EXCEPTED})
# What was decided about people, who may read what, and who looked: no help to whoever acts in need (policy P60).
KEPT_IN_NEED = (RulesOf, MaySee, CaseVisits, Deliveries)
DEEDS: Mapping[type[Command], Deed] = MappingProxyType(
    {
        **CASE_DEEDS,
        **CARRIER_DEEDS,
        **AFTER_DEEDS,
        **RELEASE_DEEDS,
        **RULE_DEEDS,
        **READER_DEEDS,
        **PERSON_DEEDS,
        **LINK_DEEDS,
        **CONTACT_DEEDS,
        **LOG_DEEDS,
        **EXTRACT_DEEDS,
        **CLAIM_DEEDS,
        **CARD_DEEDS,
        **CULLING_DEEDS,
        **INCIDENT_DEEDS,
        **VISIT_DEEDS,
    }
)


class Sitting:
    """One actor at the door. Ask, do, and close; closing writes the visits."""

    def __init__(self, tx: Tx, actor: Actor, channel: Channel, *, lock: bool = False) -> None:
        """`lock` makes every subject it loads wait for others that write (PostgreSQL)."""
        self.tx = tx
        self.actor = actor
        self.channel = channel
        self._lock = lock
        self._standings: dict[str, Standing | None] = {}
        self._answers: dict[Query[Any], Any] = {}
        self._visits: list[tuple[str, Seen]] = []
        self._opened = Opened(tx, actor.id, _QUESTIONS)

    def __enter__(self) -> Sitting:
        """Sit down."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Rise; after a fault nothing is written, since nothing will be given out either."""
        if kind is None:
            self.close()

    def preload(self, person: str) -> dict[str, Standing]:
        """Load the standing of a person and all her cases in one statement."""
        found = standings_of_person(self.tx, person, lock=self._lock)
        self._standings.update(found)
        return found

    def standing(self, subject: str) -> Standing | None:
        """A subject's verified rules, loaded once for each sitting and again after a change."""
        if subject.startswith("unit:"):
            return self._unit(subject)
        if subject == CLAIM_DOOR:
            return Standing(subject, Side.BARNAHUS, "", ())
        if subject not in self._standings:
            self._standings[subject] = standing_of(self.tx, subject, lock=self._lock)
        return self._standings[subject]

    def standings(self) -> tuple[Standing, ...]:
        """The cases among the subjects loaded so far, in the order of their ids."""
        cases = [found for found in self._standings.values() if found is not None and found.subject != self.actor.id]
        return tuple(sorted(cases, key=lambda found: found.subject))

    def ask(self, query: Query[T]) -> T | Withheld:
        """The answer, or why not. The same question twice in a sitting is one visit."""
        if query not in self._answers:
            self._answers[query] = self._ask(query)
        return cast("T | Withheld", self._answers[query])

    def do(self, command: Command) -> Done | Withheld:
        """Carry out a change, or say why not."""
        question = Question(command.subject, command.purpose, command.reach)
        grant = self._decide(type(command).__name__, question, _about(command))
        if isinstance(grant, Withheld):
            return grant
        if self.actor.is_staff and grant.reason in FROM_BESIDE:
            # Who opens a case in need opens a page of it; nothing in it is hers to change (policy P60, P63).
            return self._after_all(command.subject, Reason.NOT_ASSIGNED)
        if self.actor.is_staff and _names_no_case(self.standing(command.subject), command):
            return self._after_all(command.subject, Reason.NOT_FOUND)
        done = self._carried_out(command, grant)
        self._answers.clear()
        if isinstance(done, Done) and done.rules_changed:
            self._standings.clear()
        return done

    def _carried_out(self, command: Command, grant: Grant) -> Done | Withheld:
        """Do it whole or not at all: a deed that refuses half-way leaves nothing of itself behind."""
        desk = Desk(self.tx, self.actor, self.standing)
        broke: Tampered | Culled | NotOpen | None = None
        with undone_together(self.tx) as kept:
            try:
                done = DEEDS[type(command)](desk, grant, command)
            except (Tampered, Culled, NotOpen) as why:
                done, broke = Withheld(Reason.PART), why
            if isinstance(done, Withheld):
                kept.rollback()
        # What is written down about the refusal stays; within the savepoint nothing more can be said to the database.
        if isinstance(broke, (Tampered, Culled)):
            return self._broken(command.subject, broke)
        return done if broke is None else self._after_all(command.subject, Reason.PART)

    def own(self) -> Grant | Withheld:
        """The grant to open what is kept about the actor herself: her profile and her conversation's state.

        Opening one's own conversation is part of every turn and is no visit.
        """
        question = Question(self.actor.id, Purpose.OWN_IDENTITY, Reach.TALK)
        return decide(
            self.actor,
            question,
            self.standing(self.actor.id),
            self.channel,
            self.tx.now,
        )

    def close(self) -> None:
        """Write what was seen and refused."""
        add_visits(self.tx, self.actor.id, self._visits)
        self._visits = []

    def _ask(self, query: Query[T]) -> T | Withheld:
        goes_to = query.to if isinstance(query, CaseExtract) else None
        question = Question(query.subject, query.purpose, query.reach, shape=query.shape, goes_to=goes_to)
        grant = self._decide(type(query).__name__, question, _about(query))
        if isinstance(grant, Withheld):
            return grant
        if self.actor.is_staff and _names_no_case(self.standing(query.subject), query):
            return self._after_all(query.subject, Reason.NOT_FOUND)
        if self.actor.is_staff and not self._opened.lets(grant, self._standings.get(query.subject)):
            tell_of_many(self.tx, self.actor)
            return self._after_all(query.subject, Reason.RATE)
        if self.actor.is_staff and grant.reason in FROM_BESIDE and isinstance(query, KEPT_IN_NEED):
            return self._after_all(query.subject, Reason.NOT_ASSIGNED)
        if self.actor.is_staff and isinstance(query, Sheet) and not is_whole(self.tx, query.subject):
            # She has the case before her and must help today: a text too old is a task, and shuts nothing.
            self._broken(query.subject, Tampered())
        try:
            said = ANSWERS[type(query)](Desk(self.tx, self.actor, self.standing), grant, query)
        except (Tampered, Culled) as broken:
            return self._broken(query.subject, broken)
        except NotOpen:
            return self._after_all(query.subject, Reason.PART)
        if isinstance(said, Withheld) and self.actor.is_staff and grant.reason in FROM_BESIDE:
            # The case opened in need, and what was asked for in it did not (policy P53).
            return self._after_all(query.subject, said.reason)
        return cast("T", said)

    def _decide(self, name: str, question: Question, about: str) -> Grant | Withheld:
        subject, standing, actor = question.subject, self.standing(question.subject), self.actor
        if question.reach is Reach.CLAIM and actor.strength is Strength.NONE:
            # Whoever asks names the claim by its secret, and that is a one-time code.
            actor = replace(actor, strength=Strength.LINK)
        verdict = decide(actor, question, standing, self.channel, self.tx.now)
        if question.reach is Reach.COUNT and isinstance(verdict, Grant) and not actor.is_staff:
            # Nothing is read, and a visit would tie her to what is counted without persons.
            return verdict
        seen = Seen(name, question.purpose, verdict.reason, self.channel, self.actor.label, _handed_out(self, question),
                    about)  # fmt: skip
        # What names nothing may be anything that somebody typed.
        self._visits.append((subject if standing is not None else NOWHERE, seen))
        if isinstance(verdict, Withheld) and verdict.reason is Reason.INTEGRITY:
            self.tell_of_damage(subject)
        return verdict

    def _broken(self, subject: str, broken: Exception) -> Withheld:
        reason = Reason.CULLED if isinstance(broken, Culled) else Reason.INTEGRITY
        self._visits.append((subject, Seen("", "", reason, self.channel, self.actor.label)))
        if reason is Reason.INTEGRITY:
            self.tell_of_damage(subject)
        return Withheld(reason)

    def _after_all(self, subject: str, reason: Reason) -> Withheld:
        """No after all: the visit that was to be written as a yes is written as what it came to."""
        _, seen = self._visits.pop()
        self._visits.append((subject, replace(seen, verdict=reason)))
        return Withheld(reason)

    def tell_of_damage(self, subject: str) -> None:
        """Something of a subject does not open as what it stands as: a worker has the task."""
        standing = self.standing(subject)
        if standing is not None:
            open_duty(self.tx, standing.unit, subject, Duty.INTEGRITY, subject, self.tx.now)

    def _unit(self, subject: str) -> Standing | None:
        unit = subject.removeprefix("unit:")
        if self.actor.unit != unit or self.actor.side is None:
            return None
        return Standing(subject, self.actor.side, unit, ())


def _names_no_case(standing: Standing | None, asked: Command | Query[Any]) -> bool:
    """Whether something else of the house stands where a case is named: a form may bring the id of a person."""
    if standing is None or getattr(asked, "case", None) != asked.subject:
        return False
    return standing.sort != SubjectSort.CASE


def _about(asked: object) -> str:
    """Which entries a question or a change names by their ids, for the log; '' when it names none."""
    entry = getattr(asked, "entry", "")
    # What is written down whole says its id, and never its words.
    one = entry if isinstance(entry, str) else str(getattr(entry, "id", ""))
    return one or ",".join(getattr(asked, "entries", ()))


def _handed_out(sitting: Sitting, question: Question) -> str:
    """To whom something goes and why, for the log; '' when nothing leaves the house."""
    if not question.goes_to:
        return ""
    standing = sitting.standing(question.subject)
    asked = standing.export_asked(question.goes_to, sitting.actor.id) if standing is not None else None
    return json.dumps([question.goes_to, asked.why if asked else ""])
