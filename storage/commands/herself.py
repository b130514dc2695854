"""What a person changes about herself: profile, links, places, bookmark, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.commands.shape import CaseDeed, Command, PersonDeed
from storage.queries import Purpose, Reach
from storage.records import CaseId, EntryId, Listener, PersonId, RecordId


@dataclass(frozen=True)
class SetProfile(PersonDeed):
    """Choose language or level; None leaves it as it is."""

    person: PersonId
    locale: str | None = None
    level: Listener | None = None


@dataclass(frozen=True)
class AskToBeSent(CaseDeed):
    """A worker triggers a notice about an entry or meeting to one receiver the rule has cleared."""

    purpose = Purpose.INFORMING
    case: CaseId
    person: PersonId
    ref: str
    not_before: datetime


@dataclass(frozen=True)
class SayYes(Command):
    """Say yes myself: to be reminded of meetings, within hours ('09:00-19:00') that are safe for me; or, a grown-up
    with a linked chat, to read in Telegram where the municipality allows it (then without hours).
    """

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId
    scope: str
    hours: str

    @property
    def subject(self) -> str:
        """The case the yes is given in."""
        return self.case


@dataclass(frozen=True)
class AskForLink(PersonDeed):
    """A grown-up wants to link her Telegram: a token for a quarter of an hour; an earlier one dies."""

    person: PersonId


@dataclass(frozen=True)
class SameWords(PersonDeed):
    """The four words on the page and in the chat are the same: bind that chat to her."""

    person: PersonId


@dataclass(frozen=True)
class PickCodeWord(PersonDeed):
    """Pick the everyday word that proves that a message is from us."""

    person: PersonId
    word: str


@dataclass(frozen=True)
class EndLink(PersonDeed):
    """Unlink the chat, and let nothing that waits be sent to it."""

    person: PersonId


@dataclass(frozen=True)
class EndPlace(PersonDeed):
    """Sign out somewhere else."""

    person: PersonId
    which: str


@dataclass(frozen=True)
class KeepBookmark(PersonDeed):
    """Remember which card I opened last, so that I can stop and go on another day."""

    person: PersonId
    entry: EntryId
    page: int


@dataclass(frozen=True)
class KeepNote(PersonDeed):
    """Write something to myself. Nobody else can open it."""

    purpose = Purpose.OWN_NOTES
    person: PersonId
    words: str
    about: EntryId | None


@dataclass(frozen=True)
class DropNote(PersonDeed):
    """Take one of my own notes away for good."""

    purpose = Purpose.OWN_NOTES
    person: PersonId
    note: RecordId
