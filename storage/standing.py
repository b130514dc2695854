"""Standing: everything the rule may look at about one subject, read out of its chain of rules; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage.ages import USUAL, Ages
from storage.records import CaseId, GuardianStatus, StaffId, SubjectSort, TieId, TieKind
from storage.rules import (
    Assigned,
    Blocked,
    Claimed,
    ClearedBy,
    Connected,
    Consented,
    ContactDecided,
    Employed,
    Excepted,
    ExceptionEnded,
    ExportApproved,
    ExportAsked,
    GlassBroken,
    GuardianSaidNo,
    Investigation,
    NoDecided,
    NoticeLogged,
    Proposed,
    Protected,
    Recorded,
    Released,
    Reviewed,
    Sealed,
    Staged,
    StatusSet,
    Tied,
    Wished,
    Withdrew,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the rule may look at about one subject. `intact` False: a row is missing, changed or foreign."""

    subject: str
    side: str
    unit: str
    rules: tuple[Recorded, ...]
    intact: bool = True
    culled: bool = False
    ages: Ages = USUAL
    telegram_full: bool = True
    sort: str = SubjectSort.CASE

    @property
    def born(self) -> date | None:
        """The birth date of the one the case is about."""
        return next((tie.born for tie in self.ties() if tie.kind in (TieKind.CHILD, TieKind.RECIPIENT)), None)

    def tied(self, person: str) -> tuple[Tied, ...]:
        """This person's ties to the case, valid or not; the last word about each tie counts."""
        latest: dict[str, Tied] = {}
        for recorded in self.rules:
            if isinstance(recorded.rule, Tied):
                latest[recorded.rule.tie] = recorded.rule
        return tuple(tie for tie in latest.values() if tie.person == person)

    def ties(self) -> tuple[Tied, ...]:
        """Every tie of the case, the last word about each."""
        latest = {r.rule.tie: r.rule for r in self.rules if isinstance(r.rule, Tied)}
        return tuple(latest.values())

    def status(self, tie: TieId) -> GuardianStatus:
        """A guardian's status; unknown until somebody has said (req. 33)."""
        found = GuardianStatus.UNKNOWN
        for recorded in self.rules:
            if isinstance(recorded.rule, StatusSet) and recorded.rule.tie == tie:
                found = recorded.rule.status
        return found

    def clearers(self, tie: TieId) -> frozenset[str]:
        """The people who have cleared this guardian since the last change of status or block."""
        names: set[str] = set()
        for recorded in self.rules:
            match recorded.rule:
                case ClearedBy(tie=t, by=by) if t == tie:
                    names.add(by)
                case StatusSet(tie=t) | Blocked(tie=t) if t == tie:
                    names.clear()
                case _:
                    pass
        return frozenset(names)

    def blocked(self, tie: TieId) -> bool:
        """Whether a block stands on this tie: laid by one, lifted by two, one of them a manager (policy P26)."""
        return _lifting(one for one in self._blocks() if one.tie == tie) is not None

    def shut_out(self, who: str) -> bool:
        """Whether a block stands on a person, by any of her ties, or on a member of staff."""
        by_name = _lifting(one for one in self._blocks() if one.staff == who)
        return by_name is not None or any(self.blocked(tie.tie) for tie in self.tied(who))

    def lifters(self, *, tie: TieId | None = None, staff: StaffId | None = None) -> frozenset[str]:
        """Who wants somebody back in, by her tie or as a colleague, since the block that stands was laid."""
        of = (one for one in self._blocks() if (one.staff == staff if staff is not None else one.tie == tie))
        return frozenset(who for who, _ in _lifting(of) or ())

    def _blocks(self) -> tuple[Blocked, ...]:
        return tuple(r.rule for r in self.rules if isinstance(r.rule, Blocked))

    def sealed(self) -> bool:
        """Whether the case is shut: by one, until two different people have opened it (policy P20)."""
        wants: set[str] | None = None
        for recorded in self.rules:
            match recorded.rule:
                case Sealed(sealed=True):
                    wants = set()
                case Sealed(by=by) if wants is not None:
                    wants.add(by)
                    wants = None if len(wants) > 1 else wants
                case _:
                    pass
        return wants is not None

    def unsealers(self) -> frozenset[str]:
        """Who wants the case opened again, since it was last sealed."""
        names: set[str] = set()
        for recorded in self.rules:
            if isinstance(recorded.rule, Sealed):
                names = names | {recorded.rule.by} if not recorded.rule.sealed else set()
        return frozenset(names)

    def under_investigation(self) -> bool:
        """Whether the investigation's secrecy rests over the case now."""
        return _last(
            (r.rule.active for r in self.rules if isinstance(r.rule, Investigation)),
            False,
        )

    def contact(self, person: str) -> ContactDecided | None:
        """The latest decision that contact with this child is good for her."""
        found = None
        for recorded in self.rules:
            if isinstance(recorded.rule, ContactDecided) and recorded.rule.person == person:
                found = recorded.rule
        return found

    def consents(self) -> tuple[Consented, ...]:
        """Every yes that nobody has taken back, expired ones included."""
        given: dict[str, Consented] = {}
        for recorded in self.rules:
            match recorded.rule:
                case Consented() as yes:
                    given[yes.consent] = yes
                case Withdrew(consent=consent):
                    given.pop(consent, None)
                case _:
                    pass
        return tuple(given.values())

    def exceptions(self) -> tuple[Excepted, ...]:
        """Every named exception that nobody has ended, expired ones included."""
        made: dict[str, Excepted] = {}
        for recorded in self.rules:
            match recorded.rule:
                case Excepted() as exception:
                    made[exception.exception] = exception
                case ExceptionEnded(exception=exception):
                    made.pop(exception, None)
                case _:
                    pass
        return tuple(made.values())

    def protected(self) -> bool:
        """Whether somebody of the case lives under a protected identity."""
        return _last((r.rule.protected for r in self.rules if isinstance(r.rule, Protected)), False)

    def broken_by(self, staff: str) -> GlassBroken | None:
        """How a worker who is not of the case last opened it in need; None when she never has, or it was struck."""
        found: GlassBroken | None = None
        for recorded in self.rules:
            match recorded.rule:
                case GlassBroken(staff=who) as broken if who == staff:
                    found = broken
                case Reviewed(staff=who, stands=False, by=by) if who == staff != by:
                    found = None
                case _:
                    pass
        return found

    def glasses(self, now: datetime) -> tuple[GlassBroken, ...]:
        """How the case is open now to workers who do not have it."""
        who = dict.fromkeys(r.rule.staff for r in self.rules if isinstance(r.rule, GlassBroken))
        found = (self.broken_by(staff) for staff in who)
        return tuple(one for one in found if one is not None and now < one.until)

    def assigned(self) -> frozenset[str]:
        """The workers named for the case; none named: the whole unit has it."""
        named: dict[str, bool] = {}
        for recorded in self.rules:
            if isinstance(recorded.rule, Assigned):
                named[recorded.rule.staff] = recorded.rule.assigned
        return frozenset(staff for staff, has in named.items() if has)

    def taken_off(self) -> dict[str, date | None]:
        """The workers who had the case and were taken off it, each with the day she may be back, if there is one."""
        last = {r.rule.staff: r.rule for r in self.rules if isinstance(r.rule, Assigned)}
        return {staff: rule.back_on for staff, rule in last.items() if not rule.assigned}

    def embargo(self, today: date) -> bool:
        """Whether the prosecutor's notice is still waited for. It is, until something says otherwise (policy P28)."""
        waits = True
        for recorded in self.rules:
            match recorded.rule:
                case NoticeLogged():
                    waits = False
                case ContactDecided(embargo_until=until, embargo=open_ended):
                    waits = today < until if until is not None else open_ended
                case _:
                    pass
        return waits

    def is_child(self, person: str) -> bool:
        """Whether this is the one the case is about."""
        return any(tie.kind is TieKind.CHILD for tie in self.tied(person))

    def ever_said(self, person: str, scope: str) -> bool:
        """Whether she has once said yes to this, whatever came of it since."""
        return any(isinstance(r.rule, Consented) and (r.rule.by, r.rule.scope) == (person, scope) for r in self.rules)

    def wished(self, person: str) -> bool:
        """Whether she has said herself that she wishes contact."""
        return any(isinstance(r.rule, Wished) and r.rule.person == person for r in self.rules)

    def approved(self, to: str, staff: str) -> bool:
        """Whether a manager other than the one who asks approved an export to this receiver, since she last asked."""
        agreed = False
        for recorded in self.rules:
            match recorded.rule:
                case ExportAsked(to=t, staff=s) if (t, s) == (to, staff):
                    agreed = False
                case ExportApproved(to=t, staff=s, by=by) if (t, s) == (to, staff) and by != staff:
                    agreed = True
                case _:
                    pass
        return agreed

    def exports_asked(self) -> tuple[ExportAsked, ...]:
        """Who wants to hand what may go to whom; the last word of each about each."""
        asked = {(r.rule.to, r.rule.staff): r.rule for r in self.rules if isinstance(r.rule, ExportAsked)}
        return tuple(asked.values())

    def export_asked(self, to: str, staff: str) -> ExportAsked | None:
        """What this worker said when she asked to hand it to this receiver."""
        return next((one for one in self.exports_asked() if (one.to, one.staff) == (to, staff)), None)

    def undecided_no(self, tie: TieId) -> GuardianSaidNo | None:
        """The last no of a guardian after which nobody has decided yet."""
        found = None
        for recorded in self.rules:
            match recorded.rule:
                case GuardianSaidNo(tie=of) if of == tie:
                    found = recorded.rule
                case NoDecided(tie=of) if of == tie:
                    found = None
                case _:
                    pass
        return found

    def proposed(self, entry: str, to: str, tie: TieId | None) -> frozenset[str]:
        """Who wants this entry to be read by this reader, since it was last released to her or its text changed."""
        names: set[str] = set()
        for recorded in self.rules:
            match recorded.rule:
                case Proposed(entry=e, to=t, tie=n, by=by, anew=anew) if (e, t, n) == (entry, to, tie):
                    names = {by} if anew else {*names, by}
                case Released(entry=e, to=t, tie=n) if (e, t, n) == (entry, to, tie):
                    names.clear()
                case _:
                    pass
        return frozenset(names)

    def claimed(self) -> Claimed | None:
        """How the claim began; None when this is no claim."""
        first = self.rules[0].rule if self.rules else None
        return first if isinstance(first, Claimed) else None

    def stages(self) -> tuple[tuple[Staged, datetime], ...]:
        """The stages of a claim and when it came to each; none while it is still being written."""
        return tuple((r.rule, r.at) for r in self.rules if isinstance(r.rule, Staged))

    def connected(self) -> CaseId | None:
        """The case a claim was last found to be about."""
        found = None
        for recorded in self.rules:
            if isinstance(recorded.rule, Connected):
                found = recorded.rule.case
        return found

    def employment(self) -> Employed | None:
        """The last word about a member of staff's role."""
        found = None
        for recorded in self.rules:
            if isinstance(recorded.rule, Employed):
                found = recorded.rule
        return found


def _lifting(rows: Iterable[Blocked]) -> set[tuple[str, bool]] | None:
    """Who has asked for the block to be lifted, and whether as a manager; None when no block stands."""
    lifted: set[tuple[str, bool]] | None = None
    for row in rows:
        if row.blocked:
            lifted = set()
        elif lifted is not None:
            lifted.add((row.by, row.manager))
            two = len({who for who, _ in lifted}) > 1 and any(manager for _, manager in lifted)
            lifted = None if two else lifted
    return lifted


def _last(values: Iterable[bool], otherwise: bool) -> bool:
    found = otherwise
    for value in values:
        found = value
    return found
