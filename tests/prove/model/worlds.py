"""From what is known of a case to the questions of the reference: who asks what, as the `World`s of axes.py.

Where the store keeps back more than the policy asks, that is said here in one place (`STRICTER`), so that the rest can
be compared to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tests.prove.axes import CONSENTED, CONTENTLESS, World
from tests.prove.model.facts import KINDS, Bond, Paper, Whom, Yes, stands
from tests.prove.model.known import Known
from tests.prove.reference import CRIMINAL, DENIALS, Mark

Denials = Sequence[tuple[str, Mark]]
OPEN = "open"
GROWN_UP = 46

# What the product keeps back beyond the policy; each makes less visible and nothing more.
STRICTER = (
    "the investigation's secrecy over a whole case shuts the case to guardians, readers, safety persons and treatment"
    " staff, and not only each entry (P27)",
    "an entry of the social services has no reader's part before somebody released it to that class (P53 asks it for a"
    " guardian only)",
    "somebody with two ties reads by the first that opens, not by both",
    "the day of an entry that was to be told in person stays closed to guardians until somebody has looked again,"
    " although it was told (P69)",
    "messages pause for everybody in whose part a text lay that was taken back, also where she could not read it",
)

_SHUT = frozenset({"status", "not_cleared", "blocked"})
_WAITS = frozenset({"embargo", "no_contact_decision"})
_DESK = frozenset({"role", "purpose", "other_unit", "not_assigned", "reach", "strength", "channel", "part"})
AT_DESK = "desk"
_DESKS = frozenset({"P12", "P13", "P24", "P38", "P39", "P44", "P55"})
# The reasons the product may give for each rule of the policy: the class of the no, not its wording.
REASONS: dict[str, frozenset[str]] = {
    "P18": frozenset({"integrity"}), "P20": frozenset({"sealed", "no_relation", "other_unit"}),
    "P21": _SHUT, "P22": _SHUT, "P24": _SHUT, "P27": frozenset({"held", "investigation"}), "P28": _WAITS,
    "P29": _WAITS, "P1": frozenset({"no_relation"}), AT_DESK: _DESK,
    "P37": frozenset({"part", "no_relation", "reach", "purpose", "strength", "tie_not_valid", "of_age"}),
    "P38": frozenset({"other_unit"}), "P39": frozenset({"strength"}),
    "P14": frozenset({"no_relation", "tie_not_valid"}), "P15": frozenset({"of_age"}),
    "P43": frozenset({"purpose", "reach"}),
    "P60": frozenset({"not_assigned", "not_released"}),
    "P6": frozenset({"part"}), "P49": frozenset({"no_consent"}), "P53": frozenset({"not_released"}),
    "P54": frozenset({"channel"}), "P55": frozenset({"channel"}), "P59": frozenset({"untold"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asker:
    """Who stands at the door: `role` is empty for everybody outside the staff."""

    person: str
    strength: str
    channel: str
    role: str = ""
    unit: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the part, `home` for the part that this asker reads in."""

    part: str
    purpose: str
    shape: str = "page"


@dataclass(frozen=True, slots=True)
class Answer:
    """Open, or the rules that shut, and by which bond it opened."""

    opens: bool
    rules: frozenset[str] = frozenset()
    bond: Bond | None = None

    def explains(self, reason: str) -> bool:
        """Whether the product's reason is of the class of one of these rules."""
        return any(reason in REASONS.get(rule, frozenset()) for rule in self.rules)


def answer(
    known: Known, asker: Asker, asked: Asked, now: datetime, *, unit: str = "", denials: Denials = DENIALS,
    paper: Paper | None = None,
) -> Answer:  # fmt: skip
    """What the policy says to this question, by each way in which she belongs to the case."""
    if asker.role:
        rule = _why(_of_staff(known, asker, asked, now, unit, paper), denials)
        # Which of the things that make somebody no worker of this case is named first is all one.
        return Answer(rule == OPEN, frozenset({rule, AT_DESK if rule in _DESKS else rule}) - {OPEN})
    if asked.part == "person_own":
        rule = min(_why(world, denials) for world in _of_herself(known, asker, asked, now.date()))
        return Answer(rule == OPEN, frozenset({rule}) - {OPEN})
    rules: set[str] = set()
    for bond in known.bonds_of(asker.person):
        whys = {_why(world, denials) for world in _of_bond(known, bond, asker, asked, now.date(), paper)}
        if OPEN in whys:
            return Answer(True, bond=bond)
        rules |= whys | _besides(known, bond, paper)
    if not known.bonds_of(asker.person):
        rules.add(_why(_of_stranger(known, asker, asked), denials))
    return Answer(False, frozenset(rules))


def shown(known: Known, asker: Asker, bond: Bond, now: datetime, denials: Denials = DENIALS) -> frozenset[str]:
    """The entries whose text this bond's reader gets."""
    asked = Asked("home", "own_story")
    return frozenset(
        name
        for name, paper in known.papers.items()
        if not paper.back
        and whom_of(bond) in paper.released
        and may_have(paper, whom_of(bond))
        and answer(known, asker, asked, now, denials=denials, paper=paper).opens
    )


