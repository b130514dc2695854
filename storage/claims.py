"""Claims: the number one comes back with, the secret made from it, how many may begin, and what is forgotten unsent.

A number is ten signs (50 bits). Under the pepper it becomes the claim's secret, and the claim's id is made from the
secret one way (`records.claim_of`). So the database holds neither: with every row and without the key nobody can
try numbers, and who knows an id from a row or an address can open nothing with it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

from sqlalchemy import bindparam, delete, select, update

from storage import _sql as sql
from storage import _tables as t
from storage._chain import standing_of
from storage._limits import counts, limit_row
from storage._manifest import end_manifests
from storage._sql import Tx, millis
from storage.records import ClaimToken, Side, SubjectSort, claim_of
from storage.sign_in import Outcome, guess_slot

NUMBER_SIGNS = 10
# As long as the number opens, the claim's keys are there; then both go.
LIVES, KEPT_YEARS = timedelta(days=2 * 365), 3
UNSENT_LIVES = timedelta(days=1)
# Ceilings for everybody together. Whoever hits one is told whom to ring, so none of them shuts anybody out.
BEGUN_A_DAY, SENT_A_DAY, SOUGHT_A_DAY = 300, 60, 3000
_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("OILU", "011V", " -")
_p = bindparam
_UNITS = (
    select(t.subject.c.unit)
    .where(t.subject.c.sort == SubjectSort.STAFF.value, t.subject.c.side == Side.BARNAHUS.value)
    .distinct()
    .order_by(t.subject.c.unit)
    .limit(20)
)
# Beginning is a claim's first rule and sending its second.
_UNSENT = (
    select(t.subject.c.id)
    .where(
        t.subject.c.sort == SubjectSort.CLAIM.value,
        t.subject.c.head_n == 1,
        t.subject.c.culled_at.is_(None),
        t.subject.c.created_at < _p("before"),
    )
    .limit(200)
)
_DROP_PARTS = delete(t.part).where(t.part.c.owner == _p("of"))
_DROP_KEYS = delete(t.dek).where(t.dek.c.owner == _p("of"))
_MARK_CULLED = update(t.subject).where(t.subject.c.id == _p("of")).values(culled_at=_p("at"))


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of a number: the claim's secret when there is one. Wrong, late and unsent are all `WRONG`."""

    outcome: Outcome
    token: ClaimToken | None = None


def fresh_number() -> str:
    """Ten signs that can be written down."""
    return "".join(secrets.choice(_SIGNS) for _ in range(NUMBER_SIGNS))


def token_of(tx: Tx, number: str) -> ClaimToken:
    """The secret of a number, however it was written."""
    plain = number.upper().translate(_LOOKS_LIKE)
    return ClaimToken(blake2b(f"claim|{plain}".encode(), digest_size=16, key=tx.keyring["pepper"]).hexdigest())


def find_claim(tx: Tx, number: str, conversation: str) -> Sought:
    """Look a number up. The try is counted first: for this conversation, and for everybody together."""
    if not guess_slot(tx, f"claim:{conversation}") or not within(tx, "claims sought", SOUGHT_A_DAY):
        return Sought(Outcome.LOCKED)
    token = token_of(tx, number)
    standing = standing_of(tx, claim_of(token), lock=False)
    claimed = standing.claimed() if standing is not None and standing.intact and not standing.culled else None
    if standing is None or claimed is None or not standing.stages() or tx.now.date() > claimed.until:
        return Sought(Outcome.WRONG)
    return Sought(Outcome.OK, token)


def within(tx: Tx, name: str, most: int) -> bool:
    """Count one more against a day's ceiling. A row that cannot be written stops the call: no."""
    key, now = blake2b(name.encode(), digest_size=32, key=tx.keyring["pepper"]).digest(), tx.now_ms
    row = limit_row(tx, key)
    # Words in the place of a number would shut everybody out for good.
    began = not counts(row) or now - row.since >= _DAY_MS
    tries, since = (1, now) if began else (row.day_tries + 1, row.since)
    if tries > most:
        return False
    tx.run(sql.SET_LIMIT, {"of": key, "tries": tries, "day_tries": tries, "since": since, "until": 0})
    return True


def units(tx: Tx) -> tuple[str, ...]:
    """The units where somebody can read a claim."""
    return tuple(row.unit for row in tx.rows(_UNITS, {}))


def cull_month(today: date) -> str:
    """The month in which a claim's keys may be destroyed."""
    return f"{today.year + KEPT_YEARS}-{today.month:02d}"


def forget(tx: Tx, claim: str) -> None:
    """End what was never sent: its words, then its keys."""
    tx.run(_DROP_PARTS, {"of": claim})
    tx.run(_DROP_KEYS, {"of": claim})
    end_manifests(tx, [claim])
    tx.run(_MARK_CULLED, {"of": claim, "at": tx.now_ms})


def forget_unsent(tx: Tx) -> int:
    """A day after it began, what was not sent is gone; how many."""
    gone = [row.id for row in tx.rows(_UNSENT, {"before": millis(tx.now - UNSENT_LIVES)})]
    for claim in gone:
        forget(tx, claim)
    return len(gone)
