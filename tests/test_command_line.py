"""The command line on a store that nobody serves: each verb a process, each refusal one sentence, no traceback."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.control import holding
from bot.demo.people import case_file
from storage.anchors import ANOTHER_RULE, CUT, PUT_BACK, draw, keep
from storage.keys import FileKeys
from storage.kinds import KINDS
from storage.records import Listener
from storage.vault import Store, bring_to_head
from tests.parts.postgres import Postgres
from tests.parts.program import Estate, new_estate

NAMES = ("tuva", "elias", "noa", "amina", "ronja", "ivar", "moa", "vilja", "selma", "linnea")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Estate, dict[str, str]]:
    """A house with the four invented cases in it, and the id of each."""
    estate = new_estate(tmp_path_factory.mktemp("town"))
    estate.done("migrate")
    return estate, estate.carry_in(*NAMES)


def ids(estate: Estate, case: str) -> dict[str, str]:
    """One person and one entry of a case, by looking at the rows as they lie."""
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        person = store.execute("SELECT person FROM party WHERE case_id = ? LIMIT 1", (case,)).fetchone()[0]
        entry = store.execute(
            "SELECT record FROM part WHERE owner = ? AND compartment = 'child' AND name = 'view' LIMIT 1", (case,)
        ).fetchone()[0]
    return {"person": person, "entry": entry}


def document(name: str) -> dict[str, Any]:
    """A demo case as a document to spoil."""
    loaded: dict[str, Any] = json.loads(case_file(name, datetime.now(UTC).date()))
    return loaded


@pytest.mark.parametrize(
    "words", [("dance",), ("serve", "--quick"), ("import",), ("explain", "--as", "x"), ("demo", "--port", "70000")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_exit_two_and_no_traceback(estate: Estate, words: tuple[str, ...]) -> None:
    ran = estate.run(*words, cold=words == ("dance",))
    assert ran.code == 2
    assert "Usage" in ran.out + ran.err
    assert "Traceback" not in ran.err


# --- migrate and check ------------------------------------------------------------------------------------------------


def test_migrate_makes_a_private_store_once_and_check_finds_it_sound(estate: Estate) -> None:
    assert "at head" in estate.run("migrate", cold=True).out
    assert "at head" in estate.done("migrate").out
    assert (estate.folder.stat().st_mode & 0o777, (estate.folder / "store.db").stat().st_mode & 0o777) == (0o700, 0o600)
    sound = estate.done("check", "--json").json
    assert sound == {"database": "sqlite", "at_head": True, "visits": 0, "broken_links": 0, "broken_rules": 0,
                     "units_without_a_name": 0, "broken_texts": 0}  # fmt: skip


def test_check_says_whose_rules_are_not_whole(estate: Estate) -> None:
    estate.done("migrate")
    estate.carry_in("elias")
    with closing(sqlite3.connect(estate.folder / "store.db")) as store, store:
        cases = "select id from subject where sort = 'case'"
        (case,) = store.execute(f"select subject from rule where n = 2 and subject in ({cases})").fetchone()
        store.execute("delete from rule where subject = ? and n = 2", (case,))
    broken = estate.run("check", "--json")
    assert broken.code == 1
    assert broken.json["broken_rules"] == 1
    assert case in estate.run("check").out + estate.run("check").err


def test_on_postgresql_verbs_connect_directly_and_side_by_side(
    estate: Estate, postgres: Postgres, postgres_url: str
) -> None:
    del postgres
    estate.settings["BREDVID_DB__URL"] = postgres_url
    estate.done("migrate")
    with holding(estate.folder):
        case = estate.carry_in("elias")["elias"]
        assert any(task["case"] == case for task in estate.done("tasks", "--json").json)
    assert estate.done("check", "--json").json["database"] == "postgresql"


# --- import -----------------------------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing_and_the_same_file_again_neither(estate: Estate) -> None:
    estate.done("migrate")
    file = estate.case_file("elias")
    dry = estate.done("import", "case", file, "--dry-run", "--json").json
    assert dry["ok"]
    assert estate.done("tasks", "--json").json == []
    wet = estate.done("import", "case", file, "--json").json
    assert wet == dry
    assert wet["changed"] > 10
    assert "0 things were new" in estate.done("import", "case", file).out


def test_a_broken_file_is_answered_with_the_place_of_every_fault(town: tuple[Estate, dict[str, str]]) -> None:
    estate, _ = town
    broken = document("elias")
    broken["entries"][3]["fields"]["place_at"] = "the_moon"
    broken["ties"][0]["person"] = 7
    del broken["people"][0]["name"]
    file = estate.key.with_name("broken.json")
    file.write_text(json.dumps(broken), encoding="utf-8")
    ran = estate.run("import", "case", str(file), "--json")
    assert ran.code == 1
    assert not ran.json["ok"]
    assert [error["at"] for error in ran.json["errors"]] == [
        "/entries/3/fields/place_at", "/people/0/name", "/ties/0/person",
    ]  # fmt: skip
    assert all(error["say"].endswith(".") for error in ran.json["errors"])
    for_people = estate.run("import", "case", str(file))
    assert (for_people.code, for_people.out) == (1, "")
    assert "/people/0/name: This is missing." in for_people.err


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"\xff\xfe{", "UTF-8"), (b"[" * 100_000, "deep")],
    ids=["no text", "deep"],
)
def test_a_file_that_is_no_case_is_answered_in_a_sentence(
    town: tuple[Estate, dict[str, str]], raw: bytes, said: str
) -> None:
    estate, _ = town
    file = estate.key.with_name("no-case.json")
    file.write_bytes(raw)
    ran = estate.run("import", "case", str(file), "--json")
    assert ran.code == 1
    assert said in ran.json["errors"][0]["say"]


def test_a_file_that_is_not_there_is_one_sentence(estate: Estate) -> None:
    assert "cannot be read" in estate.run("import", "case", "/nowhere/case.json").sentence


def test_the_form_is_a_json_schema_that_takes_the_four_cases_and_not_a_spoilt_one(estate: Estate) -> None:
    schema = estate.done("import", "--schema").json
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    reader = Draft202012Validator(schema)
    for name in NAMES:
        assert list(reader.iter_errors(document(name))) == []
    spoilt = document("elias")
    spoilt["entries"][0]["kind"] = "gossip"
    assert [list(error.absolute_path)[:2] for error in reader.iter_errors(spoilt)] == [["entries", 0]]


# --- looking ----------------------------------------------------------------------------------------------------------


def test_explain_says_granted_or_why_not(town: tuple[Estate, dict[str, str]]) -> None:
    estate, cases = town
    elias = ids(estate, cases["elias"])
    noa = ids(estate, cases["noa"])
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        people = [row[0] for row in store.execute("SELECT person FROM party WHERE case_id = ?", (cases["elias"],))]
    verdicts = {who: estate.done("explain", "--as", who, "--see", elias["entry"], "--json").json for who in people}
    found = {(one["verdict"], one["reason"]) for one in verdicts.values()}
    assert found == {("grant", "own"), ("withheld", "not_cleared"), ("grant", "appointed")}
    hers = next(one for one in verdicts.values() if one["reason"] == "own")
    says = hers.pop("says")
    assert set(says) == {"sv", "en"}
    assert all(says.values())
    assert hers == {"verdict": "grant", "reason": "own", "compartments": ["child"], "has_part": True, "rule": "P48",
                    "channel": "web"}  # fmt: skip
    asks = ("explain", "--as", elias["person"], "--see", elias["entry"], "--channel")
    by_chat = estate.done(*asks, "telegram", "--json")
    assert (by_chat.json["verdict"], by_chat.json["rule"]) == ("withheld", "P54")
    assert estate.run(*asks, "fax").code == 1
    foreign = estate.done("explain", "--as", noa["person"], "--see", elias["entry"], "--json").json
    assert (foreign["verdict"], foreign["reason"], foreign["has_part"]) == ("withheld", "no_relation", False)
    assert "no such" in estate.run("explain", "--as", "nobody", "--see", elias["entry"]).sentence
    refused = estate.run("explain", "--as", noa["person"], "--see", "nothing", "--json")
    assert (refused.code, refused.json["ok"]) == (1, False)


def test_what_is_to_be_sent_and_done_is_told_in_ids_states_and_instants(town: tuple[Estate, dict[str, str]]) -> None:
    estate, cases = town
    outbox, inbox, tasks = (estate.done(verb, "--json").json for verb in ("outbox", "inbox", "tasks"))
    assert {row["what"] for row in outbox} == {"reminder"}
    assert {row["state"] for row in outbox} == {"queued"}
    assert inbox == []
    assert {task["case"] for task in tasks} <= set(cases.values())
    assert {name for task in tasks for name in task} == {"id", "unit", "case", "code", "due_at"}
    shown = json.dumps([outbox, tasks])
    names = [person["name"] for name in NAMES for person in document(name)["people"]]
    fields = [entry["fields"] for name in NAMES for entry in document(name).get("entries", [])]
    words = [value for told in fields for value in told.values() if isinstance(value, str) and " " in value]
    assert not [word for word in (*names, *words) if word in shown]
    assert tasks[0]["code"] in estate.done("tasks").out


def test_the_kinds_are_told_with_listeners_and_parts_and_each_text_can_be_read(estate: Estate) -> None:
    table = estate.done("story", "--kinds", "--json").json
    assert [line["kind"] for line in table] == list(KINDS)
    for line in table:
        assert set(line["listeners"]) == set(Listener)
        assert line["fields"]
        assert line["readers"]
    verdict = estate.done("story", "verdict", "--as", "7-12", "--locale", "ar", "--json").json
    assert list(verdict) == next(line for line in table if line["kind"] == "verdict")["listeners"]["7-12"]
    assert all(verdict.values())
    assert "The kinds are" in estate.run("story", "gossip").sentence
    assert "no such language" in estate.run("story", "verdict", "--locale", "xx").sentence


def test_the_map_says_which_place_reads_what_for_which_purpose(estate: Estate) -> None:
    lines = estate.done("map", "--json").json
    assert all(set(line) == set(lines[0]) for line in lines)
    assert {"my_way/timeline", "card/one", "meetings/home"} <= {line["place"] for line in lines}


# --- the log of who read what -----------------------------------------------------------------------------------------


def test_audit_verify_says_where_a_visit_was_changed_and_where_one_is_gone(estate: Estate) -> None:
    estate.done("migrate")
    estate.carry_in("noa")
    whole = estate.done("audit", "verify", "--json").json
    assert whole["visits"] > 5
    assert whole["broken"] == []
    with closing(sqlite3.connect(estate.folder / "store.db")) as store, store:
        store.execute("UPDATE visit SET actor = 'somebody else' WHERE seq = 2")
        store.execute("DELETE FROM visit WHERE seq = 4")
        chain = store.execute("SELECT chain FROM visit WHERE seq = 2").fetchone()[0]
    changed = estate.run("audit", "verify", "--json")
    assert changed.code == 1
    assert changed.json["broken"] == [
        {"chain": chain, "seq": 2, "what": "changed"}, {"chain": chain, "seq": 5, "what": "gap"},
    ]  # fmt: skip
    assert f"{chain} 2: changed" in estate.run("audit", "verify").err


def test_what_a_lawful_restore_cut_off_can_be_known_and_nothing_more(estate: Estate, tmp_path: Path) -> None:
    """A restore leaves a gap for ever; one who knows of it must still see the next."""
    estate.settings |= {"BREDVID_OIDC__ISSUER": "https://id.lindvik.example", "BREDVID_OIDC__CLIENT_ID": "bredvid"}
    estate.done("migrate")
    estate.carry_in("noa")
    hire = ("staff", "add", "--name", "Gun Ek", "--unit", "lindvik", "--role", "case_worker")
    estate.done(*hire)
    place = estate.done("backup", "create", "--to", str(tmp_path / "copies"), "--json").json["place"]
    estate.done("staff", "tie", "Gun Ek", "--oidc-sub", "gun")
    estate.carry_in("elias")
    _anchored(estate)
    estate.done("backup", "restore", place, "--replace")
    gap = estate.run("audit", "verify", "--json")
    assert gap.code == 1
    assert {one["what"] for one in gap.json["broken"]} >= {"cut", PUT_BACK, ANOTHER_RULE}
    # Where rules were put back others come to lie, and it is still the same gap.
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(gap.json).replace(ANOTHER_RULE, PUT_BACK), encoding="utf-8")
    known = ("audit", "verify", "--known", str(kept))
    assert "and no other" in estate.done(*known).out
    with closing(sqlite3.connect(estate.folder / "store.db")) as store, store:
        store.execute("UPDATE visit SET actor = 'somebody else' WHERE seq = 2")
    again = estate.run(*known, "--json")
    assert again.code == 1
    assert {one["what"] for one in again.json["fresh"]} == {"changed"}
    grown = [*gap.json["broken"], {"chain": "one that stood cut", "seq": 9, "what": CUT}]
    kept.write_text(json.dumps({"broken": grown}), encoding="utf-8")
    assert "one that stood cut 9: was gone, and is there again" in estate.run(*known).err
    kept.write_text("[]", encoding="utf-8")
    assert "no answer of" in estate.run(*known).sentence


def _anchored(estate: Estate) -> None:
    """Today's anchor, as the night draws it."""
    store = Store(f"sqlite:///{estate.folder / 'store.db'}", FileKeys(estate.key))
    day, raw = store.run(lambda tx: (tx.now.date().isoformat(), draw(tx, None)))
    store.close()
    keep(estate.folder / "anchors", day, raw)


