"""How a case begins and is looked into: reports, talks, interviews (template rows T1-T11)."""

from __future__ import annotations

from storage.kinds.shape import (
    CHILD_GUARDIAN,
    CHILD_SHARED,
    EVERYONE,
    HEAD,
    MEANS,
    NEXT,
    NOBODY,
    OLDER,
    ONLY_CHILD,
    PLACES,
    PLANNED,
    TONIGHT,
    WHAT,
    WHOM,
    WORRY,
    Field,
    FieldType,
    Kind,
    Line,
    adult,
    adults,
    choice,
)
from storage.records import Authority

INVESTIGATION = (
    Kind(
        "report_social", Authority.SOCIAL, symbol="letter", heavy=True,
        fields=(
            adult("taken_by", CHILD_GUARDIAN, required=True),
            adult("reporter", NOBODY),
            adult("reporter_shown", ONLY_CHILD),
            choice("way", ONLY_CHILD, ("child_told", "adult_saw"), required=True),
            choice("worry", ONLY_CHILD, WORRY, required=True),
            choice("whom", ONLY_CHILD, WHOM, required=True),
        ),
        lines=(HEAD, WHAT, Line("way", ("way",), by="way", only=OLDER),
               Line("reporter", ("reporter_shown",), only=OLDER),
               Line("about", ("worry", "whom")), Line("who", ("taken_by",)), MEANS, NEXT, TONIGHT),
    ),
    Kind(
        "report_police", Authority.SOCIAL, symbol="letter", criminal=True, heavy=True, withheld=True,
        fields=(
            adult("reported_by", EVERYONE, required=True),
            choice("worry", CHILD_SHARED, WORRY, required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
        ),
        lines=(HEAD, WHAT, Line("about", ("worry", "whom")), Line("who", ("reported_by",)),
               MEANS, NEXT, TONIGHT),
    ),
    Kind(
        "child_talk", Authority.SOCIAL, symbol="talk",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("place", CHILD_GUARDIAN, PLACES, required=True),
            adults("with_me", ONLY_CHILD),
            Field("told_again", FieldType.YES_NO, ONLY_CHILD, thin=True),
        ),
        lines=(HEAD, WHAT, Line("place", ("by", "place")), Line("with_me", ("with_me",), only=OLDER),
               Line("told_again", ("told_again",), by="told_again", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by", "place"))),
    ),
    Kind(
        "parent_talk", Authority.SOCIAL, symbol="family",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("whom", CHILD_GUARDIAN, WHOM, required=True),
            choice("times", CHILD_GUARDIAN, ("once", "several"), required=True),
        ),
        lines=(HEAD, WHAT, Line("times", ("by", "whom", "times"), by="times"), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        "consultation", Authority.SOCIAL, symbol="table", criminal=True, withheld=True,
        fields=(
            adults("participants", CHILD_SHARED, required=True, thin=True),
            choice("purpose", CHILD_SHARED, ("plan_interview", "plan_protection", "follow_up"), required=True,
                    thin=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("participants",)), Line("purpose", ("purpose",), by="purpose", only=OLDER),
               MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("participants",))),
    ),
    Kind(
        "child_interview", Authority.POLICE, symbol="camera", criminal=True, heavy=True, withheld=True,
        fields=(
            adult("by", CHILD_SHARED, required=True),
            adults("listeners", CHILD_SHARED, required=True, thin=True),
            adults("with_me", CHILD_SHARED),
            choice("place", CHILD_SHARED, PLACES, required=True),
            Field("filmed", FieldType.YES_NO, CHILD_SHARED, required=True),
        ),
        lines=(HEAD, WHAT, Line("place", ("by", "place")), Line("listeners", ("listeners",)),
               Line("filmed", ("filmed",), by="filmed", only=OLDER), Line("with_me", ("with_me",), only=OLDER),
               MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by", "place")), Line("planned_listeners", ("listeners",)),
               Line("planned_filmed", ("filmed",), by="filmed", only=OLDER),
               Line("planned_with_me", ("with_me",), only=OLDER)),
    ),
    Kind(
        "transport", Authority.SOCIAL, symbol="car", criminal=True, withheld=True, in_person_first=True,
        fields=(
            adult("fetched_by", CHILD_SHARED, required=True, thin=True),
            adults("with_me", CHILD_SHARED, thin=True),
            choice("from_place", CHILD_SHARED, PLACES, required=True),
            choice("back_to", CHILD_SHARED, PLACES, required=True),
            adult("told_home_by", CHILD_SHARED, required=True, thin=True),
            choice("told_whom", CHILD_SHARED, WHOM, required=True, thin=True),
            choice("home_with", CHILD_SHARED, WHOM),
        ),
        lines=(HEAD, WHAT, Line("fetched", ("fetched_by", "from_place")), Line("with_me", ("with_me",), only=OLDER),
               Line("back", ("back_to",)), Line("told_home", ("told_home_by", "told_whom")),
               Line("home_with", ("home_with",), only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_fetched", ("fetched_by", "from_place")), Line("planned_back", ("back_to",))),
    ),
    Kind(
        "witness_interview", Authority.POLICE, symbol="talk", criminal=True, withheld=True,
        fields=(adult("by", CHILD_SHARED, required=True), choice("whom", CHILD_SHARED, WHOM, required=True)),
        lines=(HEAD, WHAT, Line("who", ("by", "whom")), MEANS, NEXT, TONIGHT),
    ),
    Kind(
        "suspect_interview", Authority.POLICE, symbol="talk", criminal=True, heavy=True, withheld=True,
        fields=(
            adult("by", CHILD_SHARED, required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            Field("told_suspicion", FieldType.YES_NO, CHILD_SHARED, required=True, thin=True),
            choice("liberty", CHILD_SHARED, ("went_home", "kept"), thin=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("by", "whom")),
               Line("told_suspicion", ("told_suspicion",), by="told_suspicion", only=OLDER),
               Line("liberty", ("liberty", "whom"), by="liberty"), MEANS, NEXT, TONIGHT),
    ),
)  # fmt: skip
