"""What a person asks about herself: thread, choices, who read, meetings, links, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.her_words import NotePage, Objection, ToldAbout
from storage.queries.shape import AboutCase, AboutPerson, Purpose, Reach, Shape
from storage.records import (
    Bookmark,
    CaseId,
    Meeting,
    Message,
    PersonId,
    Profile,
    Refusal,
    TieKind,
    Visit,
)
from storage.safe_contact import SafeContact


@dataclass(frozen=True, slots=True)
class Thread:
    """The newest messages between her and the unit, oldest first.

    `staffed`: somebody reads there. `answer_by` is None when nothing waits. `alarmed`: in what nobody has answered
    yet, the safety net saw danger.
    """

    messages: tuple[Message, ...]
    staffed: bool
    answer_by: datetime | None
    alarmed: bool = False


@dataclass(frozen=True)
class MyThread(AboutCase[Thread]):
    """What she wrote and what was answered, twenty at a time."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True, slots=True)
class Choices:
    """What she said yes to: consent id, scope, channel, until."""

    given: tuple[tuple[str, str, str | None, str | None], ...]
    ties: tuple[tuple[str, TieKind], ...]
    paused: bool = False


@dataclass(frozen=True)
class MyChoices(AboutCase[Choices]):
    """What I said yes to, to whom, until when."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyObjections(AboutCase[tuple[Objection, ...]]):
    """What I have said is wrong or not about me, and what came of it; newest first, at most a hundred."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyToldAbout(AboutCase[ToldAbout | None]):
    """What I want to be told of in the criminal matter (FUK 13 b); None: I have not answered."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyContact(AboutCase[SafeContact]):
    """How it is with my yes to being written to: whether it holds, until when, in which hours."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True, slots=True)
class ReadBy:
    """Who has read, newest first. `then`: from where the next ones are asked for; None: there are no more."""

    visits: tuple[Visit, ...]
    then: int | None = None


@dataclass(frozen=True)
class WhoRead(AboutCase[ReadBy]):
    """Who has read about me, newest first, twenty at a time (req. 27); `start`: where the last twenty ended."""

    purpose = Purpose.OWN_ACCESS_LOG
    reach = Reach.THREAD
    case: CaseId
    start: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Where what is written about her is kept: in which container ('unsaid', 'closed' beside the kinds), until when.

    Nothing is told by it that she has not been told: a help or a close that she cannot read of yet is not named.
    `thirty`: that day is in the year she turns thirty, and not before she does. `until` None: it has come, or there is
    none.
    """

    where: str
    until: date | None
    thirty: bool


@dataclass(frozen=True)
class WhereKept(AboutCase[Kept]):
    """Where is this kept, and for how long? Asked by the one it is about."""

    purpose = Purpose.OWN_ACCESS_LOG
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyMeetings(AboutCase[tuple[Meeting, ...]]):
    """The next meetings, soonest first, at most twenty."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId


@dataclass(frozen=True)
class OneMeeting(AboutCase[Meeting | None]):
    """One meeting as it stands now."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId
    meeting: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The person's own plan: one goal, who helps, when it is looked at again."""

    goal: str
    who: str
    next_on: str | None


@dataclass(frozen=True)
class MyPlan(AboutCase[tuple[Plan, ...]]):
    """Goals and steps, in the words they were agreed in."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId


@dataclass(frozen=True)
class MyProfile(AboutPerson[Profile]):
    """Name, language and level, as kept about the person asking."""

    person: PersonId


@dataclass(frozen=True)
class MyNotes(AboutPerson[NotePage]):
    """What I have written to myself, a page of twenty; nobody else's question opens it."""

    purpose = Purpose.OWN_NOTES
    shape = Shape.LIST
    person: PersonId
    page: int = 0


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """How far the linking of her Telegram has come.

    `token` is for the link on her page. `words` are four places in the list of code words, once a chat has shown it.
    `bound` says that a chat is hers now, `code` which word she picked ('' for none). `adult`: whether it is offered.
    """

    token: str | None
    words: tuple[int, ...]
    bound: bool
    code: str
    adult: bool


@dataclass(frozen=True)
class MyLink(AboutPerson[LinkFacts]):
    """How my own Telegram is linked, for the page on which I link it."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a person is signed in: what it is called in a form, since when, last used, and whether it is kept."""

    name: str
    since: datetime
    seen: datetime
    trusted: bool


@dataclass(frozen=True)
class MyPlaces(AboutPerson[tuple[Place, ...]]):
    """Where I am signed in on the web, the place used last first."""

    person: PersonId


@dataclass(frozen=True)
class MyRefusals(AboutCase[tuple[Refusal, ...]]):
    """What was not handed out to me, by whom and on which ground; never what it was."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True)
class MyBookmark(AboutPerson[Bookmark | None]):
    """Where I stopped reading."""

    person: PersonId
