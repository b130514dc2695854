"""Telegram in the demo: two of the invented grown-ups have linked it, by the very deeds that a page and a chat do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.demo.people import Cast, Tried
from storage.bindings import meet
from storage.commands import AskForLink, Command, KeepConsent, PickCodeWord, SameWords
from storage.consent import TELEGRAM_FULL, Actor, Withheld
from storage.gate import Sitting
from storage.queries import MyLink
from storage.records import CaseId, Channel, PersonId, Role, Side, Strength
from storage.vault import Store, Tx

# Numbers at Telegram, by name: Amina is reminded of meetings, Noa was the child and is grown now.
LINKED: Mapping[str, int] = MappingProxyType({"Amina": 700_001, "Noa": 700_002})
FULL = "Noa"
WORD = "boat"


def link_phones(store: Store, cast: Cast, *, content: bool) -> Cast:
    """Link whoever is not linked yet. `content`: the house lets a grown-up who said yes read in Telegram."""
    return replace(cast, people=tuple(_linked(store, one, content=content) for one in cast.people))


def _linked(store: Store, one: Tried, *, content: bool) -> Tried:
    number = LINKED.get(one.name)
    if number is None:
        return one
    store.run(lambda tx: _link(tx, PersonId(one.id), number))
    full = content and one.name == FULL
    if full:
        store.run(lambda tx: _say_yes(tx, one))
    return replace(one, telegram=True, telegram_user_id=number, telegram_content=full)


def _link(tx: Tx, person: PersonId, number: int) -> None:
    herself = Actor(person, Strength.PIN)
    with Sitting(tx, herself, Channel.WEB, lock=True) as sitting:
        facts = sitting.ask(MyLink(person))
        if isinstance(facts, Withheld) or facts.bound or not facts.adult:
            return
        sitting.do(AskForLink(person))
        facts = sitting.ask(MyLink(person))
        if isinstance(facts, Withheld) or facts.token is None:
            raise RuntimeError("a demo phone got no link")
        meet(tx, facts.token, number)
        for deed in (SameWords(person), PickCodeWord(person, WORD)):
            _must(sitting, deed)


def _say_yes(tx: Tx, one: Tried) -> None:
    person = PersonId(one.id)
    worker = Actor("import", Strength.STAFF, Side.BARNAHUS, "lindvik", Role.COORDINATOR)
    with Sitting(tx, worker, Channel.CONSOLE, lock=True) as sitting:
        yes = KeepConsent(CaseId(one.case), f"{person}.telegram", person, person, TELEGRAM_FULL, "read in Telegram",
                          Channel.TELEGRAM, tx.now.date(), None)  # fmt: skip
        _must(sitting, yes)


def _must(sitting: Sitting, deed: Command) -> Any:
    done = sitting.do(deed)
    if isinstance(done, Withheld):
        raise RuntimeError(f"the demo was refused {type(deed).__name__}: {done.reason}")
    return done
