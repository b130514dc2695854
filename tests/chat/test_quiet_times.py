"""The page of quiet times: whoever may not see more gets the same answers to every request, to the letter.

Not cleared, blocked, closed after clearing, under investigation, cleared with nothing open, and a signed-in stranger
send the same requests over HTTP, each about her own case; status, header names and values, length and body are
compared, except `Date`, the value of a cookie and the digits of the one hidden field (req. 33-36).
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from html import unescape

import pytest

from bot.flows import FLOWS
from bot.speech import locale, locales
from bot.talk import Text
from storage.commands import BlockGuardian, EndTie, KeepConsent, SetInvestigation, SetStatus, TakeBack
from storage.records import CaseId, Channel, EntryId, GuardianStatus, PersonId, TieId
from tests.chat.alike import FORM, OURS, Alike, Answer, Body, Fill, Somebody, all_alike
from tests.chat.conftest import House
from tests.chat.mothers import a_mother

TOPICS = ("barnahus", "tonight", "not_ask", "ring")
MOST_PAGES = 40
HANNA = "Hanna Berg"


# --- who must be answered alike ---------------------------------------------------------------------------------------


def _blocked(house: House, ids: Mapping[str, str]) -> None:
    house.work(HANNA, BlockGuardian(CaseId(ids["case"]), TieId(ids["tie"]), blocked=True))


def _in_conflict(house: House, ids: Mapping[str, str]) -> None:
    house.work(HANNA, SetStatus(CaseId(ids["case"]), TieId(ids["tie"]), GuardianStatus.CONFLICT))


def _under_investigation(house: House, ids: Mapping[str, str]) -> None:
    house.work(HANNA, SetInvestigation(CaseId(ids["case"]), active=True, review_on=None))


def _nothing_open(house: House, ids: Mapping[str, str]) -> None:
    for entry in ids["entries"].split():
        house.work(HANNA, TakeBack(CaseId(ids["case"]), EntryId(entry), "Prov"))


def _tie_ended(house: House, ids: Mapping[str, str]) -> None:
    house.work(HANNA, EndTie(CaseId(ids["case"]), TieId(ids["tie"]), house.clock().date()))


def _yes_to_ask_again(house: House, ids: Mapping[str, str]) -> None:
    """Her yes to being written to has run out: somebody else would be asked anew as soon as she comes in."""
    her, case, today = PersonId(ids["person"]), CaseId(ids["case"]), house.clock().date()
    yes = KeepConsent(case, "yes", her, her, "telegram_notice", "Prov", Channel.TELEGRAM, today, today)
    house.work(HANNA, yes)
    _blocked(house, ids)


def _nobody_shuts(house: House, ids: Mapping[str, str]) -> None:
    """She is a stranger already."""


Close = Callable[[House, Mapping[str, str]], None]
CLOSED: dict[str, Close] = {
    "blocked": _blocked, "blocked, to be asked again": _yes_to_ask_again, "closed after clearing": _in_conflict,
    "under investigation": _under_investigation, "nothing open": _nothing_open, "stranger": _tie_ended,
}  # fmt: skip


@asynccontextmanager
async def _everybody(house: House) -> AsyncIterator[Alike]:
    """Everybody who may not see more, each with her own case, and each with a browser where she is not signed in."""
    people = {"not cleared": a_mother(house, "BH-2026-900", cleared=False)}
    for n, name in enumerate(CLOSED):
        people[name] = a_mother(house, f"BH-2026-90{n + 1}", cleared=True)
        CLOSED[name](house, people[name][2])
    # A tie holds through its last day.
    house.clock.on(days=1)
    async with all_alike(house, people) as alike:
        yield alike


# --- what they send ---------------------------------------------------------------------------------------------------


def _form(**fields: str) -> Fill:
    """A form about the present page; `{entry}` and the like are each one's own."""

    def fill(one: Somebody) -> Body:
        return {"turn": one.turn, **{name: value.format_map(one.ids) for name, value in fields.items()}}

    return fill


