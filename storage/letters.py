"""Letters: what a row of the outbox says, found out in the moment it leaves, at the door, in the commit that marks it.

A letter has no words and no place for a name, an address or a reason: a time, a code word, a token, message numbers.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from storage import _outbox_rows as rows
from storage import _sql as sql
from storage._answers_card import has_declined
from storage._answers_console import NOTICE_SCOPES
from storage._chain import add_visits
from storage._deeds_contact import ask_again_now
from storage._parting import chat_of_removals, sent_at
from storage._reminding import delete_later, reminders_wanted, safe_hours
from storage._sealing import Culled, Tampered
from storage._shelf import readable, take
from storage._sql import Tx, millis
from storage._vouched import add_secret_row, secret_row
from storage.audit import Seen
from storage.bindings import mint
from storage.consent import Actor, Question, Reason, Withheld, decide, is_of_age
from storage.gate import Sitting
from storage.incidents import paused_for
from storage.outbox import MEETING_WHATS, Claimed, What, end_badly, mark_sending, put_off, suppress
from storage.payloads import Bound
from storage.queries import NoNotice, OneMeeting, Purpose, Reach
from storage.records import CaseId, Channel, EntryState, Meeting, NoticeWording, PersonId, Profile, Strength, TieKind
from storage.reminders import next_safe
from storage.rules import Consented
from storage.safe_contact import safe_contact
from storage.standing import Standing
from storage.visits import is_told
from storage.ways_in import chat_of

ANSWERS = ("come", "other_time", "call_me")
STOCKHOLM = "Europe/Stockholm"
LATE_MS = 6 * 3600 * 1000
LOOK_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class MeetingLetter:
    """A booked time: when, her code word's name, and the nonces of the answers it offers. `silent` makes no sound."""

    chat: int
    locale: str
    what: What
    starts: datetime
    code: str
    answers: Mapping[str, str]
    silent: bool


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """There is something to read, in the line she chose; the token is for a link that works once."""

    chat: int
    locale: str
    token: str
    wording: NoticeWording


@dataclass(frozen=True, slots=True)
class Removal:
    """Messages that are to go."""

    chat: int
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrialLetter:
    """A message that says it is a trial, with her code word's name and the line she chose."""

    chat: int
    locale: str
    wording: NoticeWording
    code: str


Letter = MeetingLetter | NoticeLetter | TrialLetter | Removal


@dataclass(frozen=True, slots=True)
class _Her:
    """Who it is for, as far as a letter needs to know."""

    profile: Profile
    bound: Bound


def decide_letter(tx: Tx, row: Claimed, worker: str) -> Letter | None:
    """What this row says now, marked as leaving; None when it does not leave, and the row says why."""
    if row.what is not What.DELETE and row.not_after <= tx.now_ms:
        end_badly(tx, row, rows.EXPIRED, "late")
        return None
    with Sitting(tx, Actor(row.person, Strength.CHANNEL), Channel.TELEGRAM) as sitting:
        sitting.preload(row.person)
        return _letter(tx, row, sitting, worker)


def _letter(tx: Tx, row: Claimed, sitting: Sitting, worker: str) -> Letter | None:
    if row.what is What.DELETE:
        return _removal(tx, row, chat_of_removals(tx, sitting.own(), row.conversation), worker)
    if (her := _her(tx, sitting)) is None:
        _drop_what_stands(tx, row)
        suppress(tx, row, NoNotice.NOT_LINKED)
        return None
    standing = sitting.standing(row.case or "")
    if standing is None:
        suppress(tx, row, Reason.NO_RELATION)
        return None
    if is_paused(standing, row.person):
        _drop_what_stands(tx, row)
        suppress(tx, row, NoNotice.PAUSED)
        return None
    if row.what in MEETING_WHATS:
        return _meeting(tx, row, sitting, standing, her, worker)
    if row.what is What.TRIAL:
        return _trial(tx, row, standing, her, worker)
    return _notice(tx, row, standing, her, worker)


def _removal(tx: Tx, row: Claimed, chat: int | None, worker: str) -> Removal | None:
    if chat is None:
        end_badly(tx, row, rows.SUPPRESSED, NoNotice.NOT_LINKED)
    elif mark_sending(tx, row, worker):
        return Removal(chat, tuple(int(number) for number in (row.message or "").split(",") if number))
    return None


def is_paused(standing: Standing, person: str) -> bool:
    """Whether nothing of this case is sent to her telephone.

    Each case by itself: a worker of another one must not learn of it, and could do nothing about it.
    """
    return paused_for((one.rule for one in standing.rules), person) is not None


def _her(tx: Tx, sitting: Sitting) -> _Her | None:
    grant = sitting.own()
    if isinstance(grant, Withheld):
        return None
    try:
        parts = {part.name: part.payload for part in take(tx, grant, "profile", "bound")}
    except (Culled, Tampered):
        return None
    if len(parts) != 2 or _put_back(sitting, parts["bound"]):
        return None
    return _Her(parts["profile"], parts["bound"])


