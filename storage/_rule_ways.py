"""The rule's last questions outside the staff: how sure we are, in which shape, and by which channel; pure."""

from __future__ import annotations

from datetime import date

from storage.ages import age_on
from storage.queries import Purpose, Shape
from storage.records import AID_PART, CHILD_PART, CLAIM_PART, PERSON_PART, Channel, Side, Strength
from storage.standing import Standing
from storage.verdicts import Actor, Question, Reason

OWN_PURPOSES = frozenset({
    Purpose.OWN_STORY, Purpose.OWN_CONTACT, Purpose.OWN_CHOICES, Purpose.OWN_ACCESS_LOG, Purpose.OWN_MEETINGS,
})  # fmt: skip
# The three levels of Telegram, each with the yes that chooses it, and the yes to be told that there is something.
TELEGRAM_FULL, TELEGRAM_MEETINGS, TELEGRAM_NOTICE = "telegram_full", "telegram_meetings", "telegram_notice"
REMINDERS, NOTICES = "reminders", "notices"
# What a one-time link or code is enough for (policy P41).
BY_LINK = frozenset({
    (PERSON_PART, Purpose.OWN_CONTACT), (PERSON_PART, Purpose.OWN_CHOICES), (AID_PART, Purpose.OWN_MEETINGS),
    (CLAIM_PART, Purpose.REQUEST),
})  # fmt: skip
CONTENT_SHAPES = frozenset({Shape.PAGE, Shape.LIST})
DELIVERED = frozenset({Shape.NOTICE, Shape.LINK})


def is_strong_enough(actor: Actor, question: Question, part: str, way: Channel, grown: bool) -> bool:
    """Whether the sign-in is enough (policy P39-P42). `grown`: the person it is about is eighteen or more."""
    if question.purpose is Purpose.DELIVERY:
        return True
    if way is Channel.TELEGRAM:
        return actor.strength not in (Strength.NONE, Strength.STAFF)
    match actor.strength:
        case Strength.PIN:
            return True
        case Strength.EID:
            return grown
        case Strength.LINK:
            return (part, question.purpose) in BY_LINK
        case _:
            return False


def wrong_shape(question: Question, *, may_export: bool) -> bool:
    """Whether the answer would be in a shape that nobody outside the staff gets for this (policy P45, P46)."""
    if question.purpose is Purpose.DELIVERY:
        return question.shape not in DELIVERED
    return question.shape not in CONTENT_SHAPES and not (question.shape is Shape.EXPORT and may_export)


def way_closed(
    actor: Actor, question: Question, part: str, standing: Standing, way: Channel, today: date, *, hers: bool
) -> Reason | None:
    """Why this does not pass by this channel (policy P54-P56). `hers`: the part is about the asker herself."""
    delivery = question.purpose is Purpose.DELIVERY
    if way is Channel.TELEGRAM:
        if not _passes_telegram(actor, question, part, standing, today, hers=hers):
            return Reason.CHANNEL
    elif way is not (Channel.CLOCK if delivery else Channel.WEB):
        return Reason.CHANNEL
    if delivery and not _may_be_told(actor, part, standing, today):
        return Reason.NO_CONSENT
    return None


def _passes_telegram(
    actor: Actor, question: Question, part: str, standing: Standing, today: date, *, hers: bool
) -> bool:
    grown = standing.ages.grown
    if age_on(_own_birth(actor, standing), today) < grown:
        return False
    level = telegram_level(standing, actor.id, today)
    if level is None:
        return False
    if question.purpose is Purpose.DELIVERY:
        return True
    about = _own_birth(actor, standing) if part == PERSON_PART else standing.born
    if age_on(about, today) < grown or question.shape not in CONTENT_SHAPES or level == TELEGRAM_NOTICE:
        return False
    if question.purpose is Purpose.OWN_MEETINGS and part in (AID_PART, CHILD_PART, PERSON_PART):
        return True
    return level == TELEGRAM_FULL and hers and question.purpose in OWN_PURPOSES


def _own_birth(actor: Actor, standing: Standing) -> date | None:
    """The asker's own, as her sign-in or one of her ties tells it; never that of the one the case is about."""
    known = (actor.born, *(tie.born for tie in standing.tied(actor.id)))
    return next((born for born in known if born is not None), None)


def telegram_level(standing: Standing, person: str, today: date) -> str | None:
    """The level she has chosen for her own Telegram; what was more than a notice and fails is a notice."""
    said = said_yes(standing, person, today)
    if TELEGRAM_FULL in said and standing.telegram_full:
        return TELEGRAM_FULL
    if said & {TELEGRAM_MEETINGS, REMINDERS}:
        return TELEGRAM_MEETINGS
    return TELEGRAM_NOTICE if TELEGRAM_NOTICE in said or standing.ever_said(person, TELEGRAM_FULL) else None


def said_yes(standing: Standing, person: str, today: date) -> frozenset[str]:
    """What she has said yes to for herself and that holds today."""
    return frozenset(
        yes.scope
        for yes in standing.consents()
        if yes.by == person and yes.from_ <= today and (yes.until is None or today <= yes.until)
    )


def _may_be_told(actor: Actor, part: str, standing: Standing, today: date) -> bool:
    """Whether she said yes to being told that there is something; for a child others speak too (policy P56)."""
    yes = bool(said_yes(standing, actor.id, today) & {NOTICES, REMINDERS})
    if not is_child(actor, part, standing, today):
        return yes
    contact, years = standing.contact(actor.id), age_on(_own_birth(actor, standing), today)
    may = (contact is not None and contact.notices) or (standing.wished(actor.id) and years >= standing.ages.decides)
    return may and (yes or years < standing.ages.notices)


def is_child(actor: Actor, part: str, standing: Standing, today: date) -> bool:
    """Whether the asker is the child of a barnahus case and not grown yet."""
    hers = standing.is_child(actor.id) or (part == PERSON_PART and standing.side == Side.BARNAHUS)
    return hers and age_on(_own_birth(actor, standing), today) < standing.ages.grown
