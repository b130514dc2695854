"""Sample cards: what can stand on a card stands on one of them, so that every text can be read where it is read."""

from __future__ import annotations

import pytest

from bot.speech import locale
from bot.story.keys import catalogue, parts, variants
from bot.story.samples import every_card, texts_of, told
from storage.kinds import KINDS
from storage.records import Listener

SAID = {
    text.key for kind in KINDS.values() for listener in Listener for card in every_card(kind, listener)
    for text in texts_of(card)
}  # fmt: skip


def test_every_text_of_a_kind_stands_on_a_card() -> None:
    own = {key for kind in KINDS.values() for listener in Listener for key in parts(kind, listener)}
    assert own - SAID == set()


def test_no_card_says_what_is_no_text() -> None:
    assert set(catalogue()) >= SAID


@pytest.mark.parametrize("listener", Listener)
def test_there_is_a_card_for_each_thing_that_may_come_of_a_kind(listener: Listener) -> None:
    for kind in KINDS.values():
        cards = told(kind, listener)
        if cards:
            assert [outcome for outcome, _ in cards] == list(variants(kind) or (None,))
        else:
            assert not parts(kind, listener)


def test_a_card_is_filled_with_usual_facts() -> None:
    card = dict(told(KINDS["child_interview"], Listener.CHILD))[None]
    said = [locale("sv", strict=True).say(part) for part in card.blocks]
    assert any("Omar" in words and "barnahus" in words for words in said), said
