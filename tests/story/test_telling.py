"""One structured entry, told to six listeners: what each hears, and what none of them must."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bot.speech import Locale, locale, locales
from bot.story.adults import adult_text, more_information
from bot.story.keys import CHILDREN, listens, parts
from bot.story.telling import Depth, tell
from bot.talk import Name, Text, Written
from storage.kinds import KINDS, FieldType
from storage.records import Authority, EntryState, Listener, RecordId
from tests.story import cases

# Who hears of which kind at all.
PAIRS = [(kind.code, listener) for kind in KINDS.values() for listener in Listener if listens(kind, listener)]
ODD: tuple[Any, ...] = ("dragon", "", 7, ("dragon", "nobody"), ["dragon"], -1, 2.5, {"a": 1}, True)
SWEDISH = locale("sv", strict=True)


def told(kind: str, listener: Listener, fields: dict[str, Any], speaker: Locale = SWEDISH, **how: Any) -> str:
    """The card of an entry as words."""
    return cases.said(tell(cases.view(kind, listener, fields, **how), listener), speaker)


def keys(kind: str, listener: Listener, fields: dict[str, Any], **how: Any) -> list[str]:
    """The keys of a card, in the order it is read."""
    card = tell(cases.view(kind, listener, fields, **how), listener)
    return [part.key for part in cases.parts(card) if isinstance(part, Text)]


def happened(case: tuple[cases.Row, ...], kind: str) -> dict[str, Any]:
    """The fields of one entry of a case."""
    return next(fields for name, _, fields in case if name == kind)


def everything(kind: str) -> dict[str, Any]:
    """Every field of a kind with some value, as staff could have filled it in."""
    some: dict[FieldType, Any] = {
        FieldType.ADULT: "tove", FieldType.ADULTS: ("omar", "rut"), FieldType.NUMBER: 18, FieldType.YES_NO: True,
        FieldType.WORDS: "…",
    }  # fmt: skip
    filled: dict[str, Any] = {}
    for field in KINDS[kind].fields:
        if field.type is FieldType.CHOICE:
            filled[field.name] = field.choices[0]
        elif field.type is FieldType.CHOICES:
            filled[field.name] = field.choices[:2]
        else:
            filled[field.name] = some[field.type]
    return filled


class TestADroppedCase:
    """The prosecutor stops; a child must not take that as not being believed."""

    fields = happened(cases.DROPPED, "charge_decision")

    def test_a_child_of_nine_hears_what_it_is_who_decided_and_what_it_does_not_mean(self) -> None:
        card = told("charge_decision", Listener.CHILD, self.fields, on=date(2026, 4, 21))
        assert "tisdag 21 april 2026" in card
        assert "åklagaren Rut" in card or "Åklagaren Rut" in card
        assert "dina föräldrar" in card.lower()
        assert "misshandel" in card.lower()
        assert " inte " in card
        assert "116\u00a0111" in card

    def test_it_is_another_text_than_a_case_that_goes_to_court(self) -> None:
        stopped = set(keys("charge_decision", Listener.CHILD, self.fields))
        going = set(keys("charge_decision", Listener.CHILD, self.fields | {"outcome": "charged"}))
        assert {key for key in stopped & going if key.startswith("charge")} == set()

    @pytest.mark.parametrize("listener", CHILDREN)
    def test_every_child_is_told_that_much_can_be_felt_and_where_somebody_answers_now(self, listener: Listener) -> None:
        said = keys("charge_decision", listener, self.fields)
        assert said[-1] == f"closing.{listener}.number"
        assert f"closing.{listener}.heavy" in said

    def test_the_parts_come_in_the_order_a_child_asks_for_them(self) -> None:
        said = [key.split(".")[2] for key in keys("charge_decision", Listener.CHILD, self.fields) if "7-12" in key]
        assert said[:7] == ["headline", "what", "why", "who", "about", "means", "no"]
        assert said[7] == "next"

    @pytest.mark.parametrize("listener", [*CHILDREN, Listener.REPRESENTATIVE])
    def test_each_reason_has_its_own_words_and_a_charge_has_none(self, listener: Listener) -> None:
        reasons = ("evidence_not_enough", "no_crime_by_law", "suspect_too_young", "not_told")
        words = {told("charge_decision", listener, self.fields | {"reason": reason}) for reason in reasons}
        assert len(words) == len(reasons)
        charged = keys("charge_decision", listener, self.fields | {"outcome": "charged"})
        assert [key for key in charged if ".why" in key] == []

    def test_a_child_reads_that_nobody_wrote_down_why(self) -> None:
        fields = {**self.fields}
        del fields["reason"]
        assert "missing.why.child" in keys("charge_decision", Listener.CHILD, fields)
        assert "bevisen" not in told("charge_decision", Listener.CHILD, fields).lower()


class TestAnAcquittal:
    """Nobody is punished for what was not proved, whatever somebody wrote once."""

    @pytest.mark.parametrize("listener", Listener)
    def test_a_stored_sentence_is_not_told(self, listener: Listener) -> None:
        fields = happened(cases.CONVICTED, "verdict") | {"outcome": "acquitted"}
        said = keys("verdict", listener, fields, unfiltered=True)
        assert [key for key in said if "sentence" in key or "prison" in key] == []


class TestAContactBan:
    """It protects; so what to do when it is broken stands on every card, and where she lives on none."""

    fields = happened(cases.AFTERWARDS, "contact_ban")

    @pytest.mark.parametrize("outcome", ["granted", "refused", "ended"])
    @pytest.mark.parametrize("listener", [*CHILDREN, Listener.GUARDIAN])
    def test_every_card_says_whom_to_ring_in_its_own_words(self, listener: Listener, outcome: str) -> None:
        view = cases.view("contact_ban", listener, self.fields | {"ban": outcome})
        assert "112" in "\n".join(SWEDISH.say(part) for part in tell(view, listener).blocks)

    def test_no_field_holds_a_place_or_a_sum(self) -> None:
        types = {
            field.type for code in ("contact_ban", "damages", "crime_compensation") for field in KINDS[code].fields
        }
        assert types == {FieldType.CHOICE, FieldType.ADULT}


class TestAClosedInvestigation:
    """Closing is not the same as that it did not happen, and a reason is told where the decision gives one."""

    fields = happened(cases.DROPPED, "preliminary_investigation")

    @pytest.mark.parametrize("listener", CHILDREN[1:])
    def test_the_reason_is_told_when_it_closes_and_never_when_it_opens(self, listener: Listener) -> None:
        closed = keys("preliminary_investigation", listener, self.fields)
        reason = f"preliminary_investigation_closed.{listener}.reason.evidence_not_enough"
        assert closed.index(reason) < closed.index(f"preliminary_investigation_closed.{listener}.means")
        opened = keys("preliminary_investigation", listener, self.fields | {"outcome": "opened"})
        assert [key for key in opened if ".reason" in key] == []

    def test_a_guardian_reads_that_it_closed_but_neither_why_nor_for_which_crime(self) -> None:
        said = keys("preliminary_investigation", Listener.GUARDIAN, self.fields, unfiltered=True)
        assert "preliminary_investigation_closed.guardian.what" in said
        assert [key for key in said if ".reason" in key or ".about" in key or "phrase." in key] == []


class TestAnExaminationByADoctor:
    """What the doctor found is the doctor's to say; what will happen is said before."""

    fields = happened(cases.DROPPED, "medical_exam")

    def test_ahead_she_reads_why_who_is_there_that_she_may_stop_how_long_and_how_she_gets_home(self) -> None:
        words = told("medical_exam", Listener.CHILD, self.fields, state=EntryState.PLANNED)
        assert "stopp" in words
        assert "ungefär en timme" in words
        assert "till förskolan" in words
        assert "läkaren Lena" in words

    def test_no_field_of_the_form_can_hold_a_finding(self) -> None:
        own = {field.type for field in KINDS["medical_exam"].fields}
        assert FieldType.WORDS not in own


