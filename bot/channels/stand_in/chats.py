"""The chats' room: people, chats and messages as Telegram remembers them, and as it writes them down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from .entities import Entity
from .spec import Upload

Json = dict[str, object]

MESSAGES_KEPT = 2_000
"""Messages remembered in one chat; the oldest go first, so that a long-running demo stays small."""


class Standing(StrEnum):
    """How a chat stands to the bot."""

    STRANGER = "stranger"
    OPEN = "open"
    BLOCKED = "blocked"
    GONE = "gone"
    LEFT = "left"
    KICKED = "kicked"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Telegram account; the bot is one too."""

    id: int
    name: str
    language_code: str | None = None
    username: str | None = None
    is_bot: bool = False

    def json(self) -> Json:
        """As the Bot API's `User`."""
        out: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            out["username"] = self.username
        if self.language_code:
            out["language_code"] = self.language_code
        return out


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it sends `data` back, opens `url`, or (neither) types its own text."""

    text: str
    data: str | None = None
    url: str | None = None


class MarkupKind(StrEnum):
    """What hangs under a message: buttons on it, a keyboard in place of the letters, or neither."""

    INLINE = "inline_keyboard"
    KEYBOARD = "keyboard"
    REMOVE = "remove_keyboard"
    FORCE_REPLY = "force_reply"


@dataclass(frozen=True, slots=True)
class Markup:
    """A reply markup: its rows of buttons and the object as it was sent."""

    kind: MarkupKind
    rows: tuple[tuple[Button, ...], ...] = ()
    raw: Mapping[str, object] = field(default_factory=dict)

    def buttons(self) -> Iterator[Button]:
        """All buttons, row by row."""
        return (button for row in self.rows for button in row)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message: `kind` is `document`, `photo`, `audio` or `voice`."""

    kind: str
    file_id: str
    file: Upload

    def json(self) -> object:
        """As the Bot API's `Document`, `Audio`, `Voice` or list of `PhotoSize`."""
        out: Json = {
            "file_id": self.file_id,
            "file_unique_id": self.file_id[:16],
            "file_size": len(self.file.content),
        }
        match self.kind:
            case "photo":
                # Nothing measures the picture here: the size is a token one.
                return [{**out, "width": 320, "height": 320}]
            case "voice":
                return {**out, "duration": 1, "mime_type": self.file.mime}
            case "audio":
                return {**out, "duration": 1, "mime_type": self.file.mime, "file_name": self.file.name}
            case _:
                return {**out, "mime_type": self.file.mime, "file_name": self.file.name}


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands now; an edit or a deletion leaves a new record in its place.

    `text` is the caption when there is an attachment; `other` holds content that is neither text nor
    a file of ours (a sticker, a location), as Bot API fields.
    """

    id: int
    chat_id: int
    author: Person
    at: datetime
    text: str = ""
    entities: tuple[Entity, ...] = ()
    markup: Markup | None = None
    attachment: Attachment | None = None
    other: Mapping[str, object] = field(default_factory=dict)
    reply_to: int | None = None
    protected: bool = False
    silent: bool = False
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        """The rows of buttons a person sees under it."""
        return self.markup.rows if self.markup else ()

    def button(self, which: str) -> Button | None:
        """The button whose text or callback data is `which`, or None."""
        found = self.markup.buttons() if self.markup else iter(())
        return next((button for button in found if which in (button.text, button.data)), None)


class Chat:
    """One chat between the bot and a person, or a group: its standing and its messages in order.

    `revision` grows with every change; `shown` holds what the bot put on the screen (new messages and
    edits, in order, less the `forgotten` first ones), `notices` the short answers to button presses.
    """

    def __init__(self, chat_id: int, title: str, person: Person | None) -> None:
        self.id = chat_id
        self.title = title
        self.person = person
        self.standing = Standing.STRANGER if person else Standing.LEFT
        self.messages: dict[int, Message] = {}
        self.shown: list[Message] = []
        self.forgotten = 0
        self.notices: list[Notice] = []
        self.revision = 0
        self._bell = asyncio.Event()

    @property
    def is_group(self) -> bool:
        """True for a group, False for a private chat."""
        return self.person is None

    @property
    def visible(self) -> tuple[Message, ...]:
        """The messages not deleted, oldest first."""
        return tuple(message for message in self.messages.values() if message.deleted_at is None)

    def put(self, message: Message, *, by_bot: bool) -> Message:
        """Adds a message, or replaces the one with the same id."""
        self.messages[message.id] = message
        while len(self.messages) > MESSAGES_KEPT:
            del self.messages[next(iter(self.messages))]
        if by_bot:
            self.shown.append(message)
            over = max(len(self.shown) - MESSAGES_KEPT, 0)
            self.forgotten += over
            del self.shown[:over]
        self.touch()
        return message

    def delete(self, message_id: int, at: datetime) -> None:
        """Hides a message; the record stays, with the instant."""
        self.messages[message_id] = replace(self.messages[message_id], deleted_at=at)
        self.touch()

    def notice(self, notice: Notice) -> None:
        """Shows the answer to a button press."""
        self.notices.append(notice)
        del self.notices[:-MESSAGES_KEPT]
        self.touch()

    def touch(self) -> None:
        """Says that something changed, to whoever waits in `changed`."""
        self.revision += 1
        self._bell.set()
        self._bell = asyncio.Event()

    async def changed(self, since: int, within: float) -> int:
        """Waits until `revision` is past `since`, at most `within` seconds; gives the revision."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.revision <= since:
                    await self._bell.wait()
        return self.revision

    def json(self) -> Json:
        """As the Bot API's `Chat`."""
        if self.person is None:
            return {"id": self.id, "type": "group", "title": self.title}
        out: Json = {"id": self.id, "type": "private", "first_name": self.person.name}
        if self.person.username:
            out["username"] = self.person.username
        return out

    def written(self, message: Message) -> Json:
        """The message as the Bot API's `Message`; a deleted one as `InaccessibleMessage`."""
        out: Json = {"message_id": message.id, "chat": self.json()}
        if message.deleted_at is not None:
            return {**out, "date": 0}
        out |= {"date": _seconds(message.at), "from": message.author.json(), **message.other}
        label = "text" if message.attachment is None else "caption"
        if message.text:
            out[label] = message.text
        if message.entities:
            out["entities" if label == "text" else "caption_entities"] = list(message.entities)
        if message.attachment is not None:
            out[message.attachment.kind] = message.attachment.json()
        if message.markup is not None and message.markup.kind is MarkupKind.INLINE:
            out["reply_markup"] = dict(message.markup.raw)
        if message.edited_at is not None:
            out["edit_date"] = _seconds(message.edited_at)
        if message.protected:
            out["has_protected_content"] = True
        answered = self.messages.get(message.reply_to) if message.reply_to else None
        if answered is not None:
            out["reply_to_message"] = self.written(replace(answered, reply_to=None))
        return out


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person sees after pressing a button: a short line, an alert, or a link that opens."""

    query_id: str
    text: str
    alert: bool
    url: str


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