def _raw(body: str) -> Fill:
    """A body as written; `{turn}` is the present page's."""
    return lambda one: body.format_map({**one.ids, "turn": one.turn, "older": one.older}).encode()


# Taps that no page of theirs offers: unknown, places of other people's conversations, ids of the child's own case.
CHOICES = (
    "nonsense", "", "0", "/ring", "/send", "/nonsense", "after", "advice", "card", "way", "more", "ask", "adults",
    "choices", "who_read", "telegram", "safe", "yes", "messages", "level", "on", "digits", "mine", "zz", "{entry}",
    "{case}", "{tie}", "{person}", "near/card", "my_way/home", "x" * 300, "x" * 301, "é" * 90, "\x00", "\u202etxt",
)  # fmt: skip
WORDS = (
    "", "hallå?", "jag vill dö", "han slår oss nu, hjälp", "I want to kill myself", "أريد أن أموت", "{entry}",
    "/start", "246802", "1234 5678 1234 5678", "<b>hej</b>", "a" * 2001, "a" * 60000, " \n\t",
)  # fmt: skip
FORGED: tuple[tuple[str, Fill, dict[str, str]], ...] = (
    ("an old turn", lambda one: {"turn": one.older, "choice": "tonight"}, {}),
    ("an old turn once more", lambda one: {"turn": one.older, "choice": "tonight"}, {}),
    ("a turn to come", _raw("turn=99999999&choice=ring"), {**FORM, **OURS}),
    ("a bare turn", _raw("turn=1&choice=ring"), {**FORM, **OURS}),
    ("a bare turn from nowhere", _raw("turn=1&choice=ring"), FORM),
    ("no turn", _raw("choice=tonight"), {**FORM, **OURS}),
    ("no turn from nowhere", _raw("choice=tonight"), FORM),
    ("another's page", _raw("turn=00000000000000000001&choice=tonight"), FORM),
    ("another house's page", _raw("turn={turn}&choice=tonight"), {**FORM, "Origin": "https://example.test"}),
    ("nothing but a turn", _raw("turn={turn}"), FORM),
    ("nothing", _raw(""), {**FORM, **OURS}),
    ("a field twice", _raw("turn={turn}&choice=ring&choice=tonight"), {**FORM, **OURS}),
    ("too many fields", _raw("turn={turn}&" + "&".join(f"f{n}=1" for n in range(300))), {**FORM, **OURS}),
    ("too long", _raw("turn={turn}&text=" + "a" * 70_000), {**FORM, **OURS}),
    ("far too long", _raw("turn={turn}&text=" + "a" * 300_000), {**FORM, **OURS}),
    ("not percent signs", _raw("turn={turn}&text=%ff%fe&choice=%zz"), {**FORM, **OURS}),
    ("not a form", _raw('{{"turn": "{turn}", "choice": "ring"}}'), {"Content-Type": "application/json", **OURS}),
    ("no type", _raw("turn={turn}&choice=ring"), {"Content-Type": "", **OURS}),
    ("text", _raw("turn={turn}&choice=ring"), {"Content-Type": "text/plain", **OURS}),
    ("pictures", _form(p1="a", p2="b", p3="c", p4="d", p5="e", p6="f"), {}),
    ("an upload", _raw("--b\r\nContent-Disposition: form-data; name=\"text\"; filename=\"a.jpg\"\r\n"
                       "Content-Type: image/jpeg\r\n\r\nno picture\r\n--b--\r\n"),
     {"Content-Type": "multipart/form-data; boundary=b", **OURS}),
    ("a choice and words", _form(choice="nonsense", text="jag vill dö"), {}),
)  # fmt: skip
REQUESTS: tuple[tuple[str, str], ...] = (
    ("GET", "/help"), ("GET", "/help?l=ar"), ("POST", "/help"), ("HEAD", "/"), ("OPTIONS", "/"), ("PUT", "/"),
    ("DELETE", "/"), ("GET", "/?l=en"), ("GET", "/?entry={entry}"), ("GET", "/i/{invite}"), ("GET", "/i/{invite}?l=ar"),
    ("GET", "/i/{entry}"), ("GET", "/i/" + "x" * 200), ("GET", "/i/"), ("GET", "/n/{invite}"), ("GET", "/n/nothing"),
    ("GET", "/copy.json"), ("GET", "/copy.json?case={case}"), ("GET", "/{entry}"), ("GET", "/near/card"),
    ("GET", "/console/"), ("GET", "/console/cases/{case}"), ("GET", "/telegram/"), ("GET", "/practice/"),
    ("GET", "/a/" + "0" * 24 + ".mp3"), ("GET", "/static/nothing.css"), ("GET", "/eid"), ("GET", "/%2e%2e/{case}"),
)  # fmt: skip


