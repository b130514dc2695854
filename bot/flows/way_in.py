"""The way in: choosing a PIN, coming back with it, coming back on another device, and whose phone this is.

The codes themselves never reach a step. The channel tries them and tells the step only what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, entrance
from bot.talk import Ask, Block, Choice, Chose, Door, Event, Facts, Go, Me, Name, Proven, Screen, Text, Turn
from storage.queries import Query


@dataclass(frozen=True, slots=True)
class ChooseKind:
    """Six digits or six pictures."""

    name: ClassVar[str] = "way_in/choose"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing yet."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Two ways to have a code of one's own."""
        return Screen(
            Text("way_in.choose.title"),
            (Block((Text("way_in.choose.why"), Text("way_in.choose.secret")), symbol="key"),),
            choices=(
                Choice("pictures", Text("way_in.choose.pictures"), symbol="sun"),
                Choice("digits", Text("way_in.choose.digits"), symbol="pad"),
            ),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """On to choosing the code."""
        match event:
            case Chose("pictures" | "digits" as value):
                return Turn(Go("way_in/new_pin", {"pictures": value == "pictures"}))
            case _:
                return Turn(Go(self.name), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class NewPin:
    """A new code of one's own."""

    name: ClassVar[str] = "way_in/new_pin"
    version: ClassVar[int] = 1
    pictures: bool = False

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The pad."""
        what = "pictures" if self.pictures else "digits"
        return Screen(
            Text("way_in.new.title"),
            (Block((Text(f"way_in.new.{what}"), Text("way_in.new.easy")), symbol="key"),),
            ask=Ask(Text(f"way_in.new.label_{what}"), limit=6, secret=True, pictures=self.pictures),
            choices=(Choice("other", Text("way_in.new.other"), quiet=True),),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Kept: type it once more to come in. Too easy: try another."""
        match event:
            case Proven("ok", code):
                return Turn(Go("way_in/pin", {"pictures": self.pictures, "fresh": True, "code": code}))
            case Proven():
                return Turn(Go(self.name, {"pictures": self.pictures}), line=Text("way_in.new.weak"))
            case Chose("other"):
                return Turn(Go("way_in/choose"))
            case _:
                return Turn(Go(self.name, {"pictures": self.pictures}), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Pin:
    """The code, please. `receipt` remembers the receipt code that was given, right or wrong."""

    name: ClassVar[str] = "way_in/pin"
    version: ClassVar[int] = 1
    pictures: bool = False
    fresh: bool = False
    code: str = ""
    receipt: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: what she may read waits until she is proven."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The pad, and a way on for who has forgotten."""
        what = "pictures" if self.pictures else "digits"
        lead = "way_in.pin.once_more" if self.fresh else "way_in.pin.lead"
        return Screen(
            Text("way_in.pin.title"),
            (Block((Text(lead),), symbol="lock"),),
            ask=Ask(Text(f"way_in.new.label_{what}"), limit=6, secret=True, pictures=self.pictures),
            choices=(Choice("forgot", Text("way_in.pin.forgot"), quiet=True),),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """In, or once more. Locked says who can open."""
        kept = {"pictures": self.pictures, "fresh": self.fresh, "code": self.code, "receipt": self.receipt}
        again = Go(self.name, kept)
        match event:
            case Proven("ok"):
                return Turn(Go("way_in/phone", {"code": self.code}))
            case Proven("locked"):
                return Turn(again, line=Text("way_in.pin.locked"))
            case Proven():
                return Turn(again, line=Text("way_in.pin.wrong"))
            case Chose("forgot"):
                return Turn(again, line=Text("way_in.pin.forgot_how"))
            case _:
                return Turn(again, line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class ComeBack:
    """Coming back on another device: the sixteen digits, and which sort of code belongs to them."""

    name: ClassVar[str] = "way_in/come_back"
    version: ClassVar[int] = 1
    pictures: bool = False

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Where to write the digits, and what to do with a slip."""
        return Screen(
            Text("way_in.back.title"),
            (Block((Text("way_in.back.lead"), Text("way_in.back.slip")), symbol="paper"),),
            ask=Ask(Text("way_in.back.label"), limit=24),
            choices=(
                Choice("other", Text("way_in.back.digits" if self.pictures else "way_in.back.pictures")),
                BACK,
            ),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Sixteen digits never come here, only a mark of them; right or wrong the code is asked for next."""
        match event:
            case Proven(code=mark):
                return Turn(Go("way_in/pin", {"pictures": self.pictures, "receipt": mark}))
            case Chose("back"):
                return Turn(Go("welcome/front"))
            case Chose("other"):
                return Turn(Go(self.name, {"pictures": not self.pictures}))
            case _:
                return Turn(Go(self.name, {"pictures": self.pictures}), line=Text("way_in.back.not_digits"))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The sixteen digits to keep, shown once."""

    name: ClassVar[str] = "way_in/receipt"
    version: ClassVar[int] = 1
    code: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: the code lies in the sealed state until it has been shown."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The code in groups of four, and what it is for."""
        groups = " ".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))
        return Screen(
            Text("way_in.receipt.title"),
            (Block((Text("way_in.receipt.lead"),), symbol="paper"), Block((Name(groups),), tone="code"),
             Block((Text("way_in.receipt.keep"),))),
            choices=(Choice("on", Text("way_in.receipt.on"), symbol="yes"),),
        )  # fmt: skip

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """On to the house."""
        if isinstance(event, Chose) and event.value == "on":
            return Turn(entrance(me))
        return Turn(Go(self.name, {"code": self.code}), line=Text("line.choose"))


@dataclass(frozen=True, slots=True)
class Phone:
    """Is this phone only yours? The answer decides what the device keeps."""

    name: ClassVar[str] = "way_in/phone"
    version: ClassVar[int] = 1
    code: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The question, and what each answer does."""
        return Screen(
            Text("way_in.phone.title"),
            (Block((Text("way_in.phone.why"), Text("way_in.phone.unsure")), symbol="phone"),),
            choices=(
                Choice("shared", Text("way_in.phone.shared"), symbol="family"),
                Choice("mine", Text("way_in.phone.mine"), symbol="person"),
            ),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep the device or not; then the receipt if there is a new one, then home."""
        match event:
            case Chose("mine" | "shared" as value):
                door = Door.TRUST if value == "mine" else None
                after = Go("way_in/receipt", {"code": self.code}) if self.code else entrance(me)
                return Turn(after, door=door)
            case _:
                return Turn(Go(self.name, {"code": self.code}), line=Text("line.choose"))


STEPS = (ChooseKind, NewPin, Pin, ComeBack, Receipt, Phone)
