"""A grown-up's claim: begun without sign-in, sent, moved through its stages, found to be about a case, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage import _sql as sql
from storage._chain import add_rule, found_subject
from storage._desk import Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._search import find
from storage._shelf import places, put, replace, take, take_own
from storage.claims import BEGUN_A_DAY, LIVES, SENT_A_DAY, cull_month, forget, token_of, units, within
from storage.commands import (
    AddToClaim,
    AnswerClaim,
    BeginClaim,
    ConnectClaim,
    DropClaim,
    KeptNumber,
    MoveClaim,
    SendClaim,
    ShowEid,
)
from storage.consent import Grant, Question, Reason, Withheld, decide, is_of_age
from storage.duties import Duty
from storage.eid import eid_mark
from storage.kinds import KINDS, readers_of
from storage.payloads import Asked, Asking, EidShown
from storage.projection import child_of
from storage.queries import Purpose, Reach
from storage.records import (
    CLAIM_PART,
    STAFF_PART,
    VISITOR,
    CaseId,
    Channel,
    ClaimAnswer,
    ClaimStage,
    Entry,
    PersonId,
    ProofWay,
    ReaderClass,
    Side,
    SubjectSort,
    claim_of,
)
from storage.rules import Claimed, Connected, Staged
from storage.sign_in import person_of_receipt
from storage.standing import Standing

NEEDED, MAY = ("name", "born", "reach"), ("where", "code")
MOST_WORDS = 500
FIRST_ANSWER = timedelta(days=7)
DUE_AT = time(15, tzinfo=ZoneInfo("Europe/Stockholm"))
CHANGED = Done(rules_changed=True)
CLAIM_DUTIES = (Duty.GROWN_UP, Duty.GROWN_UP_LATE)


def _begin(desk: Desk, _: Grant, deed: BeginClaim) -> Done | Withheld:
    tx, claim = desk.tx, claim_of(deed.token)
    if deed.unit not in units(tx) or token_of(tx, deed.number) != deed.token:
        return Withheld(Reason.INVALID)
    if not within(tx, f"claims begun:{deed.unit}", BEGUN_A_DAY) or tx.row(sql.SUBJECT, {"id": claim}) is not None:
        return Withheld(Reason.CONFLICT)
    today = tx.now.date()
    found_subject(tx, claim, SubjectSort.CLAIM, Side.BARNAHUS, deed.unit, cull_month(today))
    add_rule(tx, claim, Claimed(today + LIVES))
    put(tx, claim, CLAIM_PART, "asking", f"{claim}.asking", Asking(deed.number))
    put(tx, claim, STAFF_PART, "asked", f"{claim}.locale", Asked("locale", deed.locale))
    return CHANGED


def _add(desk: Desk, grant: Grant, deed: AddToClaim) -> Done | Withheld:
    tx, claim, words = desk.tx, grant.subject, deed.words.strip()
    if desk.known(claim).stages():
        return Withheld(Reason.CONFLICT)
    if deed.what not in (*NEEDED, *MAY) or not 0 < len(words) <= MOST_WORDS:
        return Withheld(Reason.INVALID)
    asking = _asking(desk, grant)
    if deed.what == "code":
        if "code" in asking.has:
            # One guess for each claim, and no word of what came of it.
            return Withheld(Reason.CONFLICT)
        words = _whose(desk, words)
    record, asked = f"{claim}.{deed.what}", Asked(deed.what, words)
    if there := places(tx, record):
        replace(tx, claim, STAFF_PART, "asked", record, asked, was=there[STAFF_PART])
    else:
        put(tx, claim, STAFF_PART, "asked", record, asked)
    has = tuple(dict.fromkeys((*asking.has, deed.what)))
    _keep_asking(desk, grant, changed(asking, has=has, alarm=deed.alarm or asking.alarm))
    return Done()


def _whose(desk: Desk, code: str) -> str:
    """Whose old receipt code it is, on this side of the house; '' for nobody's. The code itself is not kept."""
    person = person_of_receipt(desk.tx, code)
    row = desk.tx.row(sql.SUBJECT, {"id": person}) if person else None
    return person if person and row is not None and row.side == Side.BARNAHUS else ""


