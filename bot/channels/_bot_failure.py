"""The judge of sending errors: what an exception means for the message that was to be sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

_NOTHING_TO_DO = ("message is not modified", "message to delete not found")
_NOBODY_THERE = ("chat not found", "user not found", "peer_id_invalid")


class NotSent(Exception):
    """Nothing left this machine, or nothing that Telegram could read: trying again is safe."""


class PerhapsSent(Exception):
    """The call left and no answer came: it may have been carried out."""


class TokenRefused(TelegramError):
    """Telegram does not know this bot. (PTB's `InvalidToken` on start would spell out the token.)"""


class FailureKind(StrEnum):
    """What a sender is to do about an error."""

    RETRY_SAFE = "retry_safe"
    AMBIGUOUS = "ambiguous"
    PAUSE = "pause"
    BLOCKED = "blocked"
    BAD = "bad"
    NOTHING_TO_DO = "nothing_to_do"
    CONFLICT = "conflict"
    BOT_DEAD = "bot_dead"


@dataclass(frozen=True, slots=True)
class Failure:
    """One error, judged. `reason` is a name without personal text; `retry_after` is seconds."""

    kind: FailureKind
    reason: str
    retry_after: float | None = None


def failure(exc: BaseException) -> Failure:
    """What an exception from PTB means for the message that was to be sent.

    The order matters: `BadRequest` and `TimedOut` are kinds of `NetworkError`. What nobody foresaw is
    AMBIGUOUS, because then a second message is the worst that a wrong guess costs.
    """
    reason, wait = type(exc).__name__, None
    match exc:
        case RetryAfter():
            kind, wait = FailureKind.PAUSE, _seconds(exc.retry_after)
        case Forbidden():
            kind = FailureKind.BLOCKED
        case InvalidToken() | TokenRefused():
            kind = FailureKind.BOT_DEAD
        case Conflict():
            kind = FailureKind.CONFLICT
        case BadRequest():
            kind = _refused(exc.message)
        case EndPointNotFound() | ChatMigrated():
            kind = FailureKind.BAD
        case NetworkError() if isinstance(exc.__cause__, NotSent):
            kind, reason = FailureKind.RETRY_SAFE, str(exc.__cause__)
        case NetworkError() if isinstance(exc.__cause__, PerhapsSent):
            kind, reason = FailureKind.AMBIGUOUS, str(exc.__cause__)
        case _:
            kind = FailureKind.AMBIGUOUS
    return Failure(kind, reason, wait)


def _refused(message: str) -> FailureKind:
    said = message.casefold()
    if any(words in said for words in _NOTHING_TO_DO):
        return FailureKind.NOTHING_TO_DO
    if any(words in said for words in _NOBODY_THERE):
        return FailureKind.BLOCKED
    return FailureKind.BAD


def _seconds(wait: float | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
