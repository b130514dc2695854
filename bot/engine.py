"""The engine: one turn of a conversation, one showing of where it stands. Reads, decides, moves; sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.flows import FIXED, FLOWS, HOME, LOCKED, NO_PIN, OUTSIDE, VISITOR
from bot.groups import Group
from bot.story import listener_for
from bot.story.age import is_minor
from bot.talk import Chose, Door, Event, Facts, Failed, Go, Me, Party, Proven, Screen, Step, Text, Turn, Typed
from storage.consent import Withheld
from storage.payloads import TalkState
from storage.queries import Adults, Query, WholeStory
from storage.records import Adult, Channel, EntryView, Listener, PersonId, Strength, TieKind
from storage.safe_contact import Stands, safe_contact
from storage.talks import Talk, first_time, inbound_mark, move, open_talk, write_failed
from storage.vault import Tx

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OLD_PAGE = "line.old_page"
BROKE, UNREAD = "line.broke", "line.unread"
# Who has a thread of her own with a unit, and so somebody who can ring.
RUNG = (TieKind.CHILD, TieKind.RECIPIENT)
# Where the channel tries a code, and the step is told what came of it.
CODES = ("way_in/", "come_back/number")


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen to draw: where it is, which turn, and in whose language and voice.

    `ring`: she has somebody here who can ring her up.
    """

    screen: Screen
    step: str
    turn: int
    locale: str
    listener: Listener
    quiet: bool
    line: Text | None
    secret: bool
    strength: Strength
    ring: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What a turn did. `door` asks the channel to change the session; `gone`: there is no such session.

    `late`: the words were taken in after the session had rested, and nothing more may be shown in it without a PIN.
    """

    gone: bool = False
    door: Door | None = None
    late: bool = False


def nothing(_: str) -> frozenset[str]:
    """No kind is unsigned."""
    return frozenset()


def nobody() -> str | None:
    """There is no bot."""
    return None


@dataclass(frozen=True, slots=True)
class House:
    """What the engine needs to know about the house: its languages, the one a stranger is met in, and for each
    language the heavy kinds that nobody has signed (none in the demo, which says that it shows drafts). `content`:
    a grown-up who has said yes to it may be told her own story in Telegram.
    """

    locales: tuple[tuple[str, str], ...]
    default_locale: str
    unsigned: Callable[[str], frozenset[str]] = nothing
    content: bool = False
    bot: Callable[[], str | None] = nobody
    eid: bool = False
    groups: tuple[Group, ...] = ()


def turn(tx: Tx, house: House, token: str, event: Event, number: int) -> Moved:
    """Take one event into a conversation. `number` is the turn the page carried.

    An older page changes nothing and gets one kind line; the same event on the same page is the same turn.
    """
    talk = open_talk(tx, token, write=True, typed=isinstance(event, Typed))
    if talk is None:
        return Moved(gone=True)
    with talk.sitting:
        inbound = inbound_mark(tx, talk, number, _said(event))
        if not first_time(tx, Channel.WEB, inbound, talk.id, number):
            return Moved()
        me = me_of(tx, house, talk)
        step = _step(talk, me)
        if number != talk.turn and not me.outside:
            _keep(tx, talk, step, OLD_PAGE)
            return Moved()
        if isinstance(event, Proven) and not step.name.startswith(CODES):
            # Her phone had rested; with the code she is back where she was, unless there is something to ask first.
            if me.ask_again and event.outcome == "ok" and not step.name.startswith("safe/"):
                _move(tx, talk, Turn(Go("safe/ask")))
            return Moved()
        if isinstance(event, Chose) and event.value in FIXED:
            _move(tx, talk, Turn(Go(FIXED[event.value])))
            return Moved()
        facts = facts_of(talk, step, me)
        answer = carry_out(talk, step, me, step.on(me, event, facts), facts)
        _move(tx, talk, answer)
        return Moved(door=answer.door, late=talk.late)


def front(house: House, locale: str, now: datetime) -> Shown:
    """The first page, for whoever has no session: drawn without the store, and the same on every device."""
    me = Me(now.astimezone(STOCKHOLM), Channel.WEB, locale, locales=house.locales)
    step = resolve(Go(VISITOR))
    screen = step.screen(me, Facts({}))
    return Shown(screen, step.name, 1, locale, me.listener, False, None, False, Strength.NONE)


def show(tx: Tx, house: House, token: str) -> Shown | None:
    """Where a conversation stands now, drawn from the store at this moment; None when there is no such session."""
    talk = open_talk(tx, token, write=False)
    if talk is None:
        return None
    with talk.sitting:
        me = me_of(tx, house, talk)
        step = _step(talk, me)
        screen = step.screen(me, facts_of(talk, step, me))
        line = Text(talk.state.line) if talk.state is not None and talk.state.line else None
        if line is not None and talk.strength in (Strength.PIN, Strength.NONE) and talk.state is not None:
            _keep(tx, talk, step, None)
        quiet = screen.tone == "quiet"
        # Closed out while she read something: the page of quiet times does not tell where she stood.
        at = OUTSIDE if quiet and step.name.startswith("near/") else step.name
        secret = screen.ask is not None and screen.ask.secret
        ring = me.kind in RUNG and talk.strength is Strength.PIN and not step.name.startswith("ring/")
        return Shown(
            screen, at, talk.turn, me.locale, me.listener, quiet, None if quiet else line, secret,
            talk.strength, ring,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Here:
    """Where typed words would go: which step, whose, which turn, and for a PIN whether it is pictures and after which
    receipt code.
    """

    step: str
    turn: int
    person: PersonId | None
    pictures: bool
    conversation: str
    receipt: str


def here(tx: Tx, house: House, token: str) -> Here | None:
    """Where a conversation stands, without drawing it; for codes, which must never reach a step."""
    talk = open_talk(tx, token, write=False)
    if talk is None:
        return None
    with talk.sitting:
        step = _step(talk, me_of(tx, house, talk))
        pictures, receipt = bool(getattr(step, "pictures", False)), str(getattr(step, "receipt", ""))
        return Here(step.name, talk.turn, talk.person, pictures, talk.id, receipt)


@dataclass(frozen=True, slots=True)
class Own:
    """What a grown-up may take along: who she is, every card that is open to her, and the grown-ups in them."""

    me: Me
    views: tuple[EntryView, ...]
    adults: tuple[Adult, ...]


def own_copy(tx: Tx, house: House, token: str) -> Own | None:
    """The whole story of whoever holds a proven session and reads as a grown-up; None for anybody else.

    A child's phone may be somebody else's tomorrow: what she wants to keep on paper a grown-up prints with her.
    """
    talk = open_talk(tx, token, write=False)
    if talk is None or talk.strength is not Strength.PIN:
        return None
    with talk.sitting:
        me = me_of(tx, house, talk)
        if me.kind is not TieKind.CHILD or me.listener is not Listener.GROWN:
            return None
        views, adults = talk.sitting.ask(WholeStory(me.case)), talk.sitting.ask(Adults(me.case))
        if isinstance(views, Withheld) or isinstance(adults, Withheld):
            return None
        return Own(me, views, adults)


def failed(tx: Tx, house: House, token: str, event: Event, number: int) -> None:
    """A turn broke and was rolled back: keep that it came, tell a worker, and leave the person one kind line."""
    if (talk := open_talk(tx, token, write=True)) is None:
        return
    with talk.sitting:
        me = me_of(tx, house, talk)
        case = me.parties[0].case if me.parties else None
        if case is not None and (standing := talk.sitting.standing(case)) is not None:
            write_failed(tx, Channel.WEB, inbound_mark(tx, talk, number, _said(event)), standing.unit, case)
        # A new turn: when she tries the same again, it is not taken for the event that broke and left unanswered.
        _keep(tx, talk, _step(talk, me), BROKE, forward=True)


def unread(tx: Tx, house: House, token: str) -> None:
    """What came was too long or no text, and nothing of it is kept: say so where the person stands."""
    if (talk := open_talk(tx, token, write=True)) is not None:
        with talk.sitting:
            _keep(tx, talk, _step(talk, me_of(tx, house, talk)), UNREAD)


def me_of(tx: Tx, house: House, talk: Talk) -> Me:
    """Who is in the conversation."""
    now, channel = tx.now.astimezone(STOCKHOLM), talk.sitting.channel
    if talk.profile is None or talk.person is None:
        locale = talk.state.locale if talk.state and talk.state.locale else house.default_locale
        return Me(now, channel, locale, person=talk.person, locales=house.locales, eid=house.eid)
    parties = _parties(talk)
    kinds = {party.kind for party in parties}
    return Me(
        now,
        channel,
        talk.profile.locale,
        _listener(kinds, talk, now),
        talk.person,
        talk.side,
        talk.profile.name,
        parties,
        house.locales,
        house.unsigned(talk.profile.locale),
        house.bot(),
        house.eid,
        _asked_again(tx, talk, parties),
        house.content,
        is_minor(talk.profile.born, now.date()),
        house.groups,
    )


def _asked_again(tx: Tx, talk: Talk, parties: tuple[Party, ...]) -> bool:
    """Whether her yes to being written to has to be asked again; on the web, where only she can answer. Never outside:
    there is no place for it there, and who is let in to something else first does not stand where the others stand.
    """
    asked = any(party.kind is not TieKind.GUARDIAN for party in parties)
    standing = talk.sitting.standing(parties[0].case) if asked else None
    if standing is None or not standing.intact or talk.strength is not Strength.PIN:
        return False
    now = safe_contact(standing, talk.person or "", tx.now.date(), tx.terms)
    return now.stands is Stands.ASK or now.ended


def _parties(talk: Talk) -> tuple[Party, ...]:
    found = []
    for standing in talk.sitting.standings():
        found += [Party(standing.subject, tie.tie, tie.kind) for tie in standing.tied(talk.person or "")]
    return tuple(found)


def _listener(kinds: set[TieKind], talk: Talk, now: datetime) -> Listener:
    if TieKind.CHILD in kinds and talk.profile is not None:
        return listener_for(talk.profile.born, now.date(), talk.profile.level)
    if TieKind.GUARDIAN in kinds and len(kinds) == 1:
        return Listener.GUARDIAN
    return Listener.GROWN if not kinds or kinds == {TieKind.RECIPIENT} else Listener.REPRESENTATIVE


def _start(talk: Talk, me: Me) -> Go:
    if talk.person is None:
        return Go(VISITOR)
    if talk.strength is not Strength.PIN:
        fresh = talk.strength is Strength.CHANNEL and not talk.has_pin
        return Go(NO_PIN) if fresh else Go(LOCKED, {"pictures": talk.pictures})
    return Go(OUTSIDE if me.outside else HOME[me.kind])


def _step(talk: Talk, me: Me) -> Step:
    """The place the conversation stands at; an unknown, older or forbidden one leads home."""
    state = talk.state
    start = _start(talk, me)
    if state is None:
        return resolve(start)
    known = FLOWS.get(state.step)
    if known is None or known.version != state.version or not _may_stand(state.step, talk, me):
        return resolve(start)
    return resolve(Go(state.step, state.fields))


def _may_stand(name: str, talk: Talk, me: Me) -> bool:
    """A conversation that is not proven stands in the way in; an outsider stands outside; nobody stands elsewhere."""
    flow = name.split("/", 1)[0]
    if talk.person is None:
        return flow in ("welcome", "open", "way_in", "come_back", "show_eid", "language")
    if talk.strength is not Strength.PIN:
        return flow in ("way_in", "language")
    if me.outside:
        return flow in ("near", "way_in", "language", "stop")
    return flow != "near"


def resolve(go: Go) -> Step:
    """The step of a place, with the fields it knows."""
    kind = FLOWS[go.step]
    known = {field.name for field in fields(kind)}
    step: Step = kind(**{name: value for name, value in go.fields.items() if name in known})
    return step


def facts_of(talk: Talk, step: Step, me: Me) -> Facts:
    """The answers to what a step needs."""
    answers: Mapping[Query[Any], Any] = {query: talk.sitting.ask(query) for query in step.needs(me)}
    return Facts(answers)


def carry_out(talk: Talk, step: Step, me: Me, answer: Turn, facts: Facts) -> Turn:
    """Do what the step asked for; a refusal comes back to it once, and what it then asks for is only where to go."""
    for command in answer.commands:
        done = talk.sitting.do(command)
        if isinstance(done, Withheld):
            return step.on(me, Failed(done.reason, answer.next.fields), facts)
    return answer


def _move(tx: Tx, talk: Talk, answer: Turn) -> None:
    step = resolve(answer.next)
    locale = answer.locale or (talk.state.locale if talk.state else None)
    line = answer.line.key if answer.line else None
    state = TalkState(step.name, step.version, asdict(step), line, locale)  # type: ignore[call-overload]
    move(tx, talk, state, forward=True)


def _keep(tx: Tx, talk: Talk, step: Step, line: str | None, *, forward: bool = False) -> None:
    locale = talk.state.locale if talk.state else None
    move(tx, talk, TalkState(step.name, step.version, asdict(step), line, locale), forward=forward)  # type: ignore[call-overload]


def _said(event: Event) -> str:
    """What tells one event from another; only a keyed hash of it is kept."""
    return event.words if isinstance(event, Typed) else repr(event)
