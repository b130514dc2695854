"""Manners: what every flow says alike, the way back and the answer to a refusal. No flow knows another."""

from __future__ import annotations

from bot.talk import Block, Choice, Go, Me, Screen, Text
from storage.consent import Withheld
from storage.records import Listener, TieKind

BACK = Choice("back", Text("choice.back"), quiet=True)
HOME = {
    TieKind.CHILD: Go("my_way/home"),
    TieKind.REPRESENTATIVE: Go("my_way/home"),
    TieKind.RECIPIENT: Go("meetings/home"),
}
OUTSIDE = Go("near/home")
FRONT = Go("welcome/front")


def home(me: Me) -> Go:
    """The place she starts from."""
    if me.person is None:
        return FRONT
    return HOME.get(me.kind, OUTSIDE) if me.kind is not None else OUTSIDE


def refused(me: Me, no: Withheld) -> Screen:
    """A person proven to be herself never meets silence: each refusal has a human answer and somebody to ask."""
    ways = (BACK,) if me.listener is Listener.REPRESENTATIVE else (Choice("ask", Text("refused.ask")), BACK)
    return Screen(Text("refused.title"), (Block((Text(f"refused.{no.reason}"), Text("refused.whom"))),), choices=ways)


def tone(me: Me) -> str:
    """For whoever stands outside every page is the page of quiet times: alike for all of them, to the letter."""
    outside = me.person is not None and all(party.kind is TieKind.GUARDIAN for party in me.parties)
    return "quiet" if outside else "plain"
