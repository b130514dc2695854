"""Beside a card: not understood, not hers, what she wanted, what to say on the phone, others, who looks again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.groups import Group
from bot.manners import refused, stay
from bot.story import tell
from bot.story.helplines import Helpline, answers_now, facts_of, groups_for, peers_for, speaks, traces_of
from bot.story.keys import phrase
from bot.story.routes import routes_for
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Many, Me, Name, Screen, Slot, Text, Turn, Written
from storage.commands import SayNotMine
from storage.consent import Withheld
from storage.her_words import SetAside
from storage.kinds import KINDS
from storage.queries import MyThread, OneEntry, Query, Thread
from storage.records import Channel, EntryId, EntryView, Listener, Message, Promise

TO_CARD = Choice("back", Text("about.card"), quiet=True)
# The same card for somebody a little younger, or a little older. A child is never told as a grown-up looking back.
SIMPLER = {Listener.CHILD: Listener.UNDER_7, Listener.TEEN: Listener.CHILD, Listener.GROWN: Listener.TEEN}
FULLER = {Listener.UNDER_7: Listener.CHILD, Listener.CHILD: Listener.TEEN}
ROWS = ("wrong", "not_mine", "wanted", "ring", "others", "routes", "told", "note")
MOST_NUMBERS = 3
Found = EntryView | Promise | SetAside | Withheld | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A place beside one card; it remembers which, how deep she read, and on which page of her way it stands."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    entry: str = ""
    page: int = 0
    depth: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The card, as her key opens it now."""
        return (OneEntry(me.case, EntryId(self.entry)),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What is told beside the card; when the card is no longer there, that."""
        found = self.found(me, facts)
        if isinstance(found, Withheld):
            return refused(me, found)
        unsigned = isinstance(found, EntryView) and me.lacks_signed(found.kind)
        if unsigned or not isinstance(found, EntryView):
            return Screen(Text("card.gone.title"), (Block((Text("card.gone"),)),), choices=(TO_CARD,))
        return self.beside(found, me, facts)

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """What is told beside this card."""
        raise NotImplementedError

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back to the card."""
        return Turn(self.card()) if event == Chose("back") else stay(event, self.at(self.name))

    def found(self, me: Me, facts: Facts) -> Found:
        """The card."""
        return facts[OneEntry(me.case, EntryId(self.entry))]

    def at(self, step: str) -> Go:
        """Another place beside the same card."""
        return Go(step, {"entry": self.entry, "page": self.page, "depth": self.depth})

    def card(self, **how: str) -> Go:
        """The card itself, in her own words unless it is said how."""
        return Go("card/one", {"entry": self.entry, "page": self.page, "depth": self.depth, **how})


@dataclass(frozen=True, slots=True)
class About(Beside):
    """Everything she can do with this card."""

    name: ClassVar[str] = "card/about"

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """One row for each."""
        rows = tuple(Choice(row, Text(f"about.row.{row}")) for row in ROWS if _offered(row, view, me))
        return Screen(Text("about.title"), (Block((Text("about.lead"),)),), rows=rows, choices=(TO_CARD,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Go where she points."""
        found = self.found(me, facts)
        match event:
            case Chose("note") if me.channel is Channel.WEB:
                return Turn(Go("notes/list", {"about": self.entry}))
            case Chose("told"):
                return Turn(Go("choices/told", {"entry": self.entry}))
            case Chose(row) if row in ROWS and isinstance(found, EntryView) and _offered(row, found, me):
                return Turn(self.at(f"card/{row}"))
            case _:
                return Beside.on(self, me, event, facts)


def _offered(row: str, view: EntryView, me: Me) -> bool:
    """A note to herself is for our own page; what she wants to be told of belongs to the criminal matter."""
    match row:
        case "note":
            return me.channel is Channel.WEB
        case "told":
            return KINDS[view.kind].criminal
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Unclear(Beside):
    """She did not understand: other words, a voice, or a person. It has been counted when this is shown."""

    name: ClassVar[str] = "card/unclear"

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """That it is fine, and the ways on."""
        lines = [Text("unclear.lead"), Text("unclear.counted")]
        aloud = (Block((Text("unclear.listen_none"),)),) if me.channel is Channel.WEB else ()
        rows = tuple(Choice(row, Text(f"unclear.{row}")) for row in _ways(me))
        return Screen(Text("unclear.title"), (Block(tuple(lines)), *aloud), rows=rows, choices=(TO_CARD,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """The same card in other words, with the button to have it read, or the box where a person reads."""
        match event:
            case Chose("simpler") if me.listener in SIMPLER:
                return Turn(self.card(depth="full", level=str(SIMPLER[me.listener])))
            case Chose("fuller") if me.listener in FULLER:
                return Turn(self.card(depth="full", level=str(FULLER[me.listener])))
            case Chose("listen") if me.channel is Channel.WEB:
                return Turn(self.card(), line=Text("unclear.listen_how"))
            case Chose("human"):
                return Turn(Go("say/write", {"about": self.entry}))
            case _:
                return Beside.on(self, me, event, facts)


def _ways(me: Me) -> tuple[str, ...]:
    simpler = ("simpler",) if me.listener in SIMPLER else ()
    fuller = ("fuller",) if me.listener in FULLER else ()
    listen = ("listen",) if me.channel is Channel.WEB else ()
    return (*simpler, *fuller, *listen, "human")


@dataclass(frozen=True, slots=True)
class NotMine(Beside):
    """She says that the card is not about her: it goes at once, and a person looks."""

    name: ClassVar[str] = "card/not_mine"

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """What happens when she says so."""
        lines = (Text("not_mine.lead"), Text("not_mine.no_fault"))
        return Screen(
            Text("not_mine.title"), (Block(lines),), choices=(Choice("yes", Text("not_mine.yes")), TO_CARD)
        )  # fmt: skip

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Put it away, or go back."""
        match event:
            case Chose("yes"):
                return Turn(
                    Go("card/one", {"entry": self.entry, "page": self.page}),
                    (SayNotMine(me.case, EntryId(self.entry)),),
                    line=Text("not_mine.done"),
                )
            case Failed():
                return Turn(self.card(), line=Text("notes.failed"))
            case _:
                return Beside.on(self, me, event, facts)


@dataclass(frozen=True, slots=True)
class Wanted(Beside):
    """What she wanted: as it was written down, as she has said it from this card, and what came of it."""

    name: ClassVar[str] = "card/wanted"

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The card, and the newest messages."""
        return (OneEntry(me.case, EntryId(self.entry)), MyThread(me.case))

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """First what the log says, then what she wrote."""
        thread = facts[MyThread(me.case)]
        sent = _sent(thread, self.entry) if isinstance(thread, Thread) else ()
        write = Choice("write", Text("wanted.write"))
        blocks = (Block(_recorded(view, me)), *sent)
        return Screen(Text("wanted.title"), blocks, choices=(write, TO_CARD))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Write what she wants, or go back."""
        if event == Chose("write"):
            return Turn(Go("say/write", {"about": self.entry}))
        return Beside.on(self, me, event, facts)


def _recorded(view: EntryView, me: Me) -> tuple[Text | Written, ...]:
    """Her wish as somebody wrote it down, and what came of it or that nobody has written that."""
    wish, effect = view.fields.get("wish"), _effect(view)
    came = Text(f"common.{me.listener}.wish_effect.{effect}") if effect else Text("wanted.no_effect")
    if wish:
        return (Text("wanted.recorded"), Written(str(wish)), came)
    return (came,) if effect else (Text("wanted.not_asked"),)


def _effect(view: EntryView) -> str | None:
    found = view.fields.get("wish_effect") or view.fields.get("wish_answer")
    return found if found in ("followed", "partly", "not_followed", "not_asked") else None


def _sent(thread: Thread, entry: str) -> tuple[Block, ...]:
    """What she wrote from this card, each with the first answer that came after it."""
    blocks: list[Block] = []
    for place, message in enumerate(thread.messages):
        if message.about != entry or message.sender != "person":
            continue
        answer = next((later for later in thread.messages[place:] if later.sender != "person"), None)
        blocks.append(Block((Name(message.words),), heading=Text("say.you", {"at": message.at}), tone="mine"))
        blocks.append(_answer(answer))
    return (Block((Text("wanted.sent"),)), *blocks) if blocks else ()


def _answer(answer: Message | None) -> Block:
    if answer is None:
        return Block((Text("wanted.no_answer"),), symbol="clock")
    heading = Text("say.them", {"who": Name(answer.sender), "at": answer.at})
    return Block((Name(answer.words),), heading=heading, tone="theirs")


@dataclass(frozen=True, slots=True)
class Ring(Beside):
    """A card for the telephone: whom to ring, and three sentences to read aloud."""

    name: ClassVar[str] = "card/ring"

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """Numbers, sentences, and that she may hang up."""
        head: dict[str, Slot] = {"card": tell(view, me.listener).headline}
        second = Text("ring.second_on", {**head, "on": view.on}) if view.on else Text("ring.second", head)
        blocks = (
            Block((Text("ring.lead"), Text("ring.paper"))),
            Block(_numbers(view, me), symbol="phone"),
            Block((Text("ring.first"), second, Text("ring.third")), heading=Text("ring.say"), symbol="talk"),
            Block((Text("ring.interpreter"), Text("ring.stop"), Text("help.call_list"))),
        )
        return Screen(Text("ring.title"), blocks, choices=(TO_CARD,))


def _numbers(view: EntryView, me: Me) -> tuple[Text, ...]:
    """Those in the card who can be reached; of somebody who has left, the place of work answers."""
    reached = [one for one in view.people.values() if one.phone]
    if not reached:
        authority = Text(phrase("authority", view.source, me.listener))
        return (Text("ring.no_number", {"authority": authority}),)
    return tuple(
        Text("ring.to", {"who": Name(one.function if one.left and one.function else one.label),
                         "phone": Name(one.phone or "")})
        for one in reached[:MOST_NUMBERS]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Others(Beside):
    """Others who have been through this: lines for her age, those that speak her language first."""

    name: ClassVar[str] = "card/others"

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """That she is not the only one, the numbers, and that there may be a group."""
        lines = peers_for(me.listener, me.locale)
        known = all(speaks(line, me.locale) for line in lines)
        tongue = () if known else (Block((Text("others.language"),), symbol="language"),)
        blocks: tuple[Block, ...] = (
            Block((Text("others.lead"), Text("others.you_choose"), *traces_of(lines))),
            *(_line(line, me) for line in lines),
            *tongue,
            *(_group(group, me) for group in groups_for(me.groups, me.listener, me.locale)),
            Block((Text("others.group"),), symbol="hands"),
        )
        return Screen(Text("others.title"), blocks, choices=(TO_CARD,))


def _line(line: Helpline, me: Me) -> Block:
    now = Text("others.open" if answers_now(line, me.now) else "others.closed")
    lines: tuple[Text | Name, ...] = (Name(line.number), Text(f"help.{line.words}.who"), now, *facts_of(line))
    return Block(lines, heading=Text(f"help.{line.words}.name"), symbol="phone")


def _group(group: Group, me: Me) -> Block:
    """A group of this town, in the municipality's own words."""
    own = dict(me.locales)
    tongues = Many(tuple(Name(own.get(tag, tag)) for tag in group.languages))
    words, tag = group.told(me.locale)
    who = Name(words) if tag == me.locale else Written(words, tag)
    lines = (Name(group.contact), who, Text("help.answers_in", {"languages": tongues}))
    return Block(lines, heading=Name(group.name), symbol="family")


@dataclass(frozen=True, slots=True)
class Routes(Beside):
    """If she does not agree: who can look again, and where one may complain, by name."""

    name: ClassVar[str] = "card/routes"

    def beside(self, view: EntryView, me: Me, facts: Facts) -> Screen:
        """The nearest first."""
        young = me.listener is not Listener.GROWN
        ways = (
            Block((Text(f"route.{one}.what"), Text(f"route.{one}.how")), heading=Text(f"route.{one}.name"))
            for one in routes_for(view, young=young)
        )
        blocks = (Block((Text("routes.lead"), Text("routes.help"))), *ways)
        return Screen(Text("routes.title"), blocks, choices=(Choice("ask", Text("card.ask")), TO_CARD))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Ask a person here, or go back."""
        if event == Chose("ask"):
            return Turn(Go("say/write", {"about": self.entry}))
        return Beside.on(self, me, event, facts)


STEPS = (About, Unclear, NotMine, Wanted, Ring, Others, Routes)
