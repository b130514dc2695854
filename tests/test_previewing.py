"""What a translator is shown of each text: who reads it, where it stands, and how it reads there."""

from __future__ import annotations

import csv
import io

from bot.interchange import as_csv, as_po, sheets
from bot.previewing import MARK, standing
from bot.proofreading import people_keys


def test_every_text_has_a_reader_a_place_and_a_preview_in_which_it_is_marked() -> None:
    bare = [
        one.key
        for one in sheets("en")
        if not (one.stands.reader and one.stands.where) or not any(line.startswith(MARK) for line in one.stands.preview)
    ]
    assert bare == []
    assert {one.key for one in sheets("en")} == people_keys()


def test_a_sentence_of_a_card_is_seen_on_the_whole_card_with_made_up_facts() -> None:
    seen = standing("child_interview.7-12.place")
    assert seen.reader == "a child of 7 to 12"
    assert seen.slots == "by, place"
    assert seen.where.startswith("Paragraph 2 of ")
    assert seen.preview[0] == "Förhör med polisen"
    assert [line for line in seen.preview if line.startswith(MARK)] == [
        "→ Det var polisen Omar som frågade, och ni var på barnahus."
    ]


def test_words_inside_a_sentence_are_seen_in_one() -> None:
    seen = standing("phrase.whom.maternal_grandfather.child")
    assert seen.where.startswith("Inside a sentence")
    assert any(line.startswith(MARK) and "din morfar" in line for line in seen.preview)


def test_a_text_of_the_pages_is_seen_between_its_neighbours() -> None:
    seen = standing("home.row.stop")
    assert seen.where == "In the web chat's own pages and buttons."
    assert len(seen.preview) > 1
    assert sum(line.startswith(MARK) for line in seen.preview) == 1


def test_both_files_carry_it() -> None:
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(as_csv("en").decode("utf-8-sig"), newline=""))}
    assert rows["child_interview.7-12.place"]["preview"].startswith("Förhör med polisen\n")
    assert rows["child_interview.7-12.place"]["reader"] == "a child of 7 to 12"
    assert "#. preview: → Det var polisen Omar som frågade, och ni var på barnahus." in as_po("en").decode()
