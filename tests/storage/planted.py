"""A case in which every field that takes words holds one that can be looked for afterwards, anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from storage.bindings import find_chat, first_update, meet, mint, talk_in
from storage.commands import (
    AddToClaim,
    Answer,
    AnswerObjection,
    AskForLink,
    AskToBeSent,
    Book,
    CarryEntry,
    ChooseTold,
    ClearGuardian,
    CountUnclear,
    Invite,
    KeepAdult,
    KeepConsent,
    KeepNote,
    KeepPlan,
    MoveClaim,
    OpenCase,
    PickCodeWord,
    SameWords,
    Say,
    SayNotMine,
    SayWrong,
    SendClaim,
    SetInvestigation,
    SetProfile,
    TakeBack,
)
from storage.her_words import Outcome, TellOf
from storage.importing import import_case
from storage.payloads import CODE_WORDS, TalkState
from storage.queries import MyLink, MyNotes, MyObjections, MyThread, OneClaim, Timeline, WholeEntries, WhoRead
from storage.records import (
    Adult,
    Authority,
    CaseId,
    Channel,
    ClaimStage,
    DayTold,
    EntryState,
    Hold,
    HoldKind,
    Meeting,
    PersonId,
    ProofWay,
    RecordId,
    Side,
    TieId,
    TieKind,
    Told,
    claim_of,
)
from storage.reviews import keep_review
from storage.sign_in import (
    accept_invite,
    employ,
    enter_as_staff,
    guess_slot,
    keep_pin,
    make_invite,
    proven,
    staff_link,
    trust,
    visit_open,
)
from storage.talks import move, open_talk, state_text
from tests.storage.claiming import TYPED, VISITING, open_street
from tests.storage.family import CASE, MIRA, MIRAS, MOTHER, MOTHERS, contact, enrol, everyone, full_entry
from tests.storage.house import UNIT, House, signed_in, worker

_NAMES = (
    "child name number locale adult phone function wish own reporter entryby holdwho releaseby ground toldby message "
    "answer goal goalwho with where bring ref why maturity decidedby clearwhy consentwhy takewhy staffname staffrole "
    "pin review step line slot address asked wrong note unclear"
)
MARK = "ZqxKaninVjk"
WORDS = {name: f"{MARK}{name.title()}" for name in _NAMES.split()}
HANNA = replace(worker("hanna"), label=f"{WORDS['staffname']}, {WORDS['staffrole']}")
MARIA = replace(HANNA, id="maria", side=Side.AID)
AID = CaseId("case-aid")
AMINA = PersonId("amina")
CHAT, OTHER_CHAT = 7790123456789, 7790123456788


def plant(house: House) -> None:
    """Fill the house through every door it has."""
    _barnahus(house)
    move_amina_in(house)
    _linking(house)
    _signing_in(house)
    _asking(house)
    _beside_a_card(house)
    _refused(house)
    house.store.run(lambda tx: keep_review(tx, "sv", "verdict", bytes(32), WORDS["review"]))


def _barnahus(house: House) -> None:
    word = WORDS
    adult = Adult(RecordId("adult-1"), word["adult"], "other", Authority.SOCIAL, word["phone"], word["function"])
    ground = [replace(one, by=word["releaseby"], ground=word["ground"]) for one in everyone()]
    told = Told(MIRA, word["toldby"], date(2026, 11, 1), "phone", "understood")
    days = (DayTold(1, told),)
    entry = full_entry("child_interview", written_by=word["entryby"], releases=tuple(ground), told=(told,), days=days)
    entry.fields.update({"wish": word["wish"], "own_words": word["own"], "by": adult.id, "listeners": [adult.id]})
    entry.fields.update({"with_me": [], "contact_after": adult.id})
    later = replace(
        entry,
        id=full_entry("trial").id,
        kind="child_interview",
        state=EntryState.PLANNED,
        hold=Hold(HoldKind.NOT_YET, date(2026, 12, 1), word["holdwho"]),
    )
    house.done(
        HANNA,
        OpenCase(CASE, UNIT, Side.BARNAHUS, word["ref"], "2046-03"),
        enrol(MIRA, MIRAS, TieKind.CHILD, name=word["child"], born=date(2016, 3, 1), number=word["number"],
              decided_by=word["decidedby"]),
        enrol(MOTHER, MOTHERS, TieKind.GUARDIAN, name=word["name"]),
        KeepAdult(CASE, adult),
        CarryEntry(CASE, entry),
        CarryEntry(CASE, later),
        contact(why=word["why"], maturity=word["maturity"], decided_by=word["decidedby"]),
        ClearGuardian(CASE, MOTHERS, word["clearwhy"]),
        SetInvestigation(CASE, True, date(2026, 12, 24)),
        KeepConsent(CASE, "yes-1", MIRA, MIRA, "own_phone", word["consentwhy"], None, date(2026, 1, 1), None),
        Invite(CASE, MIRA),
    )  # fmt: skip
    house.done(signed_in(MIRA), Say(CASE, word["message"], entry.id, "suicide"), SetProfile(MIRA, "sv-lattlast", None))
    house.done(HANNA, Answer(CASE, MIRA, word["answer"]), TakeBack(CASE, later.id, word["takewhy"]))
    for actor in (signed_in(MIRA), signed_in(MOTHER)):
        for query in (Timeline(CASE), MyThread(CASE), WhoRead(CASE)):
            house.ask(actor, query)
    house.ask(HANNA, WholeEntries(CASE))


def move_amina_in(house: House) -> None:
    """Amina's case on the aid side, with a meeting, a plan and a yes to reminders."""
    word = WORDS
    starts = datetime(2026, 12, 10, 10, tzinfo=ZoneInfo("Europe/Stockholm"))
    meeting = Meeting(
        RecordId("meeting-1"), starts, "Europe/Stockholm", word["with"], word["where"], "three_way",
        EntryState.PLANNED, (word["bring"],),
    )  # fmt: skip
    house.done(
        MARIA,
        OpenCase(AID, UNIT, Side.AID, f"{word['ref']}2", "2032-12"),
        enrol(AMINA, TieId("tie-amina"), TieKind.RECIPIENT, case=AID, name=word["name"], number=word["number"]),
        KeepConsent(AID, "yes-2", AMINA, AMINA, "reminders", "09:00-19:00", Channel.TELEGRAM, date(2026, 1, 1), None),
        Book(AID, AMINA, meeting),
        KeepPlan(AID, "plan-1", word["goal"], word["goalwho"], date(2026, 12, 1)),
        AskToBeSent(AID, AMINA, meeting.id, house.clock.now),
    )


