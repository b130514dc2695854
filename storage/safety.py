"""The safety log: what took something away from somebody, written outside the database, so that no copy revives it.

A file that only grows, in a folder of its own: one line of JSON for each withdrawal, block, seal, status, end of a
tie, a release or a job, card taken back, closed to a reader or put aside, her no to being told, phone unlinked and
culling. A line holds random ids in clear and what happened in an envelope; each has a MAC over itself and the one
before. Words a worker wrote are left out. When a month is culled, the envelopes of its subjects are emptied; the MACs,
made over their digests, still hold.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from dataclasses import replace as changed
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from storage._envelope import Key, Place, Tampered
from storage._key_folder import put_private
from storage.carriers import AddedLate, Carried, EarlierAsked
from storage.her_words import TellOf
from storage.incidents import ChannelPaused, IncidentClosed
from storage.records import GuardianStatus
from storage.retention import CullingApproved
from storage.rules import (
    Blocked,
    Claimed,
    ClearedBy,
    Connected,
    Consented,
    Employed,
    Excepted,
    ExportApproved,
    ExportAsked,
    GlassBroken,
    GrownTold,
    GuardianSaidNo,
    Investigation,
    NoDecided,
    NoticeLogged,
    Proposed,
    Released,
    Rule,
    Sealed,
    Staged,
    StatusSet,
    Tied,
    VisitOpened,
    Wished,
)
from storage.ways_in import ChatTied, SessionsEnded

FILE = "safety.log"
_FIRST = "0" * 64
_LONGEST = 64 * 1024


class SafetyBroken(Exception):
    """The safety log was changed, cut or belongs to another house."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A card was hidden from everybody who had it."""

    entry: str
    tag: Literal["taken_back"] = "taken_back"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A person's Telegram was let go."""

    tag: Literal["unlinked"] = "unlinked"


@dataclass(frozen=True, slots=True)
class Closed:
    """A reader's part of an entry was taken away or made less, by a hold or because that release stands no more.

    `held`: the entry waits for everybody. `kept`: as which row version the entry was kept then, so that a store that
    knows of it, and may have opened it since, is told nothing.
    """

    entry: str
    compartments: tuple[str, ...]
    held: bool
    kept: int
    tag: Literal["closed"] = "closed"


@dataclass(frozen=True, slots=True)
class PutAside:
    """She said that a card is not hers. `kept`: the entry's row version then."""

    entry: str
    person: str
    kept: int
    tag: Literal["put_aside"] = "put_aside"


@dataclass(frozen=True, slots=True)
class ToldChosen:
    """Whether she wants to be told of something. `kept`: the row version of her answers."""

    tie: str
    person: str
    of: TellOf
    wanted: bool
    kept: int
    tag: Literal["told_chosen"] = "told_chosen"


@dataclass(frozen=True, slots=True)
class CulledMonth:
    """Everything of a month was culled, under a reference to the decision."""

    month: str
    reference: str
    tag: Literal["culled"] = "culled"


Told = Rule | TakenBack | Closed | PutAside | ToldChosen | Unlinked | CulledMonth
KEPT: TypeAdapter[Told] = TypeAdapter(Annotated[Told, Field(discriminator="tag")])
# What gives something, and would only be missing: a copy may forget it. Every other kind of rule is kept.
# Sessions and links are ended by restoring itself, and a chat that was let go has a line of its own (Unlinked).
FORGETTABLE = (
    ClearedBy, Consented, Released, Claimed, Staged, Connected, Excepted, GlassBroken, NoticeLogged, Wished,
    ExportApproved, ExportAsked, GuardianSaidNo, NoDecided, Proposed, AddedLate, EarlierAsked, SessionsEnded,
    ChatTied, CullingApproved, GrownTold, IncidentClosed,
)  # fmt: skip
_WORDS = {"decided_by": "", "why": "", "maturity": "", "born": None}


@dataclass(frozen=True, slots=True)
class Outside:
    """One thing to be known outside: about which subject, as which of its rules (0: none), and when."""

    subject: str
    n: int
    at: int
    what: Told

    @property
    def opens(self) -> bool:
        """Whether it gives something back. Then it is written after the commit, and else before."""
        match self.what:
            case Blocked(blocked=held) | Sealed(sealed=held) | Investigation(active=held):
                return not held
            case StatusSet(status=status):
                return status is GuardianStatus.NONE
            case Employed(active=active):
                return active
            case ToldChosen(wanted=wanted):
                return wanted
            case ChannelPaused(paused=paused):
                return not paused
            case VisitOpened(opened=opened):
                return opened
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log as it lies. `sealed` is empty once its subject was culled."""

    seq: int
    epoch: int
    subject: str
    n: int
    at: int
    digest: str
    mac: str
    sealed: str


def worth_keeping(what: Told) -> Told | None:
    """What the log keeps of a rule: ids and states, no names, no birth date and no worker's words; or nothing."""
    if isinstance(what, FORGETTABLE) or (isinstance(what, Tied) and what.until is None):
        return None
    if isinstance(what, Carried):
        return changed(what, decided_by="", ground="")
    words: dict[str, Any] = {field.name: _WORDS[field.name] for field in fields(what) if field.name in _WORDS}
    return changed(what, **words) if words else what


