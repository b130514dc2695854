"""The front door: the same on every device, for whoever comes, without a word of who has been here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Screen, Text, Turn
from storage.queries import Query

_GO = {
    "code": Go("way_in/come_back"),
    "open": Go("open/menu"),
    "was_here": Go("come_back/start"),
    "language": Go("language/choose"),
}


@dataclass(frozen=True, slots=True)
class Front:
    """What one meets first."""

    name: ClassVar[str] = "welcome/front"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: nobody is known yet."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A greeting, what this is, and three ways on."""
        return Screen(
            Text("welcome.title"),
            (Block((Text("welcome.what"), Text("welcome.robot"))),),
            choices=(
                Choice("code", Text("welcome.code"), symbol="key"),
                Choice("open", Text("welcome.open"), symbol="book"),
                Choice("was_here", Text("welcome.was_here"), symbol="wait"),
                Choice("language", Text("welcome.language"), symbol="language"),
            ),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Go where she points; anything else stays here and says so kindly."""
        if isinstance(event, Chose) and event.value in _GO:
            return Turn(_GO[event.value])
        return Turn(Go(self.name), line=Text("line.choose"))


STEPS = (Front,)
