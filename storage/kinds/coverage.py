"""What a child must be told, and what the log's template asks, each beside the kinds and steps that answer it.

Two tables, read both ways and held by tests: an item that nothing answers, or a kind that answers no item, is red.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from storage.records import Authority


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a child is to be told, in our own words. `steps` are places in the conversation, by their names."""

    point: str
    told: str
    kinds: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the template: its own questions as fields of kinds, and who hands the facts to social services.

    `supplier` is None where the template leaves the cell empty, which means social services themselves.
    """

    number: str
    kinds: tuple[str, ...]
    questions: tuple[tuple[str, str], ...] = ()
    supplier: Authority | None = None


# Council of Europe, Guidelines on child-friendly justice (17 November 2010), part IV.A.1, points 1 a-l, 2, 3 and 4.
TOLD_TO_A_CHILD = (
    Item(
        "1a", "her rights, and how she can use them",
        kinds=("child_talk", "child_informed", "right_not_to_testify"), steps=("open/topic", "choices/list"),
    ),
    Item(
        "1b", "how the whole thing works, in which order, and what her own part is",
        kinds=(
            "report_social", "consultation", "child_interview", "transport", "witness_interview", "suspect_interview",
            "trial", "appeal", "verdict_final", "medical_exam", "home_search", "social_investigation",
        ), steps=("open/topic", "adults/list"),
    ),
    Item(
        "1c", "who can be beside her, and how she reaches them",
        kinds=("child_talk", "child_interview", "trial", "special_representative", "changed_worker"),
        steps=("adults/list", "telegram/help", "say/write", "after/one"),
    ),
    Item(
        "1d", "what follows from one way rather than another, in a court or outside it",
        kinds=("charge_decision", "parent_talk", "social_measure", "measure_refused", "trial", "child_wish"),
    ),
    Item(
        "1e", "what somebody is charged with, and what became of what she told",
        kinds=(
            "report_social", "report_content", "report_police", "alleged_act", "suspect", "preliminary_investigation",
            "suspect_interview", "charge_decision",
        ),
    ),
    Item(
        "1f", "when and where something is to happen",
        kinds=("child_talk", "child_interview", "transport", "trial", "treatment_contact"), steps=("my_way/timeline",),
    ),
    Item(
        "1g", "how it goes, and how it ended",
        kinds=("charge_decision", "verdict", "appeal_verdict", "verdict_final", "closing_assessment", "case_closed"),
        steps=("my_way/timeline", "card/one"),
    ),
    Item(
        "1h", "how she can be protected",
        kinds=(
            "contact_ban", "police_protection", "protection_assessment", "immediate_care", "care_order", "placement",
            "family_contact", "closing_assessment",
        ), steps=("telegram/help",),
    ),
    Item(
        "1i", "how a decision about her can be looked at again",
        kinds=("charge_decision", "review", "verdict", "appeal", "contact_ban", "measure_refused", "care_order"),
        steps=("my_way/refused",),
    ),
    Item(
        "1j", "that money can be had for the harm, from whoever did it or from the state",
        kinds=("damages", "crime_compensation", "verdict"),
    ),
    Item(
        "1k", "which care, talks, interpreters and other help there are, and how one gets them",
        kinds=("treatment_contact", "social_measure", "interpreter"),
        steps=("telegram/help", "language/choose", "after/one"),
    ),
    # No text of its own: which arrangements there are depends on the other country, so her contact answers.
    Item(
        "1l", "what is arranged for her if she lives in another country",
        steps=("contact/card",),
    ),
    Item(
        "2", "all of it so that her age, her language and what she can bear decide how it is said",
        steps=("language/choose", "language/level"),
    ),
    Item(
        "3", "all of it to herself, and not by way of her parents alone",
        steps=("my_way/timeline", "card/one"),
    ),
    Item(
        "4", "where there is something to read and somebody to ask, also for those whom nobody has told",
        steps=("open/menu", "telegram/help"),
    ),
)  # fmt: skip

# The template of the log (req. 3.0, rows T1-T19). T14 and T19 are one topic; T18 is asked about every event.
TEMPLATE = (
    Row("T1", ("report_social",), (("report_social", "reporter"),)),
    Row("T2", ("report_content", "report_social"), (("report_social", "worry"), ("report_social", "way"))),
    Row("T3", ("report_police", "preliminary_investigation"), (("report_police", "reported_by"),)),
    Row("T4", ("alleged_act", "report_police"), (("report_police", "worry"),), Authority.POLICE),
    Row("T5", ("suspect", "report_police"), (("suspect", "whom"), ("report_police", "whom")), Authority.POLICE),
    Row("T6", ("consultation",), (("consultation", "participants"), ("consultation", "purpose"))),
    Row("T7", ("child_talk",), (("child_talk", "told_again"),)),
    Row("T8", ("child_interview",), (("child_interview", "listeners"),)),
    Row("T9", ("transport",), (("transport", "fetched_by"), ("transport", "travel"), ("transport", "with_me"),
                               ("transport", "told_home_by"), ("transport", "told_whom"))),
    Row("T10", ("medical_exam",), (("medical_exam", "with_me"),), Authority.POLICE),
    Row("T11", ("suspect_interview",), (("suspect_interview", "told_suspicion"), ("suspect_interview", "liberty")),
        Authority.POLICE),
    Row("T12", ("home_search",), (), Authority.POLICE),
    Row("T13", ("charge_decision", "verdict", "appeal", "appeal_verdict", "verdict_final"),
        (("charge_decision", "outcome"), ("charge_decision", "reason"), ("verdict", "outcome")),
        Authority.PROSECUTOR),
    Row("T14", ("protection_assessment",), (("protection_assessment", "protection_reason"),)),
    Row("T15", ("closing_assessment",), (("closing_assessment", "finding"),)),
    Row("T16", ("social_measure",), (("social_measure", "measure"),)),
    Row("T17", ("treatment_contact",), (("treatment_contact", "need"), ("treatment_contact", "by"),
                                        ("treatment_contact", "plan")), Authority.TREATMENT),
    Row("T18", ("child_informed", "child_wish"), (("child_informed", "told_about"), ("child_wish", "wish_answer"))),
    Row("T19", ("protection_assessment",), (("protection_assessment", "phase"),)),
)  # fmt: skip

ITEMS_OF_KIND = MappingProxyType({
    code: tuple(item.point for item in TOLD_TO_A_CHILD if code in item.kinds)
    for one in TOLD_TO_A_CHILD for code in one.kinds
})  # fmt: skip
ROWS_OF_KIND = MappingProxyType({
    code: tuple(row.number for row in TEMPLATE if code in row.kinds) for one in TEMPLATE for code in one.kinds
})  # fmt: skip
