"""What a signature covers: every word that a heavy card can say to a child, also those that other cards say too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.signing import Signed, digest_of, heavy, own_keys, shared_keys, sign, standings, unsigned_kinds
from bot.story.adults import adult_text
from bot.story.afterwards import day_of, said_aloud
from bot.story.keys import CHILDREN, adult_fields, catalogue, parts, reader
from bot.story.samples import DAY, PEOPLE, every_card, inside, texts_of
from bot.story.shared import FRAME, shared
from bot.story.telling import tell
from bot.story.words import explained, words_of
from bot.talk import Text
from storage import _tables as tables
from storage.kinds import KINDS, Kind
from storage.records import Afterwards, EntryId, EntryState, EntryView, Listener
from tests.chat.browser import Browser
from tests.parts.doors import come_in
from tests.parts.program import Estate, copied_tree
from tests.storage.house import House, open_house
from tests.test_serving import cards_of, the_child


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An open store in memory."""
    with open_house("sqlite://", tmp_path) as house:
        yield house


HEAVY = [pytest.param(KINDS[code], id=code) for code in heavy()]
# What no card says: the pages of the grown-ups and of who has more, a promise that was not kept, and whom to ask where
# no kind comes from them or it is her own social worker.
OFF_THE_CARDS = (
    "role.", "word.", "authority.", "promise.missed_today", "phrase.authority.school", "phrase.authority.social",
)  # fmt: skip


def _drawn(kind: Kind, listener: Listener) -> Iterator[Text]:
    """Every text of the kind's cards: the samples', and those with what the log adds to a card."""
    for card in every_card(kind, listener):
        yield from texts_of(card)
    bare = EntryView(EntryId("sample"), kind.code, EntryState.HAPPENED, DAY, kind.source, {}, dict(PEOPLE))
    names = tuple(field.name for field in kind.fields)
    for view in (
        replace(bare, missing=names, facts=True, left_out=names, told_by="Tove", told_on=DAY),
        replace(bare, opened_on=DAY, waited_until=DAY),
        replace(bare, opened_on=DAY, waited_until=date(2026, 9, 1), state=EntryState.PLANNED),
        replace(bare, fields={"wish": "…", "own_words": "…", "wish_effect": "followed"}),
    ):
        yield from texts_of(tell(view, listener))
    for field in adult_fields(kind, reader(listener)):
        view = replace(bare, fields={field.name: ("counsel",)})
        for said in adult_text(PEOPLE["counsel"], [view], listener).did:
            yield from inside(said)
    for one in kind.after:
        day = day_of(Afterwards(EntryId("sample"), kind.code, DAY, PEOPLE["counsel"]), one.day, listener)
        assert day is not None
        for again in (DAY, None):
            yield from (text for line in said_aloud(day, listener, "Tove", again) for text in inside(line))


@pytest.mark.parametrize("kind", HEAVY)
def test_every_word_that_a_heavy_card_can_say_to_a_child_lies_under_its_signature(kind: Kind) -> None:
    under = {*own_keys(kind.code), *shared_keys(kind.code)}
    for listener in CHILDREN:
        said = tuple(_drawn(kind, listener))
        beside = (text for block in explained(words_of(said), listener) for text in (block.heading, *block.lines))
        drawn = {text.key for text in (*said, *beside) if isinstance(text, Text)}
        assert drawn - under == set(), listener
        assert drawn - set(parts(kind, listener)) - set(shared(kind, listener)) == set(), listener


def test_what_lies_under_no_signature_stands_on_no_heavy_card() -> None:
    under = {key for code in heavy() for key in (*own_keys(code), *shared_keys(code))}
    assert under <= {*catalogue(), FRAME}
    light = {key for kind in KINDS.values() if not kind.heavy for one in CHILDREN for key in
             (*parts(kind, one), *shared(kind, one))}  # fmt: skip
    grown = {key for kind in KINDS.values() for one in (Listener.GUARDIAN, Listener.REPRESENTATIVE) for key in
             (*parts(kind, one), *shared(kind, one))}  # fmt: skip
    rest = set(catalogue()) - under - light - grown
    assert {key for key in rest if not key.startswith(OFF_THE_CARDS)} == set()


