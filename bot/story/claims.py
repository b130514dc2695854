"""The room of claims: what whoever holds a claim's number is told, stage by stage; each answer is a human one."""

from __future__ import annotations

from datetime import datetime

from bot.talk import Block, Link, Name, Screen, Slot, Text
from storage.queries import ClaimFacts
from storage.records import ClaimAnswer, ClaimStage, ProofWay

# What is handed out is not appealed; what a single card was refused for is told beside the cards.
APPEALED = frozenset({ClaimAnswer.NOTHING, ClaimAnswer.CULLED, ClaimAnswer.REFUSED, ClaimAnswer.UNPROVEN})
GONE = frozenset({ClaimAnswer.NOTHING, ClaimAnswer.CULLED})


def claim_screen(claim: ClaimFacts, now: datetime) -> Screen:
    """How far it has come, which function answers for it, and the next date; or the answer."""
    if claim.stage is ClaimStage.ANSWERED and claim.answer is not None:
        return _answered(claim, claim.answer, now)
    stage = claim.stage or ClaimStage.RECEIVED
    lines = [Text(f"come_back.stage.{stage}" + (f".{claim.way}" if stage is ClaimStage.PROVING else ""))]
    if claim.sent_at is not None:
        lines.insert(0, Text("come_back.stage.sent", {"on": claim.sent_at.astimezone(now.tzinfo).date()}))
    blocks = (Block(tuple(lines)), Block(_when(claim, now), symbol="clock"))
    return Screen(Text("come_back.stage.title"), blocks)


def _when(claim: ClaimFacts, now: datetime) -> tuple[Text, ...]:
    """Who answers and until when; a day that passed without a word is said to have passed."""
    who = Name(claim.function) if claim.function else coordinator(claim.unit)
    if claim.next_on is not None and claim.next_on < now.date():
        return (Text("come_back.stage.late", {"on": claim.next_on}), Text("come_back.stage.ring", {"function": who}))
    next_on = (Text("come_back.stage.next", {"on": claim.next_on}),) if claim.next_on else ()
    return (Text("come_back.stage.function", {"function": who}), *next_on)


def coordinator(unit: str) -> Text:
    """Who answers at the unit of this name before a worker has named a function: one that every barnahus has."""
    return Text("come_back.coordinator", {"unit": Name(unit)})


def _answered(claim: ClaimFacts, answer: ClaimAnswer, now: datetime) -> Screen:
    """What, why, what it does not mean, from whom and when, how to appeal, and where else there may be something."""
    stem = f"come_back.answer.{answer}"
    lines = [Text(f"{stem}.what")]
    if answer is ClaimAnswer.RELEASED:
        lines.append(Text(f"{stem}.{claim.way or ProofWay.IN_PERSON}"))
    if claim.ground is not None:
        lines.append(Text(f"come_back.ground.{claim.ground}"))
    lines.append(Text(f"{stem}.means"))
    signed: dict[str, Slot] = {"who": Name(claim.who), "on": (claim.at or now).astimezone(now.tzinfo).date()}
    by = (Text("come_back.answer.by", signed), Text("come_back.answer.ask", {"function": Name(claim.function)}))
    blocks = [Block(tuple(lines)), Block(by, symbol="person")]
    if answer in APPEALED:
        blocks.append(Block((Text("come_back.appeal"), Text("come_back.appeal.help"))))
    if answer in GONE:
        blocks.append(Block((Text("come_back.elsewhere"),)))
    blocks.append(Block((Text("come_back.answer.heavy"),), tone="closing"))
    by_eid = answer is ClaimAnswer.RELEASED and claim.way is ProofWay.EID
    link = Link("/eid/in", Text("eid.come_in"), file=False) if by_eid else None
    return Screen(Text(f"{stem}.title"), tuple(blocks), link=link)


def help_now(claim: ClaimFacts) -> tuple[Block, ...]:
    """Help at once for what the safety net saw; and that nobody has read it, since nobody has."""
    if not claim.alarm:
        return ()
    return (Block((Text(f"alarm.{claim.alarm}"), Text("come_back.alarm")), tone="alarm", symbol="help"),)
