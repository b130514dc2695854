"""The messenger: one Telegram turn, and one push, each in one transaction. Reads, decides, moves; sends nothing.

On the web a turn is cut in two; here it is whole: the update, the move, the next screen and the row of the answer,
which is born as one that is being sent, stand in the same commit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.engine import BROKE, OLD_PAGE, House, Shown, carry_out, facts_of, me_of, resolve
from bot.flows import FLOWS, HOME
from bot.story.safety import Alarm, alarm_in
from bot.talk import Choice, Chose, Door, Event, Go, Me, Screen, Step, Text, Turn, Typed
from storage import bindings
from storage.bindings import Chat
from storage.commands import EndLink
from storage.consent import Withheld
from storage.letters import Letter, decide_letter, is_paused
from storage.outbox import Born, Claimed, What, bear_answer, mark_sending, suppress
from storage.payloads import TalkState
from storage.queries import NoNotice
from storage.records import Channel, TieKind
from storage.talks import Talk, move, write_failed
from storage.vault import Tx

FRONT = "telegram/front"
ROWS, MORE = 5, "/more"
COMMANDS: Mapping[str, str] = {
    "start": FRONT, "help": "telegram/help", "language": "language/choose", "stop": "telegram/stop",
    "privacy": "telegram/privacy",
}  # fmt: skip
# What a flow of the web calls these places has another form in a chat.
_HERE: Mapping[str, str] = {"welcome/front": FRONT, "stop/ask": "telegram/stop"}
_ANYONE = frozenset({"telegram", "open", "language"})
_HERS = _ANYONE | {"my_way", "card", "adults", "say", "choices", "who_read"}
# A PIN or the sixteen digits, a spoken code (eight signs with a digit among them), an invite or its link.
_CODE = re.compile(r"(?:\d[ -]?){6,16}|(?=\D*\d)[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}|.*/i/\S{20,}|[\w-]{40,64}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Press:
    """A button was pressed; only its nonce came."""

    nonce: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """One update from a private chat. `said` is a press, words, or '' for whatever has no words."""

    update: int
    chat: int
    said: Press | Typed
    language: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said, and the row that says so. `personal`: it may be told here and is taken away within a day.

    `nonces` maps each value that can be chosen to what its button carries; of the rows five are shown from `start`.
    """

    row: Claimed
    chat: int
    shown: Shown
    nonces: Mapping[str, str]
    start: int = 0
    personal: bool = False


@dataclass(frozen=True, slots=True)
class _Next:
    """Where a turn leads. `kept` False: the place is shown and not remembered; `about` is the meeting just answered."""

    step: Step
    line: Text | None = None
    start: int = 0
    kept: bool = True
    forward: bool = True
    about: bindings.Answered | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class _Pressed:
    """The row of the button that was pressed; None when it can no longer be."""

    button: Any

    @property
    def about_meeting(self) -> bool:
        """Whether it answers a booked time."""
        return self.button is not None and self.button.ref is not None


def turn(tx: Tx, house: House, inbound: Inbound, worker: str) -> Reply | None:
    """Take one update; None when it came before."""
    if not bindings.first_update(tx, inbound.update):
        return None
    chat = bindings.find_chat(tx, inbound.chat)
    begin = TalkState(FRONT, 1, {}, locale=_language(house, inbound.language))
    said = _Pressed(bindings.pressed(tx, inbound.said.nonce)) if isinstance(inbound.said, Press) else inbound.said
    # A button carries its side: an answer about a booked time never goes by way of a story told in the same chat.
    content = house.content and not (isinstance(said, _Pressed) and said.about_meeting)
    talk = bindings.talk_in(tx, chat, begin, content=content)
    with talk.sitting:
        me = me_of(tx, house, talk)
        step = _standing_at(talk, me)
        next_ = _next(tx, talk, me, step, said, chat)
        _keep(tx, talk, next_)
        if next_.locale:
            me = me_of(tx, house, talk)
        return _reply(tx, talk, me, next_, inbound, worker)


def broke(tx: Tx, house: House, inbound: Inbound, worker: str) -> Reply | None:
    """A turn broke and was rolled back: keep that it came, tell a worker, and say one kind line."""
    chat = bindings.find_chat(tx, inbound.chat)
    talk = bindings.talk_in(tx, chat, TalkState(FRONT, 1, {}), content=False)
    rows = chat.bound()
    unit = talk.sitting.standing(rows[0].person) if rows else None
    if unit is None:
        bindings.first_update(tx, inbound.update)
    else:
        write_failed(tx, Channel.TELEGRAM, str(inbound.update), unit.unit, None)
    me = me_of(tx, house, talk)
    next_ = _Next(resolve(Go("telegram/help")), Text(BROKE))
    _keep(tx, talk, next_)
    return _reply(tx, talk, me, next_, inbound, worker)


