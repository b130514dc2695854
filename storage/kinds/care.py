"""What social services and treatment find and do for the child (template rows T14-T19), and where it lives meanwhile.

What the template lacks has its law at its kind: SoL (2025:400) and LVU (1990:52). No kind has a field for an address.
"""

from __future__ import annotations

from storage.kinds.shape import (
    CHILD_GUARDIAN,
    HEAD,
    MEANS,
    MEASURES,
    NEXT,
    OLDER,
    ONLY_CHILD,
    PLACES,
    PLANNED,
    PLANNED_HEAD,
    TONIGHT,
    WHAT,
    WHOM,
    Field,
    FieldType,
    Follows,
    Kind,
    Line,
    OneAnswer,
    adult,
    adults,
    choice,
)
from storage.records import Authority

REPORTED = Follows(("report_social",))
OPENED = Follows(("social_investigation",), ("opened", "reopened"))

CARE = (
    Kind(
        "treatment_contact", Authority.TREATMENT, symbol="heart",
        fields=(
            adults("by", CHILD_GUARDIAN, required=True, thin=True),
            choice("place", CHILD_GUARDIAN, PLACES, required=True),
            choice("for_whom", CHILD_GUARDIAN, ("child", "child_and_parent"), required=True),
            choice("need", CHILD_GUARDIAN, ("finding_out", "treatment", "no_treatment"), thin=True),
            choice("plan", CHILD_GUARDIAN, ("talks", "memories", "parent_too", "not_made"), thin=True,
                   not_with=("need", ("no_treatment",))),
            Field("more_planned", FieldType.YES_NO, CHILD_GUARDIAN),
        ),
        lines=(HEAD, WHAT, Line("who", ("by", "place")), Line("for_whom", ("for_whom",), by="for_whom", only=OLDER),
               Line("need", ("need",), by="need", only=OLDER), Line("plan", ("plan",), by="plan", only=OLDER),
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
        # SoL: what an investigation came to cannot lie before its opening, nor its one answer be two.
        follows=(REPORTED, OPENED),
        one_answer=OneAnswer(("support_needed", "support_enough")),
    ),
    Kind(
        "social_measure", Authority.SOCIAL, symbol="hands",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("measure", CHILD_GUARDIAN, MEASURES, required=True),
            choice("agreed", CHILD_GUARDIAN, ("parents_agreed", "one_parent_agreed", "child_agreed")),
        ),
        lines=(HEAD, WHAT, Line("measure", ("measure",), by="measure"),
               Line("agreed", ("agreed",), by="agreed", only=OLDER),
               Line("who", ("by",)), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        # Row T18; SoL 3:3 and LVU 36 §: told continuously, and asked whether it was understood.
        "child_informed", Authority.SOCIAL, symbol="told",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True, thin=True),
            choice("told_about", ONLY_CHILD, ("next_steps", "decision", "rights"), required=True, thin=True),
            choice("how_taken", ONLY_CHILD, ("own_words", "asked", "pause"), thin=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("by",)), Line("about", ("told_about",), by="told_about"),
               Line("taken", ("how_taken",), by="how_taken", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED_HEAD, PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        # Row T18. What the child said is never a guardian's; the wish itself is the form's common field.
        "child_wish", Authority.SOCIAL, symbol="star",
        fields=(
            adult("by", ONLY_CHILD, required=True, thin=True),
            choice("wish_answer", ONLY_CHILD, ("followed", "partly", "not_followed", "asked_again"), required=True,
                   thin=True),
            choice("wish_why", ONLY_CHILD, ("protection", "law", "not_yet"), thin=True,
                   not_with=("wish_answer", ("followed",))),
        ),
        lines=(HEAD, WHAT, Line("who", ("by",)), Line("answer", ("wish_answer",), by="wish_answer"),
               Line("why", ("wish_why",), by="wish_why", only=OLDER), MEANS, NEXT, TONIGHT),
    ),
    Kind(
        # Rows T14 and T19, SoL 20:1: one kind, three moments, each with its own words for what and next.
        "protection_assessment", Authority.SOCIAL, symbol="umbrella", heavy=True,
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("phase", CHILD_GUARDIAN, ("report", "during", "close"), required=True),
            choice("protection", CHILD_GUARDIAN, ("protection_needed", "not_needed_now"), required=True),
            choice("protection_reason", ONLY_CHILD, ("may_be_hurt", "adult_protects", "not_known"), thin=True),
        ),
        lines=(HEAD, Line("what", ("phase",), by="phase"), Line("who", ("by",)),
               Line("result", ("protection",), by="protection"),
               Line("reason", ("protection_reason",), by="protection_reason", only=OLDER),
               MEANS, Line("next", ("phase",), by="phase"), TONIGHT),
    ),
    Kind(
        # SoL 20:2-3: up to four months, longer for special reasons.
        "social_investigation", Authority.SOCIAL, symbol="book", heavy=True, variant="course",
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("course", CHILD_GUARDIAN, ("opened", "not_opened", "extended", "reopened"), required=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("by",)), MEANS, NEXT, TONIGHT),
        follows=(Follows(("social_investigation",), ("opened", "not_opened"), mine=("extended", "reopened")),),
    ),
    Kind(
        # LVU 6-8 §§ (omedelbart omhändertagande): the court within a week and a week, an application within four.
        # Never announced: it has no `ahead`.
        "immediate_care", Authority.SOCIAL, symbol="backpack", heavy=True, in_person_first=True,
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("decision_of", CHILD_GUARDIAN, ("committee", "chair"), required=True),
            adult("lawyer", ONLY_CHILD),
        ),
        lines=(HEAD, WHAT, Line("decided", ("decision_of",), by="decision_of"), Line("who", ("by",)),
               Line("weeks", only=OLDER), Line("lawyer", ("lawyer",)), MEANS, NEXT, TONIGHT),
    ),
    Kind(
        # LVU 1-4, 13 and 21 §§ (vård enligt LVU).
        "care_order", Authority.COURT, symbol="shelter", heavy=True, in_person_first=True, variant="care",
        fields=(
            choice("care", CHILD_GUARDIAN, ("granted", "refused", "ended"), required=True),
            adult("lawyer", ONLY_CHILD),
        ),
        lines=(HEAD, WHAT, Line("lawyer", ("lawyer",)), MEANS, NEXT, TONIGHT),
        follows=(Follows(("care_order",), ("granted",), mine=("ended",)),),
        one_answer=OneAnswer(("granted", "refused")),
    ),
    Kind(
        # SoL 22 and LVU 11 §. Where the child lives is no guardian's field, not even as a sort of home.
        "placement", Authority.SOCIAL, symbol="house", heavy=True, in_person_first=True,
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("where", ONLY_CHILD,
                   ("relative", "foster_home", "on_call_home", "sheltered_with_parent", "institution"), required=True),
            choice("belongings", ONLY_CHILD, ("with_me", "fetched"), thin=True),
            choice("schooling", ONLY_CHILD, ("same", "new", "not_decided"), thin=True),
            choice("siblings", ONLY_CHILD, ("together", "apart")),
        ),
        lines=(HEAD, WHAT, Line("where", ("where",), by="where"), Line("who", ("by",)),
               Line("belongings", ("belongings",), by="belongings"),
               Line("schooling", ("schooling",), by="schooling", only=OLDER),
               Line("siblings", ("siblings",), by="siblings", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED, Line("planned_who", ("by",))),
    ),
    Kind(
        # LVU 14 § (umgänge, hemlighållen vistelseort): considered again every three months.
        "family_contact", Authority.SOCIAL, symbol="family", heavy=True, in_person_first=True,
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("contact_way", CHILD_GUARDIAN, ("with_someone_there", "calls", "none_now"), required=True),
            choice("whom", CHILD_GUARDIAN, WHOM, required=True),
            Field("place_secret", FieldType.YES_NO, CHILD_GUARDIAN),
        ),
        lines=(HEAD, WHAT, Line("contact", ("contact_way", "whom"), by="contact_way"), Line("who", ("by",)),
               Line("place_secret", ("place_secret",), by="place_secret", only=OLDER), MEANS, NEXT, TONIGHT),
    ),
    Kind(
        # SoL 35:1, FL 44 §: a no to help that was asked for can be appealed within three weeks, a closing cannot.
        "measure_refused", Authority.SOCIAL, symbol="paper_no", heavy=True, in_person_first=True,
        fields=(
            adult("by", CHILD_GUARDIAN, required=True),
            choice("refusal", CHILD_GUARDIAN, ("no_help", "closed"), required=True),
            # What was asked for; a closing refuses nothing of the kind, and an entry from before this does not say.
            choice("measure", CHILD_GUARDIAN, MEASURES, not_with=("refusal", ("closed",))),
            adult("helper", ONLY_CHILD),
        ),
        lines=(HEAD, Line("about", ("measure",)),
               Line("what", ("refusal",), by="refusal", unless=("measure",)), Line("who", ("by",)),
               Line("appeal", ("refusal",), by="refusal", only=OLDER), Line("helper", ("helper",)),
               MEANS, NEXT, TONIGHT),
    ),
    Kind(
        "changed_worker", Authority.SOCIAL, symbol="swap",
        fields=(
            adult("new_worker", CHILD_GUARDIAN, required=True),
            adult("former_worker", CHILD_GUARDIAN),
            choice("handed_over", ONLY_CHILD, ("papers", "papers_and_talk"), thin=True),
        ),
        lines=(HEAD, WHAT, Line("who", ("new_worker",)), Line("former", ("former_worker",)),
               Line("handed_over", ("handed_over",), by="handed_over", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED_HEAD, PLANNED, Line("planned_who", ("new_worker",))),
    ),
    Kind(
        "case_closed", Authority.SOCIAL, symbol="out", heavy=True, in_person_first=True,
        fields=(adult("by", CHILD_GUARDIAN, required=True),),
        lines=(HEAD, WHAT, Line("who", ("by",)), Line("back"), Line("file", only=OLDER), MEANS, NEXT, TONIGHT),
        ahead=(PLANNED_HEAD, PLANNED, Line("planned_who", ("by",))),
        follows=(REPORTED, OPENED, Follows(("closing_assessment",))),
    ),
)  # fmt: skip
