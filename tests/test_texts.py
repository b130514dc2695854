"""Gates on the words: every text there is, in every locale, whole, short enough and kind enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from gettext import c2py
from pathlib import Path

import babel
import polib
import pytest

from bot.catalogues import catalogue_of
from bot.proofreading import NUMBERS, WORDS_A_SENTENCE, forms_of, fragment, lacking, listener_of, may_lack, proofread
from bot.speech import FOLDER, FSI, PDI, Locale, SpeechError, locale, locales, slots_in
from bot.story import readability
from bot.story.keys import PHRASES, catalogue, parts, phrase, voice
from bot.story.telling import PHONES, Card, tell
from bot.story.values import adult_slot, duration
from bot.talk import Many, Name, Slot, Text
from storage.kinds import KINDS, ROLES, WORRY, FieldType, Kind, fields_of
from storage.records import EntryState, Listener
from tests.story import cases

TAGS = tuple(one.tag for one in locales())
# The words of a person are framed by a text of the house, which no entry asks for by itself.
KEYS: Mapping[str, frozenset[str]] = {**catalogue(), "written.words": frozenset({"words", "language"})}


def forms(tag: str) -> Mapping[str, tuple[str, ...]]:
    """Every message of a locale."""
    return catalogue_of(FOLDER / tag).forms


def files(tag: str) -> list[Path]:
    """The story's own files of a locale."""
    return sorted((FOLDER / tag / "LC_MESSAGES").glob("story_*.po"))


SAMPLES = {
    "by": "omar", "taken_by": "tove", "reported_by": "tove", "reporter_shown": "siri", "prosecutor": "rut",
    "fetched_by": "nils", "told_home_by": "omar",
    "decided_by": "rut", "appointee": "nils",
    "lawyer": "lo", "helper": "ines", "new_worker": "tove", "former_worker": "tove",
    "handled_by": "vera", "contact_after": "tove",
}  # fmt: skip
LISTS = {"participants": ("tove", "rut"), "listeners": ("tove", "rut"), "with_me": ("siri",), "for_me": ("vera",)}
CHOICES = {
    "place": ("place_at", "barnahus"), "from_place": ("place_from", "preschool"), "back_to": ("place_to", "school"),
    "whom": ("whom", "maternal_grandfather"), "told_whom": ("whom", "mother"), "home_with": ("whom", "mother"),
    "travel": ("travel", "taxi"), "measure": ("measure", "contact_family"),
    "heard": ("whom", "mother"), "offence": ("offence", "assault"), "authority": ("authority", "social"),
    "tongue": ("tongue", "arabic"),
}  # fmt: skip


def sample(slot: str, listener: Listener) -> Slot:
    """A usual value of a slot."""
    if slot in SAMPLES:
        return adult_slot(cases.PEOPLE[SAMPLES[slot]], listener)
    if slot in LISTS:
        people = tuple(adult_slot(cases.PEOPLE[one], listener) for one in LISTS[slot])
        return people[0] if len(people) == 1 else Many(people)
    if slot in CHOICES:
        return Text(phrase(*CHOICES[slot], listener))
    if slot == "worry":
        return Text(phrase("worry", "sexual", listener), {"whom": sample("whom", listener)})
    if slot == "shields":
        return Many(tuple(Text(phrase("shield", one, listener)) for one in ("same_police", "child_room")))
    if slot == "on":
        return date(2026, 9, 16)
    others: dict[str, Slot] = {
        "prison_months": duration(24), "phone": Name(PHONES[Listener.CHILD]), "name": Name("Rut"), "count": 3,
        "what": Text(f"did.child_talk.by.{voice(listener)}"), "words": "…", "language": "…",
    }  # fmt: skip
    return others[slot]


def filled(key: str, speaker: Locale, listener: Listener) -> str:
    """A text with usual values in its slots; empty when the locale does not have it yet."""
    try:
        slots = {name: sample(name, listener) for name in KEYS[key]}
        # Who told her is a name as the worker is called, without a role.
        return speaker.say(Text(key, slots | ({"by": Name("Tove")} if key == "told.by" else {})))
    except SpeechError:
        return ""


def sentences(tag: str) -> Iterator[tuple[str, Listener, str]]:
    """Every text of the story that is made of sentences: key, whom it is for, words."""
    speaker = locale(tag, strict=True)
    for key in KEYS:
        listener = listener_of(key)
        if listener is not None and not fragment(key):
            yield key, listener, filled(key, speaker, listener)


