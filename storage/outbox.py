"""The outbox: rows claimed, decided again and marked `sending` in one commit, and what became of them.

Nothing here speaks or sends. A row is a question: is the meeting still true, is the yes still there, is it a safe
hour, may she still be told? It is asked when the row is about to leave, and the answer is committed before a socket
is opened. So no message leaves whose `sending` is later than the withdrawal that forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import SystemRandom
from typing import Any

from sqlalchemy import Row

from storage import _outbox_rows as rows
from storage import _sql as sql
from storage._duty_rows import close_everywhere, open_duty, open_everywhere
from storage._left_behind import left_behind, removals_late
from storage._outbox_rows import Born, Push, add_answer, queue_push, real_ms
from storage._parting import let_chat_go
from storage._reminding import conversation_of, delete_later, take_away
from storage._sql import Tx, instant, millis
from storage._vouched import is_queued_here, push_mac
from storage.duties import Duty

__all__ = ["Born", "Claimed", "End", "Outcome", "What", "bear_answer", "left_behind", "real_ms"]

LEASE_MS = 30_000
MOST_TRIES = 12
_BACKOFF_MS, _LONGEST_MS = 2_000, 300_000
READ_LIVES = timedelta(hours=24)
REPLACED_AFTER = timedelta(hours=46)
# Another reminder after a lost answer is worth it only while there is time to act on it.
_STILL_USEFUL_MS = 10 * 60 * 1000
_chance = SystemRandom()


class What(StrEnum):
    """What a row is to say, in opaque words of the table."""

    REMINDER = "reminder"
    AGAIN = "again"
    MOVED = "moved"
    CANCELLED = "cancelled"
    NOTICE = "notice"
    TRIAL = "trial"
    VISIT = "visit"
    STEP = "step"
    DELETE = "delete"


MEETING_WHATS = frozenset({What.REMINDER, What.AGAIN, What.MOVED, What.CANCELLED})


class End(StrEnum):
    """What became of one try."""

    SENT = "sent"
    RETRY = "retry"
    AMBIGUOUS = "ambiguous"
    PAUSED = "paused"
    BLOCKED = "blocked"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process holds, by its fence: whoever claims it later has a higher one."""

    id: str
    sort: str
    what: What
    person: str
    case: str | None
    ref: str | None
    ref_version: int
    conversation: str | None
    due_at: int
    not_after: int
    attempt: int
    fence: int
    message: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended. `messages` are Telegram's numbers of what was sent; `wait` seconds of a pause."""

    end: End
    reason: str = ""
    messages: tuple[int, ...] = ()
    wait: float = 0.0
    personal: bool = False


# --- the lease of the token, and the pause ------------------------------------------------------------------


def hold(tx: Tx, name: str, worker: str, for_ms: int) -> bool:
    """Take or keep a lease; False while another process holds it."""
    taken = {"of": name, "by": worker, "real": real_ms(), "to": real_ms() + for_ms}
    if tx.run(rows.TAKE_LEASE, taken) == 1:
        return True
    return tx.run(rows.ADD_LEASE, {"name": name, "owner": worker, "until": real_ms() + for_ms, "fence": 1}) == 1


def let_go(tx: Tx, name: str, worker: str) -> None:
    """Give a lease back, so that another process need not wait for its end."""
    tx.run(rows.LET_GO, {"of": name, "by": worker})


def paused_until(tx: Tx, name: str) -> int:
    """Until when (the machine's milliseconds) Telegram told this bot to be silent; 0 when it did not."""
    row = tx.row(rows.LEASE, {"name": f"pause:{name}"})
    return row.until if row is not None else 0


def pause(tx: Tx, name: str, seconds: float) -> int:
    """Keep that this bot must be silent, for every process and over a restart; until when."""
    until = real_ms() + int(seconds * 1000) + _chance.randrange(250)
    tx.run(rows.ADD_LEASE, {"name": f"pause:{name}", "owner": "", "until": 0, "fence": 0})
    tx.run(rows.PAUSE, {"of": f"pause:{name}", "to": until})
    return until


def bot_refused(tx: Tx) -> None:
    """Telegram does not know this bot any more: nothing reaches anybody there, and every unit must know."""
    open_everywhere(tx, Duty.BOT_REFUSED)


def bot_taken(tx: Tx) -> None:
    """Telegram knows this bot: what was said of the opposite is over."""
    close_everywhere(tx, Duty.BOT_REFUSED)


# --- claiming and marking -----------------------------------------------------------------------------------


def claim(tx: Tx, worker: str, most: int) -> list[Claimed]:
    """Take up to so many rows that are due, the oldest first."""
    values = {"now": tx.now_ms, "real": real_ms(), "most": most, "by": worker, "until": real_ms() + LEASE_MS}
    found = tx.rows(rows.CLAIM_SKIPPING if tx.locks else rows.CLAIM, values)
    return sorted((claimed_of(row) for row in found if _stands(tx, row)), key=lambda one: one.due_at)


