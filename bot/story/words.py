"""The room of hard words: what explains a word of the law at each level, and which of them a text uses (req. 165).

Which text uses which word is data (`words_in.toml`), found in the Swedish texts and held against them by the suite; no
text is searched while somebody reads, so the same words stand at a card in every language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from bot.talk import Block, Many, Slot, Text, Written
from storage.records import Listener

# Grown-ups whose work needs explaining; what each does was first written for a child of seven to twelve.
EXPLAINED_ROLES = (
    "social_worker", "coordinator", "police_interviewer", "prosecutor", "special_representative", "counsel",
    "public_counsel", "doctor", "psychologist", "counsellor", "safety_person", "judge", "interpreter",
)  # fmt: skip
# Words whose first text, `word.<name>.means`, came before there were levels; it fits the level named here.
_FIRST_TEXT = MappingProxyType({
    "investigation": Listener.CHILD, "interview": Listener.CHILD, "listening_in": Listener.TEEN,
    "charge": Listener.CHILD, "dropped": Listener.CHILD, "verdict": Listener.TEEN, "damages": Listener.TEEN,
    "secrecy": Listener.CHILD, "guardian": Listener.CHILD,
})  # fmt: skip
WORDS = (
    "investigation", "interview", "listening_in", "suspected", "evidence", "charge", "dropped", "review", "court",
    "trial", "witness", "verdict", "appeal", "final", "damages", "compensation", "bailiff", "contact_ban", "search",
    "crime", "report", "social_services", "inquiry", "consultation", "protection", "measure", "placement", "contact",
    "lvu", "bup", "file", "secrecy", "guardian",
)  # fmt: skip


# The levels at which every word is explained.
LEVELS = (Listener.UNDER_7, Listener.CHILD, Listener.TEEN, Listener.GROWN)


def level_of(listener: Listener) -> Listener:
    """The level of words for a listener: a child's own, and the grown-up's for everybody else."""
    return listener if listener in LEVELS else Listener.GROWN


def title_of(word: str) -> Text:
    """What the word, or the grown-up, is called."""
    return Text(f"{_stem(word)}.title")


def means(word: str, listener: Listener) -> Text:
    """What a word means, or what a grown-up does, in the words of the listener's level."""
    level = level_of(listener)
    if word in EXPLAINED_ROLES:
        return Text(f"role.{word}.child" if level is Listener.CHILD else f"role.{word}.{level}")
    return Text(f"word.{word}.means" if level is _FIRST_TEXT.get(word) else f"word.{word}.{level}")


def explained(words: Iterable[str], listener: Listener) -> tuple[Block, ...]:
    """A block for each word: what it is called, and what it means to this listener."""
    return tuple(Block((means(word, listener),), heading=title_of(word), tone="word") for word in words)


def words_of(said: Iterable[Slot | Written]) -> tuple[str, ...]:
    """The hard words that texts use, also in their slots, in the order they are first met."""
    return tuple(dict.fromkeys(word for one in said for key in _keys(one) for word in words_in().get(key, ())))


@lru_cache(maxsize=1)
def words_in() -> Mapping[str, tuple[str, ...]]:
    """Text key → the hard words in it, in the order of the table."""
    whole = tomllib.loads(files("bot.story").joinpath("words_in.toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for word, keys in whole.items():
        for key in keys:
            found[key] = (*found.get(key, ()), word)
    return MappingProxyType(found)


def word_keys() -> tuple[str, ...]:
    """Every text that explains, and every name of what is explained."""
    return tuple(
        text.key
        for word in (*WORDS, *EXPLAINED_ROLES)
        for text in (title_of(word), *(means(word, level) for level in LEVELS))
    )


def _stem(word: str) -> str:
    return f"role.{word}" if word in EXPLAINED_ROLES else f"word.{word}"


def _keys(said: Slot | Written) -> Iterator[str]:
    """The keys of a text and of the texts in its slots."""
    if isinstance(said, Text):
        yield said.key
        for one in said.slots.values():
            yield from _keys(one)
    elif isinstance(said, Many):
        for one in said.items:
            yield from _keys(one)
