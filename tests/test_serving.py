"""A house that is open: started, asked over its socket, signed in to, moved in time, and closed, as real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.control import SOCKET
from bot.verbs import LARGEST
from storage.keys import STANDING_NAMES
from tests.chat.browser import Browser
from tests.parts.doors import come_in, enter
from tests.parts.program import Estate, Serving, fetch, new_estate
from tests.parts.provider import RunningProvider

# The path of a socket ends at 107 bytes; a municipality's folders do not.
DEEP = "socialförvaltningen/barn-och-familj/barnahus-lindvik-med-omnejd/bredvid-i-drift/lager-och-styrning/house"
_KIND = re.compile(r'data-entry="([^"]+)" data-kind="([^"]+)"')


@dataclass(frozen=True)
class Open:
    """An open house: where it lies, the process, and Elias's case in it."""

    estate: Estate
    house: Serving
    case: str


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """A house with Elias's case in it, served from a folder with a long name."""
    estate = new_estate(tmp_path_factory.mktemp("serving"), DEEP)
    assert len(str(estate.socket).encode()) > 107
    estate.done("migrate")
    case = estate.carry_in("elias")["elias"]
    with estate.served() as house:
        yield Open(estate, house, case)


def the_child(estate: Estate, case: str) -> str:
    """The child of a case: whom the rule lets read the child's part because it is her own."""
    with closing(sqlite3.connect(estate.folder / "store.db")) as store:
        people = [row[0] for row in store.execute("SELECT person FROM party WHERE case_id = ?", (case,))]
        (entry,) = store.execute(
            "SELECT record FROM part WHERE owner = ? AND compartment = 'child' AND name = 'view' LIMIT 1", (case,)
        ).fetchone()
    said: dict[str, str] = {
        who: estate.done("explain", "--as", who, "--see", entry, "--json").json["reason"] for who in people
    }
    return next(who for who, reason in said.items() if reason == "own")


# --- the socket -------------------------------------------------------------------------------------------------------


@contextmanager
def a_line(estate: Estate) -> Iterator[socket.socket]:
    """A line to the serving process, past the command; through an open folder, since its own path is too long."""
    folder = os.open(estate.folder, os.O_RDONLY | os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(60)
        line.connect(f"/proc/self/fd/{folder}/{SOCKET}")
        os.close(folder)
        yield line


def answer_on(line: socket.socket) -> dict[str, Any]:
    """What the serving process answers."""
    with line.makefile("rb") as said:
        answer: dict[str, Any] = json.loads(said.readline())
    return answer


def test_only_its_owner_may_ask_and_a_long_path_is_no_hindrance(street: Open) -> None:
    assert street.estate.socket.stat().st_mode & 0o777 == 0o600
    assert street.estate.done("check", "--json").json["at_head"]


def test_what_the_socket_does_not_know_is_refused_and_the_house_goes_on(street: Open) -> None:
    for words in (b'{"verb": "dance", "given": {}}', b"hello", b"[]", b'{"verb": ["tasks"], "given": {}}',
                  b'{"verb": "tasks"}', b'{"verb": "tasks", "given": 7}', b"\xff\xfe", b"[" * 100_000):  # fmt: skip
        with a_line(street.estate) as line:
            line.sendall(words + b"\n")
            answer = answer_on(line)
        assert (answer["exit"], answer["body"]) == (1, None)
        assert "does not know" in answer["say"]


def test_a_verb_that_lacks_what_it_needs_breaks_alone(street: Open) -> None:
    with a_line(street.estate) as line:
        line.sendall(b'{"verb": "explain", "given": {}}\n')
        answer = answer_on(line)
    assert answer["exit"] == 1
    assert "its log" in answer["say"].lower()
    assert "KeyError at verbs.py" in street.house.said.read_text(encoding="utf-8")
    street.estate.done("tasks")


def test_a_half_written_line_is_never_carried_out_and_holds_nobody_up(street: Open) -> None:
    half = b'{"verb": "locale sign", "given": {"tag": "ar", "kind": "trial", "by": "Nobody"}}'
    with a_line(street.estate) as sleepy, a_line(street.estate) as gone:
        sleepy.sendall(half[:40])
        gone.sendall(half)
        gone.shutdown(socket.SHUT_WR)
        assert gone.recv(10) == b""
        stats = {line["tag"]: line["signed"] for line in street.estate.done("locale", "stats", "--json").json}
        assert stats["ar"] == 0
        sleepy.sendall(half[40:] + b"\n")
        assert answer_on(sleepy)["exit"] == 0
    stats = {line["tag"]: line["signed"] for line in street.estate.done("locale", "stats", "--json").json}
    assert stats["ar"] == 1


def test_a_line_that_is_too_long_is_answered_in_a_sentence(street: Open) -> None:
    with a_line(street.estate) as line:
        line.sendall(b'{"verb": "tasks", "given": {"more": "' + b"x" * (LARGEST + 1) + b'"}}\n')
        answer = answer_on(line)
    assert (answer["exit"], "MiB" in answer["say"]) == (1, True)
    street.estate.done("tasks")


def test_a_file_that_is_too_long_is_refused_the_same_whether_anybody_serves_or_not(
    street: Open, estate: Estate
) -> None:
    estate.done("migrate")
    file = estate.key.with_name("long.json")
    file.write_bytes(b'"' + b"\x01" * (5 * 1024 * 1024))
    there = street.estate.run("import", "case", str(file), "--json")
    here = estate.run("import", "case", str(file), "--json")
    assert there.code == here.code == 1
    assert there.json == here.json
    file.write_bytes(b"x" * (LARGEST + 1))
    assert "MiB" in street.estate.run("import", "case", str(file)).sentence


def test_a_socket_that_nobody_listens_on_any_more_is_no_hindrance(estate: Estate) -> None:
    estate.done("migrate")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(estate.socket))
    assert estate.socket.exists()
    estate.done("check")
    with estate.served():
        estate.done("check")
    assert not estate.socket.exists()


