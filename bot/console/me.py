"""The page of one's own ways in: the passkeys, the account, and out everywhere at once."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.door import key_host
from bot.console.errand import Errand
from storage.payloads import Passkey
from storage.records import StaffId, WayIn
from storage.staff_sign_in import drop_passkey, my_sessions, passkeys_of, ways_of
from storage.vault import Tx


async def show_me(errand: Errand) -> web.StreamResponse:
    """What she comes in with, and where she is signed in."""

    def look(tx: Tx) -> tuple[tuple[Passkey, ...], tuple[WayIn, ...], int]:
        staff = StaffId(errand.actor.id)
        return passkeys_of(tx, staff), ways_of(tx, staff), my_sessions(tx, staff)

    keys, ways, sessions = await asyncio.wrap_future(errand.house.store.submit(look))
    door = errand.house.door
    return errand.page(
        "me.html",
        keys=keys,
        tied=WayIn.ACCOUNT in ways,
        last=len(ways) < 2,
        sessions=sessions,
        account=door.account is not None,
        can_key=key_host(errand.house.public_url) is not None,
    )


async def drop_key(errand: Errand) -> web.StreamResponse:
    """Take a passkey away; she signs in again with another, here too."""
    staff, credential = StaffId(errand.actor.id), errand.typed.one("credential")
    await asyncio.wrap_future(errand.house.store.submit(lambda tx: drop_passkey(tx, staff, credential)))
    return errand.go("/me")
