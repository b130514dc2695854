"""Every place of the conversation can be said, in every language: no missing words, no missing slot, no dead end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from markupsafe import escape

from bot import engine
from bot.catalogues import catalogue_of
from bot.channels.eid import NO
from bot.faces.web import page
from bot.flows import FLOWS
from bot.flows.notes import Notes
from bot.proofreading import may_lack
from bot.speech import FOLDER, Locale, locale, locales, slots_in
from bot.story.keys import catalogue
from bot.talk import Chose, Event, Failed, Me, Proven, Step, Text, Typed
from storage.consent import Reason
from storage.queries import Purpose
from tests.faces.samples import FRAME
from tests.flows import places
from tests.flows.places import Place, keys_in, said
from tests.story.cases import FILLED

TAGS = tuple(one.tag for one in locales())
# Said by the engine and by the door of an invite, which are no steps.
ELSEWHERE = (
    engine.OLD_PAGE, engine.BROKE, engine.UNREAD,
    "invite.title", "invite.lead", "invite.label", "invite.wrong", "invite.button",
    "eid.yes", "eid.no", "eid.kept", "eid.welcome", *(f"eid.{why}" for why in NO),
)  # fmt: skip
# Words that no sample meets, since the answer that would bring them cannot come about today.
SPARE = {f"refused.{reason}" for reason in Reason} | {f"purpose.{purpose}" for purpose in Purpose}
LONGEST_BUTTON = 30
# Other languages need more letters for the same button; more than this is cut on a phone.
LONGER_WORDS = 8
# What a stranger who borrows the phone must not read.
TELLING = ("barnahus", "polis", "våld", "brott", "övergrepp", "socialtjänst")
# Promises, doubt and blame: none of it is said to anybody (Swedish is what the rest follow).
NEVER = ("allt blir bra", "du är trygg", "kommer att", "påstå", "ljuger", "borde ha", "tyvärr", "förövare", "offer ")


@pytest.fixture(params=TAGS)
def speaker(request: pytest.FixtureRequest) -> Locale:
    """Each language, with every slip an error; one that lacks whole kinds says them in Swedish, and says so."""
    return locale(request.param, strict=not locale(request.param).partial)


@cache
def all_places() -> tuple[Place, ...]:
    """Every place, answered and refused."""
    return (*places.answered(), *places.refused())


def events(place: Place) -> Iterator[Event]:
    """Everything that can be pressed there, and what nobody expects."""
    screen = place.screen
    yield from (Chose(way.value) for way in (*screen.rows, *screen.choices))
    yield from (Proven(outcome) for outcome in ("ok", "wrong", "locked", "unknown", "weak"))
    yield from (Chose("no such thing"), Typed(""), Typed("hej"), Failed("conflict"))


def lines() -> set[str]:
    """The keys of the kind lines that a turn may leave behind."""
    found = set()
    for place in all_places():
        for event in events(place):
            line = place.step.on(place.me, event, place.facts).line
            if line is not None:
                assert not line.slots, f"{line.key}: only its key is kept until the next page"
                found.add(line.key)
    return found


class TestEveryPlaceCanBeSaid:
    def test_every_step_is_visited(self) -> None:
        assert {place.step.name for place in all_places()} == set(FLOWS)

    def test_in_every_language(self, speaker: Locale) -> None:
        for place in places.answered():
            for part in said(place.screen):
                assert speaker.say(part).strip(), place

    def test_when_everything_is_withheld(self, speaker: Locale) -> None:
        for place in places.refused():
            words = [speaker.say(part) for part in said(place.screen)]
            assert len(words) > 1, place
            assert all(words), place

    def test_the_line_a_turn_leaves_behind(self, speaker: Locale) -> None:
        for key in (*sorted(lines()), *ELSEWHERE):
            assert speaker.say(Text(key)).strip(), key

    def test_with_words_of_its_own_and_not_swedish_ones(self, speaker: Locale) -> None:
        lacking = {
            key
            for place in all_places()
            for part in said(place.screen)
            for key in keys_in(part)
            if not speaker.speaks(key) and not may_lack(key, speaker)
        }
        assert not lacking

    def test_no_text_of_the_chat_is_left_over(self) -> None:
        asked = {key for place in all_places() for part in said(place.screen) for key in keys_in(part)}
        asked |= lines() | set(ELSEWHERE) | SPARE | set(catalogue())
        assert not set(chat("sv")) - asked


class TestNoDeadEnd:
    """Whatever a page shows can be pressed, and does something."""

    def test_every_button_does_something(self) -> None:
        dead = set()
        for place in all_places():
            for way in (*place.screen.rows, *place.screen.choices):
                turn = place.step.on(place.me, Chose(way.value), place.facts)
                if turn.line == Text("line.choose"):
                    dead.add((place.step.name, way.value, place.refused is not None))
        assert not dead

    def test_every_way_leads_to_a_place_that_exists(self) -> None:
        for place in all_places():
            for event in events(place):
                go = place.step.on(place.me, event, place.facts).next
                step: type[Step] = FLOWS[go.step]
                assert step.name == go.step

    def test_a_refusal_that_offers_a_human_does_not_lead_back_to_itself(self) -> None:
        for place in places.refused():
            for way in place.screen.choices:
                turn = place.step.on(place.me, Chose(way.value), place.facts)
                assert way.value != "ask" or turn.next.step != place.step.name, place

    def test_at_most_four_replies_and_twenty_rows(self) -> None:
        for place in all_places():
            screen = place.screen
            values = [way.value for way in (*screen.rows, *screen.choices)]
            assert len(screen.choices) <= 4, place
            assert len(screen.rows) <= 20, place
            assert len(values) == len(set(values)), place


class TestOutsiders:
    def test_every_reason_for_a_no_is_the_same_page(self, speaker: Locale) -> None:
        pages: dict[str, set[str]] = {}
        for place in places.refused():
            if place.me in (places.GUARDIAN, places.STRANGER):
                page = "\n".join(speaker.say(part) for part in said(place.screen))
                pages.setdefault(repr(place.step), set()).add(page)
        assert pages
        assert all(len(alike) == 1 for alike in pages.values())

    def test_what_shuts_a_guardian_out_never_names_itself(self, speaker: Locale) -> None:
        """A representative may be a guardian, too: the reason is the rule's, and the words tell nothing."""
        reasons = (Reason.BLOCKED, Reason.STATUS, Reason.NOT_CLEARED, Reason.INVESTIGATION, Reason.OF_AGE)
        assert len({speaker.say(Text(f"refused.{reason}")) for reason in reasons}) == 1


