"""The kinds of meetings on the aid side: one table for the console, whoever reads, and a case that is carried in."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class MeetingKind(StrEnum):
    """What a meeting is about or how it is held; in the order the console offers them."""

    FIRST = "first"
    APPLICATION = "application"
    PLAN_FOLLOW_UP = "plan_follow_up"
    THREE_WAY = "three_way"
    HOME_VISIT = "home_visit"
    PHONE = "phone"
    VIDEO = "video"
    OTHER = "other"


# To these nobody has to find the way.
STAYS = frozenset({MeetingKind.HOME_VISIT, MeetingKind.PHONE, MeetingKind.VIDEO})
# What the console's form once said, where there is a nearer kind than OTHER.
_ONCE = MappingProxyType({"home": MeetingKind.HOME_VISIT, "joint": MeetingKind.THREE_WAY})


def meeting_kind(word: str) -> MeetingKind:
    """The kind that a word means. Any word is taken: one that nobody knows is OTHER."""
    if word in _ONCE:
        return _ONCE[word]
    return MeetingKind(word) if word in frozenset(MeetingKind) else MeetingKind.OTHER
