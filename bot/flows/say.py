"""What I want to say: who reads it and when stands before the box; the safety net shows help at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused
from bot.story.safety import alarm_in
from bot.talk import Ask, Block, Chose, Event, Facts, Failed, Go, Me, Name, Screen, Text, Turn, Typed
from storage.commands import Say
from storage.consent import Withheld
from storage.queries import Adults, MyThread, Query
from storage.records import EntryId, Message, RecordId

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Write:
    """The thread, and the box under the words about who reads it.

    `told`: the alarm has reached a worker. `to`: the grown-up whom she came from, and asks by way of whoever reads.
    """

    name: ClassVar[str] = "say/write"
    version: ClassVar[int] = 1
    about: str = ""
    alarm: str = ""
    told: bool = True
    to: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The newest messages, and the grown-ups where she asks one of them."""
        return (MyThread(me.case), *((Adults(me.case),) if self.to else ()))

    def screen(self, me: Me, facts: Facts) -> Screen:
        """First who reads and when, then what was said, then the box; the face puts help that answers now under it."""
        thread = facts[MyThread(me.case)]
        if isinstance(thread, Withheld):
            return refused(me, thread, at=self.name)
        if not thread.staffed:
            return Screen(Text("say.title"), (Block((Text("say.nobody"), Text("say.now"))),), choices=(BACK,))
        parents = (Text("who_read.parents"),) if me.is_young else ()
        who = Block((Text("say.who_reads"), *parents, Text("say.may_act"), Text("say.not_what")))
        # In danger nobody should read about office hours.
        alarmed = bool(self.alarm) or thread.alarmed
        blocks = [_alarm(self.alarm, told=self.told or not self.alarm) if alarmed else who]
        if self.about:
            blocks.append(Block((Text("say.about_card"),), tone="pause"))
        if (to := self._asked(me, facts)) is not None:
            blocks.append(Block((_to(to), Text("say.to_how")), tone="pause"))
        blocks += [_line(message) for message in thread.messages]
        if thread.answer_by is not None and not alarmed:
            blocks.append(Block((Text("say.answer_by", {"at": thread.answer_by}),), symbol="clock"))
        ask = Ask(Text("say.label_more" if alarmed else "say.label"), limit=LONGEST)
        return Screen(Text("say.title"), tuple(blocks), ask=ask, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep what she wrote, whole however long; empty words come back with a sentence."""
        match event:
            case Chose("back"):
                return Turn(home(me))
            case Typed(words) if not words.strip():
                return Turn(self._here(), line=Text("say.empty"))
            case Typed(words):
                return self._say(me, words, facts)
            case Failed(wanted=wanted):
                # Help does not wait for the store: it is shown although the words could not be kept.
                hers = {"about": self.about, "to": self.to, "alarm": str(wanted.get("alarm", "")), "told": False}
                return Turn(Go(self.name, hers), line=Text("say.failed"))
            case _:
                return Turn(self._here(), line=Text("line.choose"))

    def _here(self) -> Go:
        return Go(self.name, {"about": self.about, "to": self.to, "alarm": self.alarm})

    def _asked(self, me: Me, facts: Facts) -> str | None:
        """Where the question goes: the place of work, which outlives who works there; else the grown-up."""
        people = facts[Adults(me.case)] if self.to else ()
        known = () if isinstance(people, Withheld) else people
        return next((one.function or one.label for one in known if one.id == self.to), None)

    def _say(self, me: Me, words: str, facts: Facts) -> Turn:
        alarm = alarm_in(words, me.locale)
        about = EntryId(self.about) if self.about else None
        # Words that may mean danger are never to somebody else, and never wait for a name to be found.
        to = RecordId(self.to) if self._asked(me, facts) is not None and not alarm else None
        deed = Say(me.case, words, about, alarm, to)
        return Turn(Go(self.name, {"alarm": alarm or ""}), (deed,), line=Text("say.kept"))


def _alarm(alarm: str, *, told: bool) -> Block:
    """Help at once, in the words of the kind of alarm; that a person has been told is said when it is so."""
    help_ = (Text(f"alarm.{alarm}"),) if alarm else ()
    return Block((*help_, *((Text("alarm.told"),) if told else ())), tone="alarm", symbol="help")


def _to(who: str) -> Text:
    return Text("say.to", {"who": Name(who)})


def _line(message: Message) -> Block:
    mine = message.sender == "person"
    heading = (
        Text("say.you", {"at": message.at})
        if mine
        else Text("say.them", {"who": Name(message.sender), "at": message.at})
    )
    lines: tuple[Text | Name, ...] = (Name(message.words),)
    if mine and message.to is not None:
        lines = (*lines, _to(message.to))
    if mine and message.read_at is not None:
        lines = (*lines, Text("say.read", {"at": message.read_at}))
    return Block(lines, heading=heading, tone="mine" if mine else "theirs")


STEPS = (Write,)