# --- verbs of a house that is served ----------------------------------------------------------------------------------


def test_verbs_are_answered_by_the_process_that_serves(street: Open) -> None:
    estate = street.estate
    assert "Another process" in estate.run("migrate").sentence
    again = estate.done("import", "case", estate.case_file("elias"), "--json").json
    assert (again["case"], again["changed"]) == (street.case, 0)
    assert street.case in {task["case"] for task in estate.done("tasks", "--json").json}
    for verb in ("outbox", "inbox"):
        assert isinstance(estate.done(verb, "--json").json, list)
    verified = estate.done("audit", "verify", "--json").json
    assert verified["visits"] > 20
    assert verified["broken"] == []


async def test_a_link_opens_nothing_by_itself_and_only_begins_to_tie_a_way_in(
    street: Open, new_browser: Callable[[str], Browser]
) -> None:
    added = street.estate.done(
        "staff", "add", "--name", "Hanna Berg", "--function", "socialsekreterare", "--unit", "lindvik", "--json"
    ).json
    link = added["link"]
    assert link.startswith(f"{street.house.web}/console/in/")
    hanna, thief = new_browser(street.house.web), new_browser(street.house.web)
    for _ in range(2):
        await hanna.open(link)
        assert hanna.status == 200
    await enter(hanna, link)
    await hanna.open("/console/enrol")
    assert hanna.status == 200
    await hanna.open("/console/")
    assert hanna.status == 401
    assert (await enter(thief, link)) == 403
    lines = {line["id"]: line for line in street.estate.done("staff", "list", "--json").json}
    assert (lines[added["staff"]]["name"], lines[added["staff"]]["ways"]) == ("Hanna Berg", [])
    street.estate.done("staff", "end", "Hanna Berg")
    await hanna.open("/console/enrol")
    assert hanna.status == 401


async def test_a_worker_comes_in_with_her_account_until_she_leaves(
    estate: Estate, provider: RunningProvider, new_browser: Callable[[str], Browser]
) -> None:
    estate.done("migrate")
    estate.carry_in("elias")
    estate.settings |= {"BREDVID_OIDC__ISSUER": provider.issuer, "BREDVID_OIDC__CLIENT_ID": "bredvid"}
    estate.settings["BREDVID_OIDC__CLIENT_SECRET"] = "hush"
    with estate.served() as house:
        added = estate.done(
            "staff", "add", "--name", "Hanna Berg", "--unit", "lindvik", "--oidc-sub", "hanna", "--json"
        )
        assert added.json["link"] is None
        twice = ("staff", "add", "--name", "Olle Ek", "--unit", "lindvik", "--oidc-sub", "hanna")
        assert "somebody's who works here" in estate.run(*twice).sentence
        hanna = new_browser(house.web)
        async with hanna.http.get(f"{house.web}/console/go", allow_redirects=False) as away:
            back = await provider.prove(away.headers["Location"], "hanna")
        async with hanna.http.get(back) as answer:
            assert answer.status == 200
        await hanna.open("/console/")
        assert hanna.status == 200
        assert "BH-2026-003" in hanna.body
        assert "hanna" not in house.said.read_text(encoding="utf-8")
        estate.done("staff", "end", "hanna berg")
        await hanna.open("/console/")
        assert hanna.status == 401
        assert "works here" in estate.run("staff", "end", "Hanna Berg").sentence


# --- a heavy card waits for a signature -------------------------------------------------------------------------------


