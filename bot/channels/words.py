"""Words for what leaves: a letter or an answer becomes Telegram messages, in the moment it is sent and not before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.faces.lock_screen import CodeWord, MeetingNotice, MeetingWording, Notice, Wording
from bot.faces.telegram import Said, said, said_notice
from bot.messenger import Reply
from bot.speech import Locale, locale
from bot.talk import Text
from storage.letters import ANSWERS, MeetingLetter, NoticeLetter
from storage.outbox import What

_WORDINGS = {
    What.REMINDER: MeetingWording.COMING,
    What.AGAIN: MeetingWording.COMING,
    What.MOVED: MeetingWording.MOVED,
    What.CANCELLED: MeetingWording.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves. `silent` makes no sound; `guarded` cannot be passed on."""

    text: str
    buttons: tuple[tuple[Mapping[str, str], ...], ...] = ()
    silent: bool = False
    guarded: bool = False

    def fields(self, chat: int) -> dict[str, Any]:
        """The parameters of `sendMessage`: no parse mode and no preview, which could show what is not meant."""
        fields: dict[str, Any] = {
            "chat_id": chat, "text": self.text, "link_preview_options": {"is_disabled": True},
        }  # fmt: skip
        if self.silent:
            fields["disable_notification"] = True
        if self.guarded:
            fields["protect_content"] = True
        if self.buttons:
            fields["reply_markup"] = {"inline_keyboard": [list(row) for row in self.buttons]}
        return fields


def outgoing(letter: Reply | MeetingLetter | NoticeLetter, public_url: str) -> tuple[Outgoing, ...]:
    """The messages of one row."""
    match letter:
        case Reply():
            return _reply(letter)
        case MeetingLetter():
            return (_meeting(letter, locale(letter.locale)),)
        case NoticeLetter():
            return (_notice(letter, locale(letter.locale), public_url),)


def _reply(reply: Reply) -> tuple[Outgoing, ...]:
    shown = reply.shown
    screen = replace(shown.screen, note=shown.line) if shown.line else shown.screen
    parts = said(screen, locale(shown.locale), start=reply.start)
    return tuple(Outgoing(part.text, _buttons(part, reply.nonces), guarded=reply.personal) for part in parts)


def _buttons(part: Said, nonces: Mapping[str, str]) -> tuple[tuple[Mapping[str, str], ...], ...]:
    # A label that a catalogue lacks is a slip that is logged; Telegram would refuse the whole message for it.
    rows = (
        tuple({"text": one.label, "callback_data": nonces[one.value]} for one in row if one.label.strip())
        for row in part.buttons
    )
    return tuple(row for row in rows if row)


def _meeting(letter: MeetingLetter, spoken: Locale) -> Outgoing:
    notice = MeetingNotice(_WORDINGS[letter.what], letter.starts, CodeWord(f"code_word.{letter.code}"))
    rows = tuple(
        ({"text": spoken.say(Text(f"meetings.answer.{answer}")), "callback_data": letter.answers[answer]},)
        for answer in ANSWERS
        if answer in letter.answers
    )
    return Outgoing(said_notice(notice, spoken).text, rows, silent=letter.silent)


def _notice(letter: NoticeLetter, spoken: Locale, public_url: str) -> Outgoing:
    open_it = {"text": spoken.say(Text("telegram.notice.open")), "url": f"{public_url}/n/{letter.token}"}
    return Outgoing(said_notice(Notice(Wording.chosen(letter.wording)), spoken).text, ((open_it,),))
