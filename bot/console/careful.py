"""The room of careful words: what a worker writes herself is never refused for its words, but asked about once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.forms import Problem, Typed
from bot.proofreading import careful_words
from bot.talk import Name, Text

ASKED = "careful"
_BETWEEN = "|"


def asks(typed: Typed, own: Mapping[str, str]) -> tuple[Typed, tuple[Problem, ...]]:
    """The words in `own` (field to text) that may be heard as a promise, doubt or blame, as lines at their fields.

    Words she has been asked about already are hers to send: the form given back remembers them.
    """
    asked = set(typed.one(ASKED).split(_BETWEEN))
    found = {field: [word for word in careful_words((words,)) if word not in asked] for field, words in own.items()}
    problems = tuple(Problem(field, _question(words)) for field, words in found.items() if words)
    if not problems:
        return typed, ()
    seen = sorted(asked.union(*found.values()) - {""})
    return typed.without(ASKED).over({ASKED: _BETWEEN.join(seen)}), problems


def _question(words: list[str]) -> Text:
    return Text("console.problem.careful", {"words": Name(", ".join(words))})
