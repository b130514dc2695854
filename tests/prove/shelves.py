"""Writers who do many things at once in one case and in others, until they are done or killed: no shelf may be torn.

Started as a process (`python -m tests.prove.shelves URL FOLDER NUMBER`) a writer goes on until somebody kills it.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from storage._manifest import undone_together
from storage._shelf import drop, put
from storage._shelf import replace as put_anew
from storage._sql import Tx
from storage.commands import CarryEntry, KeepAdult, MarkRead, OpenCase, ReleaseEntry, Say, TakeBack
from storage.consent import Reason, Withheld
from storage.gate import Sitting
from storage.queries import Sheet
from storage.records import CaseId, Channel, EntryId, ReaderClass, Side
from storage.rekeying import reseal
from tests.storage.family import ADULTS, CASE, HANNA, MIRA, everyone, full_entry, release
from tests.storage.house import UNIT, House, open_house, signed_in

CARDS = 6


class Broke(Exception):
    """A call that was to fail after it had written."""


@dataclass
class Writer:
    """One who does this and that, the next thing drawn by lot; `said` counts what came of it."""

    house: House
    number: int
    said: Counter[str] = field(default_factory=Counter)
    names: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """Her lot, and a case that only she writes in."""
        self.lot = random.Random(self.number)
        self.own = CaseId(f"case-own-{self.number}")
        self.house.do(HANNA, OpenCase(self.own, UNIT, Side.BARNAHUS, str(self.number), "2046-03"))
        for adult in ADULTS:
            self.house.do(HANNA, KeepAdult(self.own, adult))

    def go_on(self, steps: int | None = None) -> Writer:
        """So many steps, or for ever."""
        deeds: tuple[Callable[[str], Any], ...] = (
            self.say, self.mark, self.card, self.card, self.adult, self.release, self.back, self.half, self.fall,
            self.look,
        )  # fmt: skip
        for step in count():
            if step == steps:
                break
            deed = self.lot.choice(deeds)
            done = deed(f"{self.number}-{next(self.names)}")
            self.said[f"{deed.__name__} {done.reason if isinstance(done, Withheld) else 'done'}"] += 1
        return self

    def say(self, name: str) -> Any:
        """She writes."""
        return self.house.do(signed_in(MIRA), Say(CASE, f"hej {name}", None, None))

    def mark(self, _: str) -> Any:
        """What she wrote is marked as read: each of her messages is replaced."""
        return self.house.do(HANNA, MarkRead(CASE, MIRA))

    def card(self, name: str) -> Any:
        """A card is written, or written anew, in the shared case or in her own."""
        case = self.lot.choice((CASE, self.own))
        releases = everyone() if case == CASE else (release(ReaderClass.CHILD),)
        entry = full_entry("report_social", f"{case}-{self.lot.randrange(CARDS)}", releases=releases)
        return self.house.do(HANNA, CarryEntry(case, replace(entry, written_by=f"Hanna {name}")))

    def adult(self, name: str) -> Any:
        """Everybody writes upon the same grown-up."""
        return self.house.do(HANNA, KeepAdult(CASE, replace(ADULTS[3], phone=f"0700-{name}")))

    def release(self, _: str) -> Any:
        """A class of reader more may have it."""
        entry = EntryId(f"{CASE}-{self.lot.randrange(CARDS)}")
        return self.house.do(HANNA, ReleaseEntry(CASE, entry, release(ReaderClass.SHARED)))

    def back(self, _: str) -> Any:
        """A card is taken back, not often: it cannot be written again."""
        if self.lot.random() < 0.8:
            return None
        return self.house.do(HANNA, TakeBack(CASE, EntryId(f"{CASE}-{self.lot.randrange(CARDS)}"), "wrong child"))

    def half(self, name: str) -> Any:
        """Half of something, undone to its savepoint; whole deeds before and after it in the same transaction."""

        def call(tx: Tx) -> Any:
            with Sitting(tx, HANNA, Channel.CONSOLE, lock=True) as sitting:
                first = sitting.do(KeepAdult(CASE, replace(ADULTS[2], phone=f"0701-{name}")))
                with undone_together(tx) as kept:
                    put(tx, CASE, "staff", "adult", f"half-{name}", ADULTS[0])
                    put_anew(tx, CASE, "staff", "adult", f"half-{name}", ADULTS[1], was=1)
                    put_anew(tx, CASE, "staff", "adult", ADULTS[1].id, ADULTS[1], was=1)
                    drop(tx, ADULTS[2].id, "staff")
                    kept.rollback()
                sitting.do(KeepAdult(CASE, replace(ADULTS[2], phone=f"0702-{name}")))
                return first

        return self.house.store.run(call)

    def fall(self, name: str) -> Any:
        """Three calls at once, of which the second fails once it has written: the others are done all the same."""

        def fails(tx: Tx) -> None:
            put(tx, CASE, "staff", "adult", f"fall-{name}", ADULTS[0])
            raise Broke

        first = self.house.store.submit(lambda tx: drop(tx, f"half-{name}", "staff"))
        wrong = self.house.store.submit(fails)
        after = self.house.store.submit(lambda tx: put(tx, self.own, "staff", "adult", f"own-{name}", ADULTS[0]))
        first.result()
        after.result()
        if not isinstance(wrong.exception(), Broke):
            raise AssertionError(wrong)

    def look(self, _: str) -> Any:
        """A worker opens the sheet: while others write it must not be found torn."""
        seen = self.house.ask(HANNA, Sheet(CASE))
        if seen == Withheld(Reason.INTEGRITY):
            raise AssertionError(f"the shelf is torn, as writer {self.number} sees it")
        return seen if isinstance(seen, Withheld) else None

    def turn_keys(self) -> Writer:
        """Seal everything anew."""
        reseal(self.house.store, seconds=60)
        return self


def _main(url: str, folder: str, number: str) -> None:
    with open_house(url, Path(folder)) as house:
        (Path(folder) / f"at-work-{number}").touch()
        Writer(house, int(number)).go_on()


if __name__ == "__main__":
    _main(*sys.argv[1:])
