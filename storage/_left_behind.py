"""What stays in somebody's chat for good: messages that could not be taken away while Telegram still removes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from storage import _tables as t
from storage._outbox_rows import AMBIGUOUS, BLOCKED, DEAD, EXPIRED, QUEUED, RETRY, SUPPRESSED
from storage._sql import Tx, millis

# Whoever works in the case hears of it when 40 of the 47 hours have gone, while something can still be done.
ALARM_BEFORE = timedelta(hours=7)
# One that was asked for a moment ago is on its way, however little time it has.
_ON_ITS_WAY = timedelta(minutes=5)
_FAILED = (EXPIRED, DEAD, BLOCKED, AMBIGUOUS)
_o = t.outbox.c
_LEFT = select(_o.what, _o.state, _o.message_id).where(
    or_(_o.state.in_(_FAILED), and_(_o.what == "delete", _o.state == SUPPRESSED)), _o.what.in_(("delete", "again"))
)
_LATE = select(t.outbox).where(
    _o.what == "delete", _o.state.in_((QUEUED, RETRY)), _o.due_at <= bindparam("now"),
    _o.not_after < bindparam("alarm"),
)  # fmt: skip


def left_by(row: Any) -> int:
    """How many messages this row was to remove and did not; a reminder that replaces another removes it."""
    ended = _FAILED if row.what == "again" else (*_FAILED, SUPPRESSED)
    if row.what not in ("delete", "again") or row.state not in ended:
        return 0
    return len([number for number in (row.message_id or "").split(",") if number])


def left_behind(tx: Tx) -> int:
    """How many messages stay in chats in the whole house; for the metrics, where it has no name."""
    return sum(left_by(row) for row in tx.rows(_LEFT, {}))


def removals_late(tx: Tx) -> Sequence[Any]:
    """Removals that are due and have little time left."""
    asked = millis(tx.now - _ON_ITS_WAY)
    return tx.rows(_LATE, {"now": asked, "alarm": tx.now_ms + int(ALARM_BEFORE.total_seconds() * 1000)})
