"""Words for what leaves: a letter or an answer becomes Telegram messages, in the moment it is sent and not before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.faces.hearing import keys_of
from bot.faces.lock_screen import CodeWord, MeetingNotice, MeetingWording, Notice, TrialNotice, Wording
from bot.faces.telegram import CAPTION, Said, label_of, said, said_notice, units
from bot.manners import answer_choice
from bot.messenger import Reply
from bot.recordings import Recording, Recordings
from bot.speech import Locale, locale
from bot.talk import Screen, Text
from storage.letters import ANSWERS, MeetingLetter, NoticeLetter, TrialLetter
from storage.outbox import What

_WORDINGS = {
    What.REMINDER: MeetingWording.COMING,
    What.AGAIN: MeetingWording.COMING,
    What.MOVED: MeetingWording.MOVED,
    What.CANCELLED: MeetingWording.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves. `silent` makes no sound; `guarded` cannot be passed on.

    With a `voice` the message is a recording and the text is written under it: still one message, so a row that was
    half sent is never a question.
    """

    text: str
    buttons: tuple[tuple[Mapping[str, str], ...], ...] = ()
    silent: bool = False
    guarded: bool = False
    voice: Recording | None = None

    def fields(self, chat: int) -> dict[str, Any]:
        """The parameters of `sendMessage`: no parse mode and no preview, which could show what is not meant."""
        said = {"text": self.text, "link_preview_options": {"is_disabled": True}}
        return {"chat_id": chat, **said, **self._manner()}

    def voice_fields(self, chat: int) -> dict[str, Any]:
        """The parameters of `sendVoice` but for the file itself."""
        return {"chat_id": chat, "caption": self.text, **self._manner()}

    def _manner(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.silent:
            fields["disable_notification"] = True
        if self.guarded:
            fields["protect_content"] = True
        if self.buttons:
            fields["reply_markup"] = {"inline_keyboard": [list(row) for row in self.buttons]}
        return fields


def outgoing(
    letter: Reply | MeetingLetter | NoticeLetter | TrialLetter, public_url: str, recordings: Recordings
) -> tuple[Outgoing, ...]:
    """The messages of one row; where somebody has read the fixed words aloud, the reading itself with them."""
    match letter:
        case Reply():
            spoken = locale(letter.shown.locale)
            return _aloud(_reply(letter, spoken), recordings.of(keys_of(_screen(letter)), spoken))
        case MeetingLetter():
            # The time and the code word are read in the text; what can be recorded is what to do with it.
            spoken = locale(letter.locale)
            return _aloud((_meeting(letter, spoken),), recordings.of((f"sound.{_WORDINGS[letter.what]}",), spoken))
        case NoticeLetter():
            spoken = locale(letter.locale)
            line = Wording.chosen(letter.wording)
            return _aloud((_notice(letter, spoken, public_url),), recordings.of((line,), spoken))
        case TrialLetter():
            return (_trial(letter, locale(letter.locale)),)


def _aloud(messages: tuple[Outgoing, ...], read: tuple[Recording, ...]) -> tuple[Outgoing, ...]:
    """The message with its reading, where one message and one reading say the same, and the text fits under it."""
    if len(messages) != 1 or len(read) != 1 or units(messages[0].text) > CAPTION:
        return messages
    return (replace(messages[0], voice=read[0]),)


def _screen(reply: Reply) -> Screen:
    return replace(reply.shown.screen, note=reply.shown.line) if reply.shown.line else reply.shown.screen


def _reply(reply: Reply, spoken: Locale) -> tuple[Outgoing, ...]:
    parts = said(_screen(reply), spoken, start=reply.start)
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
        ({"text": label_of(answer_choice(answer), spoken), "callback_data": letter.answers[answer]},)
        for answer in ANSWERS
        if answer in letter.answers
    )
    return Outgoing(said_notice(notice, spoken).text, rows, silent=letter.silent)


def _trial(letter: TrialLetter, spoken: Locale) -> Outgoing:
    notice = TrialNotice(Wording.chosen(letter.wording), CodeWord(f"code_word.{letter.code}"))
    return Outgoing(said_notice(notice, spoken).text)


def _notice(letter: NoticeLetter, spoken: Locale, public_url: str) -> Outgoing:
    open_it = {"text": spoken.say(Text("telegram.notice.open")), "url": f"{public_url}/n/{letter.token}"}
    return Outgoing(said_notice(Notice(Wording.chosen(letter.wording)), spoken).text, ((open_it,),))