class TestTheWordsThemselves:
    def test_the_front_page_of_a_shared_phone_names_nothing(self) -> None:
        words = spoken("welcome/front", places.VISITOR, locale("sv", strict=True)).casefold()
        assert not [word for word in TELLING if word in words]

    def test_the_first_page_says_what_answers(self) -> None:
        assert "datorprogram" in spoken("welcome/front", places.VISITOR, locale("sv", strict=True))
        assert "computer program" in spoken("welcome/front", places.VISITOR, locale("en", strict=True))

    def test_home_greets_by_name(self, speaker: Locale) -> None:
        assert "Tuva" in spoken("my_way/home", places.CHILDREN[1], speaker)

    def test_who_reads_and_what_answers_now_stand_before_the_box(self, speaker: Locale) -> None:
        place = next(one for one in places.answered() if one.step.name == "say/write")
        drawn = page(place.screen, speaker, step="say/write", turn=1, hidden_turn=False, frame=FRAME)
        box = drawn.index("<textarea")
        for what in ("who_reads", "may_act", "not_what"):
            assert drawn.index(str(escape(speaker.say(Text(f"say.{what}"))))) < box
        assert "tel:112" in drawn
        assert "tel:116111" in drawn

    def test_without_a_reader_there_is_no_box(self) -> None:
        unread = [place for place in places.answered() if place.step.name == "say/write" and place.screen.ask is None]
        assert unread
        assert all(Text("say.nobody") in said(place.screen) for place in unread)

    def test_an_alarm_comes_first_and_says_who_has_been_told(self, speaker: Locale) -> None:
        told = speaker.say(Text("alarm.told"))
        alarmed = [place for place in places.answered() if getattr(place.step, "alarm", "") and place.screen.ask]
        own = [place for place in alarmed if place.step.name == "notes/list"]
        assert own
        assert len(alarmed) > len(own)
        for place in alarmed:
            if place in own:
                continue
            words = [speaker.say(part) for part in said(place.screen)]
            assert words.index(told) == 2, place
            assert "112" in words[1] or "116\u00a0111" in words[1], place

    def test_help_for_what_she_writes_to_herself_comes_first_and_says_that_nobody_has_got_it(self) -> None:
        alarmed = [place for place in places.answered() if isinstance(place.step, Notes) and place.step.alarm]
        assert alarmed
        for place in alarmed:
            keys = [part.key for part in said(place.screen) if isinstance(part, Text)]
            assert isinstance(place.step, Notes)
            assert keys[1:3] == [f"alarm.{place.step.alarm}", "notes.alarm"], place
            assert "alarm.told" not in keys, place

    def test_nothing_that_can_be_done_with_a_card_is_left_over(self) -> None:
        asked = {key for place in all_places() for part in said(place.screen) for key in keys_in(part)}
        asked |= lines() | SPARE
        with (FOLDER / "sv" / "LC_MESSAGES" / "card.po").open("rb") as file:
            assert not {message.id for message in read_po(file) if message.id} - asked

    def test_a_day_that_passed_says_so_and_that_the_manager_has_it(self) -> None:
        missed = {place for place in places.answered() if place.step.name == "card/one" and _missed(place)}
        assert missed
        assert all(Text("promise.missed_task") in said(place.screen) for place in missed)

    def test_buttons_are_short(self, speaker: Locale) -> None:
        long = {
            words
            for place in all_places()
            for way in place.screen.choices
            if len(words := speaker.say(way.label)) > LONGEST_BUTTON + (0 if speaker.tag in FILLED else LONGER_WORDS)
        }
        assert not long

    def test_nothing_is_promised_and_nobody_is_doubted(self) -> None:
        said_so = {key: words for key, forms in chat("sv").items() for words in forms if _never(words)}
        assert not said_so

    @pytest.mark.parametrize("tag", TAGS)
    def test_each_language_has_the_same_keys_and_slots_and_is_marked_as_a_draft(self, tag: str) -> None:
        source = {key: frozenset().union(*map(slots_in, forms)) for key, forms in chat("sv").items()}
        assert {key: frozenset().union(*map(slots_in, forms)) for key, forms in chat(tag).items()} == source
        assert '"X-Review: draft\\n"' in file_of(tag).read_text(encoding="utf-8")


def spoken(name: str, me: Me, speaker: Locale) -> str:
    """The first page of a step as words."""
    place = next(one for one in places.answered() if one.step.name == name and one.me == me)
    return "\n".join(speaker.say(part) for part in said(place.screen))


def _missed(place: Place) -> bool:
    return any(isinstance(part, Text) and part.key == "promise.missed" for part in said(place.screen))


def _never(words: str) -> bool:
    return any(word in words.casefold() for word in NEVER)


def file_of(tag: str) -> Path:
    """The chat's own file."""
    return FOLDER / tag / "LC_MESSAGES" / "chat.po"


def chat(tag: str) -> dict[str, tuple[str, ...]]:
    """The texts of the chat's own file, by key."""
    with file_of(tag).open("rb") as file:
        own = {message.id for message in read_po(file) if message.id}
    return {key: forms for key, forms in catalogue_of(FOLDER / tag).forms.items() if key in own}
