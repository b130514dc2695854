"""Every text that may ever reach Telegram, rendered beforehand from the catalogues: what a story sent must be in it.

Nothing is matched by pattern. A text with a slot (a time, a code word, the four words) is rendered with each value
that the slot is allowed, and must then be equal, sign by sign. What is told of her own is rendered from the screens
that the store gives her there, and is approved only where it was sent so that it cannot be passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot import messenger
from bot.channels.stand_in import BotApi
from bot.channels.web import house_of
from bot.engine import BROKE, OLD_PAGE, House, facts_of, me_of, nothing, resolve
from bot.faces.lock_screen import CodeWord, MeetingNotice, MeetingWording, Notice, TrialNotice, Wording
from bot.faces.telegram import label_of, said, said_notice
from bot.flows import FLOWS, HOME
from bot.flows.telegram import Answered, Words
from bot.manners import answer_choice
from bot.messenger import COMMANDS
from bot.speech import Locale, locales
from bot.story.safety import Alarm
from bot.talk import Chose, Facts, Go, Me, Screen, Text
from storage import bindings
from storage.letters import ANSWERS
from storage.payloads import CODE_WORDS, TalkState
from storage.records import Channel, TieKind
from storage.vault import Store, Tx
from tests.flows.places import REMEMBERS

PUBLIC_URL = "https://example.test"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=STOCKHOLM)
DAYS = tuple(date(2026, 11, 1) + timedelta(days=n) for n in range(400))
LINES = (OLD_PAGE, BROKE, "line.choose", "telegram.not_understood", "telegram.only_words", "telegram.old_button",
         "telegram.stop.done")  # fmt: skip
# Left behind by what she has done, where the place that she did it from is gone.
DONE = ("not_mine.done",)
_TIMES = re.compile(r"(?<!\d)([01]\d|2[0-3]):([0-5]\d)(?!\d)")


@dataclass(frozen=True)
class Approved:
    """Texts, and what may stand on the buttons under them."""

    texts: frozenset[str]
    labels: frozenset[str]

    def __or__(self, other: Approved) -> Approved:
        return Approved(self.texts | other.texts, self.labels | other.labels)


NOTHING = Approved(frozenset(), frozenset())


def _rendered(screen: Screen, spoken: Locale, *lines: Text) -> Approved:
    """A screen as it may be sent: bare or under one of these lines, from any of its rows on."""
    texts, labels = set[str](), set[str]()
    for shown in (screen, *(replace(screen, note=line) for line in lines)):
        for start in range(0, max(len(screen.rows), 1), messenger.ROWS):
            parts = said(shown, spoken, start=start)
            texts |= {part.text for part in parts}
            labels |= {button.label for part in parts for row in part.buttons for button in row}
    return Approved(frozenset(texts), frozenset(labels))


# --- what anyone may meet, and what a grown-up is reminded of ---------------------------------------------------


@lru_cache(maxsize=1)
def open_part() -> Approved:
    """Every place of the open part in every language, the notices, and the words on their buttons."""
    found = NOTHING
    for spoken in locales():
        for screen in _open_screens(spoken):
            found |= _rendered(screen, spoken, *map(Text, LINES))
        notices = {said_notice(Notice(wording), spoken).text for wording in Wording}
        notices |= {said_notice(TrialNotice(wording, code), spoken).text for wording in Wording for code in CodeWord}
        labels = {label_of(answer_choice(answer), spoken) for answer in ANSWERS}
        found |= Approved(frozenset(notices), frozenset({*labels, spoken.say(Text("telegram.notice.open"))}))
    return found


def _open_screens(spoken: Locale) -> Iterator[Screen]:
    me = Me(NOW, Channel.TELEGRAM, spoken.tag, locales=house_of(nothing).locales)
    for name, kind in FLOWS.items():
        if name.split("/", maxsplit=1)[0] in messenger._ANYONE and kind not in (Words, Answered):
            for fields in ({}, *REMEMBERS.get(name, ())):
                step = kind(**fields)
                if not step.needs(me):
                    yield step.screen(me, Facts({}))


def _with_slots(text: str) -> Approved:
    """The templates that have slots, rendered with the allowed values that this text could be made of."""
    found = NOTHING
    clocks = [time(int(hour), int(minute)) for hour, minute in _TIMES.findall(text)]
    for spoken in locales():
        found |= Approved(frozenset(_meeting_lines(text, clocks, spoken)), frozenset())
        for screen in (*_receipts(text, clocks), *_four_words(text, spoken)):
            found |= _rendered(screen, spoken)
    return found


def _meeting_lines(text: str, clocks: Iterable[time], spoken: Locale) -> Iterator[str]:
    for clock in clocks:
        for day in DAYS[:7]:
            for code in _code_words(text, spoken):
                for wording in MeetingWording:
                    notice = MeetingNotice(wording, datetime.combine(day, clock, STOCKHOLM), CodeWord(code))
                    yield said_notice(notice, spoken).text


def _code_words(text: str, spoken: Locale) -> list[str]:
    return [f"code_word.{word}" for word in CODE_WORDS if _place(text, word, spoken) >= 0]


def _place(text: str, word: str, spoken: Locale) -> int:
    return text.casefold().find(spoken.say(Text(f"code_word.{word}")).casefold())


def _receipts(text: str, clocks: Iterable[time]) -> Iterator[Screen]:
    me = Me(NOW, Channel.TELEGRAM, "sv")
    for clock in clocks:
        for day in DAYS:
            if str(day.year) in text and str(day.day) in text:
                for answer in ANSWERS:
                    starts = datetime.combine(day, clock, STOCKHOLM).isoformat()
                    yield Answered(answer=answer, starts=starts).screen(me, Facts({}))


def _four_words(text: str, spoken: Locale) -> Iterator[Screen]:
    """The four words of a link; each may come twice, so the text is read from left to right."""
    places, left = list[int](), text
    while len(places) < 4:
        ahead = {found: n for n, word in enumerate(CODE_WORDS) if (found := _place(left, word, spoken)) >= 0}
        if not ahead:
            return
        places.append(ahead[min(ahead)])
        left = left[min(ahead) + 1 :]
    yield Words(places=tuple(places)).screen(Me(NOW, Channel.TELEGRAM, spoken.tag), Facts({}))


# --- what is told of her own -----------------------------------------------------------------------------------


def her_own(store: Store, number: int) -> Approved:
    """Every screen that tapping reaches in a chat where she reads her own story, as the store gives it now."""
    spoken_house = replace(house_of(nothing), content=True)
    return store.run(lambda tx: _her_own(tx, spoken_house, number))


def _her_own(tx: Tx, house: House, number: int) -> Approved:
    chat = bindings.find_chat(tx, number)
    if not chat.bound():
        return NOTHING
    talk = bindings.talk_in(tx, chat, TalkState(messenger.FRONT, 1, {}), content=True)
    if talk.person is None:
        return NOTHING
    found, seen = NOTHING, set[tuple[str, str]]()
    with talk.sitting:
        me = me_of(tx, house, talk)
        spoken = next(one for one in locales() if one.tag == me.locale)
        todo: list[tuple[Any, Text | None]] = [(resolve(Go(HOME[TieKind.CHILD])), None)]
        # Where words lead that may mean danger, wherever they were typed.
        todo += [(resolve(Go("say/write", {"alarm": str(alarm)})), Text("say.kept")) for alarm in Alarm]
        while todo:
            step, line = todo.pop()
            facts = facts_of(talk, step, me)
            screen = step.screen(me, facts)
            found |= _rendered(screen, spoken, *([line] if line else ()), *map(Text, (*LINES, *DONE)))
            if (mark := (step.name, str(sorted(asdict(step).items())))) in seen:
                continue
            seen.add(mark)
            for choice in (*screen.rows, *screen.choices):
                turn = step.on(me, Chose(choice.value), facts)
                todo.append((messenger._here(turn.next, me), turn.line))
    return found


# --- the comparison ----------------------------------------------------------------------------------------------


class NotApproved(AssertionError):
    """Something reached Telegram that nobody has approved; the text is what it was."""


def must_be_approved(api: BotApi, own: Approved = NOTHING) -> None:
    """Fail the story when something that was sent is no approved text."""
    if found := strays(api, own):
        raise NotApproved(found)


def strays(api: BotApi, own: Approved = NOTHING) -> list[str]:
    """What reached Telegram and is no approved text of its level; `own` is what may be told guarded."""
    return [stray for call in api.accepted for stray in _strays(call.method, call.fields, own)]


def _strays(method: str, fields: Mapping[str, Any], own: Approved) -> Iterator[str]:
    if method == "setMyCommands":
        told = {spoken.say(Text(f"telegram.command.{name}")) for spoken in locales() for name in COMMANDS}
        yield from (one["description"] for one in fields["commands"] if one["description"] not in told)
        return
    # Under a recording the same words stand as its caption.
    said = "caption" if method == "sendVoice" else "text"
    text, level = fields.get(said), open_part() | (own if fields.get("protect_content") else NOTHING)
    if text is not None and text not in level.texts:
        level |= _with_slots(str(text))
        if text not in level.texts:
            yield str(text)
    for row in (fields.get("reply_markup") or {}).get("inline_keyboard", ()):
        for button in row:
            if button["text"] not in level.labels:
                yield str(button["text"])
            if (url := button.get("url")) is not None and not _is_look(str(url)):
                yield str(url)
    # Nothing else that a method takes may carry words.
    yield from (f"{method}.{name}" for name in ("caption", "question", "title") if name in fields and name != said)


def _is_look(url: str) -> bool:
    """A one-time link is our address and 256 random bits, and nothing beside."""
    address, _, token = url.rpartition("/")
    return address == f"{PUBLIC_URL}/n" and len(token) == 43 and token.replace("-", "").replace("_", "").isalnum()
