"""The questions of the policy as plain values: one `World` is one asker, one part and everything that bears on it.

Nothing here knows the product. Somebody builds the product's own facts from a `World` by the meanings below, asks
the product, and compares; planes.py says which worlds are worth asking. `P..` are the rules of deploy/policy.md. "The
person" is whom the subject is about: the child or young adult of the barnahus case, the recipient of the aid case,
the claimant. "Today" is the day of asking. What a value does not mention is as it usually is: nothing recorded.

actor
    As section A. `stranger` is signed in with no tie. `child` and `young_adult` hold the child's tie and differ by
    `age` only. `claimant` has a claim's secret and is not signed in as a person. Every actor outside the staff but
    child, young_adult, recipient and claimant is a grown-up herself, with a known date of birth.
part
    `child`, `shared`, `staff`: of the barnahus case. `guardian_own`: `guardian:<tie>` of the asker's own tie (which
    may be a guardian's, a special representative's or counsel's). `guardian_other`: some guardian's part that is
    not the asker's; for staff simply a guardian's part. `aid`: of an aid case. `person_own`: the asker's own person
    part. `person_other`: that of a person tied to the case. `claim`: the claim whose secret the claimant holds; for
    staff a claim made to a unit, as `desk` says. The staff part of an aid case is not enumerated.
purpose
    The names of section E: own_story, own_contact, own_choices, own_meetings, own_access_log, own_identity,
    case_work, informing, rules, release, import, request, delivery. In a delivery the actor is the receiver.
shape
    What the answer is: page, list, search, export, notice, link (P46).
place
    Whether the answer holds a place detail (address, school, workplace, meeting place, unit detail) of the person
    (of the asker in person_own).
facts
    True: the question asks of the entry only who met and when. False: the whole entry. Only entry questions (P31)
    heed it.
channel
    web, telegram, console, clock.
strength
    none, channel, link, pin, staff, eid: the sign-in of this session, exactly this and nothing besides.
age
    Whole years of the person today; -1 when the date of birth is not known. A claimant is 18 or more.
tie
    The asker's tie of the actor's own kind to the subject. none: there is none. not_begun: begins tomorrow.
    first_day: begins today. open_ended: began long ago, no last day. last_day: ends today. ended: ended yesterday.
    For a claimant none means that she does not hold the secret and open_ended that she does. Staff have none; see
    desk.
desk
    Staff only, else none. assigned: assigned to the case, in the unit that has it. colleague: that unit, not
    assigned: somebody else is. unnamed: that unit, and nobody is named for the case. taken_off: the same, and the
    asker had it and was taken off it. on_leave: the same, and the asker is on leave from it until a later day.
    leave_over: the same, and that day was yesterday. off_and_named: she was taken off it and named for it again
    since. other_unit: another unit of the same side. other_side: a unit of the other side (aid for a barnahus
    part, barnahus for aid). For person_other it is the case that the person is tied to, for a claim the unit it was
    made to.
state
    Of the subject, whichever it is. open, sealed, culled, broken (a row of the rules about it is missing or
    altered).
status
    The asker's guardian status in the case. absent: not a guardian there. none_uncleared: `none`, nobody has
    cleared. none_one: one member of staff cleared. none_twice_same: the same one twice. none_cleared: two different
    ones. suspected, conflict, reduced_care, unknown: so recorded, with two clearings lying there from before. A
    reader, special representative, counsel, safety person or member of treatment staff with another value than
    absent is a guardian of the case besides her own tie.
block
    On the asker in the case. none: never. standing. lifted_one: one person lifted it. lifted_no_manager: two
    different people, neither a manager. lifted_two: two different people, one a manager.
hold
    Of the entry asked for. none. investigation. investigation_lifted. in_person: tell face to face first, nobody
    has. told: the same, and the person has been told. not_yet: marked not yet, nobody has opened it.
embargo
    True while the prosecutor's notice is not recorded.
contact
    none: nothing recorded. own_wish: her own wish and no decision. decided: an adult with authority decided that
    contact is good, and not that she is written to. decided_notices: decided, and she may be written to.
protected
    The person has a protected identity (the asker in person_own).
consent
    The consent that names this asker as receiver, unless said otherwise; it began long ago and has no last day.
    none. story, shared: of that scope. not_begun: story, from tomorrow. last_day: story, ends today. ended: story,
    ended yesterday. withdrawn: story, taken back before now. other_receiver: story, to somebody else.
    other_purpose: story, for a purpose other than the question's. other_channel: story, for a channel other than
    the question's.
giver
    Who gave it. herself; guardian: one cleared as P23; guardian_uncleared; both: herself and a cleared guardian;
    both_uncleared: herself and one not cleared; representative: the special representative.
exception
    The named exception for this asker (for an export: for whom it goes to). none. complete. no_decider,
    no_reference, off_list (its ground is not in the list of P51), ended (last day was yesterday).
source
    Who the entry comes from: social, police, prosecutor, court, legal, treatment, school.
release
    By the source authority (for social: by the unit) to the asker's class of reader and, for a guardian, naming
    that guardian. none; facts: who met and when; whole; other_class: whole, to another class or another guardian.
    taken_back: whole, and the entry was taken back since.
third
    none: the answer is about nobody else. allowed: about others, all allowed it. redacted: about others, they are
    out of it. unredacted: about others, in full, and one has not allowed it.
telegram
    unlinked; notice, meetings, full (policy allows it and her consent stands); full_withdrawn: chosen, the consent
    withdrawn since; full_no_policy: chosen and consented, the municipality does not allow it.
notices
    The receiver's own recorded yes to notices.
safe
    How it is with every yes to being written to that the asker said (`notices`, and the level of `telegram`).
    fresh: said today. day_90, day_91: so many days ago, and nobody else sees her telephone. shared_30, shared_31: so
    many days ago, and somebody else sees it. said_again: 91 days ago, and once more today. other_chat: her chat is
    another since. shut: her worker shut her ways in since.
four_eyes
    A manager other than the asker approved this export.
break_glass
    Staff only. none. active: with a reason, begun less than 24 hours ago, not struck down. reviewed: the same, and
    a manager let it stand. no_reason. over_24h. struck: a manager struck it down.
"""