def _put_back(sitting: Sitting, bound: Bound) -> bool:
    """Whether this is not the chat she has now, as her chain of rules tells it: then somebody has put it there."""
    herself = sitting.standing(sitting.actor.id)
    if herself is not None and chat_of(one.rule for one in herself.rules) == bound.conversation:
        return False
    sitting.tell_of_damage(sitting.actor.id)
    return True


def _meeting(
    tx: Tx, row: Claimed, sitting: Sitting, standing: Standing, her: _Her, worker: str
) -> MeetingLetter | None:
    yes = reminders_wanted(standing, row.person, tx.now)
    meeting = sitting.ask(OneMeeting(CaseId(row.case or ""), row.ref or "")) if yes else None
    if yes is None and _is_old(tx, row, standing):
        _drop_what_stands(tx, row)
        _ask_her(tx, row, standing)
        return None
    if (no := _not_true_any_more(tx, row, meeting)) or not isinstance(meeting, Meeting):
        _drop_what_stands(tx, row)
        suppress(tx, row, no or NoNotice.NO_YES)
        return None
    if row.what is not What.AGAIN:
        safe = next_safe(tx.now, meeting.zone, safe_hours(yes))
        if safe > tx.now:
            put_off(tx, row, safe)
            return None
    if not mark_sending(tx, row, worker, her.bound.conversation):
        return None
    offered = ANSWERS if row.what is not What.CANCELLED else ()
    nonces = mint(tx, her.bound.conversation, 0, offered, ref=meeting.id, until=meeting.starts)
    silent = row.what is What.AGAIN
    return MeetingLetter(her.bound.chat, her.profile.locale, row.what, meeting.starts, her.bound.code, nonces, silent)


def _not_true_any_more(tx: Tx, row: Claimed, meeting: Meeting | Withheld | None) -> str | None:
    if isinstance(meeting, Withheld):
        return meeting.reason
    if meeting is None:
        return NoNotice.NO_YES
    wanted = EntryState.CANCELLED if row.what is What.CANCELLED else EntryState.PLANNED
    if meeting.version != row.ref_version or meeting.state is not wanted:
        return "superseded"
    if row.what is What.AGAIN and not _still_stands(tx, row):
        return "superseded"
    if row.what is What.REMINDER and _overtaken(tx, row):
        return "overtaken"
    return "late" if millis(meeting.starts) <= tx.now_ms else None


def _overtaken(tx: Tx, row: Claimed) -> bool:
    """After a long silence the next reminder of the same meeting may be due too: one is enough."""
    if tx.now_ms - row.due_at < LATE_MS:
        return False
    after = {"case_id": row.case, "of": row.ref, "after": row.due_at, "now": tx.now_ms}
    return tx.row(rows.LATER_ONES, after) is not None


def _still_stands(tx: Tx, row: Claimed) -> bool:
    """Whether the message that is to be replaced is still the one on her phone."""
    arrived = tx.rows(rows.ARRIVED_ABOUT, {"case_id": row.case, "of": row.ref})
    return any(one.message_id == row.message for one in arrived)


def _drop_what_stands(tx: Tx, row: Claimed) -> None:
    """What was on her phone goes too when it is not said again."""
    if row.what is What.AGAIN and row.message:
        delete_later(tx, row.id, row.person, row.case, row.message, tx.now, sent=sent_at(tx, row.person, row.message))


def _trial(tx: Tx, row: Claimed, standing: Standing, her: _Her, worker: str) -> TrialLetter | None:
    """Her own hours hold for a trial too: who else sees the telephone is not changed by who stands beside her."""
    yes = reminders_wanted(standing, row.person, tx.now)
    if yes is None and _is_old(tx, row, standing):
        _ask_her(tx, row, standing)
        return None
    if (no := _no_trial(tx, row, standing, her, yes)) is not None:
        add_visits(tx, "sender", [(standing.subject, _sent_trial(no))])
        suppress(tx, row, no)
        return None
    safe = next_safe(tx.now, STOCKHOLM, safe_hours(yes))
    if safe > tx.now:
        put_off(tx, row, safe)
        return None
    if not mark_sending(tx, row, worker, her.bound.conversation):
        return None
    add_visits(tx, "sender", [(standing.subject, _sent_trial("sent"))])
    return TrialLetter(her.bound.chat, her.profile.locale, her.profile.wording, her.bound.code)


def _no_trial(tx: Tx, row: Claimed, standing: Standing, her: _Her, yes: Consented | None) -> str | None:
    """Why nothing is tried: another chat is linked now, her yes is gone, or the rule does not let her meetings out."""
    if her.bound.conversation != row.ref:
        return "superseded"
    if yes is None:
        return NoNotice.NO_YES
    herself = Actor(row.person, Strength.CHANNEL)
    question = Question(standing.subject, Purpose.OWN_MEETINGS, Reach.AID)
    verdict = decide(herself, question, standing, Channel.TELEGRAM, tx.now)
    return verdict.reason if isinstance(verdict, Withheld) else None