def test_the_log_can_be_taken_out_and_reviewed_by_somebody_with_a_name(estate: Estate) -> None:
    estate.done("migrate")
    case = estate.carry_in("noa")["noa"]
    assert "--by NAME" in estate.run("audit", "export", "--by", " ").sentence
    assert "2026-11-23" in estate.run("audit", "export", "--by", "Gun", "--since", "yesterday").sentence
    lines = estate.done("audit", "export", "--by", "Gun", "--json").json
    assert case in {line["subject"] for line in lines}
    assert set(lines[0]) == {"at", "actor", "who", "subject", "question", "purpose", "verdict", "channel"}
    assert not any("Noa" in json.dumps(line, ensure_ascii=False) for line in lines)
    assert "Two people" in estate.run("audit", "bait", case, "--by", "Gun", "--seen-by", "gun").sentence
    assert "no such case" in estate.run("audit", "bait", "nowhere", "--by", "Gun", "--seen-by", "Per").sentence
    laid = ("audit", "bait", case, "--by", "Gun", "--seen-by", "Per")
    assert estate.done(*laid, "--json").json == {"baits": [case]}
    assert "already" in estate.run(*laid).sentence
    assert "No case" in estate.done(*laid, "--lift").out
    report = estate.done("audit", "report", "--by", "Gun", "--bait", case, "--json").json
    assert report["visits"] > len(lines)
    # Whoever carries cases in is nobody of the staff. The clock on the wall is this process's; Gun may read at night.
    assert [one for one in report["findings"] if one["sign"] != "out_of_hours"] == []
    said = estate.done("audit", "report", "--by", "Gun", "--since", "2100-01-01", "--until", "2100-02-01").out
    assert "Nothing in it is worth a question" in said
    assert "units" not in report
    kept = estate.done("audit", "report", "--by", "Gun", "--found", "Inget att fråga om.", "--json").json
    assert kept["units"] == 0, "nobody works here yet, and nobody has the duty"


