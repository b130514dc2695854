"""The people's room: what a person does with her phone, and what she sees on it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from .chats import Button, Chat, Json, Message, Notice, Person, Standing
from .cloud import Cloud, Query
from .entities import commands_in, units
from .rules import TEXT_UNITS, start_parameter

_CONTENT: Mapping[str, Json] = {
    "photo": {"photo": [{"file_id": "p1", "file_unique_id": "p1", "width": 90, "height": 90}]},
    "voice": {"voice": {"file_id": "v1", "file_unique_id": "v1", "duration": 2}},
    "location": {"location": {"latitude": 59.85, "longitude": 17.63}},
    "contact": {"contact": {"phone_number": "+46700000000", "first_name": "A"}},
    "sticker": {
        "sticker": {
            "file_id": "s1",
            "file_unique_id": "s1",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
    },
}


class CannotAct(Exception):
    """A phone would not let a person do this. Carries no words of hers."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A pressed button: the query the bot gets (None for a link), and the link that opens, if any."""

    button: Button
    query_id: str | None = None
    url: str | None = None


class User:
    """One person with her phone, in her private chat with the bot.

    Everything she does happens at once on her side; the bot gets it as an update. Call these from the
    loop the server runs on.
    """

    def __init__(self, cloud: Cloud, person: Person, chat: Chat) -> None:
        self._cloud = cloud
        self._seen = 0
        self.person = person
        self.chat = chat

    @property
    def id(self) -> int:
        """Her Telegram id, which is also the chat's."""
        return self.person.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is on her screen, oldest first: her messages and the bot's."""
        return self.chat.visible

    @property
    def last(self) -> Message:
        """The bot's newest message on her screen. Raises LookupError when there is none."""
        for message in reversed(self.chat.visible):
            if message.author.is_bot:
                return message
        raise LookupError("nothing from the bot on the screen")

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The answers to her button presses, oldest first."""
        return tuple(self.chat.notices)

    def say(self, text: str) -> Message:
        """Types a message of 1 to 4096 letters. Raises `CannotAct` while she blocks the bot."""
        if not text.strip() or units(text) > TEXT_UNITS:
            raise CannotAct("a message has 1 to 4096 letters")
        self._enter()
        return self._cloud.write(self.chat, _written(self._cloud, self.chat, self.person, text))

    def start(self, payload: str = "") -> Message:
        """Presses Start, with the payload of the link that led here; unblocks the bot if need be."""
        if payload and not start_parameter(payload):
            raise CannotAct("a start parameter is 1 to 64 of A-Z, a-z, 0-9, _ and -")
        self.unblock()
        return self.say(f"/start {payload}".rstrip())

    def open(self, link: str) -> Message:
        """Opens `https://t.me/BOT?start=PAYLOAD` and presses Start."""
        parts = urlsplit(link)
        if parts.hostname != "t.me" or parts.path.strip("/") != self._cloud.bot.username:
            raise CannotAct("this link does not lead to the bot")
        return self.start("".join(parse_qs(parts.query).get("start", [])[:1]))

    def tap(self, message: Message | int, which: str) -> Tap:
        """Presses the button with this text or data, on the message as it stands now."""
        now = self._on_screen(message)
        button = now.button(which)
        if button is None:
            raise CannotAct("there is no such button")
        if button.url is not None:
            return Tap(button, url=button.url)
        if button.data is None:
            self.say(button.text)
            return Tap(button)
        return Tap(button, query_id=self._press(now, button.data))

    def forge(self, message: Message | int, data: str) -> Tap:
        """A changed app, or a phone that was offline, sends any data for any message she ever got."""
        number = message if isinstance(message, int) else message.id
        return Tap(Button("", data=data), query_id=self._press(self.chat.messages[number], data))

    def edit(self, message: Message | int, text: str) -> Message:
        """Corrects a message of her own."""
        before = self._on_screen(message)
        if before.author.is_bot:
            raise CannotAct("one can only edit one's own messages")
        now = self._cloud.clock()
        after = replace(before, text=text, entities=commands_in(text), edited_at=now)
        self.chat.put(after, by_bot=False)
        self._cloud.updates.add("edited_message", self.chat.id, self.chat.written(after))
        return after

    def send(self, kind: str) -> Message:
        """Sends something without words: `photo`, `voice`, `sticker`, `location` or `contact`."""
        self._enter()
        message = _written(self._cloud, self.chat, self.person, "")
        return self._cloud.write(self.chat, replace(message, other=_CONTENT[kind]))

    def block(self) -> None:
        """Blocks the bot."""
        self._cloud.stand(self.chat, Standing.BLOCKED, self.person)

    def unblock(self) -> None:
        """Lets the bot write again, if she had blocked it."""
        if self.chat.standing is Standing.BLOCKED:
            self._cloud.stand(self.chat, Standing.OPEN, self.person)

    def delete_account(self) -> None:
        """Leaves Telegram. The bot is not told; it meets a 403."""
        self.chat.standing = Standing.GONE
        self.chat.touch()

    async def hears(self, within: float = 5.0) -> Message:
        """The bot's next message or edit that this method has not given yet, `within` seconds.

        Raises TimeoutError when the bot says nothing.
        """
        async with asyncio.timeout(within):
            while self._seen >= self.chat.forgotten + len(self.chat.shown):
                await self.chat.changed(self.chat.revision, within)
        self._seen = max(self._seen, self.chat.forgotten) + 1
        return self.chat.shown[self._seen - 1 - self.chat.forgotten]

    def _enter(self) -> None:
        if self.chat.standing in (Standing.BLOCKED, Standing.GONE):
            raise CannotAct("she would have to unblock the bot first")
        self._cloud.stand(self.chat, Standing.OPEN, self.person)

    def _on_screen(self, message: Message | int) -> Message:
        number = message if isinstance(message, int) else message.id
        found = self.chat.messages.get(number)
        if found is None or found.deleted_at is not None:
            raise CannotAct("the message is no longer there")
        return found

    def _press(self, message: Message, data: str) -> str:
        query = Query(f"{self.id}{self._cloud.number():08}", self.chat.id, self.id, self._cloud.pulse())
        self._cloud.ask(query)
        body: Json = {
            "id": query.id,
            "from": self.person.json(),
            "message": self.chat.written(message),
            "chat_instance": str(self.chat.id * 7919),
            "data": data,
        }
        self._cloud.updates.add("callback_query", self.chat.id, body)
        return query.id


class Group:
    """A group the bot may be put into. As by default at Telegram, it reads only what is meant for it."""

    def __init__(self, cloud: Cloud, chat: Chat) -> None:
        self._cloud = cloud
        self.chat = chat

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the members see, oldest first."""
        return self.chat.visible

    def add_bot(self, by: User) -> None:
        """A member puts the bot into the group."""
        self._cloud.stand(self.chat, Standing.OPEN, by.person)

    def remove_bot(self, by: User) -> None:
        """A member throws the bot out."""
        self._cloud.stand(self.chat, Standing.KICKED, by.person)

    def say(self, by: User, text: str, *, reply_to: Message | None = None) -> Message:
        """A member writes. The bot gets commands, mentions of its name and replies to its messages."""
        message = _written(self._cloud, self.chat, by.person, text)
        message = replace(message, reply_to=reply_to.id if reply_to else None)
        meant = text.startswith("/") or f"@{self._cloud.bot.username}" in text
        if self.chat.standing is Standing.OPEN and (meant or (reply_to and reply_to.author.is_bot)):
            return self._cloud.write(self.chat, message)
        return self.chat.put(message, by_bot=False)


def _written(cloud: Cloud, chat: Chat, author: Person, text: str) -> Message:
    return Message(
        id=cloud.next_message_id(),
        chat_id=chat.id,
        author=author,
        at=cloud.clock(),
        text=text,
        entities=commands_in(text),
    )
