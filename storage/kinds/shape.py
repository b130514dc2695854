"""What a kind of entry is: its fields, who may have which field, its holds and its text parts; never words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.records import Authority, Listener, ReaderClass

C, G, S = ReaderClass.CHILD, ReaderClass.GUARDIAN, ReaderClass.SHARED
NOBODY: frozenset[ReaderClass] = frozenset()
ONLY_CHILD = frozenset({C})
CHILD_SHARED = frozenset({C, S})
EVERYONE = frozenset({C, G, S})
CHILD_GUARDIAN = frozenset({C, G})


class FieldType(StrEnum):
    """What a field holds."""

    ADULT = "adult"
    ADULTS = "adults"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    YES_NO = "yes_no"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form. `to`: the readers whose part carries it; staff always has it.

    `thin`: the template says this is usually missing, so the form warns when it is left empty (req. 51).
    `when`: the outcomes of its kind that it belongs to; with any other it is refused, asked of nobody and told to
    nobody. Empty: all. `not_with`: another field and the answers to it that this one contradicts; both at once would
    be two events in one, and are refused.
    """

    name: str
    type: FieldType
    to: frozenset[ReaderClass]
    choices: tuple[str, ...] = ()
    required: bool = False
    thin: bool = False
    when: tuple[str, ...] = ()
    not_with: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One text part. It is told when every field in `needs` is there; `by` picks the text by a choice's value.

    A yes/no field in `by` gives the choices "yes" and "no". `only` limits it to some listeners; empty means all six.
    `variants` limits it to some of the kind's variants; empty means every one. `unless` names fields of which another
    line tells more exactly: when the reader has one of them, this line is left out.
    """

    part: str
    needs: tuple[str, ...] = ()
    by: str | None = None
    only: tuple[Listener, ...] = ()
    variants: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AfterDay:
    """What is said some days after the event, before anything has come of it; 0 is the same evening."""

    day: int
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The first word of its parts: `after`, or `day_7`."""
        return f"day_{self.day}" if self.day else "after"


