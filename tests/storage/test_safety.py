"""The safety log, backups and what is put back: a copy revives nothing that was taken away since it was taken."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from storage import _tables as tables
from storage import sign_in
from storage._chain import add_rule
from storage.backup import MANIFEST, NoBackup, create, faults, put_back
from storage.commands import KeepConsent, ResumeMessages, SealCase, SetStatus, TakeBack, Withdraw
from storage.consent import Reason, Withheld
from storage.keys import FileKeys
from storage.queries import MyChoices, Sheet, Timeline
from storage.records import Channel, GuardianStatus
from storage.replay import RESTORED, NotReplayed, Replayed, replay
from storage.safety import FILE, SafetyBroken
from storage.vault import Store
from storage.ways_in import ChatTied
from tests.parts.postgres import Postgres
from tests.storage.family import (
    CASE,
    FATHERS,
    HANNA,
    MIRA,
    MOTHER,
    MOTHERS,
    OLLE,
    Family,
    everyone,
    full_entry,
    move_in,
)
from tests.storage.house import NOON, Clock, House, signed_in

COPIES = "copies"


@contextmanager
def logged(url: str, folder: Path, clock: Clock | None = None) -> Iterator[House]:
    """A house with a safety log, replayed as it opens."""
    clock = clock or Clock()
    store = Store(url, FileKeys(folder / "root.key", make=True), clock=clock, migrate=True, safety=folder / "safety")
    try:
        replay(store)
        yield House(store, clock, url, folder)
    finally:
        store.close()


@pytest.fixture(params=["file", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the house's database is."""
    if request.param == "file":
        yield f"sqlite:///{tmp_path}/store.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


def restored_url(url: str, folder: Path, place: Path, request: pytest.FixtureRequest) -> str:
    """The backup put back where the house lay, or on PostgreSQL in a new database."""
    if url.startswith("sqlite"):
        assert put_back(place, url, RESTORED, replace=True) is not None
        return url
    server: Postgres = request.getfixturevalue("postgres")
    fresh = server.url(server.create_database())
    put_back(place, fresh, RESTORED, replace=False)
    return fresh


def in_the_case(house: House) -> Family:
    """Mira's case with her mother cleared, a card for everyone, and a yes to reminders."""
    family = move_in(house)
    family.contact()
    family.clear(MOTHERS)
    family.clear(FATHERS)
    for name in ("report_social", "trial"):
        family.write(full_entry(name, name, releases=everyone()))
    yes = KeepConsent(CASE, "yes-1", MIRA, MIRA, "reminders", "", Channel.TELEGRAM, date(2026, 9, 1), None)
    house.done(HANNA, yes)
    return family


def guardian(house: House, who: str) -> object:
    """What a guardian meets."""
    return house.ask(signed_in(who), Timeline(CASE))


# --- the story ----------------------------------------------------------------------------------------------