def _show_eid(desk: Desk, grant: Grant, deed: ShowEid) -> Done | Withheld:
    """Only a hash of the number stays. One that nobody has here may be new: a person looks, nothing merges."""
    tx, claim = desk.tx, grant.subject
    if desk.known(claim).stages():
        return Withheld(Reason.CONFLICT)
    persons = tuple(PersonId(one) for one in find(tx, Side.BARNAHUS, "person", deed.number))
    shown = EidShown(eid_mark(tx, deed.number).hex(), deed.holder[:MOST_WORDS], persons, tx.now.date())
    record = f"{claim}.shown"
    if there := places(tx, record):
        replace(tx, claim, STAFF_PART, "shown", record, shown, was=there[STAFF_PART])
    else:
        put(tx, claim, STAFF_PART, "shown", record, shown)
    asking = _asking(desk, grant)
    _keep_asking(desk, grant, changed(asking, has=tuple(dict.fromkeys((*asking.has, "eid")))))
    return Done()


def _send(desk: Desk, grant: Grant, deed: SendClaim) -> Done | Withheld:
    tx, standing, asking = desk.tx, desk.known(grant.subject), _asking(desk, grant)
    if standing.stages():
        return Done(fresh=False)
    if not set(NEEDED) <= set(asking.has):
        return Withheld(Reason.INVALID)
    if not within(tx, f"claims sent:{standing.unit}", SENT_A_DAY):
        return Withheld(Reason.CONFLICT)
    next_on = _working_day(tx.now.date() + FIRST_ANSWER)
    add_rule(tx, grant.subject, Staged(ClaimStage.RECEIVED, VISITOR, "", "", next_on, deed.way))
    due = tx.now if asking.alarm else datetime.combine(next_on, DUE_AT)
    open_duty(tx, standing.unit, grant.subject, Duty.GROWN_UP, grant.subject, due)
    return CHANGED


def _working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _kept_number(desk: Desk, grant: Grant, _: KeptNumber) -> Done | Withheld:
    asking = _asking(desk, grant)
    if not asking.number:
        return Done(fresh=False)
    _keep_asking(desk, grant, changed(asking, number=""))
    return Done()


def _drop(desk: Desk, grant: Grant, _: DropClaim) -> Done | Withheld:
    if desk.known(grant.subject).stages():
        return Withheld(Reason.CONFLICT)
    forget(desk.tx, grant.subject)
    return CHANGED


def _asking(desk: Desk, grant: Grant) -> Asking:
    asking: Asking = take_own(desk.tx, grant, "asking", compartments=frozenset({CLAIM_PART})).payload
    return asking


def _keep_asking(desk: Desk, grant: Grant, asking: Asking) -> None:
    record = f"{grant.subject}.asking"
    was = places(desk.tx, record)[CLAIM_PART]
    replace(desk.tx, grant.subject, CLAIM_PART, "asking", record, asking, was=was)


# --- the worker's side ----------------------------------------------------------------------------------------


def _open_stage(standing: Standing) -> Staged | None:
    """The stage a claim stands at; None when it was not sent or has been answered."""
    stages = standing.stages()
    last = stages[-1][0] if stages else None
    return None if last is None or last.stage is ClaimStage.ANSWERED else last


def _move(desk: Desk, grant: Grant, deed: MoveClaim) -> Done | Withheld:
    tx, standing = desk.tx, desk.known(grant.subject)
    last = _open_stage(standing)
    back = last is not None and last.stage is ClaimStage.LOOKING and deed.stage is ClaimStage.PROVING
    if last is None or back:
        return Withheld(Reason.CONFLICT)
    if deed.stage not in (ClaimStage.PROVING, ClaimStage.LOOKING) or deed.next_on <= tx.now.date():
        return Withheld(Reason.INVALID)
    if not deed.function.strip():
        return Withheld(Reason.INVALID)
    staged = Staged(deed.stage, desk.actor.id, desk.actor.label, deed.function, deed.next_on, deed.way)
    if staged == last:
        # Saved twice: she would read the same line again.
        return Done(fresh=False)
    add_rule(tx, grant.subject, staged)
    close_duties(tx, grant.subject, grant.subject, *CLAIM_DUTIES)
    open_duty(tx, standing.unit, grant.subject, Duty.GROWN_UP, grant.subject, datetime.combine(deed.next_on, DUE_AT))
    return CHANGED


