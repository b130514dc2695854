"""How long a sentence of the demo's logs is with the names that people have, and not a short one in each slot.

A name is one word here, first name and surname: it is known and not spelt out, and no text can be written shorter for
it. What lists people or protections is left out: it is read one at a time, with a breath between.
"""

from __future__ import annotations

from functools import cache

import pytest

from bot.proofreading import WORDS_A_SENTENCE
from bot.speech import FSI, PDI, locale
from bot.story import readability, tell
from bot.talk import Many, Text
from storage.records import Listener
from tests.story.carried import Carried, carried

NAMES = ("amina", "elias", "ivar", "moa", "noa", "ronja", "selma", "tuva", "vilja")
# What is still too long with the wordiest of its choices: a known grown-up, and what was worried about.
LEFT = {
    "sv": {"report_social.7-12.about", "report_police.7-12.about"},
    "en": {"suspect_interview.7-12.who"},
}
once = cache(carried)


def said_of(case: Carried, listener: Listener) -> list[Text]:
    """Every text of a listener's log, one that lists several apart."""
    part = {Listener.GUARDIAN: "guardian", Listener.REPRESENTATIVE: "shared"}.get(listener, "child")
    blocks = [block for view in case.parts.get(part, ()) for block in tell(view, listener).blocks]
    texts = [block for block in blocks if isinstance(block, Text)]
    return [text for text in texts if not any(isinstance(slot, Many) for slot in text.slots.values())]


def with_names_as_words(said: str, case: Carried) -> str:
    """The words as they are read, each grown-up's name one word."""
    for adult in sorted(case.adults.values(), key=lambda one: -len(one.label)):
        said = said.replace(adult.label, adult.label.replace(" ", "-").replace("(", "").replace(")", ""))
    return said.replace(FSI, "").replace(PDI, "")


@pytest.mark.parametrize("tag", LEFT)
def test_with_real_names_no_sentence_of_a_log_is_longer_than_its_listener_can_hold(tag: str) -> None:
    speaker = locale(tag, strict=True)
    long = {
        text.key
        for case in map(once, NAMES)
        for listener in Listener
        for text in said_of(case, listener)
        if readability.longest(with_names_as_words(speaker.say(text), case)) > WORDS_A_SENTENCE[listener]
    }
    assert long == LEFT[tag]