def spoken_in(tx: Tx, house: House, number: int, code: str) -> str:
    """The language of a chat: the one picked in it, else that of whoever is linked; `code` is the app's own."""
    chat, app = bindings.find_chat(tx, number), _language(house, code)
    talk = bindings.talk_in(tx, chat, TalkState(FRONT, 1, {}, locale=app), content=house.content)
    with talk.sitting:
        spoken = me_of(tx, house, talk).locale
    return spoken if spoken != app else next(iter(bindings.languages(tx, chat)), app)


def push(tx: Tx, house: House, row: Claimed, worker: str) -> Letter | Reply | None:
    """What a claimed row says now, marked as leaving; None when it does not leave."""
    if row.what is not What.STEP:
        return decide_letter(tx, row, worker)
    found = bindings.talk_by_id(tx, row.conversation or "", content=house.content)
    if found is None:
        suppress(tx, row, "gone")
        return None
    talk, number = found
    with talk.sitting:
        me = me_of(tx, house, talk)
        next_ = _Next(_standing_at(talk, me))
        if _tells_of_a_paused_case(talk, me, next_.step):
            suppress(tx, row, NoNotice.PAUSED)
            return None
        shown = _shown(talk, me, next_)
        if not mark_sending(tx, row, worker):
            return None
        nonces = bindings.mint(tx, talk.id, talk.turn, _values(shown.screen, 0))
        return Reply(row, number, shown, nonces, personal=me.person is not None)


def _tells_of_a_paused_case(talk: Talk, me: Me, step: Step) -> bool:
    """Whether what the place shows is asked of a case that sends her nothing now."""
    if talk.person is None:
        return False
    asked = [talk.sitting.standing(subject) for subject in {query.subject for query in step.needs(me)}]
    return any(is_paused(standing, talk.person) for standing in asked if standing is not None)


def _next(tx: Tx, talk: Talk, me: Me, step: Step, said: _Pressed | Typed, chat: Chat) -> _Next:
    if isinstance(said, _Pressed):
        return _pressed(tx, talk, me, step, said.button, chat)
    words = said.words.strip()
    if words.startswith("/"):
        return _command(tx, me, words, chat.number)
    alarm = alarm_in(words, me.locale)
    if alarm and not _has_box(talk, me, step):
        return _alarmed(tx, talk, me, (words, alarm), chat)
    # Whoever she is, and whatever is asked for here: a code is kept nowhere. Danger beside it goes before.
    if not alarm and _CODE.fullmatch(words):
        return _Next(resolve(Go("telegram/codes")))
    return _event(tx, talk, me, step, Typed(words), chat)


def _has_box(talk: Talk, me: Me, step: Step) -> bool:
    """Whether words are asked for here: then the place itself looks for danger in them, and says who reads."""
    return me.person is not None and step.screen(me, facts_of(talk, step, me)).ask is not None


def _alarmed(tx: Tx, talk: Talk, me: Me, said: tuple[str, Alarm], chat: Chat) -> _Next:
    """Danger, typed where nothing was asked for. A stranger gets the numbers; whom the house knows goes the way of
    the box, so that she reads help at once and her unit has the alarm. Where nobody reads there, she gets the numbers.
    """
    words, alarm = said
    box = resolve(Go("say/write"))
    if me.person is None or not _has_box(talk, me, box):
        return _Next(resolve(Go("telegram/now", {"alarm": str(alarm)})))
    return _event(tx, talk, me, box, Typed(words), chat)


def _command(tx: Tx, me: Me, words: str, chat: int) -> _Next:
    name, _, payload = words[1:].partition(" ")
    name = name.partition("@")[0].casefold()
    if name == "start" and payload.strip():
        met = bindings.meet(tx, payload.strip(), chat)
        if met is None:
            return _Next(resolve(Go("telegram/codes")))
        places, tag = met
        return _Next(resolve(Go("telegram/words", {"places": places})), kept=False, locale=tag)
    if name not in COMMANDS:
        return _Next(resolve(Go("telegram/help")), Text("telegram.not_understood"))
    return _Next(_here(Go(COMMANDS[name]), me))


def _pressed(tx: Tx, talk: Talk, me: Me, step: Step, button: Any, chat: Chat) -> _Next:
    if button is None:
        return _Next(step, Text("telegram.old_button"), forward=False)
    if button.ref is not None:
        return _meeting(tx, step, button, chat)
    if button.conversation != talk.id or button.turn != talk.turn:
        return _Next(step, Text(OLD_PAGE), forward=False)
    if button.value.startswith(MORE):
        return _Next(step, start=int(button.value.removeprefix(MORE)), forward=False)
    return _event(tx, talk, me, step, Chose(button.value), chat)


