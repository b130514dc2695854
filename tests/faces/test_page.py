"""A page: every hook is there, nothing tells, and it works as a plain form."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from markupsafe import Markup

from bot.faces.frame import TITLE
from bot.faces.reply import LANGUAGE, SEND, STOP, read_reply, turn_field
from bot.faces.symbols import LETTERS, PICTURES, names
from bot.faces.web import page
from bot.http.forms import parse_form
from bot.http.same_origin import stamp_in, stamp_of
from bot.speech import locale
from bot.talk import Block, Chose, Name, Screen, Typed, Written
from storage.kinds import KINDS
from storage.pins import is_pin
from tests.faces.samples import FRAME, WORDS, pages, screens

TAGS = tuple(WORDS)


class Reader(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, whole: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(whole)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def drawn(name: str, tag: str = "sv") -> Reader:
    return Reader(pages(locale(tag, strict=True))[name])


def test_a_page_says_language_direction_step_and_turn() -> None:
    read = drawn("card", "ar")
    assert read.all("html") == [{"lang": "ar", "dir": "rtl"}]
    (main,) = read.all("main")
    assert (main["data-step"], main["data-turn"]) == ("sample/card", "7")


def test_a_card_says_which_entry_it_is() -> None:
    (card,) = [one for one in drawn("card").all("section") if "data-entry" in one]
    assert (card["data-entry"], card["data-kind"]) == ("e1", "child_interview")


def test_every_action_is_a_form_button_with_a_value() -> None:
    for name in screens("sv"):
        read = drawn(name)
        pressed = [one for one in read.all("button", name="choice") if one.get("aria-hidden") != "true"]
        assert len(pressed) >= 3
        assert all("data-choice" in one and one["value"] for one in pressed)
        assert len(read.all("form", method="post", action="/")) == 1


def test_the_fixed_line_stands_on_every_page_and_the_way_out_comes_first() -> None:
    for name, whole in pages(locale("sv", strict=True)).items():
        read = Reader(whole)
        links = [one["href"] for one in read.all("a")]
        assert links[:2] == ["#main", "/out"], name
        assert "/help" in links
        if name in screens("sv"):
            values = [one["value"] for one in read.all("button", name="choice")]
            assert {LANGUAGE, STOP} <= set(values)


def test_the_page_of_quiet_times_is_the_same_at_every_turn_but_for_one_field() -> None:
    screen, swedish = screens("sv")["quiet"], locale("sv", strict=True)
    early, late = (
        page(screen, swedish, step="s", turn=turn, hidden_turn=True, frame=replace(FRAME, stamp=stamp))
        for turn, stamp in ((3, 0), (90_210, 987_654_321_012))
    )
    assert 'data-turn="0"' in early
    hidden = re.compile(r'(<input type="hidden" name="turn" value=")(\d{20})(">)')
    assert len(hidden.findall(early)) == len(hidden.findall(late)) == 1
    assert early != late
    assert hidden.sub("", early) == hidden.sub("", late)
    assert early.count('type="hidden"') == 1


@pytest.mark.parametrize("tag", TAGS)
def test_title_icon_and_addresses_tell_nothing(tag: str) -> None:
    for whole in pages(locale(tag, strict=True)).values():
        assert f"<title>{TITLE}</title>" in whole
        head = whole.lower()[: whole.lower().index("</head>")]
        assert not any(word in head for word in ("barnahus", "bredvid", "polis", "social", "interview"))
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', whole)
        assert not [one for one in addresses if "://" in one]


def test_words_and_values_cannot_become_markup() -> None:
    evil = '<script>alert(1)</script>"><b>'
    screen = Screen(Name(evil), (Block((Written(evil), Name(evil)), Name(evil), entry=evil, kind=evil),))
    whole = page(screen, locale("sv", strict=True), step=evil, turn=1, hidden_turn=False, frame=FRAME)
    assert "<script>alert" not in whole
    assert "<b>" not in whole


def test_there_is_no_script_or_style_inside_a_page() -> None:
    for whole in pages(locale("sv", strict=True)).values():
        assert " style=" not in whole
        assert "<style" not in whole
        assert not re.search(r"<script(?![^>]* src=)", whole)
        assert not re.search(r"\son[a-z]+=", whole)


@pytest.mark.parametrize("tag", ["sv", "ar"])
def test_a_name_turns_nothing_that_stands_after_it(tag: str) -> None:
    """A stranger writes a name that ends its own isolate and runs the rest of the line backwards."""
    spoken = locale(tag)
    for turning in ("Noa\u2069\u202e", "\u202aNoa", "\u2066Noa", "N\u202eoa\u202c"):
        assert spoken.say(Name(turning)) == spoken.say(Name("Noa"))
        assert spoken.say(Written(turning, "sv")) == spoken.say(Written("Noa", "sv"))


def test_a_name_in_other_letters_is_isolated_in_a_right_to_left_page() -> None:
    whole = pages(locale("ar", strict=True))["card"]
    assert "\u2068" in whole
    assert whole.count("\u2068") == whole.count("\u2069")


def test_free_words_always_have_two_numbers_under_them_and_codes_do_not() -> None:
    assert [one["href"] for one in drawn("write").all("a")][-2:] == ["tel:112", "tel:116111"]
    assert "tel:112" not in pages(locale("sv", strict=True))["pin"]


def test_a_digit_pin_is_one_numeric_field_that_no_browser_keeps() -> None:
    (box,) = drawn("pin").all("input", name="text")
    assert (box["type"], box["inputmode"], box["maxlength"], box["autocomplete"]) == ("text", "numeric", "6", "off")


def test_a_picture_pin_is_six_rows_of_twelve_and_its_form_says_a_pin() -> None:
    read = drawn("pictures")
    for place in range(1, 7):
        row = read.all("input", name=f"p{place}")
        assert [one["value"] for one in row] == list(LETTERS)
        assert all(one["aria-label"] for one in row)
    (hidden,) = read.all("input", type="hidden")
    posted = {"turn": hidden["value"], "choice": SEND} | {f"p{n}": letter for n, letter in enumerate("chalke", 1)}
    form = parse_form(urlencode(posted).encode())
    assert not isinstance(form, str)
    reply = read_reply(form)
    assert reply.turn == 7
    assert reply.event == Typed("chalke")
    assert is_pin("chalke", pictures=True)


@pytest.mark.parametrize(
    ("form", "turn", "event"),
    [
        ({"turn": turn_field(7, 12), "choice": "ok"}, 7, Chose("ok")),
        ({"turn": "7", "choice": SEND, "text": " hej "}, 7, Typed("hej")),
        ({"turn": "7", "text": "hej"}, 7, Typed("hej")),
        ({"turn": "9" * 8, "choice": "ok"}, 99_999_999, Chose("ok")),
        ({"turn": "9" * 19, "choice": "ok"}, None, Chose("ok")),
        ({"turn": "٣", "choice": "ok"}, None, Chose("ok")),
        ({"turn": turn_field(8, 0), "choice": LANGUAGE, "text": "half a letter"}, 8, Chose(LANGUAGE)),
        ({"choice": SEND}, None, Typed("")),
        ({"turn": "²", "choice": "x" * 500}, None, None),
        ({"turn": "9" * 30}, None, None),
        ({}, None, None),
    ],
)
def test_a_posted_page_is_read(form: dict[str, str], turn: int | None, event: Chose | Typed | None) -> None:
    reply = read_reply(form)
    assert (reply.turn, reply.event) == (turn, event)


def test_the_hidden_turn_carries_the_stamp_that_the_door_asks_for() -> None:
    stamp = stamp_of("a secret")
    assert stamp_in({"turn": turn_field(12, stamp)}) == stamp
    assert len(turn_field(12, stamp)) == 20


def test_every_symbol_has_words_and_every_kind_has_a_symbol() -> None:
    for tag in TAGS:
        speaks = locale(tag, strict=True).speaks
        assert [name for name in sorted(names()) if not speaks(f"symbol.{name}")] == []
    assert {kind.symbol for kind in KINDS.values()} <= names()
    # One for each: a child who goes by pictures must not meet the same one for two things.
    assert [one for one, times in Counter(kind.symbol for kind in KINDS.values()).items() if times > 1] == []
    assert set(PICTURES) <= names()
    assert len(PICTURES) == len(set(PICTURES)) == 12


def test_the_door_of_an_invite_is_one_field_and_one_button() -> None:
    read = drawn("door")
    assert len(read.all("form", method="post", action="/i/token")) == 1
    (button,) = [one for one in read.all("button", name="choice") if one.get("aria-hidden") != "true"]
    assert button["value"] == SEND
    assert "/i/token?l=ar" in [one["href"] for one in read.all("a")]


def test_the_strip_stands_above_the_form_and_only_when_given() -> None:
    strip = replace(FRAME, strip=Markup("<p>demo</p>"))
    screen, swedish = screens("sv")["front"], locale("sv", strict=True)
    with_strip = page(screen, swedish, step="s", turn=1, hidden_turn=False, frame=strip)
    assert with_strip.index("<p>demo</p>") < with_strip.index("<form")
    assert '<aside class="strip"' not in pages(swedish)["front"]
