"""Telegram: what anyone meets in the chat, without sign-in, and the receipts that a linked grown-up gets.

Nothing here knows who is asking. Codes are never asked for in a chat, and what is typed is answered and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from bot.manners import ANSWERS, BACK, answer_choice
from bot.talk import Block, Choice, Chose, Door, Event, Facts, Go, Many, Me, Screen, Text, Turn, Typed
from storage.payloads import CODE_WORDS
from storage.queries import Query

_GO: Mapping[str, Go] = MappingProxyType(
    {
        "open": Go("open/menu"),
        "was_here": Go("telegram/was_here"),
        "human": Go("open/topic", {"topic": "human"}),
        "language": Go("language/choose"),
    }
)


class _Plain:
    """A place that needs nothing and leads back to the start."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: nobody is known here."""
        return ()

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back to the start; typed words are answered there."""
        return Turn(Go("telegram/front"), line=unknown(event))


def unknown(event: Event) -> Text | None:
    """What is said to words that nothing here understands, and to whatever has no words at all."""
    if event == Typed(""):
        return Text("telegram.only_words")
    return Text("telegram.not_understood") if isinstance(event, Typed) else None


@dataclass(frozen=True, slots=True)
class Front(_Plain):
    """What one meets first in the chat."""

    name = "telegram/front"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A greeting that says what this is, what it is not for, and four ways on."""
        return Screen(
            Text("welcome.title"),
            (Block((Text("welcome.what"), Text("welcome.robot"))), Block((Text("telegram.grown_ups"),))),
            choices=tuple(Choice(way, Text(f"telegram.go.{way}")) for way in _GO),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Go where she points."""
        if isinstance(event, Chose) and event.value in _GO:
            return Turn(_GO[event.value])
        return Turn(Go(self.name), line=unknown(event) or Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Help(_Plain):
    """Numbers that answer, and how to reach a human."""

    name = "telegram/help"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The numbers, and what one can write here."""
        blocks = (Block((Text("telegram.help.now"), Text("telegram.help.child"), Text("telegram.help.grown"))),
                  Block((Text("telegram.help.human"), Text("telegram.help.commands"))))  # fmt: skip
        return Screen(Text("telegram.help.title"), blocks, choices=(BACK,))


@dataclass(frozen=True, slots=True)
class Now(_Plain):
    """Words were typed that may mean danger: help that answers now, at once."""

    name = "telegram/now"
    alarm: str = "danger"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The numbers first; then that nobody reads here."""
        blocks = (Block((Text("telegram.help.now"), Text("telegram.help.child"), Text("telegram.help.grown")),
                        tone="alarm"), Block((Text("telegram.nobody_reads"),)))  # fmt: skip
        return Screen(Text("telegram.now.title"), blocks, choices=(BACK,))


@dataclass(frozen=True, slots=True)
class WasHere(_Plain):
    """For a grown-up who was the child: where to come back, which is not in a chat."""

    name = "telegram/was_here"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What may be there, and the two ways to it."""
        lines = tuple(Text(f"telegram.was_here.{n}") for n in range(1, 5))
        return Screen(Text("telegram.go.was_here"), tuple(Block((line,)) for line in lines), choices=(BACK,))


@dataclass(frozen=True, slots=True)
class Privacy(_Plain):
    """What Telegram sees, and what is kept here."""

    name = "telegram/privacy"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Plainly."""
        blocks = (
            Block((Text("telegram.privacy.telegram"), Text("telegram.privacy.kept"), Text("telegram.privacy.web"))),
        )
        return Screen(Text("telegram.privacy.title"), blocks, choices=(BACK,))


@dataclass(frozen=True, slots=True)
class Stop(_Plain):
    """Stop all messages to this chat."""

    name = "telegram/stop"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What stopping does; the same words for everybody."""
        ways = (Choice("stop", Text("telegram.stop.yes")), BACK)
        return Screen(Text("telegram.stop.title"), (Block((Text("telegram.stop.what"),)),), choices=ways)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Stop at once; no reason is asked."""
        if event == Chose("stop"):
            return Turn(Go("telegram/front"), line=Text("telegram.stop.done"), door=Door.LEAVE)
        return _Plain.on(self, me, event, facts)  # zero-argument super() does not know a class remade with slots


@dataclass(frozen=True, slots=True)
class Codes(_Plain):
    """Somebody brought a code or an invite here: where codes belong. It looks nothing up."""

    name = "telegram/codes"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Kindly: this chat is for grown-ups, the web chat is for everyone."""
        blocks = (Block((Text("telegram.codes.never"), Text("telegram.codes.web"), Text("telegram.codes.young"))),)
        return Screen(Text("telegram.codes.title"), blocks, choices=(BACK,))


@dataclass(frozen=True, slots=True)
class Words(_Plain):
    """The four words of a link, for her to compare with her page. Never kept as where a conversation stands."""

    name = "telegram/words"
    places: tuple[int, ...] = ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The words, and what to do with them."""
        return Screen(
            Text("telegram.words.title"),
            (Block((four(self.places),)), Block((Text("telegram.words.compare"), Text("telegram.words.other")))),
        )


@dataclass(frozen=True, slots=True)
class Answered(_Plain):
    """The receipt of an answer: what, and for which day and time. Never kept as where a conversation stands."""

    name = "telegram/answered"
    answer: str = "come"
    starts: str = "2026-01-01T12:00:00+00:00"

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What was noted, and the two other answers."""
        at = datetime.fromisoformat(self.starts)
        others = tuple(answer_choice(one) for one in ANSWERS if one != self.answer)
        lines = (Text(f"telegram.receipt.{self.answer}", {"at": at}), Text("telegram.receipt.change"))
        return Screen(Text("telegram.receipt.title"), (Block(lines, tone="receipt"),), choices=others)


def four(places: tuple[int, ...]) -> Text:
    """Four words of the list, by their places."""
    return Text("telegram.words.four", {"words": Many(tuple(Text(f"code_word.{CODE_WORDS[one]}") for one in places))})


STEPS = (Front, Help, Now, WasHere, Privacy, Stop, Codes, Words, Answered)