class TestAGuardian:
    """A guardian never hears what the child said, who reported, or that there is more."""

    secrets = ("Siri", "jag vill bo hos mormor", "ord till barnet")

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_card_never_has_what_is_not_theirs_even_when_a_filter_was_forgotten(self, kind: str) -> None:
        own = {"wish": self.secrets[1], "own_words": self.secrets[2], "wish_effect": "followed"}
        fields = everything(kind) | own
        for name in ("reporter", "reporter_shown", "with_me", "listeners"):
            if name in fields:
                fields[name] = ("siri",) if name in ("with_me", "listeners") else "siri"
        card = tell(cases.view(kind, Listener.GUARDIAN, fields, unfiltered=True), Listener.GUARDIAN)
        assert not any(isinstance(part, Written) for part in cases.parts(card))
        words = cases.said(card, SWEDISH)
        assert [secret for secret in self.secrets if secret in words] == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_card_does_not_say_that_something_is_kept_from_them(self, kind: str) -> None:
        card = tell(cases.view(kind, Listener.GUARDIAN, everything(kind)), Listener.GUARDIAN)
        assert card.missing == ()

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_card_says_what_one_can_say_tonight(self, kind: str) -> None:
        said = keys(kind, Listener.GUARDIAN, everything(kind))
        assert [key for key in said if key.endswith(".guardian.tonight")]

    def test_the_reporter_is_no_line_of_theirs(self) -> None:
        assert [key for key in parts(KINDS["report_social"], Listener.GUARDIAN) if "reporter" in key] == []


