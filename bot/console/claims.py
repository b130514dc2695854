"""A grown-up's request: read, moved on, found to be about a case; each entry released or refused, then answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from bot.console.cases import standing_of
from bot.console.errand import Errand, Seat
from bot.console.forms import Problem, Reading, Typed, problem
from bot.console.people import qr
from bot.speech import Locale, locale
from bot.story.claims import claim_screen, coordinator
from bot.talk import Block
from storage.commands import (
    AnswerClaim,
    Command,
    ConnectClaim,
    Invite,
    MoveClaim,
    RefuseEntry,
    ReleaseEntry,
)
from storage.consent import Reason, Withheld
from storage.eid import wait_for_eid
from storage.kinds import KINDS, readers_of
from storage.queries import (
    CaseSheet,
    ClaimFacts,
    ClaimSheet,
    FindForClaim,
    FoundForClaim,
    OneClaim,
    Sheet,
    WholeEntries,
)
from storage.records import (
    CaseId,
    ClaimAnswer,
    ClaimId,
    ClaimStage,
    Entry,
    PersonId,
    ProofWay,
    ReaderClass,
    RefusalGround,
    Release,
    TieKind,
)
from storage.sign_in import make_invite

GROUNDS = ("own_data", "authority_decided")
MOVES = (ClaimStage.PROVING, ClaimStage.LOOKING)
LET_IN = (ProofWay.IN_PERSON, ProofWay.LETTER, ProofWay.EID)
NEXT = timedelta(days=7)
SHOWN = ("claim_function", "ground", "way")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the case beside a request. `state` is released, refused, taken_back or undecided."""

    entry: Entry
    state: str
    standing: str


@dataclass(frozen=True, slots=True)
class About:
    """The case a request is about; `gone` says that it is there no more."""

    sheet: CaseSheet | None
    lines: tuple[EntryLine, ...] = ()
    gone: bool = False


def _claim(errand: Errand) -> ClaimId:
    return ClaimId(errand.request.match_info["claim"])


def entry_lines(sheet: CaseSheet, entries: Sequence[Entry]) -> tuple[EntryLine, ...]:
    """The entries a child can be told, and what was decided about each for the grown-up she became."""
    hers = [entry for entry in entries if ReaderClass.CHILD in readers_of(KINDS[entry.kind])]
    return tuple(EntryLine(entry, _state(entry), standing_of(entry, sheet)) for entry in hers)


def _state(entry: Entry) -> str:
    if entry.taken_back:
        return "taken_back"
    if entry.refused is not None:
        return "refused"
    return "released" if any(one.to is ReaderClass.CHILD for one in entry.releases) else "undecided"


async def show_claim(errand: Errand) -> web.StreamResponse:
    """The request, and everything that can be done with it."""
    return await _draw(errand)


async def _draw(
    errand: Errand, problems: Sequence[Problem] = (), found: FoundForClaim | None = None
) -> web.StreamResponse:
    seen = await errand.ask(OneClaim(_claim(errand)))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    claim = seen[0]
    last = claim.stages[-1][0] if claim.stages else None
    if last is None:
        raise web.HTTPNotFound
    first = {"stage": MOVES[0] if last.stage is ClaimStage.RECEIVED else MOVES[1], "way": last.way or LET_IN[0],
             "claim_function": _function(claim), "claim_next_on": (errand.today() + NEXT).isoformat(),
             "ground": GROUNDS[0], "words": claim.asked.get("name", "")}  # fmt: skip
    return errand.page(
        "claim.html",
        status=422 if problems else 200,
        claim=claim,
        last=last,
        is_open=last.stage is not ClaimStage.ANSWERED,
        about=await _about(errand, claim.case),
        found=found,
        spoken=locale(claim.locale).own_name,
        moves=MOVES,
        ways=tuple(ProofWay),
        answers=tuple(ClaimAnswer),
        grounds=GROUNDS,
        refusals=tuple(RefusalGround),
        typed=errand.typed.over(first),
        problems=problems,
    )


def _function(claim: ClaimSheet) -> str:
    """The function named last; at first the coordinator, which the worker may make more exact."""
    return claim.stages[-1][0].function or locale(claim.locale).say(coordinator(claim.unit))


