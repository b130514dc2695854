"""What a prosecutor and a court decide (template row T13, and the trial of the worked examples)."""

from __future__ import annotations

from storage.kinds.shape import (
    CHILD_SHARED,
    EVERYONE,
    HEAD,
    MEANS,
    NEXT,
    OFFENCE,
    OLDER,
    PLANNED,
    TONIGHT,
    WHAT,
    WHOM,
    Field,
    FieldType,
    Kind,
    Line,
    adult,
    adults,
    choice,
)
from storage.records import Authority

COURT = (
    Kind(
        "charge_decision", Authority.PROSECUTOR, symbol="scales", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            adult("by", EVERYONE, required=True),
            choice("outcome", EVERYONE, ("dropped", "charged"), required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            choice("offence", CHILD_SHARED, OFFENCE, required=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("by",)), Line("about", ("whom", "offence")), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "trial", Authority.COURT, symbol="court", criminal=True, heavy=True,
        fields=(
            adult("prosecutor", EVERYONE, required=True),
            adults("for_me", CHILD_SHARED),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            Field("heard", FieldType.CHOICES, CHILD_SHARED, WHOM),
            Field("film_shown", FieldType.YES_NO, CHILD_SHARED),
            choice("child_there", CHILD_SHARED, ("no", "yes"), required=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("prosecutor", "whom")),
               Line("film", ("film_shown",), by="film_shown", only=OLDER),
               Line("heard", ("heard",), only=OLDER), Line("for_me", ("for_me",), only=OLDER),
               Line("child_there", ("child_there",), by="child_there"), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_there", ("child_there",), by="child_there")),
    ),
    Kind(
        "verdict", Authority.COURT, symbol="gavel", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            choice("outcome", EVERYONE, ("convicted", "acquitted"), required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            choice("offence", CHILD_SHARED, OFFENCE, required=True),
            choice("sentence", CHILD_SHARED, ("prison", "probation", "other")),
            Field("prison_months", FieldType.NUMBER, CHILD_SHARED),
            Field("damages", FieldType.YES_NO, CHILD_SHARED),
        ),
        lines=(HEAD, WHAT, Line("about", ("whom", "offence")),
               Line("sentence", ("sentence", "whom"), by="sentence"), Line("prison", ("prison_months",), only=OLDER),
               Line("damages", ("damages",), by="damages", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED,),
    ),
)  # fmt: skip
