"""The command line on the languages of the house: how far each has come, checked, sent out, taken back and signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.proofreading import lacking
from bot.signing import digest_of, heavy
from bot.speech import locales
from storage.kinds import KINDS
from tests.parts.program import Estate, copied_tree, new_estate


def test_every_language_says_how_far_it_has_come_and_a_signature_counts(estate: Estate) -> None:
    estate.done("migrate")
    before = {line["tag"]: line for line in estate.done("locale", "stats", "--json").json}
    assert set(before) == {one.tag for one in locales()}
    for line in before.values():
        assert line["messages"] >= line["translated"] > 100
        assert (line["draft"], line["signed"], line["stale"]) == (line["translated"], 0, 0)
    estate.done("locale", "sign", "ar", "--kind", "verdict", "--by", "Rana Haddad")
    estate.done("locale", "sign", "sv", "--kind", "all", "--by", "Rut Sand", "--json")
    after = {line["tag"]: line["signed"] for line in estate.done("locale", "stats", "--json").json}
    assert (after["ar"], after["sv"], after["en"]) == (1, len(KINDS), 0)
    assert b"Rana" not in (estate.folder / "store.db").read_bytes()


def test_every_language_can_be_checked_without_a_store(estate: Estate) -> None:
    whole = estate.run("locale", "check", "--json").json
    assert {line["tag"] for line in whole} == {one.tag for one in locales()}
    assert all(line["faults"] == [] and line["net"]["must_fire"] > 40 for line in whole)
    assert "language" in estate.run("locale", "check", "xx").sentence


def test_a_translator_who_has_no_store_sees_how_far_each_language_has_come(estate: Estate) -> None:
    nowhere = ("BREDVID_KEYS__PROVIDER", "BREDVID_KEYS__PATH")
    found = {line["tag"]: line for line in estate.run("locale", "stats", "--json", without=nowhere).json}
    assert set(found) == {one.tag for one in locales()}
    assert {(line["signed"], line["stale"]) for line in found.values()} == {(0, 0)}
    assert found["sv"]["translated"] == found["sv"]["messages"] > 4000
    assert not (estate.folder / "store.db").exists(), "nothing is set up by asking"


def test_a_fault_in_a_language_is_named_and_an_older_text_cannot_be_signed(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    estate.done("migrate")
    estate.tree = copied_tree(tmp_path / "tree")
    file = estate.tree / "bot" / "locales" / "en" / "LC_MESSAGES" / "story_decisions.po"
    words = file.read_text(encoding="utf-8")
    at = words.index('msgid "verdict.7-12.')
    said = words.index('msgstr "', at) + len('msgstr "')
    file.write_text(f"{words[:at]}#: sv-00000000\n{words[at:said]}Unfortunately {words[said:]}", encoding="utf-8")
    wrong = estate.run("locale", "check", "en")
    assert wrong.code == 1
    assert "says “unfortunately”" in wrong.err
    assert "is older than the Swedish text" in wrong.err
    assert "verdict" in estate.run("locale", "sign", "en", "--kind", "verdict", "--by", "Rut Sand").sentence
    estate.done("locale", "sign", "sv", "--kind", "verdict", "--by", "Rut Sand")


@pytest.mark.parametrize("ending", ["csv", "po"])
def test_a_translator_gets_the_texts_and_what_comes_back_is_measured(tmp_path: Path, ending: str) -> None:
    estate = new_estate(tmp_path)
    estate.tree = copied_tree(tmp_path / "tree")
    folder = estate.tree / "bot" / "locales" / "en" / "LC_MESSAGES"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    file = tmp_path / f"en.{ending}"
    estate.run("locale", "export", "en", "--to", str(file))
    assert "Det var {taken_by} som fick veta det." in file.read_text(encoding="utf-8")
    # The sentence as it reads on its card, with a made-up name in it.
    assert "→ Det var socialsekreteraren Tove som fick veta det." in file.read_text(encoding="utf-8")
    assert "0 changed" in estate.run("locale", "import", "en", str(file)).out
    old, new = "Somebody looks again on {on}", "Somebody will look again on {on}"
    better = file.read_text(encoding="utf-8").replace(old, new)
    file.write_text(better, encoding="utf-8")
    assert "1 changed texts would be kept" in estate.run("locale", "import", "en", str(file), "--dry-run").out
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert "1 changed texts were kept" in estate.run("locale", "import", "en", str(file)).out
    kept = (folder / "chat.po").read_text(encoding="utf-8")
    assert new in kept
    assert "X-Review: draft" in kept
    assert estate.run("locale", "check", "en").code == 0
    worse = better.replace("{on}", "{when}").replace("A report is", "=1+1 Unfortunately a report is")
    file.write_text(worse, encoding="utf-8")
    wrong = estate.run("locale", "import", "en", str(file))
    assert wrong.code == 1
    assert all(fault in wrong.err for fault in ("says “unfortunately”", "spreadsheet would reckon"))
    assert "has the slots" in wrong.err
    assert "Nothing was kept" in wrong.err
    assert (folder / "chat.po").read_text(encoding="utf-8") == kept


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("en.txt", "words", ".po or .csv"),
        ("en.csv", "a,b\n1,2\n", "key and words"),
        ("en.csv", "\udcff", "cannot be read"),
        ("en.po", 'msgid "broken', "cannot be read"),
        ("gone.po", None, "No such file"),
    ],
)
def test_a_file_that_is_no_sheet_of_ours_is_refused(
    estate: Estate, tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert says in estate.run("locale", "import", "en", str(file)).sentence
    assert "language" in estate.run("locale", "import", "xx", str(file)).sentence


def test_a_signature_names_a_language_a_kind_and_a_person(estate: Estate) -> None:
    estate.done("migrate")
    assert "language" in estate.run("locale", "sign", "xx", "--kind", "verdict", "--by", "Rut").sentence
    assert "kind" in estate.run("locale", "sign", "sv", "--kind", "gossip", "--by", "Rut").sentence
    assert "name" in estate.run("locale", "sign", "sv", "--kind", "verdict", "--by", " ").sentence


def test_a_text_that_was_changed_since_makes_the_signature_stale(tmp_path: Path) -> None:
    """The house is brought up to date, as a municipality does it: another tree, the same store."""
    older, newer = new_estate(tmp_path), new_estate(tmp_path / "newer")
    older.done("migrate")
    older.done("locale", "sign", "sv", "--kind", "verdict", "--by", "Rut Sand")
    older.done("locale", "sign", "en", "--kind", "all", "--by", "Rut Sand")
    newer.tree = copied_tree(tmp_path / "tree")
    newer.folder, newer.key = older.folder, older.key
    file = newer.tree / "bot" / "locales" / "sv" / "LC_MESSAGES" / "story_decisions.po"
    words = file.read_text(encoding="utf-8")
    at = words.index('msgid "verdict.7-12.')
    said = words.index('msgstr "', at) + len('msgstr "')
    file.write_text(f"{words[:said]}Till sist: {words[said:]}", encoding="utf-8")
    stats = {line["tag"]: (line["signed"], line["stale"]) for line in newer.done("locale", "stats", "--json").json}
    # What was made from the Swedish is as old as the Swedish.
    assert stats.pop("sv") == (0, 1)
    assert stats.pop("en") == (len(KINDS) - 1, 1)
    assert set(stats.values()) == {(0, 0)}


def test_a_signature_is_of_one_kinds_texts_in_one_language() -> None:
    marks = [digest_of(kind, one.tag) for one in locales() for kind in KINDS if kind not in lacking(one.tag)]
    assert len(set(marks)) == len(marks)
    assert set(heavy()) == {kind.code for kind in KINDS.values() if kind.heavy}
