"""The recovery tool: a case comes back from a copy and three shares of paper, with nothing of ours installed."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from storage.backup import create
from storage.commands import Say
from storage.escrow import BadShare, drill, root_of, shares_of
from storage.keys import FileKeys, WrongRoot
from storage.rekeying import reseal, rewrap
from storage.shamir import combine, multiply, split
from tests.parts.postgres import Postgres
from tests.storage.family import CASE, MIRA, MOTHERS, everyone, full_entry, move_in
from tests.storage.house import NOON, House, open_house, signed_in

TOOL = Path(__file__).parents[1] / "deploy" / "recover.py"
VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "storage" / "vectors.json").read_text())


@pytest.fixture(params=["file", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Mira's case in a house whose keys have been changed in every way there is."""
    url, name, server = f"sqlite:///{tmp_path}/store.db", "", None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        assert isinstance(server, Postgres)
        name = server.create_database()
        url = server.url(name)
    with open_house(url, tmp_path) as opened:
        family = move_in(opened)
        family.contact()
        family.write(full_entry("report_social", "report", releases=everyone()))
        opened.done(signed_in(MIRA), Say(CASE, "Får jag se domen? ☺\t\\", None, None))
        assert rewrap(opened.store, seconds=60).finished
        assert reseal(opened.store, seconds=60).finished
        list(opened.store.keyring.rotate())
        yield opened
    if server is not None:
        server.drop_database(name)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The tool, alone in a folder of its own, by an interpreter that sees none of our packages."""
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(TOOL, alone)
    command = [sys.executable, "-W", "error", str(alone / "recover.py"), *words]
    return subprocess.run(command, cwd=alone, env={"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False)


def backup_of(house: House) -> Path:
    """The file of a backup."""
    place, made = create(house.store, house.folder / "copies", NOON)
    return place / made.file


def test_a_case_comes_back_from_a_copy_and_any_three_shares(house: House) -> None:
    store, keys = backup_of(house), house.folder / "root.key.d"
    shares = shares_of(FileKeys(house.folder / "root.key").root())
    paper = house.folder / "paper.txt"
    paper.write_text("\n".join(f"{number}  {share.lower()}" for number, share in enumerate(shares[1:4], 2)))
    given = ("--store", str(store), "--keys", str(keys), "--shares", str(paper))
    listed = json.loads(run(house.folder, *given, "--list").stdout)
    assert listed == [{"case": CASE, "ref": "BH-1"}]
    case = json.loads(run(house.folder, *given, "--case", CASE).stdout)
    assert not [row for row in (*case["parts"], *case["rules"]) if "wrong" in row]
    compartments = {part["compartment"] for part in case["parts"] if part["record"] == "report"}
    assert {"child", "staff", f"guardian:{MOTHERS}"} <= compartments
    said = [part["payload"]["message"]["words"] for part in case["parts"] if part["name"] == "message"]
    assert said == ["Får jag se domen? ☺\t\\"]
    assert [rule["n"] for rule in case["rules"]] == list(range(1, len(case["rules"]) + 1))
    assert "tied" in {rule["rule"]["tag"] for rule in case["rules"]}
    assert "Mira" in json.dumps(case["people"][MIRA])


def test_each_thing_that_is_wrong_is_one_sentence(house: House) -> None:
    folder, store = house.folder, str(backup_of(house))
    keys, root = str(folder / "root.key.d"), str(folder / "root.key")
    paper = folder / "paper.txt"
    shares = shares_of(FileKeys(folder / "root.key").root())
    for words, say in (
        (shares[:2], "3 different shares are needed, and there are 2"),
        ([shares[0]] * 3, "3 different shares are needed, and there are 1"),
        ([*shares[:2], shares_of(bytes(32))[2]], "different sets"),
        ([*shares[:2], shares[2][:-3] + "AAA"], "a letter wrong or missing"),
    ):
        paper.write_text("\n".join(words))
        ran = run(folder, "--store", store, "--keys", keys, "--shares", str(paper), "--case", CASE)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert say in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
    for arguments in (
        ("--store", store, "--keys", keys, "--root", root, "--case", "nobody"),
        ("--store", root, "--keys", keys, "--root", root, "--list"),
        ("--store", "/nowhere", "--keys", keys, "--root", root, "--list"),
        ("--store", store, "--keys", keys, "--root", store, "--list"),
        ("--store", store, "--keys", keys, "--list"),
    ):
        ran = run(folder, *arguments)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (1, 1), ran.stderr


def test_a_culled_month_says_so_and_gives_nothing(house: House) -> None:
    store = str(backup_of(house))
    house.store.keyring.destroy_month("2046-03")
    given = ("--store", store, "--keys", str(house.folder / "root.key.d"), "--root", str(house.folder / "root.key"))
    case = json.loads(run(house.folder, *given, "--case", CASE).stdout)
    assert {part["wrong"] for part in case["parts"]} == {"culled, or the key month:2046-03:2 is missing"}


def test_the_tool_can_be_read_at_a_sitting_and_knows_nothing_of_ours() -> None:
    text = TOOL.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert "storage" not in text
    assert "import bot" not in text


# --- shares -------------------------------------------------------------------------------------------------


def test_the_field_is_that_of_aes() -> None:
    """FIPS 197, 4.2: {57} by {83} is {c1}, and {57} by {13} is {fe}."""
    assert (multiply(0x57, 0x83), multiply(0x57, 0x13)) == (0xC1, 0xFE)
    assert all(multiply(a, b) == multiply(b, a) for a in range(0, 256, 7) for b in range(256))
    assert all(sum(multiply(a, b) == 1 for b in range(256)) == 1 for a in range(1, 256))


def test_any_enough_shares_give_the_secret_and_fewer_do_not() -> None:
    secret = bytes(range(32))
    shares = split(secret, 3, 5)
    for count in (3, 4, 5):
        for some in combinations(shares, count):
            assert combine({x: shares[x] for x in some}) == secret
    for pair in combinations(shares, 2):
        assert combine({x: shares[x] for x in pair}) != secret
    for needed, many in ((1, 5), (4, 3), (2, 256)):
        with pytest.raises(ValueError, match="shares"):
            split(secret, needed, many)


def test_two_shares_say_nothing_about_a_byte() -> None:
    """Whatever two shares hold, each value of the secret's byte goes with exactly one value of the third."""
    for one, two in ((0, 0), (0x2A, 0x99), (0xFF, 0x01)):
        secrets = {combine({1: bytes([one]), 4: bytes([two]), 5: bytes([third])})[0] for third in range(256)}
        assert secrets == set(range(256))