def promised(known: Known) -> frozenset[str]:
    """The entries in whose place the child finds a day on which somebody looks again."""
    return frozenset(name for name, paper in known.papers.items() if _is_promise(paper))


def parts(known: Known, name: str) -> dict[str, str]:
    """Where something of an entry lies beside the staff's, and as what: a hold is a key, so elsewhere is nothing."""
    paper = known.papers[name]
    if paper.back:
        return {}
    lying = {"child": "refusal"} if paper.refused else {}
    if _is_promise(paper):
        lying["child"] = "promise"
    if paper.waits in ("not_yet", "investigation"):
        return lying
    for whom in paper.released:
        to, tie = whom
        waits = paper.waits == "in_person"
        if waits and to != "shared":
            continue
        guardian = tie in known.bonds and known.bonds[tie].kind == "guardian"
        if may_have(paper, whom) and (to != "guardian" or guardian):
            shared = "waiting" if waits else "shared"
            where = {"guardian": f"guardian:{tie}", "shared": f"{shared}:{paper.source}"}.get(to, to)
            lying[where] = "view"
    return lying


def whom_of(bond: Bond) -> Whom:
    """The class of reader whose release counts for somebody with this tie."""
    if bond.kind == "child":
        return "child", None
    return ("guardian", bond.tie) if bond.kind == "guardian" else ("shared", None)


def may_have(paper: Paper, whom: Whom) -> bool:
    """Whether there is such a reader of this kind of entry: the criminal matter alone is shared."""
    return whom[0] != "shared" or KINDS[paper.kind][1]


def _leave(paper: Paper, whom: Whom) -> str:
    return "taken_back" if paper.back else paper.released.get(whom, "none")


def _is_promise(paper: Paper) -> bool:
    """Of what a grown-up must tell first there is not even a promise before it is told (design 6)."""
    told_first = KINDS[paper.kind][3] and not paper.ahead and not paper.told
    return paper.waits == "not_yet" and not paper.back and not paper.refused and not told_first


def _why(world: World, denials: Denials) -> str:
    return next((rule for rule, strikes in denials if strikes(world)), OPEN)


# --- the worlds -------------------------------------------------------------------------------------------------------


def _of_bond(known: Known, bond: Bond, asker: Asker, asked: Asked, today: date, paper: Paper | None) -> list[World]:
    age = known.age(today)
    young = bond.kind == "child" and age < 18
    guardian = next((one for one in known.bonds_of(asker.person) if one.kind == "guardian"), None)
    criminal = bond.kind in ("representative", "counsel")
    held = _is_held(known, bond)
    world = World(
        actor="young_adult" if bond.kind == "child" and not young else bond.kind,
        part=_home(bond) if asked.part == "home" else asked.part, purpose=asked.purpose, shape=asked.shape,
        channel=asker.channel, strength=asker.strength, age=age, tie=_tie(bond, today), state=_state(known),
        status=_status(guardian), block=_block(known, asker.person), hold="investigation" if held else "none",
        embargo=known.waits_for_notice(today), contact=_contact(known), protected=known.protected,
        exception="complete" if _excepted(known, asker.person, today) else "none",
        source="police" if criminal else "social",
        telegram=_telegram(known, asker.person, today), notices=_said(known, asker.person, today, "notices"),
    )  # fmt: skip
    if paper is not None:
        leave = _leave(paper, whom_of(bond))
        hold = "investigation" if held else paper.waits
        world = world._replace(source=paper.source, release=leave, facts=leave == "facts", third="redacted", hold=hold)
    if bond.kind not in CONSENTED:
        return [world]
    return [world._replace(consent=scope, giver=giver) for scope, giver in _consents(known, asker, asked, today)]


def _besides(known: Known, bond: Bond, paper: Paper | None) -> set[str]:
    """What shuts besides, and may be named first: which of two good reasons is written down is all one."""
    other = paper is not None and bond.kind in ("representative", "counsel") and paper.source not in CRIMINAL
    return ({"P27"} if _is_held(known, bond) else set()) | ({"P6"} if other else set())


def _is_held(known: Known, bond: Bond) -> bool:
    return known.investigation and bond.kind not in ("child", "representative", "counsel")


def _home(bond: Bond) -> str:
    return {"child": "child", "guardian": "guardian_own"}.get(bond.kind, "shared")


def _of_stranger(known: Known, asker: Asker, asked: Asked) -> World:
    part = "child" if asked.part == "home" else asked.part
    actor = "visitor" if asker.strength == "none" else "stranger"
    return World(actor, part, asked.purpose, asked.shape, channel=asker.channel, strength=asker.strength,
                 age=GROWN_UP, tie="none", state=_state(known))  # fmt: skip


def _of_herself(known: Known, asker: Asker, asked: Asked, today: date) -> list[World]:
    """Her own person part is another subject: nothing of the case bears on it."""
    hers = asker.person == known.child
    age = known.age(today) if hers else GROWN_UP
    actor = ("child" if age < 18 else "young_adult") if hers else "stranger"
    return [World(actor, "person_own", asked.purpose, asked.shape, channel=asker.channel, strength=asker.strength,
                  age=age)]  # fmt: skip


