"""The trial: one message in the words she chose, sent when her chat is linked and she has said yes to reminders.

She sees on her own telephone what a message from the house looks like, while her worker can answer what she wonders.
"""

from __future__ import annotations

from datetime import timedelta

from storage import _sql as sql
from storage._chain import standing_of
from storage._outbox_rows import Push, queue_push
from storage._reminding import reminders_wanted
from storage._sql import Tx
from storage.records import Side
from storage.standing import Standing
from storage.ways_in import chat_of

# As long as a notice may wait: over a night, and into her own hours.
TRIAL_LIVES = timedelta(days=2)


def try_once(tx: Tx, standing: Standing, person: str) -> None:
    """Queue the trial of a case of aid, once for each chat that is linked; nothing without a chat or a yes.

    The row is a question like any other: link, yes and hour are asked again when it is about to leave.
    """
    if standing.side != Side.AID or reminders_wanted(standing, person, tx.now) is None:
        return
    herself = standing_of(tx, person, lock=False)
    chat = chat_of(one.rule for one in herself.rules) if herself is not None else ""
    if not chat:
        return
    push = Push(
        dedup=f"trial:{chat}:{standing.subject}", what="trial", person=person, case=standing.subject, ref=chat,
        due_at=tx.now, not_after=tx.now + TRIAL_LIVES,
    )  # fmt: skip
    queue_push(tx, push)


def try_in_every_case(tx: Tx, person: str) -> None:
    """Her chat was linked just now: where her yes was there before, the trial follows at once."""
    for case in dict.fromkeys(row.case_id for row in tx.rows(sql.TIES_OF_PERSON, {"person": person})):
        standing = standing_of(tx, case, lock=False)
        if standing is not None and standing.intact and not standing.culled:
            try_once(tx, standing, person)
