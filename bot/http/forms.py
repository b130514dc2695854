"""What the chat and the console share: a form read once, within limits, and refused as a value."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl

from aiohttp import web

LIMIT = 64 * 1024
FIELDS = 200
PATIENCE = 20.0
_URLENCODED = "application/x-www-form-urlencoded"
_KEPT = "\n\t"
# Signs that turn the direction of what follows: a name could write the rest of a line backwards. The marks that some
# scripts need (U+200E, U+200F, U+061C, joiners) stay.
_TURNS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


class BadForm(StrEnum):
    """Why a form was not read."""

    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NOT_A_FORM = "not_a_form"
    BAD_TEXT = "bad_text"
    TWICE = "twice"


async def read_form(request: web.Request, *, limit: int = LIMIT) -> Mapping[str, str] | BadForm:
    """The fields of a posted form, each once; empty for an empty body. Line ends become `\\n`, other control
    signs and those that turn directions are dropped. The body is kept by the request, so reading twice costs nothing.
    """
    if (request.content_length or 0) > limit:
        return BadForm.TOO_LARGE
    try:
        async with asyncio.timeout(PATIENCE):
            body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return BadForm.TOO_LARGE
    except TimeoutError:
        return BadForm.TOO_SLOW
    if len(body) > limit:
        return BadForm.TOO_LARGE
    if body and request.content_type != _URLENCODED:
        return BadForm.NOT_A_FORM
    return parse_form(body)


def parse_form(body: bytes) -> Mapping[str, str] | BadForm:
    """The fields in a urlencoded body."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except UnicodeDecodeError:
        return BadForm.BAD_TEXT
    except ValueError:
        return BadForm.NOT_A_FORM
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            return BadForm.TWICE
        fields[name] = _plain(value)
    return fields


def _plain(words: str) -> str:
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in words if sign in _KEPT or _is_shown(sign))


def _is_shown(sign: str) -> bool:
    return sign >= " " and not "\x7f" <= sign <= "\x9f" and sign not in _TURNS
