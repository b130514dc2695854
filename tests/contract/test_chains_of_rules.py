"""Rules changed behind the program's back: the door stays shut, a task is opened, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import blake2b

import pytest
from sqlalchemy import delete, insert, select, update

from storage import _tables as tables
from storage._chain import add_rule, found_subject
from storage._envelope import Key
from storage._sealing import Place
from storage._shelf import key_for
from storage._sql import Tx
from storage.commands import BlockGuardian, Enrol, OpenCase, Say, SetInvestigation, WriteEntry
from storage.consent import Actor, Reason, Withheld
from storage.queries import MyCases, MyThread, OneEntry, OpenTasks, Query, Sheet, Timeline, WholeEntries
from storage.records import CaseId, EntryId, Side, SubjectSort, TieId, TieKind
from storage.rules import Sealed
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, MOTHERS, Family, enrol, everyone, full_entry
from tests.storage.house import UNIT, House, signed_in

OTHER = CaseId("case-other")
R, S, PART = tables.rule, tables.subject, tables.part


def _row(house: House, n: int, case: str = CASE) -> dict[str, object]:
    (row,) = house.rows(R, subject=case, n=n)
    return dict(row._mapping)


def _delete(n: int) -> Callable[[House], None]:
    return lambda house: house.tamper(delete(R).where(R.c.subject == CASE, R.c.n == n))


def _edit_bytes(house: House) -> None:
    sealed = bytearray(_row(house, 3)["sealed"])  # type: ignore[call-overload]
    sealed[70] ^= 1
    house.tamper(update(R).where(R.c.subject == CASE, R.c.n == 3).values(sealed=bytes(sealed)))


def _edit_time(house: House) -> None:
    house.tamper(update(R).where(R.c.subject == CASE, R.c.n == 2).values(at=R.c.at - 1))


def _edit_mac(house: House) -> None:
    house.tamper(update(R).where(R.c.subject == CASE, R.c.n == 2).values(mac=bytes(32)))


def _reorder(house: House) -> None:
    for was, now in ((2, 1002), (3, 2), (1002, 3)):
        house.tamper(update(R).where(R.c.subject == CASE, R.c.n == was).values(n=now))


def _foreign(house: House) -> None:
    """Another case's rule in the place of one of this case's."""
    house.tamper(delete(R).where(R.c.subject == CASE, R.c.n == 2))
    house.tamper(insert(R).values({**_row(house, 2, OTHER), "subject": CASE}))


def _row_rolled_back(house: House) -> None:
    """An earlier rule's row in the place of the last one: the block is gone and the count is right."""
    last = max(row.n for row in house.rows(R, subject=CASE))
    earlier = _row(house, last - 1)
    house.tamper(delete(R).where(R.c.subject == CASE, R.c.n == last))
    house.tamper(insert(R).values({**earlier, "n": last}))


def _one_too_many(house: House) -> None:
    last = max(row.n for row in house.rows(R, subject=CASE))
    house.tamper(insert(R).values({**_row(house, last), "n": last + 1}))


def _head_rolled_back(house: House) -> None:
    last = max(row.n for row in house.rows(R, subject=CASE))
    house.tamper(update(S).where(S.c.id == CASE).values(head_n=last - 1, head_mac=_row(house, last - 1)["mac"]))


def _head_mac(house: House) -> None:
    house.tamper(update(S).where(S.c.id == CASE).values(head_mac=bytes(32)))


def _all_rules_gone(house: House) -> None:
    house.tamper(delete(R).where(R.c.subject == CASE))


def _rules_key_gone(house: House) -> None:
    house.tamper(delete(tables.dek).where(tables.dek.c.owner == CASE, tables.dek.c.compartment == "rules"))


def _rules_key_swapped(house: House) -> None:
    (other,) = house.rows(tables.dek, owner=OTHER, compartment="rules")
    mine = (tables.dek.c.owner == CASE, tables.dek.c.compartment == "rules")
    house.tamper(update(tables.dek).where(*mine).values(wrapped=other.wrapped))


