"""The rules about signing in: which ways a member of staff has, and whether a person's are shut; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from storage.records import WayIn


@dataclass(frozen=True, slots=True)
class TiedIn:
    """A way to sign in was tied to a member of staff, or taken away. `mark` is a keyed hash of it, in hex."""

    way: WayIn
    mark: str
    by: str
    active: bool
    tag: Literal["tied_in"] = "tied_in"


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """Every session of a person or a member of staff ended, and what let them in before this lets nobody in any more.

    `epoch`: the first in which a session holds again. `code`: a keyed hash of the code that was chosen then, NO_CODE
    when she has none any more, and '' when it stayed as it was.
    """

    epoch: int
    code: str = ""
    tag: Literal["sessions_ended"] = "sessions_ended"


@dataclass(frozen=True, slots=True)
class ChatTied:
    """A person's chat is this conversation from now on; '' is none."""

    conversation: str
    tag: Literal["chat_tied"] = "chat_tied"


NO_CODE = "none"


@dataclass(frozen=True, slots=True)
class SignInShut:
    """A worker shut every way in of a person, or opened them again."""

    by: str
    shut: bool
    tag: Literal["sign_in_shut"] = "sign_in_shut"


def ways_in(rules: Iterable[object]) -> dict[str, WayIn]:
    """The ways a member of staff may sign in now, by their marks."""
    ways: dict[str, WayIn] = {}
    for rule in rules:
        match rule:
            case TiedIn(way=way, mark=mark, active=True):
                ways[mark] = way
            case TiedIn(mark=mark):
                ways.pop(mark, None)
            case _:
                pass
    return ways


def epoch_of(rules: Iterable[object]) -> int:
    """The first epoch in which a session holds: rows tell it too, and those can be set back."""
    return max((rule.epoch for rule in rules if isinstance(rule, SessionsEnded)), default=0)


def chat_of(rules: Iterable[object]) -> str:
    """The conversation of her chat; '' when she has none."""
    return next((rule.conversation for rule in reversed(list(rules)) if isinstance(rule, ChatTied)), "")


def is_shut(rules: Iterable[object]) -> bool:
    """Whether the last word about a person's sign-in is that it is shut."""
    found = False
    for rule in rules:
        if isinstance(rule, SignInShut):
            found = rule.shut
    return found
