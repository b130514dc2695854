"""Which worlds are worth asking: eight planes through the axes, four million questions.

The full product of all axes has more than 10^17 tuples. The pruning: each plane is the full product of the axes that
bear on one another, for every actor and every part named in it; the other axes stand as in `usual_world`, where
whatever can be open is. `fitting` then drops the values that cannot be, or that an actor could not heed. So every
hard denial meets every other in MASKS, every way of asking every other in ASKING, every ground in GROUNDS, every
release in SOURCES, every phone in PHONES, every age of a yes in CONTACT, every desk in DESKS, every naming in NAMED.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from tests.prove.axes import (
    AXES,
    BESIDES_GUARDIAN,
    CONSENTED,
    CONTENTLESS,
    MAJORITY,
    NO_PERSON_PART,
    OWN_GUARDIAN_PART,
    STAFF,
    TIELESS,
    UNKNOWN_AGE,
    YOUNGEST_RECIPIENT,
    Value,
    World,
)

CONSENT = World._fields.index("consent")
GIVER = World._fields.index("giver")
Plane = Mapping[str, tuple[Value, ...]]

CASE_PARTS = ("child", "guardian_own", "shared", "staff")

MASKS: Plane = {
    "part": AXES["part"],
    "shape": ("list",),
    "state": AXES["state"],
    "status": AXES["status"],
    "block": AXES["block"],
    "hold": ("none", "investigation", "in_person", "told"),
    "embargo": AXES["embargo"],
    "contact": AXES["contact"],
    "protected": AXES["protected"],
    "place": AXES["place"],
}
ASKING: Plane = {
    "part": AXES["part"],
    "purpose": AXES["purpose"],
    "shape": AXES["shape"],
    "channel": AXES["channel"],
    "strength": AXES["strength"],
    "age": (14, 15, 18),
}
GROUNDS: Plane = {
    "part": CASE_PARTS,
    "age": AXES["age"],
    "tie": ("none", "open_ended"),
    "consent": AXES["consent"],
    "giver": AXES["giver"],
    "exception": AXES["exception"],
    "source": ("social", "police", "treatment"),
    "release": ("none", "whole"),
}
SOURCES: Plane = {
    "part": CASE_PARTS,
    "age": (UNKNOWN_AGE, 11, 14, 17, 18),
    "tie": ("not_begun", "first_day", "last_day", "ended"),
    "source": AXES["source"],
    "release": AXES["release"],
    "facts": AXES["facts"],
    "third": AXES["third"],
    "hold": ("none", "investigation_lifted", "not_yet"),
}
PHONES: Plane = {
    "part": ("child", "guardian_own", "shared", "aid", "person_own", "claim"),
    "purpose": ("own_story", "own_contact", "own_choices", "own_meetings", "own_identity", "request", "delivery"),
    "shape": ("page", "export", "notice"),
    "channel": ("web", "telegram", "clock"),
    "strength": ("channel", "pin"),
    "age": (UNKNOWN_AGE, 12, 13, 15, 17, 18),
    "contact": AXES["contact"],
    "telegram": AXES["telegram"],
    "notices": AXES["notices"],
}
DESKS: Plane = {
    "part": AXES["part"],
    "purpose": ("own_story", "case_work", "informing", "rules", "release", "import", "request", "delivery"),
    "shape": ("page", "search", "export", "notice"),
    "desk": ("none", "assigned", "colleague", "other_unit", "other_side"),
    "break_glass": AXES["break_glass"],
    "exception": ("none", "complete", "no_reference"),
    "four_eyes": AXES["four_eyes"],
    "source": ("social", "police"),
    "release": ("none", "whole", "taken_back"),
    "third": ("none", "unredacted"),
}
CONTACT: Plane = {
    "part": ("child", "guardian_own", "shared", "aid", "person_own"),
    "purpose": ("own_story", "own_contact", "own_choices", "own_meetings", "delivery"),
    "shape": ("page", "notice"),
    "channel": ("web", "telegram", "clock"),
    "strength": ("channel", "pin"),
    "age": (UNKNOWN_AGE, 12, 13, 15, 17, 18),
    "contact": ("own_wish", "decided_notices"),
    "telegram": ("notice", "meetings", "full", "full_withdrawn"),
    "notices": AXES["notices"],
    "safe": AXES["safe"],
}
NAMED: Plane = {
    "part": AXES["part"],
    "purpose": ("case_work", "informing", "rules", "release", "import", "request"),
    "shape": ("page", "list", "export"),
    "desk": AXES["desk"],
    "break_glass": ("none", "active", "struck"),
    "exception": ("none", "complete"),
    "source": ("social", "police"),
    "release": ("none", "whole"),
    "protected": AXES["protected"],
    "place": AXES["place"],
    "block": ("none", "standing"),
}
PLANES: dict[str, Plane] = {
    "masks": MASKS,
    "asking": ASKING,
    "grounds": GROUNDS,
    "sources": SOURCES,
    "phones": PHONES,
    "desks": DESKS,
    "contact": CONTACT,
    "named": NAMED,
}

# Which actors a plane is about; a plane that is not named is about all of them.
PLANE_ACTORS: dict[str, frozenset[str]] = {
    "phones": frozenset(str(actor) for actor in AXES["actor"]) - STAFF - CONTENTLESS - {"visitor"},
    "desks": STAFF,
    "contact": frozenset(str(actor) for actor in AXES["actor"]) - STAFF - CONTENTLESS - {"visitor"},
    "named": STAFF,
}

USUAL_PURPOSE = {
    "child": "own_story",
    "guardian_own": "own_story",
    "guardian_other": "own_story",
    "shared": "own_story",
    "staff": "own_story",
    "aid": "own_story",
    "person_own": "own_contact",
    "person_other": "own_contact",
    "claim": "request",
}
USUAL_AGE = {"young_adult": 40, "recipient": 40, "claimant": 40}


def usual_world(actor: str, part: str) -> World:
    """The world in which `actor` has every leave it can have, so that each other value is felt alone."""
    staff = actor in STAFF
    criminal = actor in {"representative", "counsel"}
    inside = staff or actor in CONTENTLESS
    return World(
        actor=actor,
        part=part,
        purpose="case_work" if inside and part != "claim" else USUAL_PURPOSE[part],
        channel="console" if inside else "web",
        strength="staff" if inside else "none" if actor == "visitor" else "pin",
        age=USUAL_AGE.get(actor, 16),
        tie="none" if actor in TIELESS else "open_ended",
        desk="assigned" if staff else "none",
        status="none_cleared" if actor == "guardian" else "absent",
        consent="story" if actor in CONSENTED else "none",
        source="police" if criminal else "social",
        telegram="full",
        four_eyes=staff,
    )


def _is_part_possible(actor: str, part: str) -> bool:
    """Whether that actor can have such a part at all, so that the question can be asked."""
    if part == "guardian_own":
        return actor in OWN_GUARDIAN_PART
    return part != "person_own" or actor not in NO_PERSON_PART


def _ages(actor: str, ages: tuple[Value, ...]) -> tuple[Value, ...]:
    """The ages that make the actor what it is."""
    lowest = {"young_adult": MAJORITY, "claimant": MAJORITY, "recipient": YOUNGEST_RECIPIENT}.get(actor)
    if actor == "child":
        return tuple(age for age in ages if int(age) < MAJORITY)
    if lowest is None:
        return ages
    return tuple(age for age in ages if int(age) >= lowest or (actor == "recipient" and age == UNKNOWN_AGE))


def _staying(actor: str) -> frozenset[str]:
    """The axes that say nothing of that actor and stay as they usually are."""
    still: set[str] = set()
    if actor in TIELESS:
        still |= {"tie"}
    if actor == "visitor":
        still |= {"strength"}
    if actor in {"visitor", "stranger"}:
        still |= {"block"}
    if actor not in BESIDES_GUARDIAN | {"guardian"}:
        still |= {"status"}
    still |= {"consent", "giver"} if actor in STAFF else {"desk", "four_eyes", "break_glass"}
    return frozenset(still)


def _chosen(actor: str, axis: str) -> frozenset[Value] | None:
    """The few values of an axis that are worth asking of that actor, or None for all of them."""
    match axis:
        case "status" if actor == "guardian":
            return frozenset(AXES["status"]) - {"absent"}
        case "tie" if actor == "claimant":
            return frozenset({"none", "open_ended"})
        case "contact" if actor != "child":
            return frozenset({"none", "decided_notices"})
        case "consent" | "giver" | "exception" if actor not in CONSENTED | STAFF:
            return frozenset({"none", "story", "herself", "complete"})
        case "desk":
            return frozenset(AXES["desk"]) - {"none"}
        case _:
            return None


def fitting(actor: str, axis: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Of the values of an axis those that can be for `actor`, or that it could heed; never empty."""
    usual = (getattr(usual_world(actor, "person_other"), axis),)
    if axis == "part":
        return tuple(part for part in values if _is_part_possible(actor, str(part)))
    if axis == "age":
        return _ages(actor, values) or usual
    if axis in _staying(actor):
        return usual
    chosen = _chosen(actor, axis)
    return values if chosen is None else tuple(value for value in values if value in chosen)


def plane(name: str) -> Iterator[World]:
    """Every world of one plane, each once."""
    axes = PLANES[name]
    about = PLANE_ACTORS.get(name)
    for actor in map(str, AXES["actor"]):
        if about is not None and actor not in about:
            continue
        named = {axis: fitting(actor, axis, values) for axis, values in axes.items() if axis != "part"}
        for part in map(str, fitting(actor, "part", axes["part"])):
            usual = usual_world(actor, part)
            places = [World._fields.index(axis) for axis in named]
            values = list(usual)
            for chosen in product(*named.values()):
                for where, value in zip(places, chosen, strict=True):
                    values[where] = value
                if "giver" in named and values[CONSENT] == "none" and values[GIVER] != "herself":
                    continue
                yield World._make(values)


def worlds() -> Iterator[World]:
    """Every world of every plane. Fewer than one in a hundred lie in two planes and are told twice."""
    for name in PLANES:
        yield from plane(name)