class TestARepresentative:
    """A special representative hears of the criminal matter alone."""

    def test_what_social_services_do_is_not_theirs(self) -> None:
        assert not listens(KINDS["parent_talk"], Listener.REPRESENTATIVE)
        assert parts(KINDS["parent_talk"], Listener.REPRESENTATIVE) == ()

    def test_an_interview_is_told_about_the_child_and_not_to_it(self) -> None:
        fields = happened(cases.CONVICTED, "witness_interview")
        words = told("witness_interview", Listener.REPRESENTATIVE, fields)
        assert "barnets mamma" in words
        assert "din mamma" not in words


class TestSomethingIsMissing:
    """The log is often thin; a card says so kindly and never breaks."""

    @pytest.mark.parametrize(("kind", "listener"), PAIRS)
    def test_a_card_without_any_field_still_reads(self, kind: str, listener: Listener) -> None:
        words = told(kind, listener, {}, on=None)
        assert words.strip()
        assert "…" not in words
        assert "None" not in words

    def test_a_child_reads_that_nobody_wrote_down_who_listened(self) -> None:
        fields = {**happened(cases.DROPPED, "child_interview")}
        del fields["listeners"]
        card = tell(cases.view("child_interview", Listener.CHILD, fields), Listener.CHILD)
        assert [text.key for text in card.missing] == ["missing.listeners.child"]
        assert SWEDISH.say(card.missing[0]) == "Vilka som lyssnade är inte uppskrivet här."

    def test_the_same_thing_missing_twice_is_said_once(self) -> None:
        card = tell(cases.view("transport", Listener.CHILD, {}), Listener.CHILD)
        said = [text.key for text in card.missing]
        assert len(said) == len(set(said))

    def test_a_decision_without_its_outcome_tells_no_outcome(self) -> None:
        fields = {**happened(cases.DROPPED, "charge_decision")}
        del fields["outcome"]
        said = keys("charge_decision", Listener.TEEN, fields)
        assert "missing.outcome.child" in said
        assert [key for key in said if key.startswith("charge_decision_")] == []

    @pytest.mark.parametrize(("kind", "listener"), PAIRS)
    def test_a_stored_value_nobody_knows_any_more_is_left_out(self, kind: str, listener: Listener) -> None:
        for odd in ODD:
            fields = {field.name: odd for field in KINDS[kind].fields}
            assert "dragon" not in told(kind, listener, fields, unfiltered=True), odd

    @pytest.mark.parametrize(("kind", "listener"), PAIRS)
    def test_one_odd_value_spoils_no_other_line(self, kind: str, listener: Listener) -> None:
        for field in KINDS[kind].fields:
            told(kind, listener, everything(kind) | {field.name: "dragon"}, unfiltered=True)

    def test_a_grown_up_with_an_old_role_keeps_the_name(self) -> None:
        fields = {"by": "ulla", "whom": "mother", "times": "once"}
        before = cases.view("parent_talk", Listener.CHILD, fields)
        ulla = dataclasses.replace(cases.PEOPLE["tove"], id=RecordId("ulla"), label="Ulla", role="kurbits")
        card = tell(dataclasses.replace(before, people={"ulla": ulla}), Listener.CHILD)
        assert "Ulla" in cases.said(card, SWEDISH)


