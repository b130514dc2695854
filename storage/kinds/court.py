"""What a prosecutor and a court decide, and what follows (template row T13, the trial of the worked examples).

After the judgment: RB 51:1 (appeal within three weeks), 1999:997 3 § (the representative sees to damages and criminal
injuries compensation), FUK 13 a § (a child who saw it may have compensation too), 1988:688 (contact ban). No entry
has a field for a sum or for a place: how much money a child gets, and where she lives, stand in no card.
"""

from __future__ import annotations

from storage.kinds.shape import (
    CHILD_SHARED,
    EVERYONE,
    HEAD,
    HERSELF,
    MEANS,
    NEXT,
    OFFENCE,
    OLDER,
    PLACES,
    PLANNED,
    TONIGHT,
    WHAT,
    WHOM,
    YOUNGEST,
    Field,
    FieldType,
    Follows,
    Kind,
    Line,
    OneAnswer,
    adult,
    adults,
    choice,
    evening,
)
from storage.records import Authority, Listener

REASONS = ("evidence_not_enough", "no_crime_by_law", "suspect_too_young", "not_told")
# RB 45: nobody is tried or judged before somebody has been charged.
CHARGED = Follows(("charge_decision",), ("charged",))
JUDGED = Follows(("verdict",))
# To whom it means another thing that a conviction was upheld than that an acquittal was, and to whom it does not.
_MEANS_STOOD = (Listener.CHILD, Listener.TEEN, Listener.GUARDIAN)
_MEANS_ALIKE = tuple(listener for listener in Listener if listener not in _MEANS_STOOD)