def test_a_kind_answers_only_for_the_shared_words_that_its_own_cards_say() -> None:
    assert "phrase.offence.assault.child" in shared_keys("verdict")
    assert "phrase.offence.assault.child" not in shared_keys("placement")
    assert "planned.7-12.what" in shared_keys("appeal")
    assert "planned.7-12.what" not in shared_keys("verdict"), "it is announced in words of its own"


# --- as rows ----------------------------------------------------------------------------------------------------------


def test_the_row_says_what_has_changed(house: House) -> None:
    def stand(mark: bytes) -> Signed:
        house.tamper(update(tables.review).values(digest=mark))
        return house.store.run(lambda tx: standings(tx, "verdict"))["sv"]

    assert house.store.run(lambda tx: standings(tx, "verdict"))["sv"] is Signed.NONE
    house.store.run(lambda tx: sign(tx, "verdict", "sv", "Rut Sand"))
    own, others = digest_of("verdict", "sv")[:32], digest_of("verdict", "sv")[32:]
    wrong = bytes(32)
    assert stand(own + others) is Signed.FRESH
    assert stand(own + wrong) is Signed.SHARED
    assert stand(wrong + others) is Signed.OWN
    assert stand(wrong + wrong) is Signed.BOTH
    # As signatures were before the words that kinds share lay under them.
    assert stand(own) is Signed.PARTIAL
    assert stand(wrong) is Signed.BOTH
    assert "verdict" in house.store.run(unsigned_kinds)["sv"]
    house.store.run(lambda tx: sign(tx, "verdict", "sv", "Rut Sand"))
    assert "verdict" not in house.store.run(unsigned_kinds)["sv"]


# --- in another version of the program --------------------------------------------------------------------------------


def _say_anew(tree: Path, file: str, key: str) -> None:
    """The Swedish words under a key begin with two others."""
    po = tree / "bot" / "locales" / "sv" / "LC_MESSAGES" / f"{file}.po"
    words = po.read_text(encoding="utf-8")
    said = words.index('msgstr "', words.index(f'msgid "{key}"')) + len('msgstr "')
    po.write_text(f"{words[:said]}Till sist: {words[said:]}", encoding="utf-8")


async def test_a_changed_sentence_that_cards_share_takes_each_of_them_back_until_it_is_signed_again(
    estate: Estate, tmp_path: Path, new_browser: Callable[[str], Browser]
) -> None:
    estate.done("migrate")
    case = estate.carry_in("elias")["elias"]
    estate.done("locale", "sign", "sv", "--kind", "all", "--by", "Rut Sand")
    newer = Estate(estate.folder, estate.key, copied_tree(tmp_path / "tree"), estate.settings)
    _say_anew(newer.tree, "story_shared", "closing.7-12.again")
    stats = {line["tag"]: line for line in newer.done("locale", "stats", "--json").json}
    assert (stats["sv"]["signed"], stats["sv"]["stale"]) == (0, len(KINDS))
    assert stats["sv"]["why"] == {"shared": len(KINDS)}
    # A translation made from the words before is older than the Swedish, and nobody can sign it so.
    older = newer.run("locale", "sign", "en", "--kind", "placement", "--by", "Rut Sand").sentence
    assert "older than the Swedish: placement" in older
    assert "The texts: closing.7-12.again." in older
    with newer.served() as served:
        child = the_child(estate, case)
        made = newer.done("invite", "--case", case, "--person", child, "--letter", "--json").json
        phone = new_browser(served.web)
        await come_in(phone, made["address"], made["spoken_code"])
        await phone.tap("way")
        held = await cards_of(phone)
        assert not {*held.values()} & {*heavy()}
        assert "unsigned" in held.values()
        said = newer.done("locale", "sign", "sv", "--kind", "all", "--by", "Rut Sand").out
        assert "where words that kinds share had changed since" in said
        shown = await cards_of(phone)
        assert shown.keys() == held.keys()
        assert {"verdict", "trial"} <= {*shown.values()}