class TestBeforeItHappens:
    """An entry can lie ahead, be moved or be cancelled."""

    @pytest.mark.parametrize("state", [EntryState.PLANNED, EntryState.MOVED, EntryState.CANCELLED])
    @pytest.mark.parametrize(("kind", "listener"), PAIRS)
    def test_every_kind_can_be_told_ahead(self, kind: str, listener: Listener, state: EntryState) -> None:
        assert told(kind, listener, everything(kind), state=state).strip()

    def test_before_the_interview_she_reads_who_sits_there_who_listens_and_that_it_is_filmed(self) -> None:
        fields = happened(cases.DROPPED, "child_interview")
        said = keys("child_interview", Listener.CHILD, fields, state=EntryState.PLANNED)
        assert "when.planned" in said
        wanted = ["planned", "planned_who", "planned_listeners", "planned_filmed.yes", "planned_with_me"]
        assert [f"child_interview.7-12.{part}" for part in wanted if f"child_interview.7-12.{part}" not in said] == []

    def test_what_has_not_happened_is_not_told_as_if_it_had(self) -> None:
        fields = happened(cases.CONVICTED, "verdict")
        said = keys("verdict", Listener.TEEN, fields, state=EntryState.PLANNED)
        assert [key for key in said if key.startswith("verdict_")] == []

    @pytest.mark.parametrize("kind", ["child_informed", "changed_worker", "case_closed"])
    @pytest.mark.parametrize("listener", [*CHILDREN, Listener.GUARDIAN])
    def test_what_lies_ahead_is_not_headed_as_if_it_were_over(self, kind: str, listener: Listener) -> None:
        heads = {
            state: tell(cases.view(kind, listener, everything(kind), state=state), listener).headline.key
            for state in EntryState
        }
        assert heads.pop(EntryState.HAPPENED) == f"{kind}.{listener}.headline"
        assert set(heads.values()) == {f"{kind}.{listener}.planned.headline"}

    @pytest.mark.parametrize("kind", ["child_interview", "medical_exam", "trial"])
    @pytest.mark.parametrize("listener", CHILDREN)
    def test_ahead_of_what_is_hard_she_reads_how_she_gets_home_and_that_not_knowing_is_fine(
        self, kind: str, listener: Listener
    ) -> None:
        told = keys(kind, listener, everything(kind), state=EntryState.PLANNED)
        said = {key.split(".")[2] for key in told if key.startswith(f"{kind}.")}
        assert "planned_back" in said
        assert said & {"planned_pause", "planned_unsure"}

    def test_a_kind_that_is_never_announced_has_one_shared_line(self) -> None:
        fields = happened(cases.CONVICTED, "suspect_interview")
        said = keys("suspect_interview", Listener.CHILD, fields, state=EntryState.PLANNED)
        assert "planned.7-12.what" in said
        assert [key for key in said if key.startswith("suspect_interview.") and not key.endswith("headline")] == []

    def test_a_moved_talk_says_the_new_day(self) -> None:
        fields = happened(cases.DROPPED, "child_talk")
        words = told("child_talk", Listener.CHILD, fields, state=EntryState.MOVED, on=date(2026, 3, 9))
        assert "Den nya dagen är måndag 9 mars 2026." in words

    def test_a_moved_talk_without_a_new_day_does_not_invent_one(self) -> None:
        said = keys("child_talk", Listener.CHILD, {}, state=EntryState.MOVED, on=None)
        assert "moved.7-12.what" in said
        assert "moved.7-12.next" not in said

    def test_a_cancelled_talk_says_that_first_and_no_day(self) -> None:
        said = keys("child_talk", Listener.CHILD, everything("child_talk"), state=EntryState.CANCELLED)
        assert said[1] == "cancelled.7-12.what"
        assert [key for key in said if key.startswith("when.")] == []


