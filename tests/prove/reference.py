"""The policy of deploy/policy.md once more, as tables and marks on a question; it knows nothing of the product.

A question is let through when no rule of the list `DENIALS` strikes. The list stands in the order that the policy
gives, so the first rule that strikes is the answer to *why*. What the values of a `World` mean is said in axes.py.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from tests.prove.axes import BESIDES_GUARDIAN, CONTENTLESS, MAJORITY, STAFF, World

Mark = Callable[[World], bool]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CASE = _words("child guardian_own guardian_other shared staff")
ENTRY_PURPOSES = _words("own_story case_work informing release import delivery")
READERS_OF_ENTRIES = _words("guardian reader representative counsel safety_person treatment")
WRITTEN_LISTS = _words("list search export")
SENT = _words("notice link")
CRIMINAL = _words("police prosecutor court legal social")

# Section A with P43: what each actor outside the staff may ask of each part, and for what.
OWN_PURPOSES: dict[tuple[str, str], frozenset[str]] = {
    ("child", "child"): _words("own_story own_contact own_choices own_meetings own_access_log"),
    ("child", "shared"): _words("own_story"),
    ("young_adult", "child"): _words("own_story own_contact own_choices own_meetings own_access_log"),
    ("young_adult", "shared"): _words("own_story"),
    ("guardian", "guardian_own"): _words("own_story own_contact own_meetings"),
    ("guardian", "shared"): _words("own_story"),
    ("reader", "child"): _words("own_story"),
    ("reader", "shared"): _words("own_story"),
    ("representative", "guardian_own"): _words("own_story"),
    ("representative", "shared"): _words("own_story"),
    ("counsel", "guardian_own"): _words("own_story"),
    ("counsel", "shared"): _words("own_story"),
    ("safety_person", "shared"): _words("own_story"),
    ("treatment", "shared"): _words("own_story"),
    ("recipient", "aid"): _words("own_story own_contact own_choices own_meetings own_access_log"),
    ("claimant", "claim"): _words("request"),
} | {
    (actor, "person_own"): _words("own_contact own_choices own_meetings own_access_log own_identity")
    for actor in _words("stranger child young_adult recipient") | READERS_OF_ENTRIES
}

# P12 with P44: what staff may ask of each part, and for what.
STAFF_PURPOSES: dict[str, frozenset[str]] = {
    "child": _words("case_work informing release"),
    "guardian_own": _words("case_work informing release"),
    "guardian_other": _words("case_work informing release"),
    "shared": _words("case_work informing release"),
    "staff": _words("case_work informing release rules import"),
    "aid": _words("case_work informing rules"),
    "person_other": _words("case_work informing rules"),
    "claim": _words("request"),
}

# P52: who may give, by receiver, from which age on.
GIVERS: dict[str, tuple[tuple[int, frozenset[str]], ...]] = {
    "reader": (
        (0, _words("guardian both")),
        (12, _words("both")),
        (15, _words("herself both both_uncleared")),
    ),
    "counsel": (
        (0, _words("guardian both representative")),
        (15, _words("herself both both_uncleared")),
    ),
    "treatment": (
        (0, _words("guardian both")),
        (12, _words("both")),
        (16, _words("herself both both_uncleared")),
    ),
}
GIVERS["safety_person"] = GIVERS["reader"]

# P36: whose part it is, when the asker is the one it is about.
HERSELF = frozenset(
    chain(
        ((actor, part) for actor in ("child", "young_adult") for part in CASE),
        ((actor, part) for actor, part in OWN_PURPOSES if part in {"person_own", "claim", "aid"}),
    )
)


def _in_case(w: World) -> bool:
    return w.part in CASE


def _outside(w: World) -> bool:
    return w.actor not in STAFF


def _is_entry(w: World) -> bool:
    return w.purpose in ENTRY_PURPOSES and w.part in CASE


def _counted_age(w: World) -> int:
    return max(w.age, 0)


def _asker_is_grown(w: World) -> bool:
    return w.age >= MAJORITY or w.actor not in {"child", "young_adult", "recipient", "claimant"}


def _person_is_grown(w: World) -> bool:
    return _asker_is_grown(w) if w.part == "person_own" else w.age >= MAJORITY


def _is_herself(w: World) -> bool:
    return (w.actor, w.part) in HERSELF


# P12: her own unit has it, whoever is named; and of these what a case worker has herself.
OWN_UNIT = _words("assigned colleague unnamed taken_off on_leave leave_over off_and_named")
HERS_TO_OPEN = _words("assigned unnamed off_and_named")
# P67: a yes that ended by its day, by another chat or with her ways in.
ENDED_YES = _words("day_91 shared_31 other_chat shut")


def _is_assigned(w: World) -> bool:
    whole_unit = w.actor in {"coordinator", "manager"}
    return w.actor in STAFF and w.desk in (OWN_UNIT if whole_unit else HERS_TO_OPEN)


def _is_excepted(w: World) -> bool:
    return w.exception == "complete"


def _comes_from_beside(w: World) -> bool:
    """P60 and P63: one page of the staff or shared part for case work, with broken glass or a named exception."""
    broken = w.break_glass in {"active", "reviewed"} and w.desk in OWN_UNIT - HERS_TO_OPEN | {"other_unit"}
    named = _is_excepted(w) and w.desk == "other_unit"
    asked = w.shape == "page" and w.purpose == "case_work" and w.part in {"staff", "shared"}
    return w.actor in STAFF and asked and (broken or named)


def _may_export_own(w: World) -> bool:
    if w.part == "person_own" or w.actor in {"young_adult", "recipient", "claimant"}:
        return True
    return w.actor == "child" and _counted_age(w) >= 15


def _purposes(w: World) -> frozenset[str]:
    if w.actor in STAFF:
        return STAFF_PURPOSES.get(w.part, frozenset())
    own = OWN_PURPOSES.get((w.actor, w.part), frozenset())
    return own | {"delivery"} if own and w.actor != "claimant" else own


def _link_suffices(w: World) -> bool:
    own = w.part == "person_own" and w.purpose in {"own_contact", "own_choices"}
    return own or (w.part == "aid" and w.purpose == "own_meetings") or w.part == "claim"


def _strong_enough(w: World) -> bool:
    if w.purpose == "delivery":
        return True
    if w.actor in STAFF:
        return w.strength == "staff"
    if w.channel == "telegram":
        return w.strength in {"channel", "link", "pin", "eid"}
    by_eid = w.strength == "eid" and (_person_is_grown(w) or w.part == "claim")
    return w.strength == "pin" or by_eid or (w.strength == "link" and _link_suffices(w))


def _needs_tie(w: World) -> bool:
    return _outside(w) and w.part != "person_own"


def _giver_may(w: World) -> bool:
    reached = [givers for least, givers in GIVERS[w.actor] if _counted_age(w) >= least]
    return w.giver in reached[-1]


def _consented(w: World) -> bool:
    reach = {"story": _words("child shared guardian_own"), "last_day": _words("child shared guardian_own")}
    reach["shared"] = _words("shared guardian_own")
    return w.part in reach.get(w.consent, frozenset()) and _giver_may(w)


def _excepted_reader(w: World) -> bool:
    return _is_excepted(w) and (w.actor in {"counsel", "treatment"} or (w.actor == "reader" and w.part == "shared"))


def _lacks_ground(w: World) -> bool:
    asks_leave = w.part in CASE and w.actor in GIVERS
    return asks_leave and not _consented(w) and not _excepted_reader(w)


def _release_misses(w: World) -> bool:
    needed = w.source != "social" or w.actor == "guardian" or w.release == "taken_back"
    covered = w.release == "whole" or (w.release == "facts" and w.facts)
    return _is_entry(w) and needed and not _is_assigned(w) and not covered


def _level(w: World) -> str:
    return "notice" if w.telegram in {"full_withdrawn", "full_no_policy"} else w.telegram


def _passes_telegram(w: World) -> bool:
    if _level(w) == "unlinked" or not _asker_is_grown(w):
        return False
    if w.purpose == "delivery":
        return True
    shown = w.shape in {"page", "list"}
    full = _level(w) == "full" and _is_herself(w) and w.purpose.startswith("own_") and w.purpose != "own_identity"
    meetings = _level(w) in {"meetings", "full"} and w.purpose == "own_meetings" and _is_own_meeting_part(w)
    return shown and (full or meetings)


def _is_own_meeting_part(w: World) -> bool:
    return w.part in {"aid", "child", "person_own"}


def _wrong_channel(w: World) -> bool:
    if w.actor in STAFF:
        return w.channel != "console"
    if w.channel == "telegram":
        return False
    return w.channel != ("clock" if w.purpose == "delivery" else "web")


def _unwanted_notice(w: World) -> bool:
    """P56."""
    if w.purpose != "delivery":
        return False
    if w.actor != "child":
        return not (w.notices and w.safe not in ENDED_YES)
    yes = w.notices and w.safe not in ENDED_YES
    age = _counted_age(w)
    written_to = w.contact == "decided_notices" or (age >= 15 and w.contact == "own_wish")
    return not written_to or (age >= 13 and not yes)


def _about_others(w: World) -> bool:
    shows = _is_entry(w) or (w.part == "aid" and w.purpose in ENTRY_PURPOSES)
    shows = shows or (w.part == "claim" and w.purpose == "request")
    return shows and w.third == "unredacted" and (_outside(w) or w.shape == "export")


def _contact_open(w: World) -> bool:
    return w.contact in {"decided", "decided_notices"} or (w.contact == "own_wish" and _counted_age(w) >= 15)


def _forbids(status: str) -> bool:
    return status not in {"absent", "none_cleared"}


HARD: list[tuple[str, Mark]] = [
    ("P18", lambda w: w.state == "broken"),
    ("P19", lambda w: w.state == "culled"),
    ("P20", lambda w: w.state == "sealed"),
    ("P21", lambda w: _in_case(w) and w.actor == "guardian" and _forbids(w.status)),
    ("P22", lambda w: _in_case(w) and w.actor in BESIDES_GUARDIAN and _forbids(w.status)),
    (
        "P24",
        lambda w: _in_case(w) and w.actor not in {"child", "young_adult"} and w.block not in {"none", "lifted_two"},
    ),
    ("P27", lambda w: _is_entry(w) and _outside(w) and w.hold == "investigation"),
    (
        "P28",
        lambda w: (
            _in_case(w) and w.embargo and w.actor in {"child", "guardian", "reader", "safety_person", "treatment"}
        ),
    ),
    ("P29", lambda w: _in_case(w) and w.actor == "child" and not _contact_open(w)),
    ("P33", lambda w: w.protected and w.place and w.shape in WRITTEN_LISTS and not _is_herself(w)),
    (
        "P34",
        lambda w: w.protected and w.place and w.shape == "page" and not _is_herself(w) and not _is_assigned(w),
    ),
    ("P35", lambda w: w.place and w.shape in SENT),
]

PART_AND_STRENGTH: list[tuple[str, Mark]] = [
    ("P1", lambda w: w.actor == "visitor"),
    ("P13", lambda w: w.actor in CONTENTLESS),
    ("P37", lambda w: not _purposes(w)),
    ("P38", lambda w: w.actor in STAFF and w.desk == "other_side"),
    ("P39", lambda w: not _strong_enough(w)),
]

TIE: list[tuple[str, Mark]] = [
    ("P14", lambda w: _needs_tie(w) and w.tie not in {"first_day", "open_ended", "last_day"}),
    (
        "P15",
        lambda w: w.part in CASE and w.actor in {"guardian", "representative"} and w.age >= MAJORITY,
    ),
    ("P12", lambda w: w.actor in STAFF and not _is_assigned(w) and not _comes_from_beside(w)),
]

PURPOSE: list[tuple[str, Mark]] = [
    ("P43", lambda w: _outside(w) and w.purpose not in _purposes(w)),
    ("P44", lambda w: w.actor in STAFF and w.purpose not in _purposes(w)),
    ("P45", lambda w: (w.purpose == "delivery") != (w.shape in SENT)),
    ("P46", lambda w: _outside(w) and w.shape == "search"),
    ("P46", lambda w: _outside(w) and w.shape == "export" and not _may_export_own(w)),
    (
        "P47",
        lambda w: (
            w.actor in STAFF
            and w.shape == "export"
            and w.purpose != "request"
            and not (w.purpose == "release" and _is_excepted(w))
        ),
    ),
]

GROUND: list[tuple[str, Mark]] = [
    ("P49", _lacks_ground),
    (
        "P6",
        lambda w: _is_entry(w) and w.actor in {"representative", "counsel"} and w.source not in CRIMINAL,
    ),
    ("P53", _release_misses),
]

CHANNEL: list[tuple[str, Mark]] = [
    ("P54", lambda w: _outside(w) and w.channel == "telegram" and not _passes_telegram(w)),
    ("P67", lambda w: _outside(w) and w.channel == "telegram" and w.safe in ENDED_YES),
    ("P55", _wrong_channel),
    ("P56", _unwanted_notice),
]

OBLIGATIONS: list[tuple[str, Mark]] = [
    ("P57", _about_others),
    ("P58", lambda w: w.actor in STAFF and w.shape == "export" and not w.four_eyes),
    ("P59", lambda w: _is_entry(w) and _outside(w) and w.hold == "not_yet"),
    ("P59", lambda w: _is_entry(w) and _outside(w) and w.hold == "in_person" and w.actor != "representative"),
]

DENIALS: tuple[tuple[str, Mark], ...] = tuple(
    chain(HARD, PART_AND_STRENGTH, TIE, PURPOSE, GROUND, CHANNEL, OBLIGATIONS)
)

OPEN = "open"


def why(world: World) -> str:
    """The number of the first rule of the policy that denies the question, or `open`."""
    return next((rule for rule, strikes in DENIALS if strikes(world)), OPEN)


def may(world: World) -> bool:
    """Whether the policy lets the question through."""
    return why(world) == OPEN