def widest(slot: str, speaker: Locale) -> Slot:
    """The longest that can stand in a slot when a small child is told: the wordiest choice, or two wordy grown-ups."""

    def length(said: Slot) -> int:
        return len(readability.words(speaker.say(Text("did.dated", {"what": said, "on": ""}))))

    listener = Listener.UNDER_7
    grown_ups = [Text(phrase("role", role, listener), {"name": Name("Maximilian")}) for role in ROLES]
    if slot in SAMPLES:
        return max(grown_ups, key=length)
    if slot in LISTS:
        return Many((max(grown_ups, key=length),) * 2)
    if slot == "worry":
        return max(
            (Text(phrase("worry", one, listener), {"whom": widest("whom", speaker)}) for one in WORRY), key=length
        )
    if slot in CHOICES:
        choice_set = CHOICES[slot][0]
        return max((Text(phrase(choice_set, one, listener)) for one in PHRASES[choice_set]), key=length)
    return sample(slot, listener)


def listed(faults: list[str]) -> str:
    """The faults, one a line, for whoever mends them."""
    return f"{len(faults)} to mend:\n" + "\n".join(faults)


def every_card(listener: Listener, without: frozenset[str] = frozenset()) -> Iterator[Card]:
    """Cards of every kind, with each choice of each field once, in every state; thin ones too."""
    for kind in KINDS.values():
        if kind.code in without or (listener is Listener.REPRESENTATIVE and not kind.criminal):
            continue
        full: dict[str, object] = {"own_words": "…", "wish": "…"}
        for _, _, fields in (row for row in cases.EVERY if row[0] == kind.code):
            full |= fields
        for state in EntryState:
            yield tell(cases.view(kind.code, listener, full, state=state), listener)
            yield tell(cases.view(kind.code, listener, {}, state=state, on=None), listener)
        for field in fields_of(kind):
            values = (True, False) if field.type is FieldType.YES_NO else field.choices
            for value in values:
                said = (value,) if field.type is FieldType.CHOICES else value
                yield tell(cases.view(kind.code, listener, full | {field.name: said}), listener)


@pytest.mark.parametrize("tag", TAGS)
class TestEveryTextIsThere:
    """A kind is one entry in `storage.kinds`; here the build says which texts it lacks."""

    def test_nothing_that_can_be_counted_is_wrong_with_it(self, tag: str) -> None:
        faults = [f"{fault.at} {fault.say}" for fault in proofread(tag)]
        assert faults == [], listed(faults)

    def test_every_text_has_the_slots_it_is_given(self, tag: str) -> None:
        faults = [
            f"{key}: has {sorted(has)}, is given {sorted(given)}"
            for key, given in KEYS.items()
            if key in forms(tag) and (has := frozenset().union(*map(slots_in, forms(tag)[key]))) != given
        ]
        gone = [key for key in KEYS if key not in forms(tag) and not may_lack(key, locale(tag))]
        assert faults + gone == [], listed(faults + gone)

    def test_no_text_is_left_that_nothing_asks_for(self, tag: str) -> None:
        orphans = [f"{path.name}: {entry.msgid}" for path in files(tag) for entry in polib.pofile(str(path))
                   if entry.msgid not in KEYS]  # fmt: skip
        assert orphans == [], listed(orphans)

    def test_no_text_stands_twice(self, tag: str) -> None:
        seen = Counter(entry.msgid for path in files(tag) for entry in polib.pofile(str(path)))
        twice = [key for key, times in seen.items() if times > 1]
        assert twice == [], listed(twice)

    def test_a_text_that_counts_has_every_plural_form(self, tag: str) -> None:
        want = len(forms_of(locale(tag).cldr))
        faults = [
            f"{entry.msgid}: {sorted(entry.msgstr_plural)}"
            for path in files(tag)
            for entry in polib.pofile(str(path))
            if entry.msgid_plural
            and (sorted(entry.msgstr_plural) != list(range(want)) or not all(entry.msgstr_plural.values()))
        ]
        assert faults == [], listed(faults)
        counting = [key for key, slots in KEYS.items() if "count" in slots]
        flat = [key for key in counting if len(forms(tag).get(key, ())) != want]
        assert flat == [], listed(flat)

    def test_every_file_says_its_language_and_that_it_is_a_draft(self, tag: str) -> None:
        want = {"Language": tag, "X-Review": "draft", "Content-Type": "text/plain; charset=utf-8"}
        faults = [
            f"{path.name}: {name} is {has!r}, not {value!r}"
            for path in files(tag)
            for name, value in want.items()
            if (has := polib.pofile(str(path)).metadata.get(name)) != value
        ]
        assert faults == [], listed(faults)

    def test_a_number_picks_the_form_that_the_language_has_for_it(self, tag: str) -> None:
        # Babel's own rule for Arabic has the last two forms in another order than its translators write them.
        language = babel.Locale.parse(locale(tag).cldr)
        order = forms_of(locale(tag).cldr)
        faults = []
        for path in (FOLDER / tag / "LC_MESSAGES").glob("*.po"):
            page = polib.pofile(str(path))
            if not any(entry.msgid_plural for entry in page):
                continue
            rule = c2py(page.metadata["Plural-Forms"].partition("plural=")[2].rstrip(";"))
            wrong = [n for n in NUMBERS if order[rule(n)] != language.plural_form(n)]
            faults += [f"{path.name}: {wrong}"] if wrong else []
        assert faults == [], listed(faults)


