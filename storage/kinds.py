"""The kinds of entry: for each its fields, who may have which field, its holds and its text parts; never words.

Source of the rows: the documentation template of the barnahus log (req. 3.0, rows T1-T19) and the four kinds
that its two worked examples add. A kind is one entry in `KINDS`; the build is red until its texts exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

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
    """

    name: str
    type: FieldType
    to: frozenset[ReaderClass]
    choices: tuple[str, ...] = ()
    required: bool = False
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One text part. It is told when every field in `needs` is there; `by` picks the text by a choice's value.

    A yes/no field in `by` gives the choices "yes" and "no". `only` limits it to some listeners; empty means all six.
    """

    part: str
    needs: tuple[str, ...] = ()
    by: str | None = None
    only: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    `criminal`: belongs to the criminal matter, so a special representative gets a part. `heavy`: shown as headline
    first, and signed by a named person before a child reads it. `in_person_first`: one of the moments that a
    named grown-up must tell before any trace shows. `withheld`: rests under the investigation until released.
    `variant`: the choice field whose value makes it another text altogether. `ahead`: what is told while the event
    still lies ahead; a kind without it is never announced.
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


PLACES = (
    "preschool",
    "school",
    "after_school",
    "barnahus",
    "home",
    "office",
    "court",
    "clinic",
)
WHOM = (
    "mother", "father", "both_parents", "stepparent", "maternal_grandfather", "paternal_grandfather",
    "grandmother", "sibling", "relative", "known_adult", "unknown_adult",
)  # fmt: skip
WORRY = ("hit", "sexual", "saw_violence", "threatened", "neglect")
OFFENCE = (
    "assault",
    "child_rape",
    "child_sexual_abuse",
    "threat",
    "child_peace_violation",
)
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
FOR_GUARDIAN = (Listener.GUARDIAN,)


def _adult(name: str, to: frozenset[ReaderClass], *, required: bool = False, thin: bool = False) -> Field:
    return Field(name, FieldType.ADULT, to, required=required, thin=thin)


def _adults(name: str, to: frozenset[ReaderClass], *, required: bool = False, thin: bool = False) -> Field:
    return Field(name, FieldType.ADULTS, to, required=required, thin=thin)


def _choice(
    name: str,
    to: frozenset[ReaderClass],
    choices: tuple[str, ...],
    *,
    required: bool = False,
    thin: bool = False,
) -> Field:
    return Field(name, FieldType.CHOICE, to, choices, required=required, thin=thin)


# Asked on every form: what the child wished, what came of it, and the worker's own approved words.
COMMON_FIELDS = (
    Field("wish", FieldType.WORDS, ONLY_CHILD, thin=True),
    _choice("wish_effect", ONLY_CHILD, WISH_EFFECT),
    Field("own_words", FieldType.WORDS, ONLY_CHILD),
)
COMMON_LINES = (
    Line("wish", needs=("wish",)),
    Line("wish_effect", needs=("wish_effect",), by="wish_effect"),
)

_HEAD = Line("headline")
_WHAT = Line("what")
_MEANS = Line("means")
_NEXT = Line("next")
_TONIGHT = Line("tonight", only=FOR_GUARDIAN)
_PLANNED = Line("planned")

_TABLE = (
    Kind(
        "report_social", Authority.SOCIAL, symbol="letter", heavy=True,
        fields=(
            _adult("taken_by", CHILD_GUARDIAN, required=True),
            _adult("reporter", NOBODY),
            _adult("reporter_shown", ONLY_CHILD),
            _choice("way", ONLY_CHILD, ("child_told", "adult_saw"), required=True),
            _choice("worry", ONLY_CHILD, WORRY, required=True),
            _choice("whom", ONLY_CHILD, WHOM, required=True),
        ),
        lines=(_HEAD, _WHAT, Line("way", ("way",), by="way", only=OLDER),
               Line("reporter", ("reporter_shown",), only=OLDER),
               Line("about", ("worry", "whom")), Line("who", ("taken_by",)), _MEANS, _NEXT, _TONIGHT),
    ),
    Kind(
        "report_police", Authority.SOCIAL, symbol="letter", criminal=True, heavy=True, withheld=True,
        fields=(
            _adult("reported_by", EVERYONE, required=True),
            _choice("worry", CHILD_SHARED, WORRY, required=True),
            _choice("whom", CHILD_SHARED, WHOM, required=True),
        ),
        lines=(_HEAD, _WHAT, Line("about", ("worry", "whom")), Line("who", ("reported_by",)),
               _MEANS, _NEXT, _TONIGHT),
    ),
    Kind(
        "child_talk", Authority.SOCIAL, symbol="talk",
        fields=(
            _adult("by", CHILD_GUARDIAN, required=True),
            _choice("place", CHILD_GUARDIAN, PLACES, required=True),
            _adults("with_me", ONLY_CHILD),
            Field("told_again", FieldType.YES_NO, ONLY_CHILD, thin=True),
        ),
        lines=(_HEAD, _WHAT, Line("place", ("by", "place")), Line("with_me", ("with_me",), only=OLDER),
               Line("told_again", ("told_again",), by="told_again", only=OLDER), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by", "place"))),
    ),
    Kind(
        "parent_talk", Authority.SOCIAL, symbol="family",
        fields=(
            _adult("by", CHILD_GUARDIAN, required=True),
            _choice("whom", CHILD_GUARDIAN, WHOM, required=True),
            _choice("times", CHILD_GUARDIAN, ("once", "several"), required=True),
        ),
        lines=(_HEAD, _WHAT, Line("times", ("by", "whom", "times"), by="times"), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "consultation", Authority.SOCIAL, symbol="table", criminal=True, withheld=True,
        fields=(
            _adults("participants", CHILD_SHARED, required=True, thin=True),
            _choice("purpose", CHILD_SHARED, ("plan_interview", "plan_protection", "follow_up"), required=True,
                    thin=True),
        ),
        lines=(_HEAD, _WHAT, Line("who", ("participants",)), Line("purpose", ("purpose",), by="purpose", only=OLDER),
               _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("participants",))),
    ),
    Kind(
        "child_interview", Authority.POLICE, symbol="camera", criminal=True, heavy=True, withheld=True,
        fields=(
            _adult("by", CHILD_SHARED, required=True),
            _adults("listeners", CHILD_SHARED, required=True, thin=True),
            _adults("with_me", CHILD_SHARED),
            _choice("place", CHILD_SHARED, PLACES, required=True),
            Field("filmed", FieldType.YES_NO, CHILD_SHARED, required=True),
        ),
        lines=(_HEAD, _WHAT, Line("place", ("by", "place")), Line("listeners", ("listeners",)),
               Line("filmed", ("filmed",), by="filmed", only=OLDER), Line("with_me", ("with_me",), only=OLDER),
               _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by", "place")), Line("planned_listeners", ("listeners",)),
               Line("planned_filmed", ("filmed",), by="filmed", only=OLDER),
               Line("planned_with_me", ("with_me",), only=OLDER)),
    ),
    Kind(
        "transport", Authority.SOCIAL, symbol="car", criminal=True, withheld=True, in_person_first=True,
        fields=(
            _adult("fetched_by", CHILD_SHARED, required=True, thin=True),
            _adults("with_me", CHILD_SHARED, thin=True),
            _choice("from_place", CHILD_SHARED, PLACES, required=True),
            _choice("back_to", CHILD_SHARED, PLACES, required=True),
            _adult("told_home_by", CHILD_SHARED, required=True, thin=True),
            _choice("told_whom", CHILD_SHARED, WHOM, required=True, thin=True),
            _choice("home_with", CHILD_SHARED, WHOM),
        ),
        lines=(_HEAD, _WHAT, Line("fetched", ("fetched_by", "from_place")), Line("with_me", ("with_me",), only=OLDER),
               Line("back", ("back_to",)), Line("told_home", ("told_home_by", "told_whom")),
               Line("home_with", ("home_with",), only=OLDER), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_fetched", ("fetched_by", "from_place")), Line("planned_back", ("back_to",))),
    ),
    Kind(
        "witness_interview", Authority.POLICE, symbol="talk", criminal=True, withheld=True,
        fields=(_adult("by", CHILD_SHARED, required=True), _choice("whom", CHILD_SHARED, WHOM, required=True)),
        lines=(_HEAD, _WHAT, Line("who", ("by", "whom")), _MEANS, _NEXT, _TONIGHT),
    ),
    Kind(
        "suspect_interview", Authority.POLICE, symbol="talk", criminal=True, heavy=True, withheld=True,
        fields=(
            _adult("by", CHILD_SHARED, required=True),
            _choice("whom", CHILD_SHARED, WHOM, required=True),
            Field("told_suspicion", FieldType.YES_NO, CHILD_SHARED, required=True, thin=True),
            _choice("liberty", CHILD_SHARED, ("went_home", "kept"), thin=True),
        ),
        lines=(_HEAD, _WHAT, Line("who", ("by", "whom")),
               Line("told_suspicion", ("told_suspicion",), by="told_suspicion", only=OLDER),
               Line("liberty", ("liberty", "whom"), by="liberty"), _MEANS, _NEXT, _TONIGHT),
    ),
    Kind(
        "charge_decision", Authority.PROSECUTOR, symbol="scales", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            _adult("by", EVERYONE, required=True),
            _choice("outcome", EVERYONE, ("dropped", "charged"), required=True),
            _choice("whom", CHILD_SHARED, WHOM, required=True),
            _choice("offence", CHILD_SHARED, OFFENCE, required=True),
        ),
        lines=(_HEAD, _WHAT, Line("who", ("by",)), Line("about", ("whom", "offence")), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "treatment_contact", Authority.TREATMENT, symbol="heart",
        fields=(
            _adults("by", CHILD_GUARDIAN, required=True, thin=True),
            _choice("place", CHILD_GUARDIAN, PLACES, required=True),
            _choice("for_whom", CHILD_GUARDIAN, ("child", "child_and_parent"), required=True),
            Field("more_planned", FieldType.YES_NO, CHILD_GUARDIAN),
        ),
        lines=(_HEAD, _WHAT, Line("who", ("by", "place")), Line("for_whom", ("for_whom",), by="for_whom", only=OLDER),
               Line("more", ("more_planned",), by="more_planned", only=OLDER), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by", "place"))),
    ),
    Kind(
        "closing_assessment", Authority.SOCIAL, symbol="folder", heavy=True, in_person_first=True,
        variant="finding",
        fields=(
            _adult("by", CHILD_GUARDIAN, required=True),
            _choice("finding", CHILD_GUARDIAN, ("support_needed", "support_enough"), required=True, thin=True),
            _choice("concern", ONLY_CHILD, ("quarrels_hurt", "scared_at_home", "needs_someone", "none")),
        ),
        lines=(_HEAD, _WHAT, Line("who", ("by",)), Line("concern", ("concern",), by="concern"),
               _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "social_measure", Authority.SOCIAL, symbol="hands",
        fields=(
            _adult("by", CHILD_GUARDIAN, required=True),
            _choice("measure", CHILD_GUARDIAN, ("parent_support", "family_talks", "contact_person"), required=True),
            _choice("agreed", CHILD_GUARDIAN, ("parents_agreed", "one_parent_agreed", "child_agreed")),
        ),
        lines=(_HEAD, _WHAT, Line("measure", ("measure",), by="measure"),
               Line("agreed", ("agreed",), by="agreed", only=OLDER),
               Line("who", ("by",)), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "trial", Authority.COURT, symbol="court", criminal=True, heavy=True,
        fields=(
            _adult("prosecutor", EVERYONE, required=True),
            _adults("for_me", CHILD_SHARED),
            _choice("whom", CHILD_SHARED, WHOM, required=True),
            Field("heard", FieldType.CHOICES, CHILD_SHARED, WHOM),
            Field("film_shown", FieldType.YES_NO, CHILD_SHARED),
            _choice("child_there", CHILD_SHARED, ("no", "yes"), required=True),
        ),
        lines=(_HEAD, _WHAT, Line("who", ("prosecutor", "whom")),
               Line("film", ("film_shown",), by="film_shown", only=OLDER),
               Line("heard", ("heard",), only=OLDER), Line("for_me", ("for_me",), only=OLDER),
               Line("child_there", ("child_there",), by="child_there"), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED, Line("planned_there", ("child_there",), by="child_there")),
    ),
    Kind(
        "verdict", Authority.COURT, symbol="gavel", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            _choice("outcome", EVERYONE, ("convicted", "acquitted"), required=True),
            _choice("whom", CHILD_SHARED, WHOM, required=True),
            _choice("offence", CHILD_SHARED, OFFENCE, required=True),
            _choice("sentence", CHILD_SHARED, ("prison", "probation", "other")),
            Field("prison_months", FieldType.NUMBER, CHILD_SHARED),
            Field("damages", FieldType.YES_NO, CHILD_SHARED),
        ),
        lines=(_HEAD, _WHAT, Line("about", ("whom", "offence")),
               Line("sentence", ("sentence", "whom"), by="sentence"), Line("prison", ("prison_months",), only=OLDER),
               Line("damages", ("damages",), by="damages", only=OLDER), _MEANS, _NEXT, _TONIGHT),
        ahead=(_PLANNED,),
    ),
)  # fmt: skip

KINDS: MappingProxyType[str, Kind] = MappingProxyType({kind.code: kind for kind in _TABLE})


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The kind's own fields and then those asked on every form."""
    return kind.fields + COMMON_FIELDS


def fields_for(kind: Kind, reader: ReaderClass) -> tuple[Field, ...]:
    """The fields whose values one class of reader may have."""
    return tuple(field for field in fields_of(kind) if reader in field.to)


def readers_of(kind: Kind) -> tuple[ReaderClass, ...]:
    """The classes of reader a kind can have a part for: the criminal matter alone is shared."""
    return (C, G, S) if kind.criminal else (C, G)
