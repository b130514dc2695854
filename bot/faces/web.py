"""Faces: a Screen becomes a page that works on an old phone, without script, in every direction."""

from __future__ import annotations

from bot.faces.frame import Frame, draw_page
from bot.faces.hearing import heard
from bot.faces.reply import turn_field
from bot.speech import Locale
from bot.talk import Screen

__all__ = ["Frame", "page"]


def page(
    screen: Screen, locale: Locale, *, step: str, turn: int, hidden_turn: bool, frame: Frame, action: str = "/"
) -> str:
    """The whole page. `hidden_turn` is the page of quiet times: it looks the same at every turn, for everybody.

    `action` is where the form goes: `/`, or the address of an invite.
    Everything that can be pressed stands in one form with one hidden field, `turn`, of twenty digits.
    """
    return draw_page(
        "talk.html",
        locale,
        frame,
        screen=screen,
        heard=heard(screen, locale, frame.hear),
        step=step,
        shown_turn=0 if hidden_turn else turn,
        turn_field=turn_field(turn, frame.stamp),
        action=action,
    )
