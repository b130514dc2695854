"""Was it new? What is asked of an insert has the same answer on every database."""

from __future__ import annotations

from dataclasses import replace

from storage.bindings import find_chat, first_update, meet
from storage.commands import AskForLink, EndLink, KeepConsent, SameWords, SayYes, Withdraw
from storage.consent import Reason, Withheld
from storage.outbox import hold, let_go, pause, paused_until
from storage.queries import MyChoices, MyLink
from storage.records import CaseId, Channel, PersonId, Side, Strength
from storage.talks import first_time
from tests.storage.family import MIRA, MOTHER, Family
from tests.storage.house import House, signed_in
from tests.storage.planted import AMINA, CHAT, MARIA, OTHER_CHAT, move_amina_in


def test_an_update_is_new_once(house: House) -> None:
    assert [house.store.run(lambda tx: first_update(tx, 42)) for _ in range(3)] == [True, False, False]
    assert house.store.run(lambda tx: first_update(tx, 43))


def test_an_event_of_a_page_is_new_once_for_each_channel(house: House) -> None:
    def came(channel: Channel) -> bool:
        return house.store.run(lambda tx: first_time(tx, channel, "mark", None, 1))

    assert [came(Channel.WEB), came(Channel.WEB), came(Channel.TELEGRAM)] == [True, False, True]


def test_a_lease_is_held_by_one_and_can_be_given_back(house: House) -> None:
    def takes(worker: str) -> bool:
        return house.store.run(lambda tx: hold(tx, "bot", worker, 60_000))

    assert [takes("one"), takes("two"), takes("one")] == [True, False, True]
    house.store.run(lambda tx: let_go(tx, "bot", "one"))
    assert [takes("two"), takes("one")] == [True, False]


def test_a_pause_is_kept_for_everybody(house: House) -> None:
    assert house.store.run(lambda tx: paused_until(tx, "bot")) == 0
    until = house.store.run(lambda tx: pause(tx, "bot", 30))
    assert house.store.run(lambda tx: paused_until(tx, "bot")) == until > 0


def test_a_link_is_shown_once_to_one_chat_and_bound_on_her_own_page(house: House) -> None:
    move_amina_in(house)
    me = signed_in(AMINA)
    house.done(me, AskForLink(AMINA))
    link = house.see(me, MyLink(AMINA))
    token = link.token or ""
    assert (len(token) >= 43, link.bound, link.adult) == (True, False, True)
    words = house.store.run(lambda tx: meet(tx, token, CHAT))
    assert words is not None
    assert house.see(me, MyLink(AMINA)).words == words[0]
    assert house.store.run(lambda tx: meet(tx, token, OTHER_CHAT)) is None
    assert house.store.run(lambda tx: find_chat(tx, CHAT)).bound() == ()
    house.done(me, SameWords(AMINA))
    assert [row.person for row in house.store.run(lambda tx: find_chat(tx, CHAT)).bound()] == [AMINA]
    house.done(me, EndLink(AMINA))
    assert house.store.run(lambda tx: find_chat(tx, CHAT)).bound() == ()


def test_a_link_is_late_after_a_quarter_of_an_hour(house: House) -> None:
    move_amina_in(house)
    me = signed_in(AMINA)
    house.done(me, AskForLink(AMINA))
    token = house.see(me, MyLink(AMINA)).token or ""
    house.clock.move(minutes=15, seconds=1)
    assert house.store.run(lambda tx: meet(tx, token, CHAT)) is None
    assert house.see(me, MyLink(AMINA)).token is None


def test_a_child_is_offered_no_link_and_nobody_links_without_her_pin(family: Family) -> None:
    house = family.house
    assert house.do(signed_in(MIRA), AskForLink(MIRA)) == Withheld(Reason.CHANNEL)
    assert house.see(signed_in(MIRA), MyLink(MIRA)).adult is False
    before_pin = type(signed_in(MOTHER))(MOTHER, Strength.CHANNEL)
    assert house.do(before_pin, AskForLink(MOTHER)) == Withheld(Reason.STRENGTH)


def test_a_yes_that_ran_out_can_be_given_again(house: House) -> None:
    case = house.carry_in("amina").case or ""
    amina = house.named(Side.AID, "EB-2026-118", "person", "amina")
    me, today = signed_in(amina), house.clock.now.date()
    (consent,) = house.see(me, MyChoices(CaseId(case))).given
    house.done(me, Withdraw(CaseId(case), consent[0]))
    worker_of_case = replace(MARIA, unit="lindvik-stod")
    old = KeepConsent(CaseId(case), "old", PersonId(amina), PersonId(amina), "reminders", "x", None, today, today)
    house.done(worker_of_case, old)
    assert house.do(me, SayYes(CaseId(case), "reminders", "10:00-18:00")).fresh is False
    house.clock.move(days=1)
    assert house.do(me, SayYes(CaseId(case), "reminders", "10:00-18:00")).fresh
    assert len(house.see(me, MyChoices(CaseId(case))).given) == 2
