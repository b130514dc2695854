"""Conversations, one flow a file: pure steps that say what they need, show and do. A step is found here by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.flows import (
    adults,
    after,
    beside,
    card,
    choices,
    claim,
    come_back,
    contact,
    full,
    keep,
    language,
    linking,
    meetings,
    my_way,
    near,
    notes,
    open_part,
    places,
    plan,
    ring,
    safe,
    say,
    show_eid,
    stop,
    telegram,
    told,
    way_in,
    welcome,
    who_read,
    words,
    wrong,
)
from storage.records import TieKind

FLOWS: Mapping[str, type[Any]] = MappingProxyType(
    {
        step.name: step
        for steps in (
            welcome.STEPS,
            open_part.STEPS,
            come_back.STEPS,
            claim.STEPS,
            way_in.STEPS,
            my_way.STEPS,
            keep.STEPS,
            card.STEPS,
            beside.STEPS,
            words.STEPS,
            wrong.STEPS,
            notes.STEPS,
            told.STEPS,
            after.STEPS,
            adults.STEPS,
            say.STEPS,
            ring.STEPS,
            choices.STEPS,
            who_read.STEPS,
            language.STEPS,
            stop.STEPS,
            near.STEPS,
            meetings.STEPS,
            plan.STEPS,
            contact.STEPS,
            telegram.STEPS,
            linking.STEPS,
            safe.STEPS,
            full.STEPS,
            places.STEPS,
            show_eid.STEPS,
        )
        for step in steps
    }
)
VISITOR = "welcome/front"
LOCKED = "way_in/pin"
NO_PIN = "way_in/choose"
# The buttons on every page that are places in the conversation; help and leave are addresses.
FIXED: Mapping[str, str] = MappingProxyType({"/language": "language/choose", "/stop": "stop/ask", "/ring": "ring/ask"})
OUTSIDE = "near/home"
# Who reads what others let her read, and has no thread of her own here.
WHO_READ_ALONG = (TieKind.REPRESENTATIVE, TieKind.COUNSEL, TieKind.READER, TieKind.SAFETY, TieKind.TREATMENT)
HOME: Mapping[TieKind | None, str] = MappingProxyType(
    {
        TieKind.CHILD: "my_way/home",
        **dict.fromkeys(WHO_READ_ALONG, "my_way/home"),
        TieKind.RECIPIENT: "meetings/home",
        TieKind.GUARDIAN: OUTSIDE,
        None: OUTSIDE,
    }
)

__all__ = ["FIXED", "FLOWS", "HOME", "LOCKED", "NO_PIN", "OUTSIDE", "VISITOR"]