def test_what_was_taken_away_after_the_copy_stays_taken_away(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with logged(url, tmp_path) as house:
        family = in_the_case(house)
        assert not isinstance(guardian(house, MOTHER), Withheld)
        trial = full_entry("trial", "trial")
        cards = len(house.see(signed_in(MIRA), Timeline(CASE)).items)
        token, code = house.store.run(lambda tx: sign_in.make_invite(tx, MIRA, CASE, by_letter=True))
        place, made = create(house.store, tmp_path / COPIES, NOON)
        assert faults(place, house.store.keyring["mac"]) == ()
        assert made.safety == house.store.safety.last() > 0  # type: ignore[union-attr]
        house.done(signed_in(MIRA), Withdraw(CASE, "yes-1"))
        family.block(MOTHERS)
        house.done(HANNA, SetStatus(CASE, FATHERS, GuardianStatus.SUSPECTED))
        house.done(HANNA, SetStatus(CASE, FATHERS, GuardianStatus.NONE))
        house.done(HANNA, TakeBack(CASE, trial.id, "the wrong child"))
    back = restored_url(url, tmp_path, place, request)
    with logged(back, tmp_path) as house:
        assert guardian(house, MOTHER) == Withheld(Reason.BLOCKED)
        assert isinstance(guardian(house, "father"), Withheld), "cleared anew by nobody"
        assert house.see(signed_in(MIRA), MyChoices(CASE)).given == ()
        assert len(house.see(signed_in(MIRA), Timeline(CASE)).items) == cards - 1
        assert house.store.run(lambda tx: sign_in.accept_invite(tx, token, code, "{}")) is None
        assert replay(house.store) == Replayed(0, 0, 0, restored=False)
        family = Family(house)
        family.block(MOTHERS, blocked=False)
        family.clear(MOTHERS)
        assert not isinstance(guardian(house, MOTHER), Withheld)
    with logged(back, tmp_path) as house:
        assert not isinstance(guardian(house, MOTHER), Withheld), "and what was given back since stays given back"


def test_a_lifted_block_is_lifted_and_a_case_sealed_since_is_sealed(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with logged(url, tmp_path) as house:
        family = in_the_case(house)
        family.block(MOTHERS)
        place, _ = create(house.store, tmp_path / COPIES, NOON)
        family.block(MOTHERS, blocked=False)
        family.clear(MOTHERS)
        house.done(HANNA, SealCase(CASE, True))
    with logged(restored_url(url, tmp_path, place, request), tmp_path) as house:
        assert guardian(house, MOTHER) == Withheld(Reason.SEALED)
        house.done(HANNA, SealCase(CASE, False))
        house.done(OLLE, SealCase(CASE, False))
        said = guardian(house, MOTHER)
        assert isinstance(said, Withheld)
        assert said.reason is Reason.BLOCKED, "of the two lifts the log knows the last: a copy errs on the shut side"
        Family(house).block(MOTHERS, blocked=False)
        said = guardian(house, MOTHER)
        assert isinstance(said, Withheld)
        assert said.reason is Reason.NOT_CLEARED, "clearing her again takes two people"


def test_what_waited_to_be_sent_expires_and_becomes_a_task(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        house.carry_in("noa")
        house.tamper(tables.outbox.insert().values(_row("old", house)))
        place, _ = create(house.store, tmp_path / COPIES, NOON)
    put_back(place, url, RESTORED, replace=True)
    clock = Clock()
    clock.move(days=1)
    with logged(url, tmp_path, clock) as house:
        (row,) = house.rows(tables.outbox, id="old")
        assert (row.state, row.reason) == ("expired", "restored")
        assert "d1" in house.open_codes(row.case_id)
        assert house.rows(tables.session, ended_at=None) == []


def _row(name: str, house: House) -> dict[str, object]:
    (case,) = [row for row in house.rows(tables.subject) if row.sort == "case"]
    person = house.rows(tables.party, case_id=case.id)[0].person
    blank = {column.name: None if column.nullable else 0 for column in tables.outbox.columns}
    words = {"id": name, "dedup": name, "sort": "push", "what": "reminder", "person": person, "channel": "telegram"}
    return {**blank, **words, "case_id": case.id, "state": "queued", "mac": b""}


# --- a copy put there by hand, and logs that are not whole ---------------------------------------------------


def test_also_a_file_that_somebody_put_there_by_hand_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        family = in_the_case(house)
        house.store.leave_no_trace()
        shutil.copy(tmp_path / "store.db", tmp_path / "by-hand.db")
        family.block(MOTHERS)
    for end in ("-wal", "-shm"):
        (tmp_path / f"store.db{end}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "by-hand.db", tmp_path / "store.db")
    with logged(url, tmp_path) as house:
        assert guardian(house, MOTHER) == Withheld(Reason.BLOCKED)


def test_without_its_log_a_restored_store_stays_closed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        in_the_case(house).block(MOTHERS)
        place, _ = create(house.store, tmp_path / COPIES, NOON)
    put_back(place, url, RESTORED, replace=True)
    store = Store(url, FileKeys(tmp_path / "root.key"))
    with pytest.raises(NotReplayed, match="SAFETY__DIR"):
        replay(store)
    store.close()
    log = tmp_path / "safety" / FILE
    whole = log.read_text()
    for cut in ("", "".join(whole.splitlines(keepends=True)[:-1])):
        log.write_text(cut)
        with pytest.raises(SafetyBroken, match="Put the whole log back"), logged(url, tmp_path):
            pass
    log.write_text(whole)
    with logged(url, tmp_path) as house:
        assert guardian(house, MOTHER) == Withheld(Reason.BLOCKED)


@pytest.mark.parametrize("change", ["subject", "order", "gap", "sealed", "epoch", "no line"])
def test_a_log_that_was_changed_keeps_the_house_closed(tmp_path: Path, change: str) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        family = in_the_case(house)
        family.block(MOTHERS)
        family.block(FATHERS)
    log = tmp_path / "safety" / FILE
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    match change:
        case "subject" | "epoch":
            lines[1][change] = "other" if change == "subject" else 7
        case "order":
            lines[0], lines[1] = lines[1], lines[0]
        case "gap":
            del lines[1]
        case "sealed":
            lines[1]["sealed"] = lines[0]["sealed"]
        case "no line":
            lines[1] = []
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(SafetyBroken, match="does not hold at line"), logged(url, tmp_path):
        pass


def test_a_line_that_a_crash_left_half_written_is_no_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        in_the_case(house).block(MOTHERS)
    log = tmp_path / "safety" / FILE
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"seq": 99, "subj')
    with logged(url, tmp_path) as house:
        Family(house).block(FATHERS)
        assert len(log.read_bytes().splitlines()) == len(whole.splitlines()) + 1


def test_the_log_holds_no_word_and_no_name(tmp_path: Path) -> None:
    with logged(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        in_the_case(house).block(MOTHERS)
    raw = (tmp_path / "safety" / FILE).read_bytes()
    for word in (b"Hanna", b"She asks", b"2016-03-01", b"suspected", b"blocked", MOTHERS.encode()):
        assert word not in raw


# --- backups as such ----------------------------------------------------------------------------------------


def test_a_backup_is_the_store_as_it_lies_and_every_change_in_it_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        in_the_case(house)
        key = house.store.keyring["mac"]
        place, _ = create(house.store, tmp_path / COPIES, NOON)
        with pytest.raises(NoBackup, match="already a backup"):
            create(house.store, tmp_path / COPIES, NOON)
        parts = house.count(tables.part)
    with sqlite3.connect(place / "store.db") as copy:
        assert copy.execute("SELECT count(*) FROM part").fetchone() == (parts,)
    assert sorted(path.name for path in place.iterdir()) == ["manifest.json", "store.db"]
    assert "not written by this house" in faults(place, bytes(32))[0]
    raw = bytearray((place / "store.db").read_bytes())
    raw[len(raw) // 2] ^= 1
    (place / "store.db").write_bytes(raw)
    assert "not the file" in faults(place, key)[0]
    assert "There is no backup" in faults(tmp_path, key)[0]
    with pytest.raises(NoBackup, match="--replace"):
        put_back(place, url, RESTORED, replace=False)


@pytest.mark.parametrize(
    "manifest",
    ["[" * 200_000, "{}", "null", '{"mac": 5}', '{"mac": "\u00e4"}', '{"file": "../store.db"}', '{"safety": 9999}'],
)
def test_a_manifest_that_somebody_made_up_is_refused_in_a_sentence(tmp_path: Path, manifest: str) -> None:
    with logged(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        place, _ = create(house.store, tmp_path / COPIES, NOON)
        key = house.store.keyring["mac"]
    ours = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    if manifest.startswith('{"'):
        manifest = json.dumps(ours | json.loads(manifest))
    (place / "manifest.json").write_text(manifest, encoding="utf-8")
    assert len(faults(place, key)) == 1


def test_a_manifest_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).symlink_to("/dev/zero")
    assert faults(tmp_path, None) == (f"There is no backup at {tmp_path}.",)


def test_while_a_backup_is_taken_others_write(tmp_path: Path) -> None:
    with logged(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        family = in_the_case(house)
        writing = [house.store.submit(lambda tx: tx.now_ms) for _ in range(50)]
        place, _ = create(house.store, tmp_path / COPIES, NOON)
        family.write(full_entry("verdict", "meanwhile"))
        assert all(one.result() for one in writing)
        assert faults(place, house.store.keyring["mac"]) == ()


def test_messages_that_were_paused_stay_paused_after_a_restore(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        family = move_in(house)
        family.contact()
        wrong = family.write(full_entry(name="wrong", releases=everyone())).id
        house.store.run(lambda tx: add_rule(tx, MIRA, ChatTied("a-chat")))
        place, _ = create(house.store, tmp_path / "copies", NOON)
        house.done(HANNA, TakeBack(CASE, wrong, "the wrong child"))
    put_back(place, url, RESTORED, replace=True)
    with logged(url, tmp_path) as again:
        paused = [line.name for line in again.see(HANNA, Sheet(CASE)).parties if line.paused is not None]
        assert paused == ["Mira"]
        again.done(HANNA, ResumeMessages(CASE, MIRA, "Rätt telefon."))
        assert not any(line.paused is not None for line in again.see(HANNA, Sheet(CASE)).parties)
