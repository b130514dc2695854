"""Proofreading: what can be counted against a language before anybody reads it: gaps, slots, length, words never said.

A locale's folder brings its own measures: `gates.toml` has the words of doubt, blame or promise that no text may hold
(`never`), the words for "we" (`we`), the signs that end a sentence (`ends`) and the words that join one thing to
another (`connectives`). The languages of the workers' own pages also have words to be careful with (`careful`), which
are asked about and never refused. `safety_trial.toml` has messages on which the net of `safety.toml` must fire (by
alarm), and everyday ones (`silent`) on which it must not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import babel

from bot.catalogues import Catalogue, catalogue_of
from bot.speech import SOURCE, Locale, locale, locales, slots_in, source_mark
from bot.story import readability
from bot.story.keys import parts, prefix, variants
from bot.story.safety import Alarm, alarm_in
from storage.kinds import KINDS
from storage.records import Listener

# The longest sentence that a listener can hold (domain 3.3), in words.
WORDS_A_SENTENCE: Mapping[Listener, int] = {
    Listener.UNDER_7: 12, Listener.CHILD: 12, Listener.TEEN: 15, Listener.GROWN: 20, Listener.GUARDIAN: 20,
    Listener.REPRESENTATIVE: 20,
}  # fmt: skip
ORDER = ("zero", "one", "two", "few", "many", "other")
# Whole numbers that between them meet every form a language has.
NUMBERS = (*range(130), 1_000, 10_000, 1_000_000)
_LISTENERS = {str(one): one for one in Listener}
_QUOTED = re.compile(r"[”“«\"„][^”»\"“]*[”»\"“]")
_ADDRESS = re.compile(r"\b[\w-]+\.(?:se|nu|eu|org)\b")
_UNCLEAN = re.compile(r"  |^\s|\s$|\s[.,!?؟،።]|\.\.|[\t\r]|(?<!\d)[.,](?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Gates:
    """What a language brings to be measured by."""

    never: tuple[str, ...]
    we: tuple[str, ...]
    ends: tuple[str, ...]
    connectives: tuple[str, ...]
    careful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: the key (or file) and a sentence."""

    at: str
    say: str


@dataclass(frozen=True, slots=True)
class Trial:
    """How a net did: messages that must fire and those it missed, everyday ones and those on which it fired."""

    must_fire: int
    missed: tuple[str, ...]
    silent: int
    fired: tuple[str, ...]


@lru_cache(maxsize=64)
def gates(folder: Path) -> Gates:
    """The measures of a locale's folder."""
    table = tomllib.loads((folder / "gates.toml").read_text(encoding="utf-8"))
    never, we, ends, connectives = (tuple(table[name]) for name in ("never", "we", "ends", "connectives"))
    return Gates(never, we, ends, connectives, tuple(table.get("careful", ())))


def people_keys() -> frozenset[str]:
    """The keys of every text that a language must have: all but the workers' own pages."""
    return frozenset(key for key, file in catalogue_of(locale(SOURCE).folder).files.items() if not _for_staff(file))


def proofread(tag: str) -> tuple[Fault, ...]:
    """Everything that is wrong with a language, in the order of its keys; empty when a human may begin to read."""
    one = locale(tag)
    mine, source = catalogue_of(one.folder), catalogue_of(locale(SOURCE).folder)
    faults = [Fault(key, "has no words") for key in sorted(people_keys() - mine.forms.keys()) if not may_lack(key, one)]
    faults += [Fault(key, "is asked for by nothing") for key in sorted(mine.forms.keys() - source.forms.keys())]
    for key in sorted(mine.forms.keys() & source.forms.keys()):
        faults += faults_of(key, mine, source, one)
    return tuple(faults)


def faults_of(key: str, mine: Catalogue, source: Catalogue, one: Locale) -> Iterator[Fault]:
    """What is wrong with one text of a language, beside the Swedish one."""
    return (Fault(key, say) for say in _wrong(key, mine, source, one))


@lru_cache(maxsize=64)
def lacking(tag: str) -> frozenset[str]:
    """The kinds of entry that a language cannot tell yet: its reader is told who goes through them with her."""
    forms = catalogue_of(locale(tag).folder).forms
    return frozenset(
        code
        for code, kind in KINDS.items()
        if any(key not in forms for listener in Listener for key in parts(kind, listener))
    )


def may_lack(key: str, one: Locale) -> bool:
    """Whether a language that says it is partial may be without this text: whole kinds may wait, no kind by halves."""
    if not one.partial:
        return False
    if key.startswith("phrase."):
        return True
    kind = _kind_of(key)
    return kind is not None and kind not in _begun(one.tag)


@lru_cache(maxsize=64)
def _begun(tag: str) -> frozenset[str]:
    """The kinds of which a language has at least a word."""
    kinds = map(_kind_of, catalogue_of(locale(tag).folder).forms)
    return frozenset(kind for kind in kinds if kind is not None)


@lru_cache(maxsize=16384)
def _kind_of(key: str) -> str | None:
    words = key.removeprefix("did.").split(".")
    return next((code for code in KINDS if words[0] == code or _variant_of(words[0], code)), None)