def _sent_trial(verdict: str) -> Seen:
    return Seen("Trial", Purpose.DELIVERY, verdict, Channel.TELEGRAM, "")


def _notice(tx: Tx, row: Claimed, standing: Standing, her: _Her, worker: str) -> NoticeLetter | None:
    yes = reminders_wanted(standing, row.person, tx.now)
    safe = next_safe(tx.now, STOCKHOLM, safe_hours(yes))
    no = _nothing_to_read(tx, row, standing)
    seen = Seen("Notice", Purpose.DELIVERY, no or "sent", Channel.TELEGRAM, "", about=f"{row.ref}:{row.person}")
    if no is not None:
        add_visits(tx, "sender", [(standing.subject, seen)])
        if no == NoNotice.CONTACT_OLD:
            _ask_her(tx, row, standing)
        else:
            suppress(tx, row, no)
        return None
    if safe > tx.now:
        put_off(tx, row, safe)
        return None
    if not mark_sending(tx, row, worker, her.bound.conversation):
        return None
    add_visits(tx, "sender", [(standing.subject, seen)])
    return NoticeLetter(her.bound.chat, her.profile.locale, _look_token(tx, row), her.profile.wording)


def _nothing_to_read(tx: Tx, row: Claimed, standing: Standing) -> str | None:
    """Why she may not be told that there is something: the rule is asked as if she came to read it now."""
    today = tx.now.date()
    ties = standing.tied(row.person)
    kinds = {tie.kind for tie in ties}
    recipient = TieKind.RECIPIENT in kinds
    purpose, reach = (Purpose.OWN_MEETINGS, Reach.AID) if recipient else (Purpose.OWN_STORY, Reach.STORY)
    herself = Actor(row.person, Strength.PIN)
    verdict = decide(herself, Question(standing.subject, purpose, reach), standing, Channel.WEB, tx.now)
    if isinstance(verdict, Withheld):
        return verdict.reason
    if not verdict.compartments & readable(tx, row.ref or ""):
        return NoNotice.NOT_OPEN
    if row.what is What.VISIT:
        return _visit_kept(tx, row, standing)
    if TieKind.CHILD in kinds and has_declined(tx, verdict, row.ref or ""):
        return NoNotice.NOT_WANTED
    if TieKind.CHILD in kinds and not is_of_age(standing.born, today):
        return NoNotice.MINOR
    for yes in standing.consents():
        holds = yes.from_ <= today and (yes.until is None or today <= yes.until)
        if holds and yes.by == row.person and yes.scope in NOTICE_SCOPES:
            return None
    return NoNotice.CONTACT_OLD if _is_old(tx, row, standing) else NoNotice.NO_YES


def _visit_kept(tx: Tx, row: Claimed, standing: Standing) -> str | None:
    """Why a guardian is not reminded of a day after all: it is open to her no more, or her yes has ended."""
    if not is_told(standing, row.person, row.ref or ""):
        return NoNotice.NOT_OPEN
    if reminders_wanted(standing, row.person, tx.now) is not None:
        return None
    return NoNotice.CONTACT_OLD if _is_old(tx, row, standing) else NoNotice.NO_YES


def _is_old(tx: Tx, row: Claimed, standing: Standing) -> bool:
    """Whether she said yes once, and it is to be asked again before anything leaves (policy P67)."""
    return safe_contact(standing, row.person, tx.now.date(), tx.terms).ended


def _ask_her(tx: Tx, row: Claimed, standing: Standing) -> None:
    """Nothing leaves and nobody is told so on that channel: whoever has the case asks her."""
    end_badly(tx, row, rows.SUPPRESSED, NoNotice.CONTACT_OLD)
    ask_again_now(tx, standing, row.person)


def _look_token(tx: Tx, row: Claimed) -> str:
    """A new link each time it is sent; the one before is void."""
    token = secrets.token_urlsafe(32)
    tx.run(sql.BURN_SECRETS_OF, {"of": row.person, "for_": "look", "at": tx.now_ms})
    kept = {"token": sha256(token.encode()).digest(), "purpose": "look", "subject": row.person, "case_id": row.case,
            "spoken": None, "tries": 0, "created_at": tx.now_ms, "expires_at": millis(tx.now + LOOK_LIVES),
            "used_at": None}  # fmt: skip
    add_secret_row(tx, kept)
    return token


def use_look(tx: Tx, token: str) -> PersonId | None:
    """Whose link this was; it works once. The caller still asks for the PIN."""
    row = secret_row(tx, sha256(token.encode()).digest())
    if row is None or row.purpose != "look" or row.expires_at < tx.now_ms:
        return None
    return PersonId(row.subject) if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) == 1 else None
