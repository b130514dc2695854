"""What a house refuses to begin with: each a process that says one sentence and ends with exit 1, no traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.control import LOCK, holding
from tests.parts.ports import a_free_port
from tests.parts.program import Estate, new_key


def test_it_names_what_is_missing_when_nobody_said_where_the_key_is(estate: Estate) -> None:
    assert "BREDVID_KEYS__PROVIDER" in estate.run("serve", without=("BREDVID_KEYS__PROVIDER",), cold=True).sentence
    assert "BREDVID_KEYS__PATH" in estate.run("serve", without=("BREDVID_KEYS__PATH",)).sentence


def test_it_does_not_make_a_key_of_its_own_in_place_of_a_missing_one(estate: Estate) -> None:
    estate.done("migrate")
    estate.key.unlink()
    assert "no root key" in estate.run("serve").sentence
    assert not estate.key.exists()


@pytest.mark.parametrize("key", [b"", b"short", b"\xff" * 44], ids=["empty", "short", "no text"])
def test_a_key_that_is_no_key_is_refused(estate: Estate, key: bytes) -> None:
    estate.done("migrate")
    estate.key.write_bytes(key)
    assert "32 bytes" in estate.run("serve").sentence


def test_another_houses_key_is_refused_and_changes_nothing(estate: Estate) -> None:
    estate.done("migrate")
    estate.done("check")
    other = new_key(estate.key.with_name("other.key"))
    for verb in (("serve",), ("check",)):
        assert "another installation's" in estate.run(*verb, cold=True, BREDVID_KEYS__PATH=str(other)).sentence
    estate.done("check")


def test_a_house_whose_tables_were_just_made_takes_no_other_key_than_the_one_they_were_made_with(
    estate: Estate,
) -> None:
    estate.done("migrate")
    other = new_key(estate.key.with_name("other.key"))
    refused = estate.run("serve", BREDVID_KEYS__PATH=str(other)).sentence
    assert "another installation's" in refused
    assert "`bredvid migrate`" in refused
    assert "another installation's" in estate.run("migrate", BREDVID_KEYS__PATH=str(other)).sentence
    estate.done("check")


def test_the_right_key_without_its_folder_is_not_only_called_anothers(estate: Estate) -> None:
    estate.done("migrate")
    alone = estate.key.with_name("alone.key")
    alone.write_bytes(estate.key.read_bytes())
    assert "the folder of wrapped keys" in estate.run("serve", BREDVID_KEYS__PATH=str(alone)).sentence
    estate.done("check")


def test_a_key_changed_under_its_own_keys_is_refused(estate: Estate) -> None:
    estate.done("migrate")
    estate.done("check")
    new_key(estate.key)
    assert "does not open" in estate.run("serve").sentence


def test_plain_http_is_refused_but_on_this_machine(estate: Estate) -> None:
    estate.done("migrate")
    assert "https" in estate.run("serve", BREDVID_WEB__PUBLIC_URL="http://chat.lindvik.example").sentence
    assert "this machine only" in estate.run("serve", BREDVID_WEB__BIND="0.0.0.0:8080").sentence


def test_a_house_that_others_reach_does_not_begin_before_paper_has_given_its_root_back(estate: Estate) -> None:
    estate.done("migrate")
    inside = estate.settings | {}
    estate.settings |= {"BREDVID_WEB__PUBLIC_URL": "https://chat.lindvik.example"}
    refused = estate.run("serve").sentence
    assert "`bredvid keys escrow`" in refused
    assert "`bredvid keys recover --check`" in refused
    estate.try_the_paper()
    later = estate.run("serve", BREDVID_WEB__BIND="192.0.2.1:80", BREDVID_OPS__BIND=f"127.0.0.1:{a_free_port()}")
    assert "shares" not in later.sentence, "it gets as far as the address it cannot have"
    (estate.folder / "escrow.receipt").unlink()
    estate.settings = inside
    with estate.served():
        estate.done("check")


def test_a_database_of_a_newer_program_is_left_alone_and_said_to_be_one(estate: Estate) -> None:
    estate.done("migrate")
    with closing(sqlite3.connect(estate.folder / "store.db")) as store, store:
        store.execute("update alembic_version set version_num = '0099'")
    newer = estate.run("migrate", cold=True)
    assert "newer program" in newer.sentence
    assert "Traceback" not in newer.err
    assert "it says so" in estate.run("serve").sentence


def test_a_database_that_is_not_at_head_is_refused_with_what_to_do(estate: Estate) -> None:
    assert "bredvid migrate" in estate.run("serve").sentence
    estate.done("migrate")
    with closing(sqlite3.connect(estate.folder / "store.db")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "9999" in estate.run("serve").sentence


def test_a_store_that_somebody_holds_is_refused(estate: Estate) -> None:
    estate.done("migrate")
    with holding(estate.folder):
        for verb in (("serve",), ("tasks",), ("migrate",)):
            assert "Another process" in estate.run(*verb).sentence
    assert (estate.folder / LOCK).exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://anna:hemligt@127.0.0.1:{port}/bredvid", "cannot be opened"),
        ("pigeon://post", "address"),
    ],
)
def test_a_database_that_is_not_there_is_one_sentence_without_the_password(estate: Estate, url: str, said: str) -> None:
    for verb in ("serve", "migrate"):
        sentence = estate.run(verb, BREDVID_DB__URL=url.format(port=a_free_port())).sentence
        assert said in sentence
        assert "hemligt" not in sentence


def test_a_file_that_is_no_database_is_one_sentence(estate: Estate) -> None:
    estate.folder.mkdir()
    (estate.folder / "store.db").write_bytes(b"This is a letter, and not a database at all. " * 100)
    assert "cannot be opened" in estate.run("serve").sentence


def test_a_folder_that_cannot_be_made_is_one_sentence(estate: Estate) -> None:
    assert "/proc/nowhere" in estate.run("check", folder=Path("/proc/nowhere")).sentence


def test_a_secret_that_cannot_be_read_is_one_sentence(estate: Estate) -> None:
    assert "TOKEN_FILE" in estate.run("check", BREDVID_TELEGRAM__TOKEN_FILE="/nowhere/token").sentence


def test_a_unit_that_people_would_read_by_its_id_is_named_before_anybody_is_served(estate: Estate) -> None:
    estate.done("migrate")
    assert "It has: lindvik" in estate.run("staff", "add", "--name", "Eva Ek", "--unit", "norr").sentence
    estate.done("staff", "add", "--name", "Hanna Berg", "--unit", "lindvik")
    for verb in ("serve", "check"):
        said = estate.run(verb, cold=True, BREDVID_UNITS='{"norr": "Barnahus Norr"}')
        assert said.code == 1, said
        assert "no name for lindvik" in said.err
        assert "Traceback" not in said.err
    estate.done("check")


@pytest.mark.parametrize(("table", "said"), [('{"norr": " "}', "needs an id and a name"), ("norr", "units")])
def test_a_table_of_units_that_is_not_whole_is_one_sentence(estate: Estate, table: str, said: str) -> None:
    assert said in estate.run("check", cold=True, BREDVID_UNITS=table).sentence