def _variant_of(head: str, code: str) -> bool:
    return any(head == prefix(KINDS[code], value) for value in variants(KINDS[code]))


def stale_keys(tag: str) -> frozenset[str]:
    """The texts that were made from other Swedish words than today's; a text that does not say is not among them."""
    if tag == SOURCE:
        return frozenset()
    mine, source = catalogue_of(locale(tag).folder), catalogue_of(locale(SOURCE).folder)
    return frozenset(
        key for key, mark in mine.made_from.items() if key in source.forms and mark != source_mark(source.forms[key])
    )


def forms_of(cldr: str) -> tuple[str, ...]:
    """The plural forms that whole numbers take in a language, in the order in which a catalogue lists them."""
    language = babel.Locale.parse(cldr)
    taken = {language.plural_form(n) for n in NUMBERS}
    return tuple(name for name in ORDER if name in taken)


def listener_of(key: str) -> Listener | None:
    """To whom a key speaks; a key for several child listeners counts as the younger child's."""
    named = next((_LISTENERS[word] for word in key.split(".") if word in _LISTENERS), None)
    if named is not None:
        return named
    if key.endswith(".child") or key.startswith(("told.", "when.")):
        return Listener.CHILD
    return Listener.GUARDIAN if key.endswith(".about") else None


def fragment(key: str) -> bool:
    """Words that stand inside a sentence or in a list, and so are no sentence themselves."""
    return key.startswith(("phrase.", "did.", "written.")) or key.endswith((".headline", ".title", ".name"))


def trial(tag: str) -> Trial:
    """The net of a language tried on its own list. A message that raises another alarm than it should has fired."""
    table = tomllib.loads((locale(tag).folder / "safety_trial.toml").read_text(encoding="utf-8"))
    must = [words for name in Alarm for words in table.get(name, ())]
    silent = table["silent"]
    return Trial(
        len(must), tuple(words for words in must if alarm_in(words, tag) is None),
        len(silent), tuple(words for words in silent if alarm_in(words, tag) is not None),
    )  # fmt: skip


def whole_word(word: str) -> re.Pattern[str]:
    """A word as it stands by itself; one that ends in a hyphen, with whatever ending."""
    return re.compile(rf"(?<!\w){re.escape(word.removesuffix('-'))}" + ("" if word.endswith("-") else r"(?!\w)"), re.I)


def _for_staff(file: str) -> bool:
    return file.startswith("console")


def _wrong(key: str, mine: Catalogue, source: Catalogue, one: Locale) -> Iterator[str]:
    forms, model = mine.forms[key], source.forms[key]
    has, given = _slots(forms), _slots(model)
    if has != given:
        yield f"has the slots {sorted(has)}, is given {sorted(given)}"
    if len(model) > 1 and len(forms) != len(forms_of(one.cldr)):
        yield f"has {len(forms)} plural forms of {len(forms_of(one.cldr))}"
    if any(words.count(f"<{tag}>") != words.count(f"</{tag}>") for words in forms for tag in ("b", "i", "bdi")):
        yield "opens a tag that it does not close"
    if _for_staff(mine.files[key]):
        return
    if any(_UNCLEAN.search(_ADDRESS.sub("x", words)) for words in forms):
        yield "has a space or a sign too many"
    # What a help line is called is its own.
    if not key.startswith("help."):
        yield from _never_said(key, forms, gates(one.folder))
    if mine.files[key].startswith("story"):
        yield from _shape(key, forms, gates(one.folder))


def careful_words(texts: Iterable[str]) -> tuple[str, ...]:
    """What in a worker's own words may be heard as a promise, doubt or blame, as it stands there; each once."""
    told = [word for one in locales() for word in gates(one.folder).careful]
    found = (match.group() for words in texts for word in told for match in _pattern(word).finditer(words))
    return tuple(dict.fromkeys(found))


def _slots(forms: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(slots_in, forms))


@lru_cache(maxsize=2048)
def _pattern(word: str) -> re.Pattern[str]:
    return whole_word(word)


def _never_said(key: str, forms: tuple[str, ...], gate: Gates) -> Iterator[str]:
    told = (*gate.never, *(gate.we if listener_of(key) or fragment(key) else ()))
    for word in told:
        texts = (_QUOTED.sub("", words) if word in gate.we else words for words in forms)
        if any(_pattern(word).search(words) for words in texts):
            yield f"says “{word}”"


def _shape(key: str, forms: tuple[str, ...], gate: Gates) -> Iterator[str]:
    words = "".join(forms)
    if key.endswith(".headline") and (not 2 <= len(readability.words(words)) <= 7 or words.endswith(gate.ends)):
        yield "is no headline of two to seven words without a full stop"
    listener = listener_of(key)
    if listener is None:
        return
    if fragment(key) == all(one.rstrip('\u2069”»"').endswith(gate.ends) for one in forms):
        yield "ends like a sentence" if fragment(key) else "does not end"
    if not fragment(key) and (most := max(map(readability.longest, forms))) > WORDS_A_SENTENCE[listener]:
        yield f"has a sentence of {most} words; {listener} can hold {WORDS_A_SENTENCE[listener]}"