@pytest.mark.parametrize("vector", VECTORS["shares"], ids=lambda vector: vector["name"])
def test_the_known_shares_give_the_known_root(vector: dict[str, Any]) -> None:
    assert root_of(vector["shares"]).hex() == vector["root"]


def test_the_known_chain_of_keys_opens_from_the_root_down_by_the_tool_alone(tmp_path: Path) -> None:
    """Root, month key, data key, part: each as it lies."""
    chain = VECTORS["chain"]
    (tmp_path / "month+2046-03+2.key").write_bytes(bytes.fromhex(chain["month_key_file"]))
    tables = {
        "meta": [{"name": "tenant", "value": "tenant-1"}],
        "dek": [{**chain["dek"], "wrapped": bytes.fromhex(chain["dek"]["wrapped"])}],
        "part": [{**chain["part"], "sealed": bytes.fromhex(chain["part"]["sealed"])}],
    }
    case = runpy.run_path(str(TOOL))["Case"](tables, tmp_path, bytes.fromhex(chain["root"]))
    assert [part["payload"] for part in case.parts(chain["part"]["owner"])] == [json.loads(chain["plain"])]


def test_a_share_that_was_mistyped_says_which_one() -> None:
    shares = shares_of(bytes(range(32)))
    text = shares[1]
    assert root_of([shares[0], text.lower().replace("-", " ").replace(" ", ""), shares[4]]) == bytes(range(32))
    # The last letter carries one bit, and four that say nothing.
    for at in range(0, len(text) - 1, 9):
        wrong = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(BadShare, match="Share 2 does not read"):
            root_of([shares[0], wrong, shares[2]])
    with pytest.raises(BadShare, match="given before"):
        root_of([shares[0], shares[0], shares[2]])


def test_the_drill_opens_every_key_in_every_way_and_leaves_no_share(tmp_path: Path) -> None:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path) as house:
        move_in(house)
    provider = FileKeys(tmp_path / "root.key")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    shown = drill(provider)
    assert (shown.three_gave_it, shown.keys_opened, shown.two_did_not) == (10, len(provider.names()), 10)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(WrongRoot):
        provider.opened_by(bytes(32))
