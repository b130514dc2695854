"""What whoever runs the house may do without reading anybody's story: look at rows and verdicts, and let people in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import _parts_sql as parts_sql
from storage import _sql as sql
from storage._chain import add_visits, standing_of
from storage._outbox_rows import ALL_OUTBOX
from storage._sealing import Tampered
from storage._sql import Tx, instant, instant_or
from storage._torn import torn_after
from storage.audit import Link, Seen
from storage.commands import Invite
from storage.consent import Actor, Question, Reason, Withheld, decide
from storage.gate import Sitting
from storage.policy import RULES
from storage.queries import Purpose, Reach
from storage.records import CaseId, Channel, PersonId, Role, Side, StaffId, Strength, SubjectSort
from storage.sign_in import INVITE_BY_LETTER, INVITE_IN_PERSON, make_invite, staff_link

MOST = 500


def _when(value: Any) -> str:
    """An instant in letters, or what lies there when it is none."""
    try:
        return instant(value).isoformat()
    except Tampered:
        return str(value)


def outbox_rows(tx: Tx) -> list[dict[str, Any]]:
    """The newest rows of the outbox: no words are in them."""
    return [
        {
            "id": row.id,
            "class": row.sort,
            "what": row.what,
            "person": row.person,
            "channel": row.channel,
            "state": row.state,
            "attempt": row.attempt,
            "due_at": _when(row.due_at),
            "not_after": _when(row.not_after),
            "reason": row.reason,
        }
        for row in tx.rows(ALL_OUTBOX, {"limit": MOST})
    ]


def inbox_rows(tx: Tx) -> list[dict[str, Any]]:
    """The newest rows of the inbox."""
    return [
        {"channel": row.channel, "inbound": row.inbound, "state": row.state, "turn": row.turn,
         "at": _when(row.at)}
        for row in tx.rows(sql.INBOX_ROWS, {"limit": MOST})
    ]  # fmt: skip


def all_tasks(tx: Tx) -> list[dict[str, Any]]:
    """The open work rows of every unit, by their opaque codes."""
    return [
        {
            "id": row.id,
            "unit": row.unit,
            "case": row.case_id,
            "code": row.code,
            "due_at": _when(row.due_at),
        }
        for row in tx.rows(sql.ALL_TASKS, {"limit": MOST, "now": tx.now_ms})
    ]


def next_due_at(tx: Tx) -> datetime | None:
    """The next instant at which a push or a work row falls due; None when nothing waits."""
    row = tx.row(sql.NEXT_DUE, {"now": tx.now_ms})
    return instant_or(row.at, tx.now) if row is not None and row.at is not None else None


def visit_links(tx: Tx) -> list[Link]:
    """Every visit as a link of its chain."""
    return [
        Link(row.chain, row.seq, row.at, row.actor, row.subject, row.sealed, row.prev, row.mac)
        for row in tx.rows(sql.ALL_VISITS, {})
    ]


def broken_subjects(tx: Tx) -> list[str]:
    """Whose rules are no longer whole: one is missing, changed, foreign, or in another order. Nothing is opened."""
    found = [(row.id, standing_of(tx, row.id, lock=False)) for row in tx.rows(sql.ALL_SUBJECTS, {})]
    return [subject for subject, standing in found if standing is None or not standing.intact]


def broken_shelves(tx: Tx) -> list[str]:
    """Of whom a sealed text is missing, is one that nobody wrote, or was put back as an earlier version of itself."""
    found, last = torn_after(tx, "")
    while last:
        more, last = torn_after(tx, last)
        found += more
    return [subject for subject, _ in found]


def explain(tx: Tx, person: str, entry: str, channel: Channel = Channel.WEB) -> dict[str, Any] | None:
    """Would this person's key open this entry over a channel, why, and by which rule of the policy?

    None when either is unknown. Itself a visit. What is sealed in the entry is not opened for this: a hold or a missing
    release shows as `has_part` false.
    """
    row = tx.row(parts_sql.OWNER_OF, {"of": entry})
    subject = tx.row(sql.SUBJECT, {"id": person})
    if row is None or subject is None:
        return None
    standing = standing_of(tx, row.owner, lock=False)
    if subject.sort == SubjectSort.STAFF:
        actor, channel = _at_work(tx, person, Side(subject.side)), Channel.CONSOLE
        question = Question(row.owner, Purpose.CASE_WORK, Reach.WORK)
    else:
        strength = Strength.CHANNEL if channel is Channel.TELEGRAM else Strength.PIN
        actor = Actor(person, strength, Side(subject.side))
        question = Question(row.owner, Purpose.OWN_STORY, Reach.STORY)
    verdict = decide(actor, question, standing, channel, tx.now)
    add_visits(tx, "maintenance", [(row.owner, Seen("Explain", "rules", verdict.reason, "console", "maintenance"))])
    answer = {
        "verdict": "withheld",
        "reason": verdict.reason,
        "rule": RULES.get(verdict.reason, ""),
        "channel": channel,
    }
    if isinstance(verdict, Withheld):
        return {**answer, "compartments": [], "has_part": False}
    there = {part.compartment for part in tx.rows(parts_sql.PART_PLACES, {"of": entry})}
    has_part = any(verdict.opens(row.owner, one) for one in there)
    return {**answer, "verdict": "grant", "compartments": sorted(verdict.compartments), "has_part": has_part}


def _at_work(tx: Tx, staff: str, side: Side) -> Actor:
    standing = standing_of(tx, staff, lock=False)
    role = standing.employment() if standing is not None and standing.intact else None
    works = role is not None and role.active
    return Actor(staff, Strength.STAFF if works else Strength.NONE, side, role.unit if role else None,
                 role.role if role else Role.MAINTENANCE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invited:
    """A single-use invite as it was made; shown once and kept nowhere. `until` is when it ends."""

    token: str
    spoken_code: str
    until: datetime


def invite(tx: Tx, case: CaseId, person: PersonId, *, by_letter: bool) -> Invited | Withheld:
    """Invite a person of a case, under the same rule as a worker of its unit; why not, when the rule says no."""
    row = tx.row(sql.SUBJECT, {"id": case})
    if row is None or row.sort != SubjectSort.CASE:
        return Withheld(Reason.NO_RELATION)
    actor = Actor("maintenance", Strength.STAFF, Side(row.side), row.unit, Role.COORDINATOR)
    with Sitting(tx, actor, Channel.CONSOLE, lock=True) as sitting:
        done = sitting.do(Invite(case, person))
        if isinstance(done, Withheld):
            return done
    token, code = make_invite(tx, person, case, by_letter=by_letter)
    return Invited(token, code, tx.now + (INVITE_BY_LETTER if by_letter else INVITE_IN_PERSON))


def new_staff_link(tx: Tx, staff: StaffId) -> str | None:
    """A new sign-in link for somebody who works here; None when nobody with this id does."""
    standing = standing_of(tx, staff, lock=False)
    role = standing.employment() if standing is not None and standing.intact else None
    return staff_link(tx, staff) if role is not None and role.active else None
