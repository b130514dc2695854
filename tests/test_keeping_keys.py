"""Whoever keeps the keys, at the command line: new ones in an open house, shares on paper, a key service, backups."""

from __future__ import annotations

import base64
import json
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.escrow import NoReceipt, ask_for_receipt, has_receipt, keep_receipt
from storage.keys import FileKeys
from tests.parts.ports import a_free_port
from tests.parts.program import Estate
from tests.parts.transit import KeyService, key_service


def in_vault(estate: Estate, service: KeyService, address: str | None = None) -> Estate:
    """The same place, with its root at a key service."""
    token = estate.key.with_name("token")
    token.write_text(service.token + "\n", encoding="utf-8")
    estate.settings |= {
        "BREDVID_KEYS__PROVIDER": "vault",
        "BREDVID_KEYS__PATH": str(estate.key.with_name("wrapped")),
        "BREDVID_KEYS__ADDRESS": address or service.address,
        "BREDVID_KEYS__TOKEN_FILE": str(token),
        "BREDVID_KEYS__WAIT": "0",
    }
    return estate


# --- an open house ------------------------------------------------------------------------------------------


def test_in_an_open_house_every_key_is_made_anew_and_it_opens_again_with_them(estate: Estate) -> None:
    estate.done("migrate")
    estate.carry_in("elias")
    old = estate.key.read_bytes()
    with estate.served():
        before = estate.done("keys", "status", "--json").json
        assert (before["provider"], before["replaced"], before["rewrapping"]) == ("file", 0, [])
        rotated = estate.done("keys", "rotate", "--json").json
        assert rotated["done"] == rotated["total"] >= 8
        assert estate.key.read_bytes() != old
        rewrapped = estate.done("keys", "rewrap", "--json").json
        assert (rewrapped["done"], rewrapped["broken"], rewrapped["finished"]) == (before["data_keys"], 0, True)
        resealed = estate.done("keys", "reseal")
        assert resealed.out.strip().endswith("Done.")
        assert estate.done("keys", "status", "--json").json["replaced"] == before["months"]
        assert estate.carry_in("noa")
    assert estate.done("check", "--json").json["broken_links"] == 0
    with estate.served():
        again = estate.done("import", "case", estate.case_file("elias"), "--json").json
        assert again["changed"] == 0


def test_a_culling_asks_for_a_month_that_has_ended_and_for_something_to_cull(estate: Estate) -> None:
    estate.done("migrate")
    asked = ("keys", "cull", "--reference", "N-1")
    assert "Nothing is kept" in estate.run(*asked, "--month", "2020-01").sentence
    assert "has not ended" in estate.run(*asked, "--month", "2999-01").sentence
    assert "written as" in estate.run(*asked, "--month", "January").sentence


# --- shares on paper ----------------------------------------------------------------------------------------


def test_three_shares_bring_a_lost_root_back_and_the_house_opens(estate: Estate) -> None:
    estate.done("migrate")
    case = estate.carry_in("elias")["elias"]
    drill = estate.done("keys", "escrow", "--drill", "--json").json
    assert (drill["three_gave_it"], drill["two_did_not"]) == (10, 10)
    shares = estate.done("keys", "escrow", "--json").json["shares"]
    assert len(shares) == 5
    paper = estate.key.with_name("paper.txt")
    paper.write_text("\n".join(shares[2:]), encoding="utf-8")
    today = datetime.now(UTC).date()
    root_now = base64.b64decode(estate.key.read_bytes())
    assert not has_receipt(estate.folder, root_now, today)
    assert "opens all" in estate.done("keys", "recover", "--shares", str(paper), "--check").out
    assert has_receipt(estate.folder, root_now, today)
    assert not has_receipt(estate.folder, root_now, today + timedelta(days=367)), "once a year, with the paper"
    assert not has_receipt(estate.folder, bytes(32), today), "a new root wants new shares"
    assert "Nothing was written over it" in estate.run("keys", "recover", "--shares", str(paper)).sentence
    root = estate.key.read_bytes()
    estate.key.unlink()
    assert "no root key" in estate.run("serve").sentence
    paper.write_text("\n".join(shares[:2]), encoding="utf-8")
    assert "3 shares are needed" in estate.run("keys", "recover", "--shares", str(paper)).sentence
    assert not estate.key.exists()
    paper.write_text("\n".join(shares[1:4]), encoding="utf-8")
    estate.done("keys", "recover", "--shares", str(paper))
    assert (estate.key.read_bytes(), estate.key.stat().st_mode & 0o777) == (root, 0o600)
    with estate.served():
        assert case in {task["case"] for task in estate.done("tasks", "--json").json}


def test_who_starts_a_house_whose_root_no_paper_has_given_back_reads_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = FileKeys(tmp_path / "root.key", make=True)
    with pytest.raises(NoReceipt, match="bredvid keys escrow"):
        ask_for_receipt(keys, tmp_path / "house", trial=False)
    ask_for_receipt(keys, tmp_path / "house", trial=True)
    assert "shares on paper" in caplog.text.lower()
    caplog.clear()
    keep_receipt(tmp_path / "house", keys.root(), datetime.now(UTC).date())
    ask_for_receipt(keys, tmp_path / "house", trial=False)
    assert caplog.text == ""


