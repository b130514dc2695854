"""The model's rules about decisions: seal, secrecy, contact, embargo, protection, consents and exceptions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import update

from storage import _tables as t
from storage import commands as c
from storage.records import Channel, PersonId
from tests.prove.model.facts import Way, Yes
from tests.prove.model.known import Known
from tests.prove.model.people import People
from tests.prove.model.stage import SINCE
from tests.prove.model.steps import ANY, LASTS, OWN, Step
from tests.prove.model.worlds import Asked, Asker

DAYS = st.sampled_from([-30, -1, 0, 1, 30])
GIVERS = st.sampled_from(["mira", "mira", "mother", "father", "lawyer"])
READERS = st.sampled_from(["moa", "moa", "cecilia", "sam", "tove", "mother"])
YES = st.integers(0, 19)
CHOICES = st.sampled_from(["telegram_full", "telegram_full", "telegram_meetings", "telegram_notice", "notices"])
WRITTEN_TO = frozenset({"telegram_full", "telegram_meetings", "telegram_notice", "notices"})
SAFE_CONTACT = timedelta(days=90)


class Decisions(People):
    """What is decided about the case as a whole, and what people say yes to."""

    @rule(by=ANY, sealed=st.sampled_from([True, False, False]))
    def seal(self, by: str, sealed: bool) -> None:
        self._do(self._sealing(by, sealed))

    def _sealing(self, by: str, sealed: bool) -> Step:
        return self._step(by, c.SealCase(self.names.case, sealed), lambda k: k.seal(sealed, by), seal=True)

    @rule(by=OWN, active=st.sampled_from([True, False, False]))
    def investigate(self, by: str, active: bool) -> None:
        command = c.SetInvestigation(self.names.case, active, None)
        self._do(self._step(by, command, lambda k: k.investigate(active)))

    @rule(
        by=OWN,
        notices=st.booleans(),
        until=st.sampled_from([0, 0, 0, 3, 30]),
        embargo=st.sampled_from([False, False, True]),
    )
    def decide_contact(self, by: str, notices: bool, until: int, embargo: bool) -> None:
        self._do(self._deciding(by, notices, until, embargo))

    def _deciding(self, by: str, notices: bool, until: int, embargo: bool) -> Step:
        waits = self.today + timedelta(days=until) if until else None
        decision = ("Hanna", SINCE, waits, embargo, notices)
        command = c.DecideContact(self.names.case, PersonId(self.known.child), SINCE, "Hanna", "why", "reads", True,
                                  waits, embargo, notices)  # fmt: skip
        lasts: date | bool = waits if waits is not None else embargo
        return self._step(by, command, lambda k: k.decide_contact(decision, notices, lasts))

    @rule(by=OWN)
    def log_notice(self, by: str) -> None:
        self._do(self._noticing(by))

    def _noticing(self, by: str) -> Step:
        today = self.today
        return self._step(by, c.LogNotice(self.names.case, today), lambda k: k.log_notice(today))

    @rule(by=OWN)
    def record_wish(self, by: str) -> None:
        today = self.today
        command = c.RecordWish(self.names.case, PersonId(self.known.child), today)
        self._do(self._step(by, command, lambda k: k.wish(today)))

    @rule(by=OWN, protected=st.booleans())
    def protect(self, by: str, protected: bool) -> None:
        command = c.ProtectIdentity(self.names.case, protected)
        self._do(self._step(by, command, lambda k: k.protect(protected)))

    @rule()
    def open_up(self) -> None:
        """Two people open what one has shut."""
        for by in ("hanna", "olle"):
            if self.known.sealed:
                self._do(self._sealing(by, False))

    @rule(by=OWN)
    def damage(self, by: str) -> None:
        """Somebody with the database's password moves the head of the case's rules, and puts it back."""
        for broken in (True, False):
            head = t.subject.c.head_n + (1 if broken else -1)
            self.house.tamper(update(t.subject).where(t.subject.c.id == self.names.case).values(head_n=head))
            self.known.broken = broken
            self._do(self._clearing("mother", by))

    # --- grounds ----------------------------------------------------------------------------------------------------

    @rule(giver=GIVERS, to=READERS, scope=st.sampled_from(["share_story", "share_story", "share_shared"]), by=OWN,
          purpose=st.sampled_from(["own_story", "own_story", "own_story", "own_contact"]), first=DAYS, last=LASTS,
          channel=st.sampled_from([None, "web", "web", "clock"]), n=st.integers(0, 9))  # fmt: skip
    def consent(self, giver: str, to: str, scope: str, by: str, purpose: str, first: int, last: int | None,
                channel: str | None, n: int) -> None:  # fmt: skip
        self._consent(f"yes-{n}", giver, to, scope, by, purpose, channel, first, last)

    @rule(who=st.sampled_from(["mira", "mira", "mother", "moa"]), last=LASTS, n=st.integers(10, 15), by=OWN,
          scope=CHOICES)  # fmt: skip
    def choose(self, who: str, last: int | None, n: int, by: str, scope: str) -> None:
        self._consent(f"yes-{n}", who, who, scope, by, "own_choices", None, -1, last)

    def _consent(self, name: str, giver: str, to: str, scope: str, by: str, purpose: str, channel: str | None,
                 first: int, last: int | None) -> None:  # fmt: skip
        since, until = self.today + timedelta(days=first), None if last is None else self.today + timedelta(days=last)
        person, whom = self.names.person(giver), self.names.person(to)
        yes = Yes(person, scope, whom, purpose, channel, since, self._last_day(scope, since, until))
        command = c.KeepConsent(self.names.case, name, person, PersonId(self.known.child), scope, purpose,
                                None if channel is None else Channel(channel), since, until, to=whom)  # fmt: skip
        self._do(self._step(by, command, lambda k: k.say_yes(name, copy.copy(yes))))

    def _last_day(self, scope: str, since: date, until: date | None) -> date | None:
        """P67: a yes to being written to ends after ninety days, whatever day was set."""
        if scope not in WRITTEN_TO:
            return until
        last = max(since, self.today) + SAFE_CONTACT
        return last if until is None else min(until, last)

    @rule(by=OWN, n=YES)
    def end_consent(self, by: str, n: int) -> None:
        name = self._yes(n)
        self._do(self._step(by, c.EndConsent(self.names.case, name), lambda k: k.take_back_yes(name)))

    @rule(n=YES)
    def withdraw(self, n: int) -> None:
        """She takes a yes of her own back with one tap."""
        child, name = self.known.child, self._yes(n)
        asked, command = Asked("child", "own_choices"), c.Withdraw(self.names.case, name)
        self._do(Step(Asker(child, "pin", "web"), command, asked, lambda k: k.take_back_yes(name, child)))

    @rule(to=st.sampled_from(["moa", "cecilia", "sam", "tove", "egon"]), by=OWN, first=st.sampled_from([-5, 0, 1]),
          ground=st.sampled_from(["osl_10_28", "osl_26_9", "osl_10_27"]), last=LASTS, n=st.integers(0, 5))  # fmt: skip
    def exception(self, to: str, by: str, first: int, ground: str, last: int | None, n: int) -> None:
        whom = to if to == "egon" else self.names.person(to)
        since, until = self.today + timedelta(days=first), None if last is None else self.today + timedelta(days=last)
        command = c.KeepException(self.names.case, f"way-{n}", whom, ground, "Ulla", "dnr 1", since, until)
        change: Callable[[Known], bool] = lambda k: k.except_(f"way-{n}", Way(whom, since, until), ground)  # noqa: E731
        self._do(self._step(by, command, change))

    @rule(by=OWN, n=st.integers(0, 5))
    def end_exception(self, by: str, n: int) -> None:
        command = c.EndException(self.names.case, f"way-{n}")
        self._do(self._step(by, command, lambda k: k.end_exception(f"way-{n}")))
