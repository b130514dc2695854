"""The door of the console: signing in with the municipality's account (OpenID Connect), and tying one to oneself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from bot.console.door import Porch
from bot.http.oidc import Failed, Identity, Provider
from bot.http.slips import Slip
from storage.records import WayIn
from storage.sign_in import Entered, end_sessions
from storage.staff_sign_in import account_mark, enter_staff, spend_slip, staff_by, tie_account, tying
from storage.vault import Tx

BACK = "/console/back"
PURPOSE = "account"
# What she reads, and with which status, when it came to nothing.
PAGES: Mapping[Failed, tuple[str, int]] = MappingProxyType(
    {
        Failed.DOWN: ("down", 503),
        Failed.SAID_NO: ("said_no", 403),
        Failed.TAMPERED: ("tampered", 403),
        Failed.LEVEL: ("said_no", 403),
    }
)


async def leave_for_account(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Send the browser to the provider. Nothing is written: a slip is spent when it comes back."""
    provider = _provider(porch)
    slip = porch.slip(PURPOSE, await porch.tying_session(request) if "tie" in request.query else "")
    address = await provider.address(slip)
    if isinstance(address, Failed):
        return porch.draw(request, *PAGES[address])
    answer = porch.draw(request, "needed", 303, slip=slip)
    answer.headers["Location"] = address
    answer.text = ""
    return answer


async def back_from_account(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Whoever comes back from the provider: known and at work here, or told kindly whom to ask."""
    provider, slip = _provider(porch), porch.brought(request, PURPOSE)
    if slip is None:
        return porch.draw(request, "tampered", 403)
    if not await asyncio.wrap_future(porch.store.submit(lambda tx: spend_slip(tx, slip.value))):
        return porch.draw(request, "again", 403)
    who = await provider.identify(dict(request.query), slip)
    if isinstance(who, Failed):
        return porch.draw(request, *PAGES[who])
    entered = await asyncio.wrap_future(porch.store.submit(lambda tx: _enter(tx, slip, who)))
    if entered is None:
        return porch.draw(request, "taken" if slip.about else "nobody", 403)
    return porch.begin(request, entered)


def _enter(tx: Tx, slip: Slip, who: Identity) -> Entered | None:
    if slip.about:
        staff = tying(tx, bytes.fromhex(slip.about))
        if staff is None or not tie_account(tx, staff, who.issuer, who.sub, staff):
            return None
        # Whatever was open while she was only tying a way in ends here.
        end_sessions(tx, staff)
        return enter_staff(tx, staff, WayIn.ACCOUNT)
    found = staff_by(tx, account_mark(tx, who.issuer, who.sub))
    return enter_staff(tx, found, WayIn.ACCOUNT) if found is not None else None


def _provider(porch: Porch) -> Provider:
    if porch.door.account is None:
        raise web.HTTPNotFound
    return porch.door.account
