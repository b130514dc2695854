"""What social services and treatment find and do for the child (template rows T14-T19)."""

from __future__ import annotations

from storage.kinds.shape import (
    CHILD_GUARDIAN,
    HEAD,
    MEANS,
    NEXT,
    OLDER,
    ONLY_CHILD,
    PLACES,
    PLANNED,
    TONIGHT,
    WHAT,
    Field,
    FieldType,
    Kind,
    Line,
    adult,
    adults,
    choice,
)
from storage.records import Authority

CARE = (
    Kind(
        "treatment_contact", Authority.TREATMENT, symbol="heart",
        fields=(
            adults("by", CHILD_GUARDIAN, required=True, thin=True),
            choice("place", CHILD_GUARDIAN, PLACES, required=True),
            choice("for_whom", CHILD_GUARDIAN, ("child", "child_and_parent"), required=True),
            Field("more_planned", FieldType.YES_NO, CHILD_GUARDIAN),
        ),
        lines=(HEAD, WHAT, Line("who", ("by", "place")), Line("for_whom", ("for_whom",), by="for_whom", only=OLDER),
               Line("more", ("more_planned",), by="more_planned", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by", "place"))),
    ),
    Kind(
        "closing_assessment", Authority.SOCIAL, symbol="folder", heavy=True, in_person_first=True,
        variant="finding",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("finding", CHILD_GUARDIAN, ("support_needed", "support_enough"), required=True, thin=True),
            choice("concern", ONLY_CHILD, ("quarrels_hurt", "scared_at_home", "needs_someone", "none")),
        ),
        lines=(HEAD, WHAT, Line("who", ("by",)), Line("concern", ("concern",), by="concern"),
               MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "social_measure", Authority.SOCIAL, symbol="hands",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("measure", CHILD_GUARDIAN, ("parent_support", "family_talks", "contact_person"), required=True),
            choice("agreed", CHILD_GUARDIAN, ("parents_agreed", "one_parent_agreed", "child_agreed")),
        ),
        lines=(HEAD, WHAT, Line("measure", ("measure",), by="measure"),
               Line("agreed", ("agreed",), by="agreed", only=OLDER),
               Line("who", ("by",)), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
    ),
)  # fmt: skip
