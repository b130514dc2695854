"""Somebody writes rows into `session`, `secret` and `conversation`: nobody is signed in by them, and nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from sqlalchemy import Select, delete, insert, update

import storage
from storage import _tables as tables
from storage import sign_in
from storage._limits import short_hash
from storage._sessions import hashed
from storage._sql import Tx, millis
from storage._vouched import waiting_rows
from storage.bindings import bound_people, find_chat, meet, talk_by_id
from storage.duties import Duty
from storage.eid import eid_mark, enter_by_eid, wait_for_eid
from storage.letters import use_look
from storage.places import places_of
from storage.records import Channel, PersonId, Role, Side, StaffId, Strength
from storage.staff_sign_in import enrol_by_link, my_sessions, tying
from tests.channels.telegram_house import AMINA, MARIA, PHONE, link, moving_in
from tests.channels.telegram_house import CASE as AID_CASE
from tests.contract.signing_in import STATE, accept, invite, run, strength, with_pin
from tests.storage.family import CASE, MIRA, MOTHER, Family, move_in
from tests.storage.house import UNIT, House, open_house

S, C, TALK = tables.session, tables.secret, tables.conversation
OWN, DIGITS, NUMBER = "a-token-of-the-writers-own", "1234567890123456", "198104022383"
LATER = 10**14


def _employ(house: House, name: str = "Hanna Berg") -> StaffId:
    return run(house, lambda tx: sign_in.employ(tx, name, "socialsekreterare", UNIT, Side.BARNAHUS, Role.CASE_WORKER))


def _rows(house: House, table: Any, token: str) -> dict[str, Any]:
    (row,) = house.rows(table, token=hashed(token))
    return dict(row._mapping)


def _damage(house: House, case: str) -> list[str]:
    return [code for code in house.open_codes(case) if code == Duty.INTEGRITY]


# --- sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mac", [bytes(32), b"", b"x" * 31], ids=["zeros", "none", "short"])
def test_a_childs_session_that_is_made_up_lets_nobody_in(family: Family, mac: bytes) -> None:
    """The maker has a token of her own, a conversation that is there, the right epoch, and every time right."""
    house = family.house
    _, entered = with_pin(house)
    house.tamper(insert(S).values({**_rows(house, S, entered.token), "token": hashed(OWN), "mac": mac}))
    assert strength(house, OWN) is None
    assert strength(house, entered.token) is Strength.PIN
    assert _damage(house, MIRA) == [Duty.INTEGRITY]
    assert len(run(house, lambda tx: places_of(tx, MIRA))) == 1


def test_another_sessions_mac_fits_no_token_of_ones_own(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    house.tamper(insert(S).values({**_rows(house, S, entered.token), "token": hashed(OWN)}))
    assert strength(house, OWN) is None


CHANGES: tuple[dict[str, Any], ...] = (
    {"subject": MOTHER},
    {"subject": None},
    {"conversation": "other"},
    {"strength": "staff"},
    {"strength": "nothing that is known"},
    {"sort": "staff"},
    {"sort": "enrol"},
    {"epoch": 99},
    {"trusted": 1},
    {"created_at": 0},
    {"seen_at": LATER},
    {"expires_at": LATER},
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "-".join(map(str, *change.items())))
def test_ones_own_session_row_that_is_changed_is_over(family: Family, change: dict[str, Any]) -> None:
    house = family.house
    _, entered = with_pin(house)
    if "conversation" in change:
        other = accept(house, *invite(house, MOTHER))
        assert other is not None
        change = {"conversation": _rows(house, S, other.token)["conversation"]}
    house.tamper(update(S).where(S.c.token == hashed(entered.token)).values(**change))
    assert strength(house, entered.token) is None
    assert run(house, lambda tx: sign_in.staff_of(tx, entered.token)) is None
    assert run(house, lambda tx: tying(tx, sign_in.hashed(entered.token))) is None


def test_a_visitors_row_that_is_given_a_person_and_a_strength_is_over(family: Family) -> None:
    house = family.house
    came = run(house, lambda tx: sign_in.visit_open(tx, STATE))
    pended = run(house, lambda tx: sign_in.pend(tx, MIRA, STATE))
    mine = S.c.token.in_((hashed(came.token), hashed(pended.token)))
    house.tamper(update(S).where(mine).values(subject=MIRA, strength="pin", trusted=1))
    assert [strength(house, one.token) for one in (came, pended)] == [None, None]


def test_a_session_that_is_made_up_is_not_carried_on(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    house.tamper(insert(S).values({**_rows(house, S, entered.token), "token": hashed(OWN), "mac": bytes(32)}))
    with pytest.raises(LookupError):
        run(house, lambda tx: sign_in.trust(tx, OWN, MIRA))


@pytest.mark.parametrize("column", ["mac", "seen_at", "expires_at", "epoch", "trusted", "conversation"])
def test_words_in_the_place_of_a_number_break_nothing(tmp_path: Path, column: str) -> None:
    """SQLite keeps what it is given, whatever its column is for."""
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        move_in(house)
        _, entered = with_pin(house)
        told = f"UPDATE session SET {column} = 'words'"
        run(house, lambda tx: tx.conn.exec_driver_sql(told) and None)
        assert strength(house, entered.token) is None


def test_a_session_goes_on_after_each_time_it_is_seen(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    seen = []
    for _ in range(3):
        house.clock.move(minutes=2)
        assert strength(house, entered.token) is Strength.PIN
        seen.append(_rows(house, S, entered.token)["seen_at"])
    assert len(set(seen)) == 3


@pytest.mark.parametrize("sort", ["staff", "enrol"])
def test_a_staff_session_that_is_made_up_lets_nobody_in(house: House, sort: str) -> None:
    staff = _employ(house)
    now = millis(house.clock())
    row = {"token": hashed(OWN), "sort": sort, "subject": staff, "conversation": None, "strength": "staff", "epoch": 0,
           "trusted": 0, "created_at": now, "seen_at": now, "expires_at": LATER, "ended_at": None,
           "mac": bytes(32)}  # fmt: skip
    house.tamper(insert(S).values(row))
    assert run(house, lambda tx: sign_in.staff_of(tx, OWN)) is None
    assert run(house, lambda tx: tying(tx, sign_in.hashed(OWN))) is None
    assert run(house, lambda tx: my_sessions(tx, staff)) == 0


@pytest.mark.parametrize("column", ["subject", "sort", "expires_at", "seen_at"])
def test_a_staff_session_that_is_changed_is_over(house: House, column: str) -> None:
    staff, other = _employ(house), _employ(house, "Maria Lind")
    link_ = run(house, lambda tx: sign_in.staff_link(tx, staff))
    # A link that begins the tying of a way in must not become a whole session.
    entered = run(house, lambda tx: (enrol_by_link if column == "sort" else sign_in.enter_as_staff)(tx, link_))
    assert entered is not None
    to = {"subject": other, "sort": "staff", "expires_at": LATER, "seen_at": LATER}[column]
    house.tamper(update(S).where(S.c.token == hashed(entered.token)).values({column: to}))
    assert run(house, lambda tx: sign_in.staff_of(tx, entered.token)) is None


# --- secrets ----------------------------------------------------------------------------------------------------------

USES: dict[str, Callable[[Tx], Any]] = {
    "staff_link": lambda tx: sign_in.enter_as_staff(tx, OWN) or enrol_by_link(tx, OWN),
    "invite": lambda tx: sign_in.accept_invite(tx, OWN, "ABCDEFGH", STATE),
    "receipt": lambda tx: sign_in.person_of_receipt(tx, DIGITS),
    "look": lambda tx: use_look(tx, OWN),
    "telegram_link": lambda tx: meet(tx, OWN, PHONE),
    "eid": lambda tx: enter_by_eid(tx, NUMBER, STATE),
}


@pytest.mark.parametrize("purpose", USES)
def test_a_secret_that_is_made_up_is_not_there(family: Family, purpose: str) -> None:
    """Its maker is even given what only the house can hash, so that it is the MAC alone that says no."""
    house = family.house
    subject = _employ(house) if purpose == "staff_link" else MIRA
    token = run(house, lambda tx: hashed(short_hash(tx, DIGITS).hex()) if purpose == "receipt" else hashed(OWN))
    said = run(house, lambda tx: eid_mark(tx, NUMBER) if purpose == "eid" else short_hash(tx, "ABCDEFGH"))
    house.tamper(
        insert(C).values(
            token=token, purpose=purpose, subject=subject, case_id=CASE, spoken=said, tries=0,
            created_at=millis(house.clock()), expires_at=LATER, used_at=None, mac=bytes(32),
        )
    )  # fmt: skip
    assert run(house, USES[purpose]) is None
    assert all(row.used_at is None for row in house.rows(C, token=token))


@pytest.mark.parametrize("column", ["subject", "purpose", "case_id", "spoken", "created_at", "expires_at"])
def test_an_invite_that_is_changed_is_not_there(family: Family, column: str) -> None:
    house = family.house
    token, code = invite(house)
    others = invite(house, MOTHER)
    spoken = _rows(house, C, others[0])["spoken"]
    to = {"subject": MOTHER, "purpose": "staff_link", "case_id": "other", "spoken": spoken, "created_at": 0,
          "expires_at": LATER}[column]  # fmt: skip
    house.tamper(update(C).where(C.c.token == hashed(token)).values({column: to}))
    assert accept(house, token, others[1] if column == "spoken" else code) is None
    assert run(house, lambda tx: sign_in.enter_as_staff(tx, token)) is None
    assert accept(house, *others) is not None


def test_a_staff_link_does_not_become_somebody_elses(house: House) -> None:
    staff, other = _employ(house), _employ(house, "Maria Lind")
    token = run(house, lambda tx: sign_in.staff_link(tx, staff))
    house.tamper(update(C).where(C.c.token == hashed(token)).values(subject=other))
    assert run(house, lambda tx: sign_in.enter_as_staff(tx, token)) is None
    assert run(house, lambda tx: enrol_by_link(tx, token)) is None


def test_an_e_id_that_waits_for_one_person_does_not_open_another(family: Family) -> None:
    house = family.house
    run(house, lambda tx: wait_for_eid(tx, eid_mark(tx, NUMBER).hex(), PersonId(MOTHER), CASE))
    house.tamper(update(C).where(C.c.purpose == "eid").values(subject=MIRA))
    assert run(house, lambda tx: enter_by_eid(tx, NUMBER, STATE)) is None
    house.tamper(update(C).where(C.c.purpose == "eid").values(subject=MOTHER))
    assert run(house, lambda tx: len(waiting_rows(tx, "eid", eid_mark(tx, NUMBER)))) == 1, "put back, it is ours again"


# --- chats ------------------------------------------------------------------------------------------------------------


def test_a_chat_that_is_bound_to_somebody_else_behind_the_programs_back_is_bound_to_nobody(house: House) -> None:
    other, elsewhere = PersonId("bea"), 7002
    house.done(MARIA, *moving_in(), *moving_in(other, type(AID_CASE)("case-bea")))
    link(house)
    link(house, other, elsewhere)
    assert run(house, lambda tx: bound_people(find_chat(tx, PHONE))) == (AMINA,)
    mine = (TALK.c.person == AMINA, TALK.c.channel == Channel.TELEGRAM.value)
    (row,) = house.rows(TALK, person=AMINA, channel="telegram")
    house.tamper(delete(TALK).where(TALK.c.person == other, TALK.c.channel == "telegram"))
    house.tamper(update(TALK).where(*mine).values(person=other))
    assert run(house, lambda tx: bound_people(find_chat(tx, PHONE))) == ()
    assert run(house, lambda tx: talk_by_id(tx, row.id, content=True)) is None


# --- who reads the tables ---------------------------------------------------------------------------------------------

# Who names the tables at all, and what for: only the first reads them; the others end, use up and delete.
NAMED = {"_vouched.py", "_sql.py", "culling.py", "replay.py", "staff_sign_in.py"}
ROOT = Path(storage.__file__).parent
HOLDS = re.compile(r"\b(?:t|tables|_tables)\.(?:session|secret)\b")
TAKES = re.compile(r"\b(?:select|join|outerjoin|exists|insert|upsert)\(\s*(?:t|tables)\.(?:session|secret)\b")
TEXT = re.compile(r"(?i)\b(?:from|join|into)\s+(?:session|secret)\b(?!\s+import)")


def _sources() -> list[Path]:
    return [path for room in (ROOT, ROOT.parent / "bot") for path in room.rglob("*.py")]


def test_the_tables_are_read_and_written_in_one_room() -> None:
    said = {path: path.read_text(encoding="utf-8") for path in _sources()}
    assert {path.name for path, text in said.items() if HOLDS.search(text)} == NAMED
    assert {path.name for path, text in said.items() if TAKES.search(text)} == {"_vouched.py"}
    assert not [path for path, text in said.items() if TEXT.search("\n".join(re.findall(r'"[^"\n]*"', text)))]


def test_no_other_room_keeps_a_question_to_the_tables() -> None:
    """Every statement of every module, by what it reads from and not by how it is written."""
    asking = set()
    for found in walk_packages([str(ROOT)], "storage."):
        if ".migrations" in found.name:
            continue
        for name, value in vars(import_module(found.name)).items():
            if isinstance(value, Select):
                read = {table.name for source in value.get_final_froms() for table in _tables_in(source)}
                if read & {"session", "secret"}:
                    asking.add((found.name, name))
    assert {module for module, _ in asking} == {"storage._vouched"}
    assert all(name.startswith("_") for _, name in asking)


def _tables_in(source: Any) -> list[Any]:
    return [part for part in source._from_objects if part.__visit_name__ == "table"]