def _stands(tx: Tx, row: Row[Any]) -> bool:
    """Whether this house queued it. One that somebody wrote into the table ends here, and is never sent."""
    if is_queued_here(tx, row):
        return True
    tx.run(rows.END_FORGED, {"of": row.id, "at": tx.now_ms})
    return False


def claimed_of(row: Row[Any]) -> Claimed:
    """A row as it lies."""
    return Claimed(
        row.id, row.sort, What(row.what), row.person, row.case_id, row.ref, row.ref_version, row.conversation,
        row.due_at, row.not_after, row.attempt, row.fence, row.message_id, row.reason,
    )  # fmt: skip


def mark_sending(tx: Tx, row: Claimed, worker: str, conversation: str | None = None) -> bool:
    """Say, before the socket is opened, that this row is about to leave; False when it is another's by now.

    `conversation` is where a push goes.
    """
    values = {"of": row.id, "with_fence": row.fence, "by": worker, "until": real_ms() + LEASE_MS}
    found = tx.row(rows.BY_ID, {"of": row.id}) if conversation is not None else None
    if found is None:
        return tx.run(rows.MARK_SENDING, values) == 1
    mac = push_mac(tx, {**found._mapping, "conversation": conversation})
    return tx.run(rows.MARK_SENDING_TO, {**values, "there": conversation, "mac_now": mac}) == 1


def bear_answer(tx: Tx, answer: Born) -> Claimed:
    """An answer to an inbound event, born in its turn's commit as one that is being sent."""
    row = add_answer(tx, answer, LEASE_MS)
    return Claimed(
        row, "answer", What.STEP, answer.person, None, None, 0, answer.conversation, tx.now_ms,
        tx.now_ms + rows.ANSWER_LIVES_MS, 0, 1, None, None,
    )  # fmt: skip


def keep_sending(tx: Tx, row: Claimed) -> bool:
    """Hold on to a row that had to wait for its turn on the line; False when it was given up meanwhile."""
    return tx.run(rows.HOLD_SENDING, {"of": row.id, "with_fence": row.fence, "until": real_ms() + LEASE_MS}) == 1


# --- how a row ends -----------------------------------------------------------------------------------------


def put_off(tx: Tx, row: Claimed, until: datetime) -> None:
    """Not a safe hour: let it wait for the next one, or end it when that is too late."""
    if millis(until) >= row.not_after:
        end_badly(tx, row, rows.EXPIRED, "no_safe_hour")
    else:
        _finish(tx, row, rows.QUEUED, None, due=millis(until))


def suppress(tx: Tx, row: Claimed, reason: str) -> None:
    """It must not be said any more. Only what a worker asked for by hand becomes her task."""
    if row.what is What.NOTICE:
        end_badly(tx, row, rows.SUPPRESSED, reason)
    else:
        _finish(tx, row, rows.SUPPRESSED, reason)


def end_badly(tx: Tx, row: Claimed, state: str, reason: str) -> None:
    """It will not be sent, and a worker must know."""
    if _finish(tx, row, state, reason):
        open_delivery_duty(tx, row)


def finish(tx: Tx, row: Claimed, outcome: Outcome, bot: str) -> None:
    """Write down what became of one try, and queue what follows from it."""
    match outcome.end:
        case End.SENT:
            _sent(tx, row, outcome)
        case End.RETRY:
            _again(tx, row, outcome.reason)
        case End.AMBIGUOUS:
            _perhaps(tx, row, outcome.reason)
        case End.PAUSED:
            until = pause(tx, bot, outcome.wait)
            _finish(tx, row, rows.RETRY, "paused", wait_until=until)
        case End.BLOCKED:
            end_badly(tx, row, rows.BLOCKED, outcome.reason)
        case End.DEAD:
            end_badly(tx, row, rows.DEAD, outcome.reason)
    if row.sort == "push" or outcome.end is not End.SENT:
        # An answer that came has its removal before it, and that ends here too.
        let_chat_go(tx, row.person)


def _sent(tx: Tx, row: Claimed, outcome: Outcome) -> None:
    numbers = ",".join(str(number) for number in outcome.messages)[:80] or None
    goes = row.what in (What.NOTICE, What.TRIAL, What.VISIT) or outcome.personal
    kept = tx.row(rows.WHY_HELD if tx.locks else rows.WHY, {"of": row.id}) if goes else None
    if row.what in MEETING_WHATS and row.case is not None and row.ref is not None:
        take_away(tx, row.case, row.ref, tx.now)
    if not _finish(tx, row, rows.SENT, None, message=numbers) or numbers is None:
        return
    if row.what in MEETING_WHATS:
        _let_it_live(tx, row, numbers)
    elif goes:
        # What was taken back while it was on its way goes as soon as it has come.
        recalled = kept is not None and kept.reason == rows.RECALLED
        there = row.conversation if row.sort == "answer" else None
        due = tx.now if recalled else tx.now + READ_LIVES
        delete_later(tx, row.id, row.person, row.case, numbers, due, conversation=there)


