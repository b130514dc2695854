"""The safety net under free text: what must be caught, with the spelling of somebody in a hurry, and what must not."""

from __future__ import annotations

import tomllib

import pytest

from bot.proofreading import trial
from bot.speech import locales
from bot.story.safety import FOLDER, Alarm, alarm_in, net, plainly
from tests.story.cases import FILLED

TAGS = tuple(one.tag for one in locales())
LEAST = 60


def listed(tag: str) -> dict[str, list[str]]:
    """The messages that a language brings to be tried on."""
    table: dict[str, list[str]] = tomllib.loads((FOLDER / tag / "safety_trial.toml").read_text(encoding="utf-8"))
    return table


@pytest.mark.parametrize("tag", TAGS)
def test_what_must_be_caught_is_caught(tag: str) -> None:
    """Nothing may slip through a net that children rely on; what does is named here, so that it can be mended."""
    tried = trial(tag)
    assert len(tried.missed) * 50 <= tried.must_fire, tried.missed


@pytest.mark.parametrize("tag", TAGS)
def test_an_everyday_message_is_let_through(tag: str) -> None:
    tried = trial(tag)
    assert len(tried.fired) * 50 <= tried.silent, tried.fired


@pytest.mark.parametrize("tag", TAGS)
def test_a_message_raises_the_alarm_that_fits_it(tag: str) -> None:
    """One that is more urgent shows help that fits as well; one that is less urgent does not."""
    order = list(Alarm)
    late = [
        (words, caught)
        for name in Alarm
        for words in listed(tag).get(name, ())
        if (caught := alarm_in(words, tag)) is not None and order.index(caught) > order.index(name)
    ]
    assert len(late) * 20 <= trial(tag).must_fire, late


@pytest.mark.parametrize("tag", TAGS)
def test_there_are_enough_of_each(tag: str) -> None:
    messages = [words for some in listed(tag).values() for words in some]
    assert len(messages) == len(set(messages))
    assert set(listed(tag)) >= {*Alarm, "silent"} - {Alarm.SAFE_WORD}
    assert len(listed(tag)["silent"]) >= 140
    assert trial(tag).must_fire >= 160
    assert len(messages) >= 300
    assert set(net(tag)) == set(Alarm)
    assert sum(map(len, net(tag).values())) >= LEAST


@pytest.mark.parametrize("tag", TAGS)
def test_every_phrase_raises_its_own_alarm(tag: str) -> None:
    """A phrase shadowed by a more urgent one shows the wrong help."""
    wrong = {
        phrase: caught
        for alarm, phrases in net(tag).items()
        for phrase in phrases
        if (caught := alarm_in(phrase.removesuffix("*"), tag)) is not alarm
    }
    assert not wrong


@pytest.mark.parametrize("tag", TAGS)
def test_no_phrase_is_written_twice_and_endings_are_left_open_sparingly(tag: str) -> None:
    table = tomllib.loads((FOLDER / tag / "safety.toml").read_text(encoding="utf-8"))
    phrases = [phrase for some in table.values() for phrase in some]
    assert len(phrases) == len(set(phrases))
    # Where words have many endings the lists need them; what that catches by mistake the trial shows.
    most = len(phrases) // 20 if tag in FILLED else len(phrases)
    assert sum(phrase.endswith("*") for phrase in phrases) <= most
    assert all(len(phrase) >= 3 for phrase in phrases)


def test_a_child_who_writes_in_another_language_than_she_reads_is_heard() -> None:
    assert alarm_in("i want to die", "sv") is Alarm.SUICIDE
    assert alarm_in("he has a knife", "so") is Alarm.DANGER
    assert alarm_in("Ağabeyim beni öldürecek, yardım edin", "sv") is Alarm.DANGER
    assert alarm_in("dödar mig själv", "sv") is Alarm.SUICIDE


def test_a_swedish_word_is_heard_in_every_language() -> None:
    assert alarm_in("please, jag vill dö", "en") is Alarm.SUICIDE
    assert alarm_in("جدا: hjälp mig nu", "ar") is Alarm.DANGER


def test_a_whole_message_is_caught_where_the_same_word_inside_another_is_not() -> None:
    assert alarm_in("HJÄLP!!", "sv") is Alarm.DANGER
    assert alarm_in("tack för all hjälp", "sv") is None


@pytest.mark.parametrize("words", ["I'm in danger", "im in danger", "I’m in danger"])
def test_an_apostrophe_may_be_left_out(words: str) -> None:
    assert alarm_in(words, "en") is Alarm.DANGER


def test_a_choice_stands_for_each_of_its_words() -> None:
    assert alarm_in("dom säger att hon ska giftas bort", "sv") is Alarm.DANGER
    assert {"hjälp mig fort", "hjelp mej nu"} <= set(net("sv")[Alarm.DANGER])


def test_the_most_urgent_one_wins() -> None:
    assert alarm_in("Jag vill dö och han har en kniv", "sv") is Alarm.DANGER


def test_an_alarm_inside_another_word_is_none() -> None:
    assert alarm_in("kaosos", "sv") is None


@pytest.mark.parametrize("words", ["", "   ", "…!?", "🙂"])
def test_nothing_said_is_nothing_caught(words: str) -> None:
    assert alarm_in(words, "sv") is None


def test_words_are_made_plain() -> None:
    assert plainly("  JAAAA!!  \n Vill-dö ") == "ja vill dö"
    assert plainly("أُرِيدُ أنْ") == plainly("اريد ان")
    assert plainly("ســاعدوني") == "ساعدوني"
