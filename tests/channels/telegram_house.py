"""The rehearsal room: the house with a Telegram of its own, real parts all through, and Amina who is linked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.channels.account import Account
from bot.channels.account import Terms as AccountTerms
from bot.channels.stand_in import BotApi, Limits, Patience, Terms, User
from bot.channels.telegram import serve_webhook
from bot.channels.web import house_of
from bot.demo.phones import LINKED
from bot.engine import House, nothing
from bot.recordings import Recordings
from storage import _tables as t
from storage import outbox
from storage.bindings import meet
from storage.commands import AskForLink, Book, Enrol, KeepConsent, OpenCase, PickCodeWord, SameWords
from storage.letters import TrialLetter, decide_letter
from storage.queries import MyLink
from storage.records import (
    CaseId,
    Channel,
    EntryState,
    GuardianStatus,
    Meeting,
    PersonId,
    RecordId,
    Side,
    TieId,
    TieKind,
)
from storage.vault import Tx
from tests.channels.approved import NOTHING, Approved, her_own, must_be_approved
from tests.storage.house import NOON, Clock, open_house, signed_in, worker
from tests.storage.house import House as Store

TOKEN = "7712345678:AAF_practice-Token_0123456789abcdefgh"
SECRET = "a-secret_for-the-hook"
UNIT = "lindvik-stod"
MARIA = worker("maria", unit=UNIT, side=Side.AID)
CASE, AMINA = CaseId("case-amina"), PersonId("amina")
PHONE = 7001
# A Monday at nine in Stockholm: a safe hour.
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def unhurried() -> Terms:
    """No sending limits, and a webhook that is tried again at once."""
    return Terms(limits=Limits.none(), patience=Patience(first=0.02, most=0.1, answer=5.0))


async def until(true: Callable[[], Any], within: float) -> Any:
    """Wait until something holds, `within` seconds; what it gave."""
    async with asyncio.timeout(within):
        found = await asyncio.to_thread(true)
        while not found:
            await asyncio.sleep(0.02)
            found = await asyncio.to_thread(true)
        return found


@dataclass
class Room:
    """A house, its Telegram and its clock."""

    store: Store
    api: BotApi
    account: Account
    url: str
    said: list[str] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return self.store.clock

    def phone(self, number: int = PHONE, language: str = "sv") -> User:
        return self.api.user(number, "A", language)

    def outbox(self, **where: Any) -> list[Any]:
        rows = self.store.rows(t.outbox, **where)
        return sorted(rows, key=lambda row: (row.created_at, row.due_at))

    def states(self) -> list[tuple[str, str]]:
        """What was pushed and what became of it, but for the trial that every story begins after."""
        return [(row.what, row.state) for row in self.outbox() if row.sort == "push" and row.what != "trial"]

    async def until(self, true: Callable[[], Any], within: float = 8.0) -> Any:
        """Wait until something holds."""
        return await until(true, within)

    async def quiet(self, seconds: float = 0.6) -> None:
        """Long enough for the sender to have looked twice."""
        await asyncio.sleep(seconds)


def book(starts: datetime, *, meeting: str = "plan", state: EntryState = EntryState.PLANNED, **how: Any) -> Book:
    """A booked time of Amina's."""
    one = Meeting(
        RecordId(meeting), starts, "Europe/Stockholm", "Maria KANARIE", "Storgatan KANARIE 4", "three_way", state
    )
    return Book(CASE, AMINA, replace(one, **how))


def moving_in(
    person: PersonId = AMINA, case: CaseId = CASE, *, born: date | None = date(1981, 4, 2)
) -> tuple[Any, ...]:
    """A person who lives on aid, and her case."""
    enrol = Enrol(case, person, f"{person} KANARIE", born, "sv", None, None, TieId(f"tie-{person}"), TieKind.RECIPIENT,
                  GuardianStatus.UNKNOWN, date(2026, 2, 2), None, "Maria")  # fmt: skip
    return OpenCase(case, UNIT, Side.AID, f"EB-{case}", "2032-12"), enrol