async def _about(errand: Errand, case: CaseId | None) -> About:
    if case is None:
        return About(None)
    seen = await errand.ask(Sheet(case), WholeEntries(case))
    if isinstance(seen, Withheld):
        return About(None, gone=seen.reason is Reason.CULLED)
    sheet, entries = seen
    return About(sheet, entry_lines(sheet, entries))


async def _change(errand: Errand, command: Command, said: str, at: str) -> web.StreamResponse:
    no = await errand.do(command)
    if no is None:
        return errand.go(f"/requests/{_claim(errand)}", said)
    return await _draw(errand, errand.problem_of(no, type(command), at))


async def move(errand: Errand) -> web.StreamResponse:
    """Say how far it has come, which function answers, and when she hears next."""
    reading = Reading(errand.typed)
    stage, way = reading.choice("stage", ClaimStage), reading.choice("way", ProofWay)
    function, next_on = reading.words("claim_function"), reading.day("claim_next_on")
    if next_on and next_on <= errand.today():
        reading.problems.append(problem("claim_next_on", "not_ahead"))
    if stage is None or way is None or next_on is None or reading.problems:
        return await _draw(errand, reading.problems)
    return await _change(errand, MoveClaim(_claim(errand), stage, function, next_on, way), "claim_moved", "stage")


async def find(errand: Errand) -> web.StreamResponse:
    """The cases under a name, a personal number or a case number."""
    seen = await errand.ask(FindForClaim(_claim(errand), errand.typed.one("words").strip()))
    return errand.refuse(seen) if isinstance(seen, Withheld) else await _draw(errand, found=seen[0])


async def connect(errand: Errand) -> web.StreamResponse:
    """This request is about that case."""
    case = CaseId(errand.typed.one("case"))
    return await _change(errand, ConnectClaim(_claim(errand), case), "claim_connected", "words")


async def release(errand: Errand) -> web.StreamResponse:
    """Let the grown-up have one entry."""
    reading = Reading(errand.typed)
    ground = reading.one_of("ground", GROUNDS)
    case = await _case(errand)
    if isinstance(case, Withheld):
        return errand.refuse(case)
    if reading.problems:
        return await _draw(errand, reading.problems)
    given = Release(ReaderClass.CHILD, errand.actor.label, ground, errand.today())
    return await _change(errand, ReleaseEntry(case, errand.entry, given), "released", "entries")


async def refuse(errand: Errand) -> web.StreamResponse:
    """Not let her have it, on a ground she is told."""
    reading = Reading(errand.typed)
    ground = reading.choice("refusal", RefusalGround)
    case = await _case(errand)
    if isinstance(case, Withheld):
        return errand.refuse(case)
    if ground is None:
        return await _draw(errand, reading.problems)
    return await _change(errand, RefuseEntry(case, errand.entry, ground), "entry_refused", "entries")


async def _case(errand: Errand) -> CaseId | Withheld:
    seen = await errand.ask(OneClaim(_claim(errand)))
    if isinstance(seen, Withheld):
        return seen
    return seen[0].case or Withheld(Reason.NOT_FOUND)


# --- the answer ---------------------------------------------------------------------------------------------


def _which(errand: Errand) -> ClaimAnswer:
    named = errand.request.match_info["answer"]
    if named not in tuple(ClaimAnswer):
        raise web.HTTPNotFound
    return ClaimAnswer(named)


async def ask_answer(errand: Errand) -> web.StreamResponse:
    """The exact words she would read, before they are given."""
    return await _draw_answer(errand, _which(errand))


async def _draw_answer(
    errand: Errand, answer: ClaimAnswer, problems: Sequence[Problem] = (), *, changed: bool = False
) -> web.StreamResponse:
    seen = await errand.ask(OneClaim(_claim(errand)))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    claim = seen[0]
    if not claim.stages:
        raise web.HTTPNotFound
    typed = errand.typed.over(
        {"claim_function": _function(claim), "way": LET_IN[0], "ground": next(iter(RefusalGround))}
    )
    facts, spoken = _facts(errand, claim, answer, typed), locale(claim.locale)
    screen = claim_screen(facts, errand.now())
    return errand.page(
        "claim_answer.html",
        status=422 if problems else 200,
        claim=claim,
        answer=answer,
        spoken=spoken,
        title=spoken.say(screen.title),
        blocks=[_block(block, spoken) for block in screen.blocks],
        ways=_let_in_by(claim),
        grounds=tuple(RefusalGround),
        shown={f"shown_{name}": typed.one(name) for name in SHOWN},
        changed=changed,
        typed=typed,
        problems=problems,
    )