class TestHerOwnWishes:
    """What she wanted, and what came of it, is shown back to her and to nobody else."""

    fields = happened(cases.DROPPED, "child_talk") | {"wish": "att Siri är med", "wish_effect": "followed"}

    def test_her_wish_stands_in_her_own_words_and_then_what_came_of_it(self) -> None:
        words = told("child_talk", Listener.CHILD, self.fields)
        assert "att Siri är med" in words
        assert "Det blev som du ville." in words

    def test_a_wish_in_another_language_than_the_page_says_so(self) -> None:
        words = told("child_talk", Listener.CHILD, self.fields, locale("en", strict=True))
        assert "\u2068att Siri är med\u2069" in words
        assert "Swedish" in words

    def test_the_guardian_gets_none_of_it(self) -> None:
        words = told("child_talk", Listener.GUARDIAN, self.fields, unfiltered=True)
        assert "att Siri är med" not in words

    def test_who_told_her_and_when_is_part_of_the_card(self) -> None:
        view = cases.view("child_talk", Listener.CHILD, self.fields)
        view = dataclasses.replace(view, told_by="Tove", told_on=date(2026, 3, 5))
        assert "Tove gick igenom det här med dig. Det var torsdag 5 mars 2026." in cases.said(
            tell(view, Listener.CHILD), SWEDISH
        )


class TestDepth:
    """She chooses how much she reads."""

    fields = happened(cases.CONVICTED, "verdict")

    def depth(self, depth: Depth) -> Iterator[str]:
        card = tell(cases.view("verdict", Listener.TEEN, self.fields), Listener.TEEN, depth)
        return (part.key for part in cases.parts(card) if isinstance(part, Text))

    def test_a_headline_is_a_headline_and_a_day(self) -> None:
        assert list(self.depth(Depth.HEADLINE)) == ["verdict_convicted.13-17.headline", "when.happened"]

    def test_the_short_card_has_what_it_means_but_not_the_money(self) -> None:
        short = list(self.depth(Depth.SHORT))
        assert "verdict_convicted.13-17.means" in short
        assert [key for key in short if "damages" in key] == []

    def test_each_depth_has_all_that_the_one_before_had(self) -> None:
        headline, short, full = (set(self.depth(depth)) for depth in Depth)
        assert headline < short < full


class TestTheGrownUps:
    """Who they were, what they did, and who has more."""

    def test_a_grown_up_who_listened_has_that_in_the_list(self) -> None:
        views = cases.case(cases.DROPPED, Listener.CHILD)
        did = [SWEDISH.say(text) for text in adult_text(cases.PEOPLE["rut"], views, Listener.CHILD).did]
        assert "Lyssnade när du pratade med polisen (tisdag 14 april 2026)" in did

    def test_the_list_of_sources_has_every_authority_with_an_event(self) -> None:
        views = cases.case(cases.CONVICTED, Listener.CHILD)
        sources = {source.authority for source in more_information(views, Listener.CHILD)}
        assert {Authority.TREATMENT, Authority.COURT, Authority.PROSECUTOR, Authority.POLICE} <= sources

    def test_the_guardian_is_not_shown_who_reported(self) -> None:
        views = [cases.view("report_social", Listener.GUARDIAN, everything("report_social") | {"reporter": "siri"})]
        assert adult_text(cases.PEOPLE["siri"], views, Listener.GUARDIAN).did == ()


@pytest.mark.parametrize("tag", [one.tag for one in locales()])
def test_a_number_in_groups_stays_whole_and_in_its_order(tag: str) -> None:
    """A gap that may break a line would also turn the groups about, where one reads from right to left."""
    for text in (Text("come_back.answer.heavy"), Text("closing.7-12.number", {"phone": Name("116 111")})):
        said = locale(tag, strict=True).say(text)
        assert re.search(r"\d\u00a0\d", said)
        assert not re.search(r"\d \d", said)


@pytest.mark.parametrize(("for_talk", "authority"), [("police_interview", "police"), ("trial", "court")])
def test_about_the_right_not_to_testify_one_asks_whoever_holds_the_talk_it_is_for(
    for_talk: str, authority: str
) -> None:
    fields = {"by": "omar", "for_talk": for_talk}
    card = tell(cases.view("right_not_to_testify", Listener.CHILD, fields), Listener.CHILD)
    asked = next(text for text in card.closing if text.key.endswith("ask_other"))
    assert asked.slots == {"authority": Text(f"phrase.authority.{authority}")}
