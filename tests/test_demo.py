"""The demo as a process: what it writes down when it is ready, who can be tried, its clock, and how it ends."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chat.browser import Browser
from tests.parts.doors import come_in, enter
from tests.parts.ports import a_free_port
from tests.parts.program import TREE, NotUp, Serving, fetch, start


@dataclass
class Demo:
    """A demo that runs: the process, what it wrote down, and the file with its instant."""

    serving: Serving
    facts: dict[str, Any]
    clock: Path

    def person(self, name: str) -> dict[str, Any]:
        """One of the invented people, as the file tells of her."""
        found: dict[str, Any] = next(one for one in self.facts["people"] if one["name"] == name)
        return found


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """A demo in a folder, ready; ended by Ctrl-C."""
    facts, clock, said = folder / "facts.json", folder / "clock", folder / "said.txt"
    facts.unlink(missing_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    # Whatever is set for a real house is not the demo's.
    env = {
        **kept,
        "LC_ALL": "C.UTF-8",
        "BREDVID_DB__URL": "postgresql+psycopg://nowhere/real",
        "PYTHONWARNINGS": "error",
    }
    port = _two_free_ports()
    words = ("demo", "--port", str(port), "--dir", str(folder / "store"), "--json", str(facts), "--clock", str(clock))
    web, ops = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    serving = Serving(start(words, env, TREE, said), web, ops, said)
    try:
        serving.wait_for(facts.exists)
        yield Demo(serving, json.loads(facts.read_text(encoding="utf-8")), clock)
    finally:
        serving.end()


def _two_free_ports() -> int:
    """A free port whose neighbour is free too: the demo's inner port is the next one."""
    for _ in range(50):
        port = a_free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise NotUp("no two free ports side by side")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the demo with a clock that stands at a Monday noon."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "clock").write_text("2026-11-23T12:00:00+01:00", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tried(place: Path) -> Iterator[Demo]:
    """The demo, running."""
    with demo(place) as running:
        yield running


def test_the_ready_file_says_everything_there_is_to_say(tried: Demo) -> None:
    facts = tried.facts
    assert set(facts) == {"v", "web", "ops", "practice", "telegram_webhook", "telegram_secret", "people", "staff"}
    assert facts["v"] == 1
    assert (facts["web"], facts["ops"]) == (tried.serving.web, tried.serving.ops)
    assert facts["practice"] == f"{tried.serving.web}/practice/"
    assert len(facts["people"]) > 6
    for one in facts["people"]:
        assert set(one) == {
            "id", "name", "role", "tie", "locale", "birth", "case", "token", "spoken_code", "receipt_code", "pin",
            "telegram", "telegram_user_id", "telegram_content",
        }  # fmt: skip
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", one["spoken_code"])
        assert re.fullmatch(r"\d{16}", one["receipt_code"])
        assert re.fullmatch(r"\d{6}", one["pin"])
    assert {one["role"] for one in facts["people"]} >= {"child", "guardian", "special_representative", "recipient"}
    assert {worker["role"] for worker in facts["staff"]} == {"case_worker", "coordinator", "manager"}
    assert all(set(worker) == {"name", "role", "login_url"} for worker in facts["staff"])
    assert fetch(f"{tried.serving.ops}/readyz")[0] == 200


async def test_everybody_in_the_file_gets_in_by_it(tried: Demo, new_browser: Callable[[str], Browser]) -> None:
    elias, phone = tried.person("Elias"), new_browser(tried.serving.web)
    await phone.open()
    await phone.tap("code")
    await phone.write(elias["receipt_code"])
    await phone.write(elias["pin"])
    await phone.tap("shared")
    assert phone.step == "my_way/home", phone.words
    noa = tried.person("Noa")
    await come_in(phone, f"{tried.serving.web}/i/{noa['token']}", noa["spoken_code"])
    assert phone.step == "my_way/home", phone.words
    hanna = new_browser(tried.serving.web)
    assert await enter(hanna, tried.facts["staff"][0]["login_url"]) == 303
    assert hanna.status == 200


async def test_the_front_page_lets_anybody_be_tried_by_one_button(
    tried: Demo, new_browser: Callable[[str], Browser]
) -> None:
    for page in ("/", "/practice/"):
        visitor = new_browser(tried.serving.web)
        words = await visitor.open(page)
        assert all(one["name"] in words for one in tried.facts["people"])
        tuva = tried.person("Tuva")["id"]
        assert f'action="/practice/as/{tuva}"' in visitor.body
        async with visitor.http.post(f"{tried.serving.web}/practice/as/{tuva}", allow_redirects=False) as answer:
            assert answer.status == 303
        await visitor.open()
        assert visitor.step == "my_way/home", visitor.words