def _block(block: Block, spoken: Locale) -> list[str]:
    return [spoken.say(line) for line in block.lines]


def _facts(errand: Errand, claim: ClaimSheet, answer: ClaimAnswer, typed: Typed) -> ClaimFacts:
    """The request as it would stand after the answer."""
    facts = ClaimFacts(claim.unit, ClaimStage.ANSWERED, at=errand.now(), sent_at=claim.stages[0][1],
                       function=typed.one("claim_function"), who=errand.actor.label, answer=answer)  # fmt: skip
    if answer is ClaimAnswer.RELEASED:
        named = typed.one("way")
        return replace(facts, way=ProofWay(named) if named in _let_in_by(claim) else ProofWay.IN_PERSON)
    if answer is ClaimAnswer.REFUSED and typed.one("ground") in tuple(RefusalGround):
        return replace(facts, ground=RefusalGround(typed.one("ground")))
    return facts


def _let_in_by(claim: ClaimSheet) -> tuple[ProofWay, ...]:
    """How she can be let in: by her e-ID only when she has shown one."""
    return LET_IN if claim.eid is not None else LET_IN[:2]


async def give_answer(errand: Errand) -> web.StreamResponse:
    """Give the answer whose words were shown; with RELEASED comes the slip that lets her in."""
    answer, reading = _which(errand), Reading(errand.typed)
    function = reading.words("claim_function")
    ground = reading.choice("ground", RefusalGround) if answer is ClaimAnswer.REFUSED else None
    way = reading.choice("way", ProofWay) if answer is ClaimAnswer.RELEASED else None
    unseen = any(errand.typed.one(f"shown_{name}") != errand.typed.one(name) for name in SHOWN if name in errand.typed)
    if reading.problems or unseen or errand.typed.one("do") != "send":
        return await _draw_answer(errand, answer, reading.problems, changed=unseen)
    given = AnswerClaim(_claim(errand), answer, function, way, ground)
    if answer is not ClaimAnswer.RELEASED:
        no = await errand.do(given)
        if no is not None:
            return await _draw_answer(errand, answer, errand.problem_of(no, AnswerClaim, "claim_function"))
        return errand.go(f"/requests/{_claim(errand)}", "claim_answered")
    return await _let_in(errand, given)


async def _let_in(errand: Errand, given: AnswerClaim) -> web.StreamResponse:
    """Answer and invite in one: either both are done or neither is."""

    def both(seat: Seat) -> tuple[CaseId, PersonId, str, str] | Withheld:  # '' for no slip: her e-ID lets her in
        claim = seat.ask(OneClaim(given.claim))
        if isinstance(claim, Withheld):
            return claim
        sheet = seat.ask(Sheet(claim.case)) if claim.case else Withheld(Reason.INVALID)
        if isinstance(sheet, Withheld):
            return sheet
        child = next((line.person for line in sheet.parties if line.kind is TieKind.CHILD), None)
        if child is None:
            return Withheld(Reason.INVALID)
        # The invite is only asked for here: a refusal of the answer that follows has changed nothing.
        for command in (Invite(sheet.case, child), given):
            if (no := seat.do(command)) is not None:
                return no
        if given.way is ProofWay.EID and claim.eid is not None:
            wait_for_eid(seat.tx, claim.eid.mark, child, sheet.case)
            return sheet.case, child, "", ""
        return sheet.case, child, *make_invite(seat.tx, child, sheet.case, by_letter=given.way is ProofWay.LETTER)

    made = await errand.sit(both)
    if isinstance(made, Withheld):
        return await _draw_answer(errand, given.answer, errand.problem_of(made, AnswerClaim, "claim_function"))
    case, child, token, code = made
    if not token:
        return errand.go(f"/requests/{given.claim}", "claim_answered")
    address = f"{errand.house.public_url}/i/{token}"
    return errand.page("slip.html", qr=qr(address), address=address, code=f"{code[:4]} {code[4:]}", person=child,
                       case_id=case, by_letter=given.way is ProofWay.LETTER)  # fmt: skip