def _meeting(tx: Tx, step: Step, button: Any, chat: Chat) -> _Next:
    answered = bindings.answer_meeting(tx, chat, button)
    if isinstance(answered, Withheld):
        return _Next(step, Text("telegram.old_button"), forward=False)
    meeting = answered.meeting
    fields = {"answer": meeting.answer, "starts": meeting.starts.isoformat()}
    receipt = resolve(Go("telegram/answered", fields))
    return _Next(receipt, kept=False, forward=False, about=answered, locale=answered.locale)


def _event(tx: Tx, talk: Talk, me: Me, step: Step, event: Event, chat: Chat) -> _Next:
    facts = facts_of(talk, step, me)
    answer: Turn = carry_out(talk, step, me, step.on(me, event, facts), facts)
    if answer.door is Door.LEAVE:
        bindings.unlink(tx, chat, [EndLink(person) for person in bindings.bound_people(chat)])
    line = answer.line
    if me.person is None and isinstance(event, Typed):
        # Where nobody is known, typed words are answered alike, wherever they were typed.
        line = Text("telegram.not_understood" if event.words else "telegram.only_words")
    return _Next(_here(answer.next, me), line, locale=answer.locale)


def _here(go: Go, me: Me) -> Step:
    """The place in this channel; what is not open here leads to where she starts."""
    name = _HERE.get(go.step, go.step)
    if me.person is None and go.fields.get("topic") == "was_here":
        name = "telegram/was_here"
    if name.split("/", 1)[0] not in _flows(me):
        return resolve(_start(me))
    if name == FRONT:
        return resolve(_start(me))
    return resolve(Go(name, go.fields))


def _flows(me: Me) -> frozenset[str]:
    return _ANYONE if me.person is None else _HERS


def _start(me: Me) -> Go:
    return Go(FRONT if me.person is None else HOME[TieKind.CHILD])


def _standing_at(talk: Talk, me: Me) -> Step:
    state = talk.state
    known = FLOWS.get(state.step) if state is not None else None
    if state is None or known is None or known.version != state.version:
        return resolve(_start(me))
    return _here(Go(state.step, state.fields), me)


def _keep(tx: Tx, talk: Talk, next_: _Next) -> None:
    step = next_.step if next_.kept else resolve(Go(FRONT))
    known = talk.state.locale if talk.state else None
    if not next_.kept and talk.person is not None:
        return
    # The language of a receipt is hers and no choice of the chat's; only a choice is remembered.
    locale = (next_.locale if next_.kept else None) or known
    state = TalkState(step.name, step.version, asdict(step), None, locale)  # type: ignore[call-overload]
    keep = move if talk.person is not None else bindings.move_open
    keep(tx, talk, state, forward=next_.forward)


def _reply(tx: Tx, talk: Talk, me: Me, next_: _Next, inbound: Inbound, worker: str) -> Reply:
    shown = _shown(talk, me, next_)
    values = _values(shown.screen, next_.start)
    if next_.about is not None:
        nonces = _about_meeting(tx, next_.about, values)
    else:
        nonces = bindings.mint(tx, talk.id, talk.turn, values)
    personal = talk.person is not None
    born = Born(str(inbound.update), talk.person or "", talk.id, talk.turn, worker)
    return Reply(bear_answer(tx, born), inbound.chat, shown, nonces, next_.start, personal)


def _about_meeting(tx: Tx, about: bindings.Answered, values: tuple[str, ...]) -> dict[str, str]:
    """The other answers stay open until the meeting."""
    meeting = about.meeting
    return bindings.mint(tx, about.conversation, 0, values, ref=meeting.id, until=meeting.starts)


def _shown(talk: Talk, me: Me, next_: _Next) -> Shown:
    screen = next_.step.screen(me, facts_of(talk, next_.step, me))
    locale = (None if next_.kept else next_.locale) or me.locale
    return Shown(screen, next_.step.name, talk.turn, locale, me.listener, False, next_.line, False, talk.strength)


def _values(screen: Screen, start: int) -> tuple[str, ...]:
    """What can be chosen: five rows from `start` on, what leads to the others, and the choices."""
    rows: tuple[Choice, ...] = screen.rows[start : start + ROWS] or screen.rows[:ROWS]
    more = (f"{MORE} {start + ROWS}", f"{MORE} 0") if len(screen.rows) > ROWS else ()
    return (*(row.value for row in rows), *more, *(choice.value for choice in screen.choices))


def _language(house: House, code: str | None) -> str:
    tags = [tag for tag, _ in house.locales]
    wanted = (code or "").split("-")[0].casefold()
    return wanted if wanted in tags else house.default_locale
