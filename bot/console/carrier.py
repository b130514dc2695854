"""Where the log is: which legal container holds it, until when, and the letter to a child whose log has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from bot.console.cases import child_of
from bot.console.errand import Errand
from bot.console.forms import Problem, Reading, problem
from storage.carriers import TERMS, CarrierKind, CarrierStep, Home
from storage.commands import BeginCarrier, CloseCarrier, Command, ExtendCarrier, ReopenCarrier
from storage.consent import Reason, Withheld
from storage.queries import CaseSheet, Sheet
from storage.records import Role
from storage.retention import MAY_CULL, RESEARCH_DAYS, KeptFor

# In which order the roles are named.
ROLES = (Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER)
# What has a last day of its own choosing.
WITH_END = frozenset({CarrierStep.BEGUN, CarrierStep.REOPENED, CarrierStep.EXTENDED})


def steps_from(home: Home) -> tuple[CarrierStep, ...]:
    """What can be decided next, from where the log is."""
    if home.closed_on is not None:
        return (CarrierStep.BEGUN, CarrierStep.REOPENED)
    if not home.said:
        return (CarrierStep.BEGUN,)
    longer = (CarrierStep.EXTENDED,) if home.terms.extends else ()
    return (*longer, CarrierStep.CLOSED, CarrierStep.BEGUN)


async def show_carrier(errand: Errand) -> web.StreamResponse:
    """Where the log is, what was decided, and the form to decide the next thing."""
    return await _draw(errand)


async def _draw(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await _home(errand)
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet, home = seen
    steps, law = steps_from(home), errand.house.store.law
    first = {"carrier_step": steps[0], "carrier_kind": home.kind, "carrier_on": errand.today().isoformat(),
             "decided_by": errand.actor.label}  # fmt: skip
    return errand.page(
        "carrier.html",
        status=422 if problems else 200,
        sheet=sheet,
        home=home,
        steps=steps,
        law=law,
        terms=tuple(terms for terms in TERMS.values() if law.has(terms.kind) or terms.kind is home.kind),
        roles=ROLES,
        grounds=tuple(KeptFor),
        sampled=_is_sampled(sheet),
        may_let_go=errand.actor.role in MAY_CULL,
        typed=errand.typed.over(first),
        problems=problems,
    )


async def _home(errand: Errand) -> tuple[CaseSheet, Home] | Withheld:
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return seen
    home = seen[0].home
    # Economic aid has no log, and so no such page.
    return (seen[0], home) if home is not None else Withheld(Reason.NOT_FOUND)


def _is_sampled(sheet: CaseSheet) -> bool:
    """Whether she is in the research sample by the day of her birth."""
    child = child_of(sheet)
    return child is not None and child.born is not None and date.fromisoformat(child.born).day in RESEARCH_DAYS


@dataclass(frozen=True, slots=True)
class _Decided:
    """The form as it was filled in."""

    step: CarrierStep
    kind: CarrierKind
    on: date
    until: date | None
    by: str
    ground: str


async def decide(errand: Errand) -> web.StreamResponse:
    """Write down that a container began, was extended, was closed or opened again: by whom and on which ground."""
    reading = Reading(errand.typed)
    decided = _read(reading)
    if decided is None or reading.problems:
        return await _draw(errand, reading.problems)
    deed = _deed(errand, decided)
    no = await errand.do(deed)
    if no is not None:
        at = "carrier_until" if no.reason is Reason.INVALID else "carrier_step"
        return await _draw(errand, errand.problem_of(no, type(deed), at))
    return errand.to_case("/carrier", f"carrier_{decided.step}")


def _read(reading: Reading) -> _Decided | None:
    step = reading.choice("carrier_step", CarrierStep)
    kind = reading.choice("carrier_kind", CarrierKind)
    on = reading.day("carrier_on")
    until = reading.day("carrier_until", needed=step is CarrierStep.EXTENDED) if step in WITH_END else None
    by, ground = reading.words("decided_by"), reading.words("carrier_ground", limit=500)
    if on and until and until < on and step is not CarrierStep.EXTENDED:
        reading.problems.append(problem("carrier_until", "before"))
    return _Decided(step, kind, on, until, by, ground) if step and kind and on else None


def _deed(errand: Errand, decided: _Decided) -> Command:
    case, by, ground = errand.case, decided.by, decided.ground
    match decided.step:
        case CarrierStep.BEGUN:
            return BeginCarrier(case, decided.kind, decided.on, decided.until, by, ground)
        case CarrierStep.REOPENED:
            return ReopenCarrier(case, decided.kind, decided.on, decided.until, by, ground)
        case CarrierStep.EXTENDED:
            return ExtendCarrier(case, decided.until or decided.on, by, ground)
        case CarrierStep.CLOSED:
            return CloseCarrier(case, decided.on, by, ground)