def _let_it_live(tx: Tx, row: Claimed, number: str) -> None:
    """A reminder stays until the meeting; since Telegram deletes nothing older than two days, it is replaced before."""
    starts = instant(row.not_after)
    if tx.now + REPLACED_AFTER >= starts or row.what is What.CANCELLED:
        delete_later(tx, row.id, row.person, row.case, number, min(starts, tx.now + REPLACED_AFTER))
        return
    push = Push(
        dedup=f"again:{row.id}", what=What.AGAIN, person=row.person, case=row.case, ref=row.ref,
        ref_version=row.ref_version, due_at=tx.now + REPLACED_AFTER, not_after=starts, message=number,
        conversation=conversation_of(tx, row.id),
    )  # fmt: skip
    queue_push(tx, push)


def _again(tx: Tx, row: Claimed, reason: str) -> None:
    if row.attempt + 1 >= MOST_TRIES:
        end_badly(tx, row, rows.DEAD, reason)
    else:
        _finish(tx, row, rows.RETRY, row.reason, wait_until=real_ms() + backoff(row.attempt))


def _perhaps(tx: Tx, row: Claimed, reason: str) -> None:
    """It may have arrived. One more is sent where two are better than none; once, and then a worker decides."""
    if row.reason == rows.AMBIGUOUS or not _bears_repeating(tx, row):
        end_badly(tx, row, rows.AMBIGUOUS, reason)
    else:
        _finish(tx, row, rows.RETRY, rows.AMBIGUOUS, wait_until=real_ms() + backoff(row.attempt))


def _bears_repeating(tx: Tx, row: Claimed) -> bool:
    if row.what in MEETING_WHATS:
        return row.not_after - tx.now_ms > _STILL_USEFUL_MS
    # A trial is sent once: whether it came can be seen on the telephone.
    return row.what is not What.TRIAL and row.not_after > tx.now_ms


def backoff(attempt: int) -> int:
    """Milliseconds before another try: doubled each time, five minutes at most, anywhere below that."""
    return 100 + _chance.randrange(min(_LONGEST_MS, _BACKOFF_MS * 2 ** min(attempt, 10)))


def _finish(
    tx: Tx,
    row: Claimed,
    state: str,
    reason: str | None,
    *,
    wait_until: int = 0,
    due: int | None = None,
    message: str | None = None,
) -> bool:
    over = state not in (rows.QUEUED, rows.RETRY)
    values = {
        "of": row.id, "with_fence": row.fence, "to": state, "why": reason, "at": tx.now_ms if over else None,
        "message": message or row.message, "wait_until": wait_until, "due": row.due_at if due is None else due,
        "as_what": row.what,
    }  # fmt: skip
    return tx.run(rows.FINISH, values) == 1


def open_delivery_duty(tx: Tx, row: Claimed) -> None:
    """The task of whoever works in the case; an answer to nobody we know is nobody's."""
    subject = tx.row(sql.SUBJECT, {"id": row.case or row.person}) if row.case or row.person else None
    if subject is not None:
        open_duty(tx, subject.unit, row.case, Duty.DELIVERY, row.id, tx.now)


# --- what was left behind -----------------------------------------------------------------------------------


def sweep(tx: Tx) -> int:
    """Take care of rows whose process is gone, and of those whose time is over; how many there were."""
    lost = tx.rows(rows.LOST_SKIPPING if tx.locks else rows.LOST, {"real": real_ms()})
    for found in lost:
        if not _stands(tx, found):
            continue
        row = claimed_of(found)
        if found.state == rows.CLAIMED:
            # Nothing had left the machine.
            _finish(tx, row, rows.QUEUED if row.attempt == 0 else rows.RETRY, row.reason)
        else:
            _perhaps(tx, row, "lost")
    outlived = tx.rows(rows.OUTLIVED_SKIPPING if tx.locks else rows.OUTLIVED, {"now": tx.now_ms})
    for found in outlived:
        if not _stands(tx, found):
            continue
        values = {"of": found.id, "was": found.state, "with_fence": found.fence, "to": rows.EXPIRED,
                  "why": found.reason or "late", "at": tx.now_ms, "wait_until": 0, "as_what": found.what}  # fmt: skip
        if tx.run(rows.MOVE_ROW, values) == 1:
            open_delivery_duty(tx, claimed_of(found))
            let_chat_go(tx, found.person)
    for found in removals_late(tx):
        open_delivery_duty(tx, claimed_of(found))
    return len(lost) + len(outlived)