def _of_staff(known: Known, asker: Asker, asked: Asked, now: datetime, unit: str, paper: Paper | None) -> World:
    desk = "other_side" if asker.side != "barnahus" else "other_unit" if asker.unit != unit else (
        "assigned" if known.has_case(asker.person) else "colleague")  # fmt: skip
    until = known.glass.get(asker.person)
    glass = "none" if until is None else "active" if now < until else "over_24h"
    part = "staff" if asked.part == "home" else asked.part
    # At work an entry is shown whole or not at all; whoever does not have the case is of the class it is shared with.
    source, leave = ("social", "none") if paper is None else (paper.source, _leave(paper, ("shared", None)))
    return World(
        asker.role, part, asked.purpose, asked.shape, channel=asker.channel, strength=asker.strength,
        age=known.age(now.date()), tie="none", desk="none" if asker.role in CONTENTLESS else desk,
        state=_state(known), block=_lifted(known.colleagues.get(asker.person)), protected=known.protected,
        exception="complete" if _excepted(known, asker.person, now.date()) else "none", break_glass=glass,
        source=source, release=leave,
    )  # fmt: skip


def _state(known: Known) -> str:
    return "broken" if known.broken else "sealed" if known.sealed else "open"


def _tie(bond: Bond, today: date) -> str:
    if bond.first > today:
        return "not_begun"
    if bond.last is not None and bond.last <= today:
        return "last_day" if bond.last == today else "ended"
    return "first_day" if bond.first == today else "open_ended"


def _status(guardian: Bond | None) -> str:
    if guardian is None:
        return "absent"
    if guardian.status != "none":
        return guardian.status
    return ("none_uncleared", "none_one", "none_cleared")[min(len(guardian.cleared), 2)]


def _block(known: Known, person: str) -> str:
    blocks = [_lifted(bond.lifted) for bond in known.bonds_of(person)]
    standing = [one for one in blocks if one not in ("none", "lifted_two")]
    return standing[0] if standing else "none"


def _lifted(lifted: set[tuple[str, bool]] | None) -> str:
    if lifted is None:
        return "none"
    if not stands(lifted):
        return "lifted_two"
    people = {who for who, _ in lifted}
    return ("standing", "lifted_one", "lifted_no_manager")[min(len(people), 2)]


def _contact(known: Known) -> str:
    if known.contact is not None:
        return "decided_notices" if known.notices else "decided"
    return "own_wish" if known.wished else "none"


def _excepted(known: Known, who: str, today: date) -> bool:
    return any(way.to == who and way.holds(today) for way in known.ways.values())


def _said(known: Known, person: str, today: date, scope: str) -> bool:
    return any(yes.by == person and yes.scope == scope and yes.holds(today) for yes in known.given.values())


def _telegram(known: Known, person: str, today: date) -> str:
    """P54: the highest level that holds; what was full and is no more is a notice."""
    for level in ("full", "meetings", "notice"):
        if _said(known, person, today, f"telegram_{level}"):
            return level
    full = any(yes.by == person and yes.scope == "telegram_full" for yes in known.given.values())
    return "full_withdrawn" if full else "unlinked"


def _consents(known: Known, asker: Asker, asked: Asked, today: date) -> list[tuple[str, str]]:
    """Which consents count for this question, as pairs of scope and giver; ('none', 'herself') when none does."""
    found: list[tuple[str, str]] = [("none", "herself")]
    for scope in ("story", "shared"):
        counted = [yes for yes in known.given.values() if _counts(yes, scope, asker, asked, today)]
        kinds = {kind for yes in counted if (kind := _giver(known, yes.by)) is not None}
        uncleared = {kind for kind in kinds if kind == "guardian_uncleared"}
        found += [(scope, kind) for kind in kinds]
        if "herself" in kinds and ("guardian" in kinds or uncleared):
            found.append((scope, "both" if "guardian" in kinds else "both_uncleared"))
    return found


def _counts(yes: Yes, scope: str, asker: Asker, asked: Asked, today: date) -> bool:
    """P49, P50: 'story' reaches as far as 'shared' does, so it counts for either."""
    reach = yes.scope == "share_story" or (scope == "shared" and yes.scope == "share_shared")
    named = yes.to == asker.person and yes.purpose == asked.purpose and yes.channel in (None, asker.channel)
    return reach and named and yes.holds(today)


def _giver(known: Known, person: str) -> str | None:
    """As whom she gave it, by her first tie that lets anybody give; a guardian gives only when cleared by P23."""
    for bond in known.bonds_of(person):
        if bond.kind == "child":
            return "herself"
        if bond.kind == "representative":
            return "representative"
        if bond.kind == "guardian":
            clear = bond.status == "none" and len(bond.cleared) > 1 and not stands(bond.lifted)
            return "guardian" if clear else "guardian_uncleared"
    return None