async def test_the_hard_cases_are_carried_in_and_only_seven_more_stand_in_the_strip(
    tried: Demo, new_browser: Callable[[str], Browser]
) -> None:
    """Ten cases lie in the console; of the last six, whoever tells most is tried and the rest are not."""
    names = [one["name"] for one in tried.facts["people"]]
    assert names[-7:] == ["Ronja", "Moa", "Jenny", "Robert", "Vilja", "Selma", "Linnea"]
    assert set(names) & {"Ivar", "Camilla", "Linda", "Pia"} == set()
    assert len({one["case"] for one in tried.facts["people"]}) == 9
    ulla = new_browser(tried.serving.web)
    await enter(ulla, next(one["login_url"] for one in tried.facts["staff"] if one["role"] == "manager"))
    words = await ulla.open("/console/cases")
    for name in ("Ronja", "Ivar", "Moa", "Vilja", "Selma", "Linnea"):
        assert name in words
    for name in ("Ronja", "Vilja"):
        phone = new_browser(tried.serving.web)
        address = f"{tried.serving.web}/practice/as/{tried.person(name)['id']}"
        async with phone.http.post(address, allow_redirects=False) as answer:
            assert answer.status == 303
        await phone.open()
        assert phone.step == "my_way/home", phone.words


async def test_of_one_childs_guardians_one_is_told_of_a_day_and_the_other_is_shut_out(
    tried: Demo, new_browser: Callable[[str], Browser]
) -> None:
    """Jenny is cleared and has one day opened to her; Robert is blocked, and has the page that Malin has."""
    jenny, robert, malin = [await _as(tried, new_browser, name) for name in ("Jenny", "Robert", "Malin")]
    assert "3 december" in jenny.words
    assert robert.words == malin.words
    assert "december" not in robert.words


async def test_who_has_just_turned_eighteen_is_told_what_has_ended(
    tried: Demo, new_browser: Callable[[str], Browser]
) -> None:
    linnea = await _as(tried, new_browser, "Linnea")
    assert "Du har fyllt arton år" in linnea.words
    await linnea.tap("way")
    await linnea.tap("back")
    assert "Du har fyllt arton år" not in linnea.words


async def _as(tried: Demo, new_browser: Callable[[str], Browser], name: str) -> Browser:
    phone = new_browser(tried.serving.web)
    address = f"{tried.serving.web}/practice/as/{tried.person(name)['id']}"
    async with phone.http.post(address, allow_redirects=False) as answer:
        assert answer.status == 303
    await phone.open()
    return phone


async def test_another_sites_page_cannot_press_the_demos_buttons(
    tried: Demo, new_browser: Callable[[str], Browser]
) -> None:
    foreign, address = {"Sec-Fetch-Site": "cross-site"}, f"{tried.serving.web}/practice/clock/day"
    async with new_browser(tried.serving.web).http.post(address, headers=foreign) as answer:
        assert answer.status == 403


async def test_the_clocks_file_moves_the_page_and_the_pages_clock_moves_the_file(
    tried: Demo, new_browser: Callable[[str], Browser]
) -> None:
    visitor = new_browser(tried.serving.web)
    at = datetime.fromisoformat(tried.clock.read_text(encoding="utf-8")).astimezone(UTC)
    assert "23 november 2026" in await visitor.open()
    tried.clock.write_text((at + timedelta(days=3)).isoformat(), encoding="utf-8")
    assert "26 november 2026" in await visitor.open()
    async with visitor.http.post(f"{tried.serving.web}/practice/clock/day", allow_redirects=False) as answer:
        assert answer.status == 303
    assert "27 november 2026" in await visitor.open()
    assert datetime.fromisoformat(tried.clock.read_text(encoding="utf-8")) == at + timedelta(days=4)
    # Torn or empty, the last good instant stands.
    tried.clock.write_text("", encoding="utf-8")
    assert "27 november 2026" in await visitor.open()
    tried.clock.write_text((at + timedelta(days=4)).isoformat(), encoding="utf-8")
    async with visitor.http.post(f"{tried.serving.web}/practice/clock/due", allow_redirects=False) as answer:
        assert answer.status == 303
    assert datetime.fromisoformat(tried.clock.read_text(encoding="utf-8")) > at + timedelta(days=4)


def test_ctrl_c_ends_it_cleanly_and_the_second_start_knows_the_same_people(tried: Demo, place: Path) -> None:
    assert tried.serving.end() == 0
    said = tried.serving.said.read_text(encoding="utf-8")
    assert said.splitlines() == [f"Bredvid is here: {tried.serving.web}  (Ctrl-C ends it)"]
    left = {path.name for path in (place / "store").iterdir()}
    assert left == {"anchors", "lock", "people.json", "root.key", "root.key.d", "safety", "store.db"}
    with demo(place) as again:
        fresh = ("token", "spoken_code")
        for one, same in zip(tried.facts["people"], again.facts["people"], strict=True):
            assert {name: one[name] for name in one if name not in fresh} == {
                name: same[name] for name in same if name not in fresh
            }
            assert all(one[name] != same[name] for name in fresh)
        names = [(worker["name"], worker["role"]) for worker in again.facts["staff"]]
        assert names == [(worker["name"], worker["role"]) for worker in tried.facts["staff"]]
        assert fetch(again.facts["staff"][0]["login_url"])[0] == 200
        assert again.serving.end() == 0
