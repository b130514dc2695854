"""The memory's room: everything this small Telegram knows, changed by the bot and by people alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TypeVar

from .chats import Attachment, Chat, Json, Message, Person, Standing
from .updates import Updates

QUERY_SECONDS = 600.0
"""How long a button press can be answered. Telegram says only "too old"; this is a short guess."""

FILES_KEPT = 200
QUERIES_KEPT = 10_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Query:
    """A button press that waits for its answer; `at` is seconds on the monotonic clock."""

    id: str
    chat_id: int
    person_id: int
    at: float


@dataclass(slots=True)
class Profile:
    """What the bot says about itself, each by language code ("" is for everyone else)."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def menu(self, language: str, scope: str = "default") -> tuple[tuple[str, str], ...]:
        """The commands (name, description) somebody with this language sees."""
        own = self.commands.get((scope, language))
        return own if own is not None else self.commands.get((scope, ""), ())


class Cloud:
    """Chats, updates, files and the bot's profile. `clock` dates messages; `pulse` measures seconds."""

    def __init__(
        self, bot: Person, clock: Callable[[], datetime], pulse: Callable[[], float], first_update: int
    ) -> None:
        self.bot = bot
        self.clock = clock
        self.pulse = pulse
        self.chats: dict[int, Chat] = {}
        self.updates = Updates(clock, first_update)
        self.profile = Profile()
        self._files: dict[str, Attachment] = {}
        self._queries: dict[str, Query] = {}
        self._message_ids = count(1)
        self._numbers = count(1)

    def next_message_id(self) -> int:
        """Message ids grow over all chats of one bot."""
        return next(self._message_ids)

    def number(self) -> int:
        """A number not used before."""
        return next(self._numbers)

    def store(self, attachment: Attachment) -> None:
        """Remembers a file, so that its id can be sent again."""
        self._files[attachment.file_id] = attachment
        _forget_oldest(self._files, FILES_KEPT)

    def file(self, file_id: str) -> Attachment | None:
        """The file with this id."""
        return self._files.get(file_id)

    def ask(self, query: Query) -> None:
        """Remembers a button press."""
        self._queries[query.id] = query
        _forget_oldest(self._queries, QUERIES_KEPT)

    def query(self, query_id: str) -> Query | None:
        """The button press with this id, unless it is too old to be answered."""
        found = self._queries.get(query_id)
        return found if found and self.pulse() - found.at <= QUERY_SECONDS else None

    def write(self, chat: Chat, message: Message) -> Message:
        """A person's message arrives: in the chat, and as an update."""
        chat.put(message, by_bot=False)
        self.updates.add("message", chat.id, chat.written(message))
        return message

    def stand(self, chat: Chat, standing: Standing, by: Person) -> None:
        """The bot's standing in a chat changes, and it is told (a first start it hears as a message)."""
        before, chat.standing = chat.standing, standing
        chat.touch()
        if before is standing or (not chat.is_group and before is Standing.STRANGER):
            return
        body: Json = {
            "chat": chat.json(),
            "from": by.json(),
            "date": int(self.clock().timestamp()),
            "old_chat_member": self._membership(before),
            "new_chat_member": self._membership(standing),
        }
        self.updates.add("my_chat_member", chat.id, body)

    def _membership(self, standing: Standing) -> Mapping[str, object]:
        match standing:
            case Standing.OPEN:
                return {"user": self.bot.json(), "status": "member"}
            case Standing.BLOCKED | Standing.KICKED:
                return {"user": self.bot.json(), "status": "kicked", "until_date": 0}
            case _:
                return {"user": self.bot.json(), "status": "left"}


def _forget_oldest(known: dict[str, _T], most: int) -> None:
    while len(known) > most:
        del known[next(iter(known))]