TAMPERINGS: dict[str, Callable[[House], None]] = {
    "the first rule deleted": _delete(1),
    "one in the middle deleted": _delete(3),
    "the last, a block, deleted": lambda house: _delete(max(row.n for row in house.rows(R, subject=CASE)))(house),
    "one sealed byte changed": _edit_bytes,
    "the time of one changed": _edit_time,
    "the MAC of one changed": _edit_mac,
    "two exchanged": _reorder,
    "a row of another case": _foreign,
    "an earlier row instead of the last": _row_rolled_back,
    "one row too many": _one_too_many,
    "the head rolled back": _head_rolled_back,
    "the head's MAC changed": _head_mac,
    "all of them deleted": _all_rules_gone,
    "the key deleted": _rules_key_gone,
    "another case's key": _rules_key_swapped,
}


@pytest.fixture
def street(family: Family) -> House:
    """Mira's case, everything decided and the mother blocked, and a second case in the same unit."""
    house = family.house
    family.contact()
    family.clear()
    family.write(full_entry(releases=everyone()))
    house.done(
        HANNA,
        BlockGuardian(CASE, MOTHERS, True),
        OpenCase(OTHER, UNIT, Side.BARNAHUS, "BH-2", "2046-03"),
        enrol("ali", TieId("tie-ali"), TieKind.CHILD, case=OTHER, born=date(2014, 1, 1)),
        enrol("ana", TieId("tie-ana"), TieKind.GUARDIAN, case=OTHER),
    )
    return house


QUESTIONS: tuple[tuple[Actor, Query[object]], ...] = (
    (signed_in(MIRA), Timeline(CASE)),
    (signed_in(MIRA), OneEntry(CASE, EntryId("x"))),
    (signed_in(MIRA), MyThread(CASE)),
    (signed_in(MOTHER), Timeline(CASE)),
    (HANNA, Sheet(CASE)),
    (HANNA, WholeEntries(CASE)),
)


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_tampered_chain_shuts_the_door_and_opens_a_task(street: House, how: str) -> None:
    TAMPERINGS[how](street)
    for actor, query in QUESTIONS:
        assert street.ask(actor, query) == Withheld(Reason.INTEGRITY)
    for actor, command in (
        (HANNA, SetInvestigation(CASE, True, None)),
        (HANNA, WriteEntry(CASE, full_entry(name="new"))),
        (signed_in(MIRA), Say(CASE, "hej", None, None)),
    ):
        assert street.do(actor, command) == Withheld(Reason.INTEGRITY)
    assert street.open_codes(CASE).count("f1") == 1
    assert street.see(HANNA, Sheet(OTHER)).ref == "BH-2"
    assert {(line.case, line.ref) for line in street.see(HANNA, MyCases(UNIT))} == {(CASE, ""), (OTHER, "BH-2")}
    assert "f1" in [task.code for task in street.see(HANNA, OpenTasks(UNIT))]


def test_an_older_valid_pair_of_rows_and_head_is_found_only_by_the_anchor_outside(street: House) -> None:
    """The limit of the chain, told as a test so that nobody believes more of it than it holds."""
    assert street.ask(signed_in(MOTHER), Timeline(CASE)) == Withheld(Reason.BLOCKED)
    _head_rolled_back(street)
    _delete(max(row.n for row in street.rows(R, subject=CASE)))(street)
    assert not isinstance(street.ask(signed_in(MOTHER), Timeline(CASE)), Withheld)


