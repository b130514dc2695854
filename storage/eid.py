"""E-ID for grown-ups who come back: found by a keyed hash of the number, and let in where a person has said yes.

An e-ID alone opens nothing, a minor's compartment least of all: it proves who asks. What waits for it here was put
there by the worker who released the entries; it works once, for a month.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import blake2b

from storage import _sql as sql
from storage._chain import standing_of
from storage._sql import Tx, millis
from storage._vouched import add_secret_row, waiting_rows
from storage.consent import is_of_age
from storage.records import CaseId, PersonId
from storage.sign_in import Entered, accept_invite, hashed, make_invite, was_over
from storage.ways_in import is_shut

WAITS = timedelta(days=30)
_DIGITS = 12
_COORDINATION = 60


def born_on(number: str) -> date | None:
    """The birth date in a personal or coordination number of twelve digits; None when it is neither."""
    if len(number) != _DIGITS or not number.isascii() or not number.isdigit():
        return None
    day = int(number[6:8])
    try:
        return date(int(number[:4]), int(number[4:6]), day - _COORDINATION if day > _COORDINATION else day)
    except ValueError:
        return None


def eid_mark(tx: Tx, number: str) -> bytes:
    """What an e-ID is found by. Keyed, so that nobody can try numbers on the rows."""
    return blake2b(f"eid\x1f{number}".encode(), digest_size=32, key=tx.keyring["pepper"]).digest()


def wait_for_eid(tx: Tx, mark: str, person: PersonId, case: CaseId) -> None:
    """A worker has released: whoever shows this e-ID within a month comes in as this person, once."""
    tx.run(sql.BURN_SECRETS_OF, {"of": person, "for_": "eid", "at": tx.now_ms})
    row = {"token": hashed(f"{mark}|{tx.now_ms}"), "purpose": "eid", "subject": person, "case_id": case,
           "spoken": bytes.fromhex(mark), "tries": 0, "created_at": tx.now_ms, "expires_at": millis(tx.now + WAITS),
           "used_at": None}  # fmt: skip
    add_secret_row(tx, row)


def enter_by_eid(tx: Tx, number: str, state: str) -> Entered | None:
    """A session for whoever a worker has released to; None when nothing waits, used, late and shut alike."""
    for row in waiting_rows(tx, "eid", eid_mark(tx, number)):
        standing = standing_of(tx, row.subject, lock=True)
        if standing is None or is_shut(recorded.rule for recorded in standing.rules) or not _grown(tx, row.case_id):
            continue
        if was_over(tx, row):
            continue
        if tx.run(sql.USE_SECRET, {"of": row.token, "at": tx.now_ms}) != 1:
            continue
        token, code = make_invite(tx, PersonId(row.subject), row.case_id, by_letter=False)
        return accept_invite(tx, token, code, state)
    return None


def _grown(tx: Tx, case: str | None) -> bool:
    """Whether the case is a grown-up's today: whatever waits by mistake, a minor's part opens to no e-ID (T2)."""
    standing = standing_of(tx, case, lock=False) if case else None
    return standing is not None and is_of_age(standing.born, tx.now.date())
