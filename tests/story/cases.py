"""Three invented cases, entry by entry, as each listener's key opens them; and the words of a card."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.speech import Locale
from bot.story.keys import reader
from bot.story.telling import Card
from bot.talk import Text, Written
from storage.kinds import KINDS, fields_for
from storage.records import Adult, Authority, EntryId, EntryState, EntryView, Listener, RecordId

# The languages written with the kinds, measured with the wordiest that can stand in a slot too. Every language is
# measured with usual names, places and days in its slots.
FILLED = ("sv", "en", "ar")
# What a whole log may cost to read (domain 3.1).
HARDEST = {
    Listener.UNDER_7: 20, Listener.CHILD: 25, Listener.TEEN: 30, Listener.GROWN: 35, Listener.GUARDIAN: 35,
    Listener.REPRESENTATIVE: 35,
}  # fmt: skip
PEOPLE: dict[str, Adult] = {
    one.id: one
    for one in (
        Adult(RecordId("siri"), "Siri", "preschool_staff", Authority.SCHOOL),
        Adult(RecordId("karim"), "Karim", "after_school_staff", Authority.SCHOOL),
        Adult(RecordId("tove"), "Tove", "social_worker", Authority.SOCIAL),
        Adult(RecordId("nils"), "Nils", "special_representative", Authority.LEGAL),
        Adult(RecordId("vera"), "Vera", "counsel", Authority.LEGAL),
        Adult(RecordId("omar"), "Omar", "police_interviewer", Authority.POLICE),
        Adult(RecordId("rut"), "Rut", "prosecutor", Authority.PROSECUTOR),
        Adult(RecordId("bo"), "Bo", "psychologist", Authority.TREATMENT),
        Adult(RecordId("ines"), "Ines", "counsellor", Authority.TREATMENT),
        Adult(RecordId("lena"), "Lena", "doctor", Authority.TREATMENT),
        Adult(RecordId("amal"), "Amal", "interpreter", Authority.SOCIAL),
        Adult(RecordId("lo"), "Lo", "public_counsel", Authority.LEGAL),
        Adult(RecordId("elif"), "Elif", "social_worker", Authority.SOCIAL),
    )
}

Row = tuple[str, date, dict[str, Any]]

# A child of five, both parents suspected; the case is dropped and the parents get help.
DROPPED: tuple[Row, ...] = (
    ("report_social", date(2026, 3, 2), {"taken_by": "tove", "reporter": "siri", "reporter_shown": "siri",
                                         "way": "child_told", "worry": "hit", "whom": "both_parents"}),
    ("report_content", date(2026, 3, 2), {"by": "tove", "worry": "hit", "whom": "both_parents", "my_words": True}),
    ("interpreter", date(2026, 3, 4), {"by": "amal", "tongue": "arabic", "how": "room"}),
    ("child_talk", date(2026, 3, 4), {"by": "tove", "place": "preschool", "with_me": ("siri",), "told_again": True}),
    ("report_police", date(2026, 3, 4), {"reported_by": "tove", "worry": "hit", "whom": "both_parents"}),
    ("parent_talk", date(2026, 3, 11), {"by": "tove", "whom": "both_parents", "times": "several"}),
    ("special_representative", date(2026, 4, 13), {"appointee": "nils", "outcome": "appointed"}),
    ("right_not_to_testify", date(2026, 4, 14), {"by": "omar", "for_talk": "police_interview"}),
    ("medical_exam", date(2026, 4, 14), {"by": "lena", "decided_by": "rut", "with_me": ("siri", "nils"),
                                         "place": "barnahus", "exam_for": "whole_body", "how_long": "one_hour",
                                         "back_to": "preschool"}),
    ("police_protection", date(2026, 4, 14), {"by": "omar", "shields": ("few_interviews", "child_room")}),
    ("consultation", date(2026, 4, 8), {"participants": ("tove", "omar", "rut"), "purpose": "plan_interview"}),
    ("transport", date(2026, 4, 14), {"fetched_by": "nils", "with_me": ("siri",), "from_place": "preschool",
                                      "travel": "taxi", "back_to": "preschool", "told_home_by": "omar",
                                      "told_whom": "both_parents", "home_with": "mother"}),
    ("child_interview", date(2026, 4, 14), {"by": "omar", "listeners": ("tove", "rut"), "with_me": ("siri",),
                                            "place": "barnahus", "filmed": True}),
    ("charge_decision", date(2026, 4, 21), {"by": "rut", "outcome": "dropped", "whom": "both_parents",
                                            "offence": "assault", "reason": "evidence_not_enough"}),
    ("preliminary_investigation", date(2026, 4, 21), {"by": "rut", "outcome": "closed", "offence": "assault",
                                                      "reason": "evidence_not_enough"}),
    ("review", date(2026, 5, 4), {"by": "nils", "outcome": "asked"}),
    ("closing_assessment", date(2026, 5, 6), {"by": "tove", "finding": "support_needed", "concern": "quarrels_hurt"}),
    ("social_measure", date(2026, 5, 6), {"by": "tove", "measure": "parent_support", "agreed": "parents_agreed"}),
)  # fmt: skip

# A child of nine, a grandfather suspected; charges, a trial and a verdict.
CONVICTED: tuple[Row, ...] = (
    ("report_social", date(2026, 1, 14), {"taken_by": "tove", "way": "child_told", "worry": "sexual",
                                          "whom": "maternal_grandfather"}),
    ("report_police", date(2026, 1, 15), {"reported_by": "tove", "worry": "sexual", "whom": "maternal_grandfather"}),
    ("preliminary_investigation", date(2026, 1, 16), {"by": "rut", "outcome": "opened", "offence": "child_rape"}),
    ("alleged_act", date(2026, 1, 16), {"by": "omar", "whom": "maternal_grandfather", "offence": "child_rape",
                                        "span": "longer_time"}),
    ("suspect", date(2026, 1, 19), {"by": "omar", "whom": "maternal_grandfather", "told_suspicion": True}),
    ("home_search", date(2026, 1, 20), {"by": "omar", "decided_by": "rut", "taken": "comes_back", "mine": True}),
    ("child_interview", date(2026, 1, 22), {"by": "omar", "listeners": ("tove", "nils"), "with_me": ("karim",),
                                            "place": "barnahus", "filmed": True}),
    ("transport", date(2026, 1, 22), {"fetched_by": "nils", "with_me": ("karim",), "from_place": "after_school",
                                      "travel": "car", "back_to": "after_school", "told_home_by": "omar",
                                      "told_whom": "mother", "home_with": "mother"}),
    ("witness_interview", date(2026, 1, 23), {"by": "omar", "whom": "mother"}),
    ("suspect_interview", date(2026, 1, 26), {"by": "omar", "whom": "maternal_grandfather", "told_suspicion": True,
                                              "liberty": "went_home"}),
    ("treatment_contact", date(2026, 2, 3), {"by": ("bo", "ines"), "place": "barnahus",
                                             "for_whom": "child_and_parent", "need": "treatment", "plan": "talks",
                                             "more_planned": True}),
    ("charge_decision", date(2026, 4, 17), {"by": "rut", "outcome": "charged", "whom": "maternal_grandfather",
                                            "offence": "child_rape"}),
    ("closing_assessment", date(2026, 6, 24), {"by": "tove", "finding": "support_enough", "concern": "none"}),
    ("trial", date(2026, 8, 10), {"prosecutor": "rut", "for_me": ("vera",), "whom": "maternal_grandfather",
                                  "heard": ("mother", "maternal_grandfather"), "film_shown": True,
                                  "child_there": "no"}),
    ("verdict", date(2026, 8, 24), {"outcome": "convicted", "whom": "maternal_grandfather", "offence": "child_rape",
                                    "sentence": "prison", "prison_months": 24, "damages": True}),
)  # fmt: skip

# A child of eight who lives somewhere else for a while, and is heard on the way.
CARED_FOR: tuple[Row, ...] = (
    ("protection_assessment", date(2025, 9, 1), {"by": "tove", "phase": "report", "protection": "protection_needed",
                                                 "protection_reason": "may_be_hurt"}),
    ("social_investigation", date(2025, 9, 2), {"by": "tove", "course": "opened"}),
    ("immediate_care", date(2025, 9, 3), {"by": "tove", "decision_of": "chair", "lawyer": "lo"}),
    ("placement", date(2025, 9, 3), {"by": "tove", "where": "foster_home", "belongings": "fetched",
                                     "schooling": "same", "siblings": "apart"}),
    ("child_informed", date(2025, 9, 4), {"by": "lo", "told_about": "rights", "how_taken": "asked"}),
    ("child_wish", date(2025, 9, 4), {"by": "lo", "wish_answer": "partly", "wish_why": "protection"}),
    ("family_contact", date(2025, 9, 8), {"by": "tove", "contact_way": "with_someone_there", "whom": "mother",
                                          "place_secret": True}),
    ("care_order", date(2025, 10, 6), {"care": "granted", "lawyer": "lo"}),
    ("changed_worker", date(2026, 1, 12), {"new_worker": "elif", "former_worker": "tove",
                                           "handed_over": "papers_and_talk"}),
    ("measure_refused", date(2026, 5, 4), {"by": "elif", "refusal": "no_help", "measure": "contact_family",
                                            "helper": "ines"}),
    ("case_closed", date(2026, 6, 15), {"by": "elif"}),
)  # fmt: skip

# What can follow a verdict: the higher court, the money, and a ban on contact.
AFTERWARDS: tuple[Row, ...] = (
    ("appeal", date(2026, 9, 8), {"appealed_by": "convicted", "whom": "maternal_grandfather"}),
    ("appeal_verdict", date(2026, 12, 1), {"outcome": "same", "whom": "maternal_grandfather",
                                           "offence": "child_rape"}),
    ("verdict_final", date(2027, 1, 5), {"outcome": "convicted", "whom": "maternal_grandfather"}),
    ("damages", date(2027, 1, 12), {"handled_by": "vera", "whom": "maternal_grandfather"}),
    ("crime_compensation", date(2027, 2, 2), {"compensation": "applied", "handled_by": "nils"}),
    ("contact_ban", date(2027, 2, 9), {"ban": "granted", "by": "rut", "whom": "maternal_grandfather"}),
)  # fmt: skip

# Each kind that a case can have is told in one of these; a kind without a row here is told nowhere in the gates.
EVERY: tuple[Row, ...] = (
    *DROPPED,
    *CONVICTED,
    *AFTERWARDS,
    *CARED_FOR,
)


def view(
    kind: str,
    listener: Listener,
    fields: dict[str, Any],
    *,
    on: date | None = date(2026, 4, 14),
    state: EntryState = EntryState.HAPPENED,
    unfiltered: bool = False,
) -> EntryView:
    """An entry as the listener's key opens it; `unfiltered` hands over every field, as a forgotten filter would."""
    theirs = {field.name for field in fields_for(KINDS[kind], reader(listener))}
    given = {name: value for name, value in fields.items() if unfiltered or name in theirs}
    return EntryView(EntryId(kind), kind, state, on, KINDS[kind].source, given, PEOPLE)


def case(entries: tuple[Row, ...], listener: Listener) -> tuple[EntryView, ...]:
    """A whole case for one listener, without the entries that are not theirs to hear of."""
    heard = [entry for entry in entries if KINDS[entry[0]].criminal or listener is not Listener.REPRESENTATIVE]
    return tuple(view(kind, listener, fields, on=on) for kind, on, fields in heard)


def parts(card: Card) -> tuple[Text | Written, ...]:
    """Everything a card says, in the order it is read."""
    when = (card.when,) if card.when else ()
    return (card.headline, *when, *card.blocks, *card.missing, *card.closing)


def said(card: Card, locale: Locale) -> str:
    """The card as words, a paragraph a line."""
    return "\n".join(locale.say(part) for part in parts(card))
