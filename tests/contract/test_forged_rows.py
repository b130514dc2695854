"""Somebody writes rows into `outbox` and `button`: nothing is sent or answered by them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from storage import _tables as tables
from storage.bindings import answer_meeting, find_chat, mint, pressed
from storage.commands import AskToBeSent
from storage.consent import Withheld
from storage.duties import Duty
from storage.letters import NoticeLetter, decide_letter
from storage.outbox import Claimed, claim, sweep
from storage.queries import CaseMeetings
from storage.records import CaseId, PersonId, RecordId
from tests.channels.telegram_house import AMINA, CASE, MARIA, MORNING, PHONE, book, consent, link, moving_in, settle
from tests.contract.signing_in import run
from tests.storage.house import House, open_house

OUT, B = tables.outbox, tables.button
BEA, ELSEWHERE = PersonId("bea"), CaseId("case-bea")
LATER = 10**14
THURSDAY = MORNING + timedelta(days=3)


def _damage(house: House, *of: str) -> list[str]:
    return [code for one in of for code in house.open_codes(one) if code == Duty.INTEGRITY]


def _asked_for(house: House) -> dict[str, Any]:
    """A worker has asked that Amina be told of something, and it is due: the row of it."""
    settle(house)
    house.clock.now = MORNING
    house.done(MARIA, book(THURSDAY), AskToBeSent(CASE, AMINA, RecordId("plan"), MORNING))
    (row,) = house.rows(OUT, what="notice")
    return dict(row._mapping)


def _claimed(house: House) -> list[Claimed]:
    return run(house, lambda tx: claim(tx, "w", 20))


def _notices(house: House) -> list[Any]:
    """What the sender would send now about the notices it finds."""
    rows = [row for row in _claimed(house) if row.what == "notice"]
    return [run(house, partial(decide_letter, row=row, worker="w")) for row in rows]


def test_what_a_worker_asked_for_is_sent(house: House) -> None:
    _asked_for(house)
    assert [type(one) for one in _notices(house)] == [NoticeLetter]


@pytest.mark.parametrize("mac", [bytes(32), b""], ids=["zeros", "none"])
def test_a_row_that_nobody_queued_sends_her_nothing(house: House, mac: bytes) -> None:
    """It is like a true one in everything: her case, a meeting of hers, a safe hour, and she has said yes."""
    kept = _asked_for(house)
    assert len(_notices(house)) == 1
    house.tamper(insert(OUT).values({**kept, "id": "made-up", "dedup": "made-up", "mac": mac}))
    assert _notices(house) == []
    (row,) = house.rows(OUT, id="made-up")
    assert (row.state, row.reason) == ("dead", "forged")
    assert _damage(house, AMINA) == [Duty.INTEGRITY]


CHANGES: tuple[dict[str, Any], ...] = (
    {"person": BEA}, {"case_id": ELSEWHERE}, {"person": BEA, "case_id": ELSEWHERE}, {"ref": "other"}, {"what": "moved"},
    {"what": "delete"}, {"what": "no such thing"}, {"not_after": LATER}, {"ref_version": 7}, {"sort": "answer"},
    {"conversation": "other"}, {"dedup": "other"}, {"channel": "web"},
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "-".join(map(str, change.items())))
def test_a_queued_row_that_is_pointed_elsewhere_is_not_sent(house: House, change: dict[str, Any]) -> None:
    kept = _asked_for(house)
    house.done(MARIA, *moving_in(BEA, ELSEWHERE))
    link(house, BEA, 7002)
    house.tamper(update(OUT).where(OUT.c.id == kept["id"]).values(**change))
    assert kept["id"] not in [row.id for row in _claimed(house)]
    assert _damage(house, AMINA, BEA) == [Duty.INTEGRITY]


def test_neither_are_rows_that_stand_as_lost_or_too_late(house: House) -> None:
    kept = _asked_for(house)
    for name, how in (("lost", {"state": "sending"}), ("late", {"state": "queued", "not_after": 1, "due_at": 0})):
        house.tamper(insert(OUT).values({**kept, "id": name, "dedup": name, "what": "nonsense", **how}))
    run(house, sweep)
    assert {row.reason for name in ("lost", "late") for row in house.rows(OUT, id=name)} == {"forged"}


@pytest.mark.parametrize("column", ["attempt", "fence", "turn", "ref_version", "not_after", "created_at"])
@pytest.mark.parametrize("value", ["'words'", "9e99"])
def test_words_in_the_place_of_a_number_do_not_stop_the_sender(tmp_path: Path, column: str, value: str) -> None:
    """SQLite keeps what it is given, whatever its column is for."""
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        kept = _asked_for(house)
        house.done(MARIA, AskToBeSent(CASE, AMINA, RecordId("other"), MORNING))
        (other,) = house.rows(OUT, ref="other")
        told = f"UPDATE outbox SET {column} = {value} WHERE id = '{kept['id']}'"
        run(house, lambda tx: tx.conn.exec_driver_sql(told) and None)
        assert other.id in [row.id for row in _claimed(house)]
        run(house, sweep)
        assert _damage(house, AMINA) == ([] if column == "fence" and value == "'words'" else [Duty.INTEGRITY])


# --- buttons ----------------------------------------------------------------------------------------------------------


def _with_buttons(house: House) -> dict[str, str]:
    """Amina's reminder with its three answers; the nonce of each."""
    settle(house)
    house.done(MARIA, book(THURSDAY), *moving_in(BEA, ELSEWHERE), consent())
    link(house, BEA, 7002)
    (talk,) = house.rows(tables.conversation, person=AMINA, channel="telegram")
    return run(house, lambda tx: mint(tx, talk.id, 1, ("come", "call_me"), ref="plan"))


def _press(house: House, nonce: str, phone: int = PHONE) -> Any:
    def call(tx: Any) -> Any:
        button = pressed(tx, nonce)
        return None if button is None else answer_meeting(tx, find_chat(tx, phone), button)

    return run(house, call)


def _answer(house: House) -> str | None:
    (meeting,) = house.see(MARIA, CaseMeetings(CASE))
    return meeting.answer


def test_a_button_says_what_it_said_when_it_was_sent(house: House) -> None:
    nonces = _with_buttons(house)
    assert not isinstance(_press(house, nonces["come"]), Withheld)
    assert _answer(house) == "come"


@pytest.mark.parametrize(
    "change",
    [{"value": "call_me"}, {"ref": "other"}, {"turn": 9}, {"expires_at": LATER}],
    ids=lambda one: next(iter(one)),
)
def test_a_button_that_was_changed_under_her_finger_does_nothing(house: House, change: dict[str, Any]) -> None:
    nonces = _with_buttons(house)
    house.tamper(update(B).where(B.c.value == "come").values(**change))
    assert _press(house, nonces["come"]) is None
    assert _answer(house) is None
    assert _damage(house, AMINA) == [Duty.INTEGRITY]


def test_anothers_button_that_is_pointed_to_ones_own_chat_answers_nothing_for_her(house: House) -> None:
    nonces = _with_buttons(house)
    assert isinstance(_press(house, nonces["come"], 7002), Withheld)
    (theirs,) = house.rows(tables.conversation, person=BEA, channel="telegram")
    house.tamper(update(B).values(conversation=theirs.id))
    assert _press(house, nonces["come"], 7002) is None
    assert _answer(house) is None