def consent(person: PersonId = AMINA, case: CaseId = CASE, hours: str = "09:00-19:00") -> KeepConsent:
    """Her yes to reminders."""
    return KeepConsent(
        case, f"yes-{person}", person, person, "reminders", hours, Channel.TELEGRAM, date(2026, 2, 2), None
    )


def link(house: Store, person: PersonId = AMINA, number: int = PHONE) -> None:
    """Bind a chat to a person as the page and the chat do it together."""
    her = signed_in(person)
    house.done(her, AskForLink(person))
    facts = house.see(her, MyLink(person))
    assert facts.token is not None
    token = facts.token
    assert house.store.run(lambda tx: meet(tx, token, number)) is not None
    house.done(her, SameWords(person), PickCodeWord(person, "boat"))


def settle(house: Store) -> None:
    """Amina with her yes and her chat; the trial that came when she linked it lies behind her."""
    house.done(MARIA, *moving_in())
    house.done(MARIA, consent())
    link(house)
    tried(house)


def tried(house: Store) -> None:
    """The trial that followed the link was sent, at a time that no story tells of."""

    def send(tx: Tx) -> None:
        for row in outbox.claim(tx, "before", 8):
            assert isinstance(decide_letter(tx, row, "before"), TrialLetter)
            outbox.finish(tx, row, outbox.Outcome(outbox.End.SENT), "bot")

    house.store.run(send)


def account_for(
    house: Store,
    api: BotApi,
    *,
    rate: float,
    hook: str | None,
    content: bool,
    base_url: str | None = None,
    recordings: Recordings | None = None,
) -> Account:
    """The bot's account against the stand-in, or by way of `base_url` to it."""
    made: House = replace(house_of(nothing), content=content)
    at = base_url or api.base_url
    terms = AccountTerms(TOKEN, at, rate, "https://example.test", hook, SECRET, recordings or Recordings())
    return Account(house.store, made, terms)


@asynccontextmanager
async def room(
    url: str,
    folder: Path,
    *,
    rate: float = 0.0,
    polls: bool = False,
    content: bool = False,
    ready: Callable[[Store], None] = settle,
    at: datetime = MORNING,
    recordings: Recordings | None = None,
    way: Callable[[str], str] | None = None,
) -> AsyncIterator[Room]:
    """Everything open; the webhook on a free port. At the end every text that was sent must be an approved one.

    `way` gives another address by which the stand-in is reached.
    """
    with open_house(url, folder, Clock(at)) as house:
        ready(house)
        async with BotApi(TOKEN, clock=house.clock, terms=unhurried()) as api:
            app = web.Application()
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)

            async def post(request: web.Request) -> web.StreamResponse:
                return await inner._handle(request)

            inner = web.Application()
            app.router.add_route("*", "/telegram/", post)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            hook = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/"
            account = account_for(
                house,
                api,
                rate=rate,
                hook=None if polls else hook,
                content=content,
                base_url=way(api.base_url) if way else None,
                recordings=recordings,
            )
            serve_webhook(inner, account.intake, SECRET)
            inner.freeze()
            # What may be told of her own is read off before the story and after it: a yes may come or go meanwhile.
            own = _own(house, content)
            try:
                async with account.running():
                    await asyncio.wait_for(account.ready.wait(), 10)
                    yield Room(house, api, account, hook)
            finally:
                await runner.cleanup()
            must_be_approved(api, own | _own(house, content))


def _own(house: Store, content: bool) -> Approved:
    """What the grown-ups of a story may be told of their own, when the house allows it at all."""
    numbers = (PHONE, *LINKED.values()) if content else ()
    return reduce(or_, (her_own(house.store, number) for number in numbers), NOTHING)


def texts(api: BotApi) -> list[str]:
    """Every text that was ever sent."""
    return [str(call.fields["text"]) for call in api.calls("sendMessage")]


def captions(api: BotApi) -> list[str]:
    """Every text that was ever sent under a recording."""
    return [str(call.fields["caption"]) for call in api.calls("sendVoice")]


__all__ = [
    "AMINA",
    "CASE",
    "MARIA",
    "MORNING",
    "NOON",
    "PHONE",
    "Awaitable",
    "Room",
    "captions",
    "room",
    "select",
    "timedelta",
]