async def test_a_heavy_card_is_withheld_from_a_child_until_somebody_has_signed_it(
    street: Open, new_browser: Callable[[str], Browser]
) -> None:
    estate, elias = street.estate, the_child(street.estate, street.case)
    made = estate.done("invite", "--case", street.case, "--person", elias, "--letter", "--json").json
    assert made["address"].startswith(f"{street.house.web}/i/")
    phone = new_browser(street.house.web)
    await come_in(phone, made["address"], made["spoken_code"])
    await phone.tap("way")
    assert phone.step == "my_way/timeline"
    held = await cards_of(phone)
    assert "unsigned" in held.values()
    withheld = [entry for entry, kind in held.items() if kind == "unsigned"]
    assert len(withheld) > 3
    estate.done("locale", "sign", "en", "--kind", "all", "--by", "Rut Sand")
    assert await cards_of(phone) == held, "a signature in another language opens nothing"
    estate.done("locale", "sign", "sv", "--kind", "all", "--by", "Rut Sand")
    shown = await cards_of(phone)
    assert "unsigned" not in shown.values()
    assert shown.keys() == held.keys()
    assert {"verdict", "trial"} <= {shown[entry] for entry in withheld}
    # The invite has been used: with the same code it opens nothing more.
    other = new_browser(street.house.web)
    await other.open(made["address"])
    async with other.http.post(
        made["address"], data={"text": made["spoken_code"], "turn": other.turn_field}, allow_redirects=False
    ) as answer:
        assert answer.status == 422


async def cards_of(phone: Browser) -> dict[str, str]:
    """Open every card of the way's first page; what sort of card each entry is."""
    found: dict[str, str] = {}
    rows = [value for value in phone.choices if value not in ("back", "next", "earlier", "later", "more")]
    for row in rows:
        await phone.tap(row)
        if phone.step == "card/one":
            found |= {entry: kind for entry, kind in _KIND.findall(phone.body) if found.get(entry) != "unsigned"}
            await phone.tap("back")
        assert phone.step == "my_way/timeline", phone.words
    return found


# --- beginning and ending ---------------------------------------------------------------------------------------------


def test_it_says_on_the_inner_port_that_it_is_alive_and_ready_and_tells_no_names(street: Open) -> None:
    status, body = fetch(f"{street.house.ops}/healthz")
    assert (status, json.loads(body)) == (200, {"alive": True})
    status, body = fetch(f"{street.house.ops}/readyz")
    assert (status, json.loads(body)) == (200, {"store": True, "tick": True})
    status, body = fetch(f"{street.house.ops}/metrics")
    assert status == 200
    age = re.search(r"^bredvid_last_tick_age_seconds (\S+)$", body, re.MULTILINE)
    assert age is not None
    assert float(age.group(1)) >= 0
    assert not [name for name in ("Elias", "Sanna", street.case) if name in body]
    assert [fetch(f"{street.house.web}/{page}")[0] for page in ("healthz", "readyz", "metrics")] == [404] * 3


def test_a_second_process_on_the_same_store_is_refused(street: Open) -> None:
    assert "Another process" in street.estate.run("serve").sentence


def test_a_port_that_is_taken_is_one_sentence(street: Open, estate: Estate) -> None:
    estate.done("migrate")
    taken = street.house.web.removeprefix("http://")
    ran = estate.run("serve", BREDVID_WEB__BIND=taken, BREDVID_OPS__BIND="127.0.0.1:0")
    assert ran.code == 1
    assert not ran.out
    escrow, port = ran.err.splitlines()
    assert "No shares on paper" in escrow
    assert "in use" in port


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_ends_with_nothing_left_behind(estate: Estate, sign: signal.Signals) -> None:
    estate.done("migrate")
    with estate.served() as house:
        assert fetch(house.web)[0] == 200
        assert house.end(sign) == 0
        (only,) = house.said.read_text(encoding="utf-8").splitlines()
        assert "No shares on paper" in only, "nobody has shown yet that shares on paper give this root"
    assert sorted(path.name for path in estate.folder.iterdir()) == ["anchors", "lock", "safety", "store.db"]
    keys = {path.name for path in estate.key.with_name("root.key.d").iterdir()}
    assert {f"{name.replace(':', '+')}.key" for name in STANDING_NAMES} <= keys
    assert all(name.endswith(".key") for name in keys)
    estate.done("audit", "verify")


def test_killed_at_once_it_leaves_a_store_that_opens_again(estate: Estate) -> None:
    estate.done("migrate")
    with estate.served() as house:
        estate.carry_in("noa")
        house.process.kill()
        assert house.process.wait(60) == -signal.SIGKILL
    verified = estate.done("audit", "verify", "--json").json
    assert verified["visits"] > 5
    with estate.served():
        assert estate.done("check", "--json").json["broken_links"] == 0