@pytest.mark.parametrize("column", ["unit", "side"])
def test_a_case_cannot_be_handed_to_another_unit_or_side_by_changing_its_row(street: House, column: str) -> None:
    street.tamper(update(S).where(S.c.id == CASE).values({column: {"unit": "elsewhere", "side": "aid"}[column]}))
    thief = Actor("thief", HANNA.strength, HANNA.side, HANNA.unit, HANNA.role)
    taken = {"unit": "elsewhere", "side": Side.AID}
    thief = Actor(
        "thief", HANNA.strength, taken["side"] if column == "side" else HANNA.side,  # type: ignore[arg-type]
        taken["unit"] if column == "unit" else UNIT, HANNA.role,
    )  # fmt: skip
    assert street.ask(thief, Sheet(CASE)) == Withheld(Reason.INTEGRITY)
    assert street.ask(HANNA, Sheet(CASE)) == Withheld(Reason.INTEGRITY)


def test_a_tie_row_forged_into_the_list_of_parties_opens_nothing(street: House) -> None:
    street.tamper(insert(tables.party).values(person="stranger", tie="tie-x", case_id=CASE))
    assert street.ask(signed_in("stranger"), Timeline(CASE)) == Withheld(Reason.NO_RELATION)


@pytest.mark.parametrize("where", ["head", "nonce", "commitment", "body", "tag", "short", "empty"])
def test_a_tampered_part_is_refused_and_becomes_a_task(street: House, where: str) -> None:
    entry = full_entry().id
    (row,) = street.rows(PART, record=entry, compartment="child")
    at = {"head": 0, "nonce": 5, "commitment": 20, "body": 60, "tag": -1}.get(where)
    sealed = bytearray(row.sealed)
    if at is not None:
        sealed[at] ^= 0x40
    changed = {"short": bytes(sealed[:30]), "empty": b""}.get(where, bytes(sealed))
    street.tamper(update(PART).where(PART.c.record == entry, PART.c.compartment == "child").values(sealed=changed))
    assert street.ask(signed_in(MIRA), OneEntry(CASE, entry)) == Withheld(Reason.INTEGRITY)
    assert street.ask(signed_in(MIRA), Timeline(CASE)) == Withheld(Reason.INTEGRITY)
    assert street.open_codes(CASE).count("f1") == 1
    assert [one.id for one in street.see(HANNA, WholeEntries(CASE))] == [entry]


def test_a_part_moved_to_another_readers_compartment_does_not_open(street: House) -> None:
    entry = full_entry().id
    (staffs,) = street.rows(PART, record=entry, compartment="staff")
    here = (PART.c.record == entry, PART.c.compartment == "child")
    street.tamper(update(PART).where(*here).values(sealed=staffs.sealed, name="entry", version=staffs.version))
    street.tamper(update(PART).where(*here).values(name="view"))
    assert street.ask(signed_in(MIRA), OneEntry(CASE, entry)) == Withheld(Reason.INTEGRITY)


def test_an_older_row_of_the_same_part_does_not_open_under_the_newer_version(street: House) -> None:
    entry = full_entry().id
    here = (PART.c.record == entry, PART.c.compartment == "staff")
    (older,) = street.rows(PART, record=entry, compartment="staff")
    changed = full_entry(releases=everyone(), on=date(2026, 11, 4))
    street.done(HANNA, WriteEntry(CASE, changed))
    street.tamper(update(PART).where(*here).values(sealed=older.sealed))
    assert street.ask(HANNA, WholeEntries(CASE)) == Withheld(Reason.INTEGRITY)


def test_a_case_opened_twice_stays_as_it_was(street: House) -> None:
    again = OpenCase(CASE, UNIT, Side.BARNAHUS, "BH-9", "2050-01")
    assert street.do(HANNA, again).fresh is False
    assert street.see(HANNA, Sheet(CASE)).ref == "BH-1"
    elsewhere = Actor("x", HANNA.strength, HANNA.side, "elsewhere", HANNA.role)
    foreign = OpenCase(CASE, "elsewhere", Side.BARNAHUS, "BH-9", "2050-01")
    assert street.do(elsewhere, foreign) == Withheld(Reason.OTHER_UNIT)