class TestEveryTextReadsWithItsGapsFilled:
    """How long a sentence becomes with usual names and places in it."""

    @pytest.mark.parametrize("tag", TAGS)
    def test_no_sentence_is_longer_than_its_listener_can_hold(self, tag: str) -> None:
        faults = [
            f"{readability.longest(words)} words of {WORDS_A_SENTENCE[listener]} in {key}: {words}"
            for key, listener, words in sentences(tag)
            if readability.longest(words) > WORDS_A_SENTENCE[listener]
        ]
        assert faults == [], listed(faults)

    @pytest.mark.parametrize("tag", cases.FILLED)
    def test_no_sentence_for_the_youngest_is_too_long_whoever_it_names(self, tag: str) -> None:
        speaker = locale(tag, strict=True)
        said = {
            key: speaker.say(Text(key, {name: widest(name, speaker) for name in slots}))
            for key, slots in KEYS.items()
            if slots and listener_of(key) is Listener.UNDER_7 and not fragment(key)
        }
        faults = [f"{readability.longest(one)} words in {key}: {one}" for key, one in said.items()
                  if readability.longest(one) > WORDS_A_SENTENCE[Listener.UNDER_7]]  # fmt: skip
        assert faults == [], listed(faults)


@pytest.mark.parametrize("tag", TAGS)
class TestEveryTextReads:
    """What can be counted of a text that is easy, whole and kind."""

    @pytest.mark.parametrize("listener", Listener)
    def test_every_card_can_be_said_and_is_no_telegram(self, tag: str, listener: Listener) -> None:
        speaker = locale(tag, strict=True)
        faults: set[str] = set()
        for card in every_card(listener, lacking(tag)):
            try:
                words = cases.said(card, speaker)
            except SpeechError as slip:
                faults.add(str(slip))
                continue
            told = "\n".join(speaker.say(part) for part in card.blocks)
            if words.count(FSI) != words.count(PDI):
                faults.add(f"isolates do not balance in {card.headline.key}")
            if "  " in words or "{" in words or "}" in words:
                faults.add(f"a gap in {card.headline.key}")
            if tag in cases.FILLED and readability.choppy(told):
                faults.add(f"five sentences in a row under four words in {card.headline.key}")
        assert not faults, listed(sorted(faults))


class TestTheDaysAfter:
    """What is said after an interview is as easy as a card, and no day says what another has said."""

    KINDS = tuple(kind for kind in KINDS.values() if kind.after)

    @pytest.mark.parametrize("tag", ["sv", "sv-lattlast"])
    @pytest.mark.parametrize("listener", Listener)
    def test_they_are_no_harder_than_a_log(self, listener: Listener, tag: str) -> None:
        speaker = locale(tag, strict=True)
        words = "\n".join(filled(key, speaker, listener) for kind in self.KINDS for key in _after(kind, listener))
        assert readability.lix(words) <= cases.HARDEST[listener]
        assert not readability.choppy(words)

    @pytest.mark.parametrize("listener", Listener)
    def test_no_day_says_what_another_has_said(self, listener: Listener) -> None:
        said = Counter(
            one
            for kind in self.KINDS
            for key in _after(kind, listener)
            for one in readability.sentences(" ".join(forms("sv")[key]))
            if len(readability.words(one)) > 4
        )
        assert [one for one, times in said.items() if times > 1] == []

    @pytest.mark.parametrize("listener", Listener)
    def test_none_of_them_knows_how_it_ended(self, listener: Listener) -> None:
        told = ("åtalas", "läggs ner", "lades ner", "fälls", "döms till", "skyldig")
        words = " ".join(filled(key, locale("sv"), listener) for kind in self.KINDS for key in _after(kind, listener))
        assert [one for one in told if one in words.casefold()] == []


def _after(kind: Kind, listener: Listener) -> list[str]:
    """The keys of what is said after a kind, the headlines apart."""
    return [
        key
        for key in parts(kind, listener)
        if key.split(".")[2].startswith(("after", "day_")) and not key.endswith("headline")
    ]
