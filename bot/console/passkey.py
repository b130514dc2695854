"""The door of the console: passkeys, added after a one-time link or while signed in, and signing in with one."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import web

from bot.console.door import Porch, key_host
from bot.http.forms import BadForm, read_form
from bot.http.slips import Slip
from storage.later import Later
from storage.records import WayIn
from storage.sign_in import Entered, end_sessions
from storage.staff_sign_in import (
    add_passkey,
    enter_staff,
    passkey_by,
    passkey_mark,
    passkey_used,
    passkeys_of,
    spend_slip,
    staff_by,
    staff_name,
)
from storage.vault import Tx

# A house whose staff come in by their work accounts never loads it: 5 MiB.
if TYPE_CHECKING:
    from bot.console import ceremonies
else:
    ceremonies = Later("bot.console.ceremonies")

ADD, GET = "addkey", "usekey"


# --- adding one ---------------------------------------------------------------------------------------------


async def show_enrol(porch: Porch, request: web.Request) -> web.StreamResponse:
    """The ways in that whoever has used her link, or is signed in, may tie to herself."""
    staff = await porch.tying(request)
    if staff is None:
        return porch.draw(request, "needed", 401)
    host = key_host(porch.public_url)
    if host is None:
        return porch.draw(request, "enrol", 200)
    slip = porch.slip(ADD, staff)
    name, known = await asyncio.wrap_future(
        porch.store.submit(lambda tx: (staff_name(tx, staff), passkeys_of(tx, staff)))
    )
    options = ceremonies.creation(host, staff, name or "", slip.challenge, known)
    return porch.draw(request, "enrol", 200, slip=slip, options=options, ceremony="create")


async def add(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Keep a new passkey; a session begins with it, and whatever was open before ends."""
    staff, slip, said = await porch.tying(request), porch.brought(request, ADD), await _answer(request)
    if staff is None:
        return porch.draw(request, "needed", 401)
    if slip is None or slip.about != staff or not await _spent(porch, slip):
        return porch.draw(request, "again", 403)
    key = ceremonies.registered(porch.public_url, slip.challenge, said, porch.store.clock().date())
    if key is None:
        return porch.draw(request, "key_wrong", 403)

    def keep(tx: Tx) -> Entered | None:
        if not add_passkey(tx, staff, key):
            return None
        end_sessions(tx, staff)
        return enter_staff(tx, staff, WayIn.PASSKEY)

    entered = await asyncio.wrap_future(porch.store.submit(keep))
    return porch.begin(request, entered) if entered is not None else porch.draw(request, "taken", 403)


# --- signing in with one ------------------------------------------------------------------------------------


async def show_key(porch: Porch, request: web.Request) -> web.StreamResponse:
    """A button that asks for a passkey; the device knows whose it has."""
    host = key_host(porch.public_url)
    if host is None:
        raise web.HTTPNotFound
    slip = porch.slip(GET)
    options = ceremonies.asking(host, slip.challenge)
    return porch.draw(request, "key", 200, slip=slip, options=options, ceremony="get")


async def use(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Sign in with a passkey. An unknown one, a taken-back one and a wrong one look alike."""
    slip, said = porch.brought(request, GET), await _answer(request)
    if slip is None or not await _spent(porch, slip):
        return porch.draw(request, "again", 403)
    credential = _named(said)
    found = await asyncio.wrap_future(porch.store.submit(lambda tx: passkey_by(tx, credential)))
    count = ceremonies.proven(porch.public_url, slip.challenge, said, found[1]) if found is not None else None
    if found is None or count is None:
        return porch.draw(request, "key_wrong", 403)
    staff, key = found

    def enter(tx: Tx) -> Entered | None:
        if staff_by(tx, passkey_mark(tx, key.credential)) != staff:
            return None
        passkey_used(tx, staff, key, count)
        return enter_staff(tx, staff, WayIn.PASSKEY)

    entered = await asyncio.wrap_future(porch.store.submit(enter))
    return porch.begin(request, entered) if entered is not None else porch.draw(request, "key_wrong", 403)


# --- shared -------------------------------------------------------------------------------------------------


async def _spent(porch: Porch, slip: Slip) -> bool:
    return await asyncio.wrap_future(porch.store.submit(lambda tx: spend_slip(tx, slip.value)))


async def _answer(request: web.Request) -> str:
    form = await read_form(request)
    return "" if isinstance(form, BadForm) else form.get("answer", "")


def _named(said: str) -> str:
    """The credential's id as the answer writes it; '' when there is none."""
    try:
        named = json.loads(said)["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return named if isinstance(named, str) else ""
