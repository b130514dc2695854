"""A read `case/1` document as the deeds that make it so; the same refs give the same ids, so twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.carriers import CarrierKind
from storage.commands import (
    BeginCarrier,
    Book,
    CarryEntry,
    CloseCarrier,
    Command,
    DecideContact,
    Enrol,
    ExtendCarrier,
    KeepAdult,
    KeepConsent,
    KeepException,
    KeepPlan,
    OpenCase,
    ProtectIdentity,
    ReopenCarrier,
    SealCase,
)
from storage.kinds import KINDS
from storage.meeting_kinds import meeting_kind
from storage.queries import Purpose
from storage.records import (
    Adult,
    Authority,
    CaseId,
    Channel,
    DayTold,
    Entry,
    EntryId,
    EntryState,
    GuardianStatus,
    Hold,
    HoldKind,
    Leave,
    Listener,
    Meeting,
    NoticeWording,
    PersonId,
    ReaderClass,
    RecordId,
    Release,
    Side,
    TieId,
    TieKind,
    Told,
)
from storage.way_there import ReadyWay, WayThere

NameId = Callable[..., str]
CULL_AGE = 30
AID_YEARS = 6
# The format and the console say some things otherwise; a wish to talk in two words would be a duty in one of them only.
SAME_HOW = {"face_to_face": "in_person"}
SAME_TAKEN = {"wants_talk": "wants_to_talk", "not_asked": "not_known"}


def deeds_of(document: dict[str, Any], name_id: NameId, today: date) -> Iterator[tuple[str, Command]]:
    """Each deed with the JSON pointer it comes from. `name_id(*words)` gives a stable id for words."""
    yield from _Reader(document, name_id, today).deeds()


class _Reader:
    """One document being turned into deeds."""

    def __init__(self, document: dict[str, Any], name_id: NameId, today: date) -> None:
        self._document = document
        self._today = today
        self._ref = document["case"]["ref"]
        self._name_id = name_id
        self._case = CaseId(self._id("case"))

    def deeds(self) -> Iterator[tuple[str, Command]]:
        case = self._document["case"]
        yield "/case", OpenCase(self._case, case["unit"], Side(case["sort"]), self._ref, self._cull_month())
        for i, tie in enumerate(self._document["ties"]):
            yield f"/ties/{i}", self._enrol(tie)
        for i, adult in enumerate(self._document.get("adults", [])):
            yield f"/adults/{i}", KeepAdult(self._case, self._adult(adult))
        for i, entry in enumerate(self._document.get("entries", [])):
            yield f"/entries/{i}", CarryEntry(self._case, self._entry(entry))
        for i, contact in enumerate(self._document.get("contact", [])):
            yield f"/contact/{i}", self._contact(contact)
        for i, consent in enumerate(self._document.get("consents", [])):
            yield f"/consents/{i}", self._consent(consent)
        for i, exception in enumerate(self._document.get("exceptions", [])):
            yield f"/exceptions/{i}", self._exception(exception)
        for i, meeting in enumerate(self._document.get("meetings", [])):
            yield f"/meetings/{i}", self._book(meeting)
        for i, goal in enumerate(self._document.get("plan", [])):
            yield (
                f"/plan/{i}",
                KeepPlan(self._case, self._id("plan", str(i)), goal["goal"], goal["who"], _day(goal.get("next_on"))),
            )
        for i, carrier in enumerate(self._document.get("carriers", [])):
            yield from ((f"/carriers/{i}{at}", deed) for at, deed in self._carrier(carrier))
        if case.get("protected"):
            yield "/case/protected", ProtectIdentity(self._case, protected=True)
        if case.get("sealed"):
            yield "/case/sealed", SealCase(self._case, sealed=True)

    def _id(self, *words: str) -> str:
        return self._name_id(self._ref, *words)

    def _person(self, ref: str) -> PersonId:
        return PersonId(self._id("person", ref))

    def _tie(self, ref: str) -> TieId:
        return TieId(self._id("tie", ref))

    def _centre(self) -> dict[str, Any]:
        ref = next(tie["person"] for tie in self._document["ties"] if tie["kind"] in ("child", "recipient"))
        return next(person for person in self._document["people"] if person["ref"] == ref)

    def _cull_month(self) -> str:
        """A child's investigation is kept until she has turned thirty (SoL 16:2 a); aid five years after the last note.

        The month stands in clear beside the case: with the month of her birthday in it a stolen copy would say whose.
        """
        born = _day(self._centre().get("born"))
        soonest = f"{self._today.year + AID_YEARS}-12"
        if self._document["case"]["sort"] == "barnahus" and born is not None:
            return max(soonest, f"{born.year + CULL_AGE}-12")
        return soonest

    def _enrol(self, tie: dict[str, Any]) -> Enrol:
        person = next(line for line in self._document["people"] if line["ref"] == tie["person"])
        level = person.get("level")
        return Enrol(
            self._case,
            self._person(person["ref"]),
            person["name"],
            _day(person.get("born")),
            person["locale"],
            Listener(level) if level else None,
            person.get("number"),
            self._tie(person["ref"]),
            TieKind(tie["kind"]),
            GuardianStatus(tie.get("status") or "unknown"),
            date.fromisoformat(tie["from"]),
            _day(tie.get("until")),
            tie["decided_by"],
            NoticeWording(person.get("wording") or NoticeWording.READ),
        )

    def _adult(self, adult: dict[str, Any]) -> Adult:
        return Adult(
            RecordId(self._id("adult", adult["ref"])),
            adult["name"],
            adult["role"],
            Authority(adult["authority"]),
            adult.get("phone"),
            adult.get("function"),
            left=adult.get("left", False),
        )

    def _entry(self, entry: dict[str, Any]) -> Entry:
        adults = {adult["ref"] for adult in self._document.get("adults", [])}
        hold = entry.get("hold")
        return Entry(
            id=EntryId(self._id("entry", entry["ref"])),
            kind=entry["kind"],
            state=EntryState(entry["state"]),
            on=_day(entry["on"]),
            source=KINDS[entry["kind"]].source,
            written_by=entry["by"],
            fields={name: self._value(value, adults) for name, value in entry["fields"].items()},
            listeners=tuple(dict.fromkeys(self._reader(name)[0] for name in entry["listeners"])),
            hold=Hold(HoldKind(hold["kind"]), _day(hold.get("until")), hold.get("who")) if hold else None,
            releases=tuple(self._release(line) for line in entry.get("release", [])),
            told=tuple(self._told(line) for line in entry.get("told", []) if "day" not in line),
            days=tuple(DayTold(line["day"], self._told(line)) for line in entry.get("told", []) if "day" in line),
            about=tuple(self._person(ref) for ref in entry.get("about", [])),
        )

    def _value(self, value: Any, adults: set[str]) -> Any:
        if isinstance(value, str) and value in adults:
            return self._id("adult", value)
        if isinstance(value, list):
            return [self._value(one, adults) for one in value]
        return value

    def _reader(self, name: str) -> tuple[ReaderClass, TieId | None]:
        match name:
            case "child":
                return ReaderClass.CHILD, None
            case "special_representative" | "shared":
                return ReaderClass.SHARED, None
            case guardian:
                return ReaderClass.GUARDIAN, self._tie(guardian)

    def _release(self, line: dict[str, Any]) -> Release:
        reader, tie = self._reader(line["to"])
        on, leave = date.fromisoformat(line["on"]), Leave(line.get("leave", Leave.WHOLE))
        return Release(reader, line["by"], line["ground"], on, tie, line.get("approved_by"), leave)

    def _told(self, line: dict[str, Any]) -> Told:
        on = date.fromisoformat(line["on"])
        how, taken = line["how"], line["understood"]
        return Told(self._person(line["person"]), line["by"], on, SAME_HOW.get(how, how), SAME_TAKEN.get(taken, taken))

    def _contact(self, line: dict[str, Any]) -> DecideContact:
        return DecideContact(
            self._case,
            self._person(line["person"]),
            date.fromisoformat(line["on"]),
            line["decided_by"],
            line["why"],
            line["maturity"],
            line["guardians_may_know"],
            _day(line.get("embargo_until")),
            embargo=False,
            notices=line.get("notices", False),
        )

    def _consent(self, line: dict[str, Any]) -> KeepConsent:
        channel = line.get("channel")
        # A yes to reading names who reads, and counts for that purpose alone (policy P49).
        purpose = Purpose.OWN_STORY if line.get("to") else line["purpose"]
        return KeepConsent(
            self._case,
            self._id("consent", line["by"], line["for"], line["scope"], str(channel), line["from"]),
            self._person(line["by"]),
            self._person(line["for"]),
            line["scope"],
            purpose,
            Channel(channel) if channel else None,
            date.fromisoformat(line["from"]),
            _day(line.get("until")),
            self._person(line["to"]) if line.get("to") else None,
            line.get("how") or "",
            line.get("language") or "",
        )

    def _exception(self, line: dict[str, Any]) -> KeepException:
        return KeepException(
            self._case,
            self._id("exception", line["to"], line["ground"], line["reference"], line["from"]),
            self._person(line["to"]),
            line["ground"],
            line["decided_by"],
            line["reference"],
            date.fromisoformat(line["from"]),
            _day(line.get("until")),
        )

    def _carrier(self, line: dict[str, Any]) -> Iterator[tuple[str, Command]]:
        day, until, by, ground = date.fromisoformat(line["from"]), line.get("until"), line["decided_by"], line["ground"]
        deed = ReopenCarrier if line.get("reopens") else BeginCarrier
        yield "", deed(self._case, CarrierKind(line["kind"]), day, _day(until), by, ground)
        for i, one in enumerate(line.get("extended", [])):
            later = date.fromisoformat(one["until"])
            yield f"/extended/{i}", ExtendCarrier(self._case, later, one["decided_by"], one["ground"])
        if (closed := line.get("closed")) is not None:
            on = date.fromisoformat(closed["on"])
            yield "/closed", CloseCarrier(self._case, on, closed["decided_by"], closed["ground"])

    def _book(self, line: dict[str, Any]) -> Book:
        meeting = Meeting(
            RecordId(self._id("meeting", line["ref"])),
            datetime.fromisoformat(line["starts"]).replace(tzinfo=ZoneInfo(line["zone"])),
            line["zone"],
            line["with"],
            line["where"],
            meeting_kind(line["kind"]),
            EntryState.PLANNED,
            tuple(line.get("bring", ())),
            way=_way(line.get("way", {})),
        )
        return Book(self._case, self._person(self._centre()["ref"]), meeting)


def _way(line: dict[str, Any]) -> WayThere:
    ready = frozenset(line.get("ready", ()))
    said = {name: value for name, value in line.items() if name != "ready"}
    return WayThere(**said, ready=tuple(one for one in ReadyWay if one in ready))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