def _linking(house: House) -> None:
    """Amina links her Telegram, and somebody who has not signed in talks to the bot."""
    me, run = signed_in(AMINA), house.store.run
    house.done(me, AskForLink(AMINA))
    token = house.see(me, MyLink(AMINA)).token
    assert token is not None
    assert run(lambda tx: meet(tx, token, CHAT))
    house.done(me, SameWords(AMINA), PickCodeWord(AMINA, CODE_WORDS[3]))
    start = TalkState("welcome/start", 1, {})
    visitor = run(lambda tx: talk_in(tx, find_chat(tx, OTHER_CHAT), start, content=False))
    run(lambda tx: mint(tx, visitor.id, 1, ["help"]))
    assert run(lambda tx: first_update(tx, 42))


def _signing_in(house: House) -> None:
    run, word = house.store.run, WORDS
    state = TalkState("welcome/start", 1, {})
    run(lambda tx: visit_open(tx, state_text(state)))
    token, code = run(lambda tx: make_invite(tx, MIRA, CASE, by_letter=False))
    came = run(lambda tx: accept_invite(tx, token, code, state_text(state)))
    assert came is not None
    _, chosen = run(lambda tx: keep_pin(tx, came.token, MIRA, word["pin"], pictures=False))
    run(lambda tx: guess_slot(tx, f"address:{word['address']}"))
    known = run(lambda tx: proven(tx, chosen.token, MIRA))
    entered = run(lambda tx: trust(tx, known.token, MIRA))
    held = TalkState(word["step"], 1, {"text": word["message"], "name": word["slot"]}, word["line"])

    def turn(tx: object) -> None:
        talk = open_talk(tx, entered.token, write=True)  # type: ignore[arg-type]
        assert talk is not None
        move(tx, talk, held, forward=True)  # type: ignore[arg-type]

    run(turn)
    staff = run(lambda tx: employ(tx, word["staffname"], word["staffrole"], UNIT, Side.BARNAHUS, HANNA.role))  # type: ignore[arg-type]
    link = run(lambda tx: staff_link(tx, staff))
    run(lambda tx: enter_as_staff(tx, link))


def _asking(house: House) -> None:
    """Somebody who was here as a child asks, and a worker begins to look."""
    street = open_street(house)
    token = street.begin()
    house.done(VISITING, *(AddToClaim(token, what, WORDS["asked"]) for what in TYPED),
               SendClaim(token, ProofWay.LETTER))  # fmt: skip
    next_on = house.clock.now.date() + timedelta(days=5)
    moved = MoveClaim(claim_of(token), ClaimStage.LOOKING, WORDS["function"], next_on, ProofWay.LETTER)
    house.done(HANNA, moved)
    house.see(HANNA, OneClaim(claim_of(token)))


def _beside_a_card(house: House) -> None:
    """Mira objects to one card, has another put away, chooses, writes to herself and is counted."""
    me, word = signed_in(MIRA), WORDS
    card, other = (replace(full_entry("child_talk", name), releases=tuple(everyone())) for name in ("wrong", "aside"))
    for one in (card, other):
        one.fields.update({"by": "adult-1", "with_me": []})
    house.done(HANNA, CarryEntry(CASE, card), CarryEntry(CASE, other))
    house.done(me, SayWrong(CASE, card.id, word["wrong"], None), SayNotMine(CASE, other.id),
               ChooseTold(CASE, TellOf.VERDICT, wanted=False), KeepNote(MIRA, word["note"], card.id),
               CountUnclear(CASE, word["unclear"], word["locale"]))  # fmt: skip
    house.see(me, MyNotes(MIRA))
    (mine, _) = sorted(house.see(me, MyObjections(CASE)), key=lambda one: not one.words)
    house.done(HANNA, AnswerObjection(CASE, mine.id, Outcome.KEPT))


def _refused(house: House) -> None:
    """What is refused must not leave its words behind either."""
    document = {"bredvid": "case/1", "case": {"ref": WORDS["ref"], "unit": UNIT, "sort": "barnahus"}, "people": [
        {"ref": "a", "name": WORDS["child"], "locale": WORDS["locale"]}], "ties": []}  # fmt: skip
    assert import_case(house.store, json.dumps(document).encode()).errors
    broken = full_entry()
    broken.fields["own_words"] = WORDS["own"] * 500
    assert not house.do(HANNA, CarryEntry(CASE, broken))