def test_every_rule_of_a_case_has_the_next_number(street: House) -> None:
    numbers = [row.n for row in sorted(street.rows(R, subject=CASE), key=lambda row: row.n)]
    assert numbers == list(range(1, len(numbers) + 1))
    (subject,) = street.rows(S, id=CASE)
    assert subject.head_n == len(numbers)


def test_a_chain_begins_with_no_rule_in_its_first_epoch(house: House) -> None:
    house.store.run(lambda tx: found_subject(tx, "new", SubjectSort.PERSON, Side.BARNAHUS, UNIT, "2050-01"))
    (subject,) = house.rows(S, id="new")
    assert (subject.head_n, subject.epoch, house.rows(R, subject="new")) == (0, 0, [])


def test_nothing_is_said_of_a_subject_that_was_never_begun(house: House) -> None:
    with pytest.raises(LookupError, match="nobody"):
        house.store.run(lambda tx: add_rule(tx, "nobody", Sealed("Hanna", sealed=True)))
    assert house.rows(R) == []


def test_a_rule_whose_chain_moved_while_it_was_written_is_not_kept(
    street: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rules with one number would both look whole to whoever wrote them."""
    before = len(street.rows(R, subject=CASE))

    def meanwhile(tx: Tx, owner: str, compartment: str) -> Key:
        tx.conn.execute(update(S).where(S.c.id == CASE).values(head_n=S.c.head_n + 1))
        return key_for(tx, owner, compartment)

    monkeypatch.setattr("storage._chain.key_for", meanwhile)
    with pytest.raises(RuntimeError, match="moved under its writer"):
        street.store.run(lambda tx: add_rule(tx, CASE, Sealed("Hanna", sealed=True)))
    assert len(street.rows(R, subject=CASE)) == before


def test_a_second_child_or_a_recipient_is_not_enrolled_in_her_case(street: House) -> None:
    second: Enrol = enrol("lo", TieId("tie-lo"), TieKind.CHILD)
    assert street.do(HANNA, second) == Withheld(Reason.CONFLICT)
    assert street.do(HANNA, enrol("lo", TieId("tie-lo"), TieKind.RECIPIENT)) == Withheld(Reason.OTHER_UNIT)


def test_a_chain_written_years_ago_still_holds_by_its_format_alone(family: Family) -> None:
    """The bytes are a promise. Each link: 32 bytes of BLAKE2b under the key of the links, as `rule`, over place, words
    and the link before; the words behind sixteen of salt; the first over whose case it is.
    """
    family.contact()
    family.clear()
    key, (head,) = family.house.store.keyring["mac"], family.house.rows(S, id=CASE)

    def opened(tx: Tx) -> tuple[str, list[bytes]]:
        (dek,) = tx.rows(select(tables.dek).where(tables.dek.c.owner == CASE, tables.dek.c.compartment == "rules"), {})
        hers = tx.smith.unwrap(dek.wrapped, CASE, "rules", dek.month)
        rows = tx.rows(select(R).where(R.c.subject == CASE).order_by(R.c.n), {})
        return tx.tenant, [
            hers.open(row.sealed, Place(tx.tenant, "rule", str(row.n), CASE, "rules", 1, row.n).bound()) for row in rows
        ]

    tenant, words = family.house.store.run(opened)

    def link(n: int, at: int, said: bytes, before: bytes) -> bytes:
        place = f"{tenant}|{CASE}|{n}|{at}".encode()
        told = len(place).to_bytes(4, "big") + place + len(said).to_bytes(4, "big") + said + before
        return blake2b(told, digest_size=32, key=key, person=b"rule").digest()

    before = link(0, 0, f"{head.side}|{head.unit}".encode(), bytes(32))
    rows = sorted(family.house.rows(R, subject=CASE), key=lambda row: row.n)
    assert [row.n for row in rows] == list(range(1, head.head_n + 1))
    for row, said in zip(rows, words, strict=True):
        assert said[16:17] == b"{"
        before = link(row.n, row.at, said, before)
        assert row.mac == before
    assert head.head_mac == before