# --- staff and invites ------------------------------------------------------------------------------------------------


def test_staff_are_let_in_and_out_and_nobody_unknown_gets_a_link(town: tuple[Estate, dict[str, str]]) -> None:
    estate, _ = town
    added = estate.done("staff", "add", "--name", "Hanna Berg", "--unit", "lindvik", "--json").json
    assert added["link"].startswith("http://127.0.0.1:8080/console/in/")
    again = estate.done("staff", "link", added["staff"], "--json").json
    assert again["link"] != added["link"]
    estate.done("staff", "dismiss", added["staff"])
    assert "works here" in estate.run("staff", "link", added["staff"]).sentence
    assert "works here" in estate.run("staff", "dismiss", "nobody").sentence
    assert "side is one of" in estate.run("staff", "add", "--name", "A", "--unit", "b", "--side", "left").sentence


def test_an_invite_is_made_by_the_rule_and_printed_once(town: tuple[Estate, dict[str, str]]) -> None:
    estate, cases = town
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        people = {
            name: [row[0] for row in store.execute("SELECT person FROM party WHERE case_id = ?", (cases[name],))]
            for name in NAMES
        }
    estate.settings["BREDVID_WEB__PUBLIC_URL"] = "https://chat.lindvik.example"
    made = estate.done("invite", "--case", cases["amina"], "--person", people["amina"][0], "--letter", "--json").json
    assert made["address"].startswith("https://chat.lindvik.example/i/")
    assert len(made["spoken_code"]) == 8
    said = estate.done("invite", "--case", cases["amina"], "--person", people["amina"][0]).out
    assert "Spoken code: " in said
    assert made["spoken_code"] not in said
    stranger = ("invite", "--case", cases["amina"], "--person", people["elias"][0])
    assert "does not belong" in estate.run(*stranger).sentence
    assert "no such case" in estate.run("invite", "--case", "nowhere", "--person", people["amina"][0]).sentence
    token = made["address"].rpartition("/")[2].encode()
    assert not [file for file in estate.folder.rglob("*") if file.is_file() and token in file.read_bytes()]


def test_nobody_is_invited_before_it_was_decided_that_contact_is_good_for_the_child(estate: Estate) -> None:
    estate.done("migrate")
    undecided = document("elias")
    undecided["contact"] = []
    file = estate.key.with_name("undecided.json")
    file.write_text(json.dumps(undecided), encoding="utf-8")
    case = estate.done("import", "case", str(file), "--json").json["case"]
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        people = [row[0] for row in store.execute("SELECT person FROM party WHERE case_id = ?", (case,))]
    refused = [estate.run("invite", "--case", case, "--person", person) for person in people]
    assert ["decision" in ran.sentence for ran in refused if ran.code]
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        kept = store.execute("SELECT COUNT(*) FROM secret WHERE purpose = 'invite'").fetchone()[0]
    assert kept == sum(ran.code == 0 for ran in refused) < len(people)


def test_bringing_a_store_to_head_twice_is_bringing_it_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    bring_to_head(url)
    bring_to_head(url)