from __future__ import annotations

from typing import NamedTuple

Value = str | bool | int

UNKNOWN_AGE = -1


class World(NamedTuple):
    """One question with all that bears on it; the module says what each value means."""

    actor: str
    part: str
    purpose: str
    shape: str = "page"
    place: bool = False
    facts: bool = False
    channel: str = "web"
    strength: str = "pin"
    age: int = 16
    tie: str = "open_ended"
    desk: str = "none"
    state: str = "open"
    status: str = "absent"
    block: str = "none"
    hold: str = "none"
    embargo: bool = False
    contact: str = "decided_notices"
    protected: bool = False
    consent: str = "none"
    giver: str = "herself"
    exception: str = "none"
    source: str = "social"
    release: str = "whole"
    third: str = "none"
    telegram: str = "unlinked"
    notices: bool = True
    four_eyes: bool = False
    break_glass: str = "none"
    safe: str = "fresh"


AXES: dict[str, tuple[Value, ...]] = {
    "actor": (
        "visitor",
        "stranger",
        "child",
        "young_adult",
        "guardian",
        "reader",
        "representative",
        "counsel",
        "safety_person",
        "treatment",
        "recipient",
        "claimant",
        "case_worker",
        "coordinator",
        "manager",
        "auditor",
        "administrator",
        "maintenance",
    ),
    "part": (
        "child",
        "guardian_own",
        "guardian_other",
        "shared",
        "staff",
        "aid",
        "person_own",
        "person_other",
        "claim",
    ),
    "purpose": (
        "own_story",
        "own_contact",
        "own_choices",
        "own_meetings",
        "own_access_log",
        "own_identity",
        "case_work",
        "informing",
        "rules",
        "release",
        "import",
        "request",
        "delivery",
    ),
    "shape": ("page", "list", "search", "export", "notice", "link"),
    "place": (False, True),
    "facts": (False, True),
    "channel": ("web", "telegram", "console", "clock"),
    "strength": ("none", "channel", "link", "pin", "staff", "eid"),
    "age": (UNKNOWN_AGE, 5, 11, 12, 13, 14, 15, 16, 17, 18, 40),
    "tie": ("none", "not_begun", "first_day", "open_ended", "last_day", "ended"),
    "desk": (
        "none",
        "assigned",
        "colleague",
        "unnamed",
        "taken_off",
        "on_leave",
        "leave_over",
        "off_and_named",
        "other_unit",
        "other_side",
    ),
    "state": ("open", "sealed", "culled", "broken"),
    "status": (
        "absent",
        "none_uncleared",
        "none_one",
        "none_twice_same",
        "none_cleared",
        "suspected",
        "conflict",
        "reduced_care",
        "unknown",
    ),
    "block": ("none", "standing", "lifted_one", "lifted_no_manager", "lifted_two"),
    "hold": ("none", "investigation", "investigation_lifted", "in_person", "told", "not_yet"),
    "embargo": (False, True),
    "contact": ("none", "own_wish", "decided", "decided_notices"),
    "protected": (False, True),
    "consent": (
        "none",
        "story",
        "shared",
        "not_begun",
        "last_day",
        "ended",
        "withdrawn",
        "other_receiver",
        "other_purpose",
        "other_channel",
    ),
    "giver": ("herself", "guardian", "guardian_uncleared", "both", "both_uncleared", "representative"),
    "exception": ("none", "complete", "no_decider", "no_reference", "off_list", "ended"),
    "source": ("social", "police", "prosecutor", "court", "legal", "treatment", "school"),
    "release": ("none", "facts", "whole", "other_class", "taken_back"),
    "third": ("none", "allowed", "redacted", "unredacted"),
    "telegram": ("unlinked", "notice", "meetings", "full", "full_withdrawn", "full_no_policy"),
    "notices": (False, True),
    "four_eyes": (False, True),
    "break_glass": ("none", "active", "reviewed", "no_reason", "over_24h", "struck"),
    "safe": ("fresh", "day_90", "day_91", "shared_30", "shared_31", "said_again", "other_chat", "shut"),
}

STAFF = frozenset({"case_worker", "coordinator", "manager"})
CONTENTLESS = frozenset({"auditor", "administrator", "maintenance"})
BESIDES_GUARDIAN = frozenset({"reader", "representative", "counsel", "safety_person", "treatment"})
CONSENTED = frozenset({"reader", "counsel", "safety_person", "treatment"})
TIELESS = STAFF | CONTENTLESS | {"visitor", "stranger"}
OWN_GUARDIAN_PART = frozenset({"guardian", "representative", "counsel"})
NO_PERSON_PART = STAFF | CONTENTLESS | {"visitor", "claimant"}
MAJORITY = 18
YOUNGEST_RECIPIENT = 16