# --- a key service ------------------------------------------------------------------------------------------


def test_a_house_whose_root_is_with_a_key_service_is_served_and_rotated(estate: Estate) -> None:
    with key_service() as service:
        in_vault(estate, service)
        estate.done("migrate")
        estate.carry_in("elias")
        with estate.served():
            assert estate.done("keys", "rotate", "--json").json["finished"]
            assert (len(service.versions), service.oldest) == (2, 2)
            assert estate.done("keys", "status", "--json").json["provider"] == "vault"
            assert "never leaves the key service" in estate.run("keys", "escrow").sentence
            service.sealed = True
            assert estate.done("tasks", "--json").json
        assert "is sealed" in estate.run("serve").sentence
        service.sealed, service.token = False, "s.another"
        assert "does not accept the token" in estate.run("serve").sentence
    assert "does not answer" in estate.run("serve").sentence


def test_serve_waits_for_a_key_service_that_comes_up_later(estate: Estate) -> None:
    port = a_free_port()
    address = f"http://127.0.0.1:{port}"
    with key_service(port) as service:
        in_vault(estate, service, address)
        estate.done("migrate")
        estate.done("check")
        kept = (service.token, list(service.versions))
    estate.settings["BREDVID_KEYS__WAIT"] = "60"
    said, down = estate.key.with_name("said.txt"), threading.Event()

    def late() -> None:
        while not down.is_set() and not (said.exists() and "Waiting for it" in said.read_text(encoding="utf-8")):
            time.sleep(0.1)
        with key_service(port) as again:
            again.token, again.versions = kept
            down.wait(90)

    thread = threading.Thread(target=late)
    thread.start()
    try:
        with estate.served():
            assert "does not answer" in said.read_text(encoding="utf-8")
    finally:
        down.set()
        thread.join()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"BREDVID_KEYS__PROVIDER": "systemd"}, "gave no credential 'bredvid_keys__root'"),
        ({"BREDVID_KEYS__PROVIDER": "vault"}, "BREDVID_KEYS__ADDRESS"),
        ({"BREDVID_KEYS__PROVIDER": "vault", "BREDVID_KEYS__ADDRESS": "http://vault.example"}, "KEYS__ADDRESS"),
        ({"BREDVID_KEYS__PROVIDER": "paper"}, "KEYS__PROVIDER"),
    ],
)
def test_a_provider_that_lacks_something_is_one_sentence(estate: Estate, settings: dict[str, str], said: str) -> None:
    estate.done("migrate")
    estate.settings |= settings
    assert said in estate.run("serve").sentence


def test_the_service_managers_credential_serves(estate: Estate) -> None:
    there = estate.key.with_name("credentials")
    there.mkdir()
    (there / "bredvid_keys__root").write_bytes(estate.key.read_bytes())
    estate.settings |= {
        "BREDVID_KEYS__PROVIDER": "systemd",
        "BREDVID_KEYS__PATH": str(estate.key.with_name("wrapped")),
        "CREDENTIALS_DIRECTORY": str(there),
    }
    estate.done("migrate")
    estate.carry_in("elias")
    refused = estate.run("serve").sentence
    assert "`bredvid keys escrow`" in refused
    assert "`bredvid keys recover --check`" in refused
    estate.try_the_paper()
    with estate.served():
        assert estate.done("keys", "status", "--json").json["provider"] == "systemd"
        assert "root_next" in estate.run("keys", "rotate").sentence


# --- backups ------------------------------------------------------------------------------------------------


def test_a_backup_of_an_open_house_is_put_back_and_without_its_log_nobody_is_served(estate: Estate) -> None:
    estate.done("migrate")
    case = estate.carry_in("elias")["elias"]
    copies = estate.key.with_name("copies")
    with estate.served():
        made = estate.done("backup", "create", "--to", str(copies), "--json").json
        assert "Another process" in estate.run("backup", "restore", made["place"], "--replace").sentence
        estate.carry_in("noa")
    assert estate.done("backup", "verify", made["place"], "--json").json == {"ok": True, "faults": []}
    for words in (("backup", "restore"), ("restore",)):
        assert "--replace" in estate.run(*words, made["place"]).sentence
    back = estate.done("backup", "restore", made["place"], "--replace", "--json").json
    assert Path(back["moved_aside"]).exists()
    assert {task["case"] for task in estate.done("tasks", "--json").json} == {case}
    with estate.served():
        estate.done("check")
    (estate.folder / "safety" / "safety.log").write_text("", encoding="utf-8")
    assert "Put the whole log back" in estate.run("serve").sentence
    assert "There is no backup" in estate.run("backup", "verify", str(copies)).err


def test_a_copy_that_was_changed_is_not_put_back(estate: Estate) -> None:
    estate.done("migrate")
    estate.carry_in("elias")
    made = estate.done("backup", "create", "--to", str(estate.key.with_name("copies")), "--json").json
    place = Path(made["place"])
    with closing(sqlite3.connect(place / "store.db")) as copy, copy:
        copy.execute("DELETE FROM rule")
    refused = estate.run("backup", "restore", str(place), "--replace", "--json")
    assert (refused.code, json.loads(refused.out)["ok"]) == (1, False)
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        assert store.execute("SELECT count(*) FROM rule").fetchone()[0] > 0