class SafetyLog:
    """The log in its folder. Several processes may write; each takes the lock."""

    def __init__(self, folder: Path, key: bytes, tenant: str, epoch: int) -> None:
        """`key` is the standing key 'safety'; `epoch` counts how often this house was restored."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path, self._raw, self._tenant, self.epoch = folder / FILE, key, tenant, epoch
        self._key = Key(key)
        self._path.touch(mode=0o600)

    def write(self, told: Iterable[Outside]) -> None:
        """Append lines; they are on the disk when this returns."""
        told = list(told)
        if not told:
            return
        with self._locked() as descriptor:
            seq, prev = self._tail()
            lines = []
            for one in told:
                line = self._line(seq + 1, prev, one)
                lines.append(json.dumps(asdict(line)) + "\n")
                seq, prev = line.seq, line.mac
            os.write(descriptor, "".join(lines).encode())
            os.fsync(descriptor)

    def read(self) -> list[Line]:
        """Every line, verified; `SafetyBroken` when one does not hold."""
        lines, prev = [], _FIRST
        raw_lines = self._path.read_bytes().split(b"\n")[:-1]
        for number, raw in enumerate(raw_lines, 1):
            line = _parsed(raw)
            whole = line is not None and line.seq == number and line.mac == self._mac(line, prev)
            if line is None or not whole or (line.sealed and _digest(bytes.fromhex(line.sealed)) != line.digest):
                raise SafetyBroken(f"The safety log does not hold at line {number}.")
            lines.append(line)
            prev = line.mac
        return lines

    def what(self, line: Line) -> Told | None:
        """What a line tells; None when it was emptied after a culling."""
        if not line.sealed:
            return None
        try:
            return KEPT.validate_json(self._key.open(bytes.fromhex(line.sealed), self._bound(line.seq, line.subject)))
        except (Tampered, ValueError):
            raise SafetyBroken(f"The safety log does not open at line {line.seq}.") from None

    def last(self) -> int:
        """The number of the last line."""
        return self._tail()[0]

    def empty(self, culled: Callable[[str], bool]) -> None:
        """Empty the envelopes of subjects that were culled."""
        with self._locked():
            lines = [changed(line, sealed="") if culled(line.subject) else line for line in self.read()]
            put_private(self._path, "".join(json.dumps(asdict(line)) + "\n" for line in lines).encode())

    def _line(self, seq: int, prev: str, one: Outside) -> Line:
        sealed = self._key.seal(KEPT.dump_json(one.what), self._bound(seq, one.subject))
        line = Line(seq, self.epoch, one.subject, one.n, one.at, _digest(sealed), "", sealed.hex())
        return changed(line, mac=self._mac(line, prev))

    def _mac(self, line: Line, prev: str) -> str:
        said = json.dumps([line.seq, line.epoch, line.subject, line.n, line.at, line.digest, prev, self._tenant])
        return blake2b(said.encode(), digest_size=32, key=self._raw, person=b"safety").hexdigest()

    def _bound(self, seq: int, subject: str) -> bytes:
        return Place(self._tenant, "safety", str(seq), subject, "safety", 1, 1).bound()

    def _tail(self) -> tuple[int, str]:
        """The last whole line; what a crash left half written behind it is cut off."""
        size = self._path.stat().st_size
        with self._path.open("rb") as handle:
            handle.seek(max(0, size - _LONGEST))
            raw = handle.read()
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) != len(raw):
            os.truncate(self._path, size - len(raw) + len(whole))
        line = _parsed(whole.splitlines()[-1]) if whole else None
        return (line.seq, line.mac) if line is not None else (0, _FIRST)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        while True:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.path.exists(self._path) and os.fstat(descriptor).st_ino == self._path.stat().st_ino:
                break
            # Another process has put a new file in its place while we waited.
            os.close(descriptor)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _parsed(raw: bytes) -> Line | None:
    try:
        return Line(**json.loads(raw))
    except (ValueError, TypeError):
        return None


def _digest(sealed: bytes) -> str:
    return blake2b(sealed, digest_size=32, person=b"safety").hexdigest()