COURT = (
    Kind(
        "charge_decision", Authority.PROSECUTOR, symbol="scales", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            adult("by", EVERYONE, required=True),
            choice("outcome", EVERYONE, ("dropped", "charged"), required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            choice("offence", CHILD_SHARED, OFFENCE, required=True),
            choice("reason", CHILD_SHARED, REASONS, required=True, when=("dropped",)),
        ),
        lines=(HEAD, WHAT, Line("why", ("reason",), by="reason"), Line("who", ("by",)),
               Line("about", ("whom", "offence")), MEANS, NEXT, TONIGHT),
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
            choice("back_to", CHILD_SHARED, PLACES),
        ),
        lines=(HEAD, WHAT, Line("who", ("prosecutor", "whom")),
               Line("film", ("film_shown",), by="film_shown", only=OLDER),
               Line("heard", ("heard",), only=OLDER), Line("for_me", ("for_me",), only=OLDER),
               Line("child_there", ("child_there",), by="child_there"), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_why", only=HERSELF),
               Line("planned_there", ("child_there",), by="child_there"), Line("planned_seats", only=HERSELF),
               Line("planned_for_me", ("for_me",)), Line("planned_recorded", only=HERSELF),
               Line("planned_unsure", only=HERSELF), Line("planned_back", ("back_to",))),
        after=(evening(),),
        follows=(CHARGED,),
    ),
    Kind(
        "verdict", Authority.COURT, symbol="gavel", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            choice("outcome", EVERYONE, ("convicted", "acquitted"), required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            choice("offence", CHILD_SHARED, OFFENCE, required=True),
            choice("sentence", CHILD_SHARED, ("prison", "probation", "other"), when=("convicted",)),
            Field("prison_months", FieldType.NUMBER, CHILD_SHARED, when=("convicted",)),
            Field("damages", FieldType.YES_NO, CHILD_SHARED),
        ),
        lines=(HEAD, WHAT, Line("about", ("whom", "offence")),
               Line("sentence", ("sentence",), by="sentence", only=YOUNGEST),
               Line("sentence", ("sentence", "whom"), by="sentence", only=OLDER),
               Line("prison", ("prison_months",), only=OLDER),
               Line("damages", ("damages",), by="damages", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED,),
        follows=(CHARGED, Follows(("trial",))),
        # RB 30: one judgment for each person charged; what differs between counts stands in the one entry.
        one_answer=OneAnswer(("convicted", "acquitted"), ("whom", "offence")),
    ),
    Kind(
        "appeal", Authority.COURT, symbol="stairs", criminal=True, heavy=True,
        fields=(
            choice("appealed_by", CHILD_SHARED, ("prosecutor", "convicted", "child_counsel", "both_sides"),
                   required=True, thin=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
        ),
        lines=(HEAD, WHAT, Line("about", ("whom",)), Line("who", ("appealed_by",), by="appealed_by"),
               MEANS, NEXT, TONIGHT),
        follows=(CHARGED, JUDGED),
    ),
    Kind(
        "appeal_verdict", Authority.COURT, symbol="flag", criminal=True, heavy=True, in_person_first=True,
        variant="outcome",
        fields=(
            choice("outcome", EVERYONE, ("same", "changed_convicted", "changed_acquitted"), required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
            choice("offence", CHILD_SHARED, OFFENCE, required=True),
            # Which judgment stands; an entry from before this was asked does not say, and its text does not either.
            choice("upheld", EVERYONE, ("convicted", "acquitted"), when=("same",)),
        ),
        lines=(HEAD, WHAT, Line("upheld", ("upheld",), by="upheld", variants=("same",)),
               Line("about", ("whom", "offence")), Line("means", only=_MEANS_ALIKE),
               Line("means", only=_MEANS_STOOD, unless=("upheld",)),
               Line("means", ("upheld",), by="upheld", only=_MEANS_STOOD, variants=("same",)), NEXT, TONIGHT),
        ahead=(PLANNED,),
        follows=(CHARGED, JUDGED, Follows(("appeal",))),
        one_answer=OneAnswer(("same", "changed_convicted", "changed_acquitted"), ("whom", "offence")),
    ),
    Kind(
        "verdict_final", Authority.COURT, symbol="seal", criminal=True, heavy=True,
        fields=(
            choice("outcome", EVERYONE, ("convicted", "acquitted"), required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
        ),
        lines=(HEAD, WHAT, Line("about", ("whom",)), Line("means", ("outcome",), by="outcome"), NEXT, TONIGHT),
        ahead=(PLANNED,),
        follows=(CHARGED, JUDGED, Follows(("appeal",)), Follows(("appeal_verdict",))),
    ),
    Kind(
        "damages", Authority.COURT, symbol="coin", criminal=True, heavy=True,
        fields=(
            adult("handled_by", EVERYONE, required=True, thin=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
        ),
        lines=(HEAD, WHAT, Line("about", ("whom",)), Line("who", ("handled_by",)), MEANS, NEXT, TONIGHT),
        # RB 22: the court that judges the crime judges the damages with it. Compensation from the state waits for
        # neither a charge nor a judgment (2014:322), so it has no such row.
        follows=(CHARGED, JUDGED),
    ),
    Kind(
        "crime_compensation", Authority.LEGAL, symbol="coin_hand", criminal=True, heavy=True, variant="compensation",
        fields=(
            choice("compensation", EVERYONE, ("applied", "granted", "refused"), required=True),
            adult("handled_by", EVERYONE, required=True, thin=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("handled_by",)), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED,),
        follows=(Follows(("crime_compensation",), ("applied",), mine=("granted", "refused")),),
    ),
    Kind(
        "contact_ban", Authority.PROSECUTOR, symbol="fence", criminal=True, heavy=True, in_person_first=True,
        variant="ban", told_first=("refused", "ended"),
        fields=(
            choice("ban", EVERYONE, ("granted", "refused", "ended"), required=True),
            adult("by", EVERYONE, required=True),
            choice("whom", CHILD_SHARED, WHOM, required=True),
        ),
        lines=(HEAD, WHAT, Line("about", ("whom",)), Line("who", ("by",)), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
        follows=(Follows(("contact_ban",), ("granted",), mine=("ended",)),),
    ),
)  # fmt: skip