@dataclass(frozen=True, slots=True)
class Follows:
    """What comes before a kind wherever both are in one case: one of these `kinds`, with one of these `outcomes`.

    Empty `outcomes`: any. `mine`: the outcomes of the kind itself for which it holds; empty: all.
    """

    kinds: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneAnswer:
    """Of these `outcomes` a day gives only one, to entries that say the same in the fields `alike`."""

    outcomes: tuple[str, ...]
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    `criminal`: belongs to the criminal matter, so a special representative gets a part. `heavy`: shown as headline
    first, and signed by a named person before a child reads it. `in_person_first`: one of the moments that a
    named grown-up must tell before any trace shows; `told_first` says of which outcomes that holds, empty of all.
    `withheld`: rests under the investigation until released.
    `variant`: the choice field whose value makes it another text altogether. `ahead`: what is told while the event
    still lies ahead; a kind without it is never announced. `after`: what is said on the days that follow (req. 11).
    `follows`: what cannot lie after it in one and the same matter. `one_answer`: which outcomes cannot both be true
    of one day; None where they can, as when a prosecutor drops one count and charges another.
    `asked_of`: a field, an answer to it, and the authority that is asked about such an entry instead of its source.
    """

    code: str
    source: Authority
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    criminal: bool = False
    heavy: bool = False
    in_person_first: bool = False
    withheld: bool = False
    variant: str | None = None
    symbol: str = "talk"
    ahead: tuple[Line, ...] = ()
    told_first: tuple[str, ...] = ()
    after: tuple[AfterDay, ...] = ()
    follows: tuple[Follows, ...] = ()
    one_answer: OneAnswer | None = None
    asked_of: tuple[str, str, Authority] | None = None


PLACES = (
    "preschool",
    "school",
    "after_school",
    "barnahus",
    "home",
    "office",
    "court",
    "clinic",
    "foster_home",
    "relatives",
    "hospital",
    "police_station",
)
WHOM = (
    "mother", "father", "both_parents", "stepparent", "maternal_grandfather", "paternal_grandfather",
    "maternal_grandmother", "paternal_grandmother", "sibling", "relative", "foster_parent", "other_child",
    "known_adult", "unknown_adult",
)  # fmt: skip
WORRY = ("hit", "sexual", "saw_violence", "threatened", "neglect")
OFFENCE = (
    "assault",
    "child_rape",
    "child_sexual_abuse",
    "threat",
    "child_peace_violation",
    "sexual_molestation",
    "honour_oppression",
    "other",
)
# What social services can give a family, or refuse it (SoL, insats).
MEASURES = ("parent_support", "family_talks", "home_support", "child_talks", "contact_person", "contact_family")
# What the police can do for a child in an investigation (FUK 13 f).
SHIELDS = ("same_police", "few_interviews", "child_room", "own_lawyer", "no_meeting")
# What an interpreter speaks beside Swedish.
TONGUES = (
    "arabic", "dari", "english", "kurmanji", "pashto", "persian", "polish", "romani", "russian", "somali", "sorani",
    "spanish", "thai", "tigrinya", "turkish", "ukrainian", "sign", "other",
)  # fmt: skip
TRAVEL = ("car", "taxi", "bus_or_train", "on_foot")
WISH_EFFECT = ("followed", "partly", "not_followed", "not_asked")
# What a grown-up in the case is; `Adult.role` is one of these, and each has its texts.
ROLES = (
    "preschool_staff", "school_staff", "after_school_staff", "social_worker", "coordinator", "special_representative",
    "counsel", "public_counsel", "police_interviewer", "police", "prosecutor", "doctor", "psychologist", "counsellor",
    "safety_person", "judge", "interpreter", "other",
)  # fmt: skip
# A child under seven hears three to five sentences; the finer lines are for everyone else.
OLDER = (
    Listener.CHILD,
    Listener.TEEN,
    Listener.GROWN,
    Listener.GUARDIAN,
    Listener.REPRESENTATIVE,
)
# She hears whom it is about once; a line that comes after it names nobody.
YOUNGEST = (Listener.UNDER_7,)
FOR_GUARDIAN = (Listener.GUARDIAN,)
FOR_REPRESENTATIVE = (Listener.REPRESENTATIVE,)
HERSELF = (Listener.UNDER_7, Listener.CHILD, Listener.TEEN, Listener.GROWN)


def adult(name: str, to: frozenset[ReaderClass], *, required: bool = False, thin: bool = False) -> Field:
    """One grown-up of the case, by reference."""
    return Field(name, FieldType.ADULT, to, required=required, thin=thin)


def adults(name: str, to: frozenset[ReaderClass], *, required: bool = False, thin: bool = False) -> Field:
    """Several grown-ups of the case."""
    return Field(name, FieldType.ADULTS, to, required=required, thin=thin)


def choice(
    name: str,
    to: frozenset[ReaderClass],
    choices: tuple[str, ...],
    *,
    required: bool = False,
    thin: bool = False,
    when: tuple[str, ...] = (),
    not_with: tuple[str, tuple[str, ...]] | None = None,
) -> Field:
    """One of a few values, each of which has its words."""
    return Field(name, FieldType.CHOICE, to, choices, required=required, thin=thin, when=when, not_with=not_with)


# Asked on every form: what the child wished, what came of it, and the worker's own approved words.
COMMON_FIELDS = (
    Field("wish", FieldType.WORDS, ONLY_CHILD, thin=True),
    choice("wish_effect", ONLY_CHILD, WISH_EFFECT),
    Field("own_words", FieldType.WORDS, ONLY_CHILD),
)
COMMON_LINES = (
    Line("wish", needs=("wish",)),
    Line("wish_effect", needs=("wish_effect",), by="wish_effect"),
)

HEAD = Line("headline")
WHAT = Line("what")
MEANS = Line("means")
NEXT = Line("next")
TONIGHT = Line("tonight", only=FOR_GUARDIAN)
PLANNED = Line("planned")
# Where the headline of what has happened would be untrue of what lies ahead.
PLANNED_HEAD = Line("planned.headline")


def evening(*needs: str) -> AfterDay:
    """The same evening: what happens now, what one may feel and do, who answers tonight, what others may not ask.

    `needs` names the field of whoever asks her afterwards how she is, where the kind has one.
    """
    reach = (Line("after.reach", needs, only=HERSELF),) if needs else ()
    hers = tuple(Line(f"after.{part}", only=HERSELF) for part in ("feel", "may", "tonight", "others"))
    theirs = tuple(Line(f"after.{part}", only=FOR_GUARDIAN) for part in ("say", "not_ask"))
    now = Line("after.now", only=HERSELF + FOR_REPRESENTATIVE)
    return AfterDay(0, (Line("after.headline"), now, *hers, *reach, *theirs))


def later(day: int) -> AfterDay:
    """A later day: one thing that only this day can say, and what may be done with it."""
    theirs = tuple(Line(f"day_{day}.{part}", only=FOR_GUARDIAN) for part in ("say", "not_ask"))
    thing = Line(f"day_{day}.thing", only=HERSELF + FOR_REPRESENTATIVE)
    return AfterDay(day, (Line(f"day_{day}.headline"), thing, Line(f"day_{day}.may", only=HERSELF), *theirs))


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The kind's own fields and then those asked on every form."""
    return kind.fields + COMMON_FIELDS


def fields_for(kind: Kind, reader: ReaderClass) -> tuple[Field, ...]:
    """The fields whose values one class of reader may have."""
    return tuple(field for field in fields_of(kind) if reader in field.to)


def readers_of(kind: Kind) -> tuple[ReaderClass, ...]:
    """The classes of reader a kind can have a part for: the criminal matter alone is shared."""
    return (C, G, S) if kind.criminal else (C, G)


def fits(kind: Kind, field: Field, outcome: Any) -> bool:
    """Whether a field is asked and told when the kind came out like this; an outcome not known yet shuts nothing out.

    A sentence belongs to a conviction and not to an acquittal; the reason for closing belongs to a closed case.
    """
    return not field.when or kind.variant is None or outcome is None or outcome in field.when


def clashes(field: Field, fields: Mapping[str, Any]) -> bool:
    """Whether a field's answer contradicts another one that stands beside it."""
    if field.not_with is None or fields.get(field.name) in (None, "", [], False):
        return False
    other, answers = field.not_with
    return fields.get(other) in answers


def told_in_person(kind: Kind, fields: Mapping[str, Any]) -> bool:
    """Whether a named grown-up must have told this before any trace shows. An outcome nobody knows counts as such."""
    if not kind.in_person_first or not kind.told_first or kind.variant is None:
        return kind.in_person_first
    known = next((field.choices for field in kind.fields if field.name == kind.variant), ())
    outcome = fields.get(kind.variant)
    return outcome in kind.told_first or outcome not in known