# --- the walks --------------------------------------------------------------------------------------------------------


async def _home(alike: Alike) -> Answer:
    page = await alike.tap("back")
    assert page.step == "near/home"
    return page


async def _every_page(alike: Alike, tag: str, rows: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Press every button of every page, breadth first; each page's text with the taps that lead there.

    `rows`: the languages to go over to and back from. The two ways out are left for the end.
    """
    tags = {one.tag for one in locales()}
    found: dict[str, tuple[str, ...]] = {(await _home(alike)).text: ()}
    waiting: deque[tuple[str, ...]] = deque([()])
    while waiting:
        path = waiting.popleft()
        page = await _at(alike, path)
        for value in page.choices:
            if value == "leave" or (value in tags and value not in rows):
                continue
            await _at(alike, path)
            there = await alike.tap(value)
            assert there.status == 200
            if value in tags and value != tag:
                assert f'lang="{value}"' in there.text
                await alike.tap("/language")
                await alike.tap(tag)
            elif there.text not in found:
                found[there.text] = (*path, value)
                waiting.append((*path, value))
        assert len(found) <= MOST_PAGES
    return found


async def _at(alike: Alike, path: tuple[str, ...]) -> Answer:
    page = await _home(alike)
    for value in path:
        page = await alike.tap(value)
    return page


async def _forged(alike: Alike, path: tuple[str, ...], choices: Iterable[str], words: Iterable[str]) -> None:
    """Choices and words that nobody offered, each on the page that lies at the end of these taps."""
    fills = [*(_form(choice=value) for value in choices), *(_form(choice="/send", text=one) for one in words)]
    for fill in fills:
        if path:
            await _at(alike, path)
        await alike.ask("POST", "/", fill)
        page = await alike.look()
        assert page.status == 200
        if page.step != "near/home":
            await _home(alike)


async def _useful(alike: Alike, tag: str) -> None:
    """Four topics, each with its four pieces of advice, in her language; and a way to help from every page."""
    spoken = locale(tag)
    page = await _home(alike)
    assert set(TOPICS) < set(page.choices)
    for topic in TOPICS:
        there = await alike.tap(topic)
        for n in range(1, 5):
            assert spoken.say(Text(f"near.{topic}.{n}")) in unescape(there.text)
        assert "/help" in there.addresses
        await _home(alike)


async def _in_language(alike: Alike, tag: str) -> None:
    await alike.sign_in()
    await alike.tap("/language")
    page = await alike.tap(tag)
    assert (page.step, f'lang="{tag}"' in page.text) == ("near/home", True)


@pytest.mark.parametrize("tag", ["sv", "en", "ar"])
async def test_every_button_there_is(house: House, tag: str) -> None:
    rows = tuple(one.tag for one in locales()) if tag == "sv" else ("sv", "en", "ar")
    async with _everybody(house) as alike:
        await _in_language(alike, tag)
        await _useful(alike, tag)
        pages = await _every_page(alike, tag, rows)
        # Home, the four topics, the languages and the way to stop.
        assert len(pages) == len(TOPICS) + 3
        assert set(alike.seen) <= {"", "welcome/front", "way_in/come_back", "way_in/pin", "way_in/phone", "near/home",
                                   "language/choose", "stop/ask"}  # fmt: skip


@pytest.mark.parametrize("tag", ["sv", "en", "ar"])
async def test_whatever_is_forged(house: House, tag: str) -> None:
    async with _everybody(house) as alike:
        await _in_language(alike, tag)
        # The names of every step are no language's: they are tried in one.
        await _forged(alike, (), (*CHOICES, *(FLOWS if tag == "sv" else ())), WORDS)
        for path in (("tonight",), ("/language",), ("/stop",)):
            await _forged(alike, path, ("nonsense", "{entry}", "/ring", "messages", "ask"), ("jag vill dö", "{entry}"))
        await _home(alike)
        for _, fill, headers in FORGED:
            await alike.ask("POST", "/", fill, **headers)
            assert (await alike.look()).status == 200
        for method, address in REQUESTS:
            await alike.ask(method, address)
        for door in ("/i/{invite}", "/i/{entry}", "/n/{invite}", "/telegram/"):
            await alike.ask("POST", door, _form(text="00000000"))
        await _useful(alike, tag)


@pytest.mark.parametrize("tag", ["sv", "en", "ar"])
async def test_every_way_out_and_in_again(house: House, tag: str) -> None:
    async with _everybody(house) as alike:
        await _in_language(alike, tag)
        await alike.tap("leave")
        await alike.sign_in()
        await alike.tap("/stop")
        await alike.tap("leave")
        for method in ("GET", "POST"):
            await alike.sign_in()
            await alike.ask(method, "/out", _form() if method == "POST" else None)
            await alike.look()
        # Her own phone rests, and asks for the code again; with it she is back where she was.
        await alike.sign_in("mine")
        await alike.tap("tonight")
        house.clock.on(minutes=6)
        assert (await alike.look()).step == "way_in/pin"
        page = await alike.write(lambda one: one.pin)
        assert locale(tag).say(Text("near.tonight.1")) in unescape(page.text)
        house.clock.on(minutes=6)
        await alike.look()
        for pin in ("111222", "", "{pin}"):
            await alike.write(lambda one, pin=pin: pin.format(pin=one.pin))  # type: ignore[misc]
        await alike.tap("shared")
        # An invite from before works once, as anybody's does; the code to keep that comes at the end is each one's own.
        await alike.ask("POST", "/i/{invite}", _form(text="{spoken}"))
        await alike.look()
        await alike.tap("digits")
        for pin in ("111111", "835021", "835021"):
            page = await alike.write(lambda _, pin=pin: pin)  # type: ignore[misc]
        assert page.step == "way_in/phone"


PLACES = {"near/home": (), "near/card": ("{entry}",), "near/after": ("after",), "near/advice": ("tonight",)}


@pytest.mark.parametrize("place", list(PLACES))
async def test_whoever_is_closed_out_where_she_reads_stands_where_a_stranger_stands(house: House, place: str) -> None:
    shut: dict[str, Close] = {
        "blocked": _blocked, "closed after clearing": _in_conflict, "nothing open": _nothing_open,
    }  # fmt: skip
    people = {name: a_mother(house, f"BH-2026-90{n}", cleared=True) for n, name in enumerate(("stranger", *shut))}
    _tie_ended(house, people["stranger"][2])
    house.clock.on(days=1)
    async with all_alike(house, people) as alike:
        for one in alike.everybody:
            await alike.alone(one)
            way_in = ({"choice": "code"}, {"text": one.receipt}, {"text": one.pin}, {"choice": "shared"})
            there = ("/language", "sv", *(value.format_map(one.ids) for value in PLACES[place]))
            page = await alike.alone(one, *way_in, *({"choice": value} for value in there))
            assert page.step == ("near/home" if one.name == "stranger" else place)
            shut.get(one.name, _nobody_shuts)(house, one.ids)
        assert "data-entry" not in (await alike.look()).text
        for value in ("{entry}", "after", "tonight", "back", "nonsense", "/stop", "back"):
            await alike.ask("POST", "/", _form(choice=value))
            await alike.look()