def _connect(desk: Desk, grant: Grant, deed: ConnectClaim) -> Done | Withheld:
    if _open_stage(desk.known(grant.subject)) is None:
        return Withheld(Reason.CONFLICT)
    verdict = _case_grant(desk, deed.case)
    if isinstance(verdict, Withheld):
        return verdict
    case = desk.known(deed.case)
    if child_of(case.ties()) is None:
        return Withheld(Reason.INVALID)
    if not is_of_age(case.born, desk.tx.now.date()):
        # Whoever says that she is that child must not be let in as one who still is (threat T2).
        return Withheld(Reason.STATUS)
    add_rule(desk.tx, grant.subject, Connected(deed.case, desk.actor.id))
    return CHANGED


def _case_grant(desk: Desk, case: CaseId) -> Grant | Withheld:
    """The worker's own right to the case, asked of the rule as at any other door."""
    question = Question(case, Purpose.CASE_WORK, Reach.WORK)
    return decide(desk.actor, question, desk.standing(case), Channel.CONSOLE, desk.tx.now)


def _answer(desk: Desk, grant: Grant, deed: AnswerClaim) -> Done | Withheld:
    standing = desk.known(grant.subject)
    last = _open_stage(standing)
    if last is None:
        return Withheld(Reason.CONFLICT)
    if deed.answer is not ClaimAnswer.UNPROVEN and last.stage is not ClaimStage.LOOKING:
        # What there is, and that there is nothing, is told to nobody who has not shown who she is.
        return Withheld(Reason.STRENGTH)
    if not deed.function.strip() or (deed.answer is ClaimAnswer.REFUSED) != (deed.ground is not None):
        return Withheld(Reason.INVALID)
    if deed.answer is ClaimAnswer.RELEASED and (no := _not_ready(desk, standing, deed)):
        return Withheld(no)
    staged = Staged(ClaimStage.ANSWERED, desk.actor.id, desk.actor.label, deed.function, None, deed.way, deed.answer,
                    deed.ground)  # fmt: skip
    add_rule(desk.tx, grant.subject, staged)
    close_duties(desk.tx, grant.subject, grant.subject, *CLAIM_DUTIES)
    return CHANGED


def _not_ready(desk: Desk, standing: Standing, deed: AnswerClaim) -> Reason | None:
    """Why she cannot be let in yet: no case, no way in, an entry nobody decided about, or nothing released."""
    case = standing.connected()
    if case is None or deed.way not in (ProofWay.IN_PERSON, ProofWay.LETTER, ProofWay.EID):
        return Reason.INVALID
    if deed.way is ProofWay.EID and not places(desk.tx, f"{standing.subject}.shown"):
        return Reason.STRENGTH
    verdict = _case_grant(desk, case)
    if isinstance(verdict, Withheld):
        return verdict.reason
    taken = take(desk.tx, verdict, "entry", compartments=frozenset({STAFF_PART}))
    if any(undecided(part.payload) for part in taken):
        return Reason.CONFLICT
    return None if any(_released(part.payload) for part in taken) else Reason.INVALID


def undecided(entry: Entry) -> bool:
    """Whether nobody has said yet if the grown-up it is about may have this entry."""
    hers = ReaderClass.CHILD in readers_of(KINDS[entry.kind])
    return hers and not entry.taken_back and entry.refused is None and not _released(entry)


def _released(entry: Entry) -> bool:
    return not entry.taken_back and any(release.to is ReaderClass.CHILD for release in entry.releases)


CLAIM_DEEDS: Mapping[type, Deed] = {
    BeginClaim: _begin,
    AddToClaim: _add,
    ShowEid: _show_eid,
    SendClaim: _send,
    KeptNumber: _kept_number,
    DropClaim: _drop,
    MoveClaim: _move,
    ConnectClaim: _connect,
    AnswerClaim: _answer,
}
