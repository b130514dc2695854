"""Invites and spoken codes: they open once, for a while, to whoever has both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from storage import sign_in
from storage.records import Strength
from tests.contract.signing_in import WRONG, accept, invite, strength
from tests.storage.family import MIRA, MOTHER, Family

# --- invites ----------------------------------------------------------------------------------------------------------


def test_an_invite_opens_once_with_its_spoken_code(family: Family) -> None:
    token, code = invite(family.house)
    entered = accept(family.house, token, code)
    assert entered is not None
    assert entered.person == MIRA
    assert strength(family.house, entered.token) is Strength.CHANNEL
    assert accept(family.house, token, code) is None


def test_a_wrong_code_an_unknown_token_and_a_used_invite_look_alike(family: Family) -> None:
    token, code = invite(family.house)
    assert accept(family.house, token, WRONG) is None
    assert accept(family.house, "not a token", code) is None
    assert accept(family.house, token, "") is None


@pytest.mark.parametrize(("by_letter", "lives"), [(False, timedelta(minutes=15)), (True, timedelta(hours=72))])
def test_an_invite_lives_as_long_as_it_says(family: Family, by_letter: bool, lives: timedelta) -> None:
    early, late = invite(family.house, by_letter=by_letter), invite(family.house, MOTHER, by_letter=by_letter)
    family.house.clock.move(seconds=lives.total_seconds())
    assert accept(family.house, *early) is not None
    family.house.clock.move(seconds=1)
    assert accept(family.house, *late) is None


def test_five_wrong_codes_burn_token_and_code(family: Family) -> None:
    token, code = invite(family.house)
    for _ in range(4):
        assert accept(family.house, token, WRONG) is None
    assert accept(family.house, token, code) is not None
    token, code = invite(family.house)
    for _ in range(5):
        assert accept(family.house, token, WRONG) is None
    assert accept(family.house, token, code) is None


def test_a_new_invite_ends_the_one_before(family: Family) -> None:
    first, second = invite(family.house), invite(family.house)
    assert accept(family.house, *first) is None
    assert accept(family.house, *second) is not None


def test_a_new_invite_taken_ends_every_session_before(family: Family) -> None:
    before = accept(family.house, *invite(family.house))
    assert before is not None
    assert accept(family.house, *invite(family.house)) is not None
    assert strength(family.house, before.token) is None


@pytest.mark.parametrize(
    "said",
    [
        lambda code: code.lower(),
        lambda code: f"{code[:4]} {code[4:]}",
        lambda code: f" {code[:4]}-{code[4:]} ",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l").replace("V", "u"),
    ],
    ids=["small letters", "with a space", "with a dash", "O for 0, I for 1", "o, l and u"],
)
def test_a_spoken_code_may_be_heard_and_typed_in_many_ways(family: Family, said: Callable[[str], str]) -> None:
    for _ in range(6):
        token, code = invite(family.house)
        assert accept(family.house, token, said(code)) is not None


def test_a_spoken_code_has_no_sign_that_can_be_misheard_for_another() -> None:
    signs = {sign for _ in range(300) for sign in sign_in.spoken_code()}
    assert not signs & set("OILU")
    assert len(signs) == 32
