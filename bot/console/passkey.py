"""The door of the console: passkeys, added after a one-time link or while signed in, and signing in with one.

py_webauthn checks what an authenticator says. The user is always verified (a finger, a face, a code): a key that
somebody found is not enough. Attestation is not asked for, since it says which device she has.
"""

from __future__ import annotations

import asyncio
import json
import logging

from aiohttp import web
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.console.door import Porch, key_host
from bot.http.forms import BadForm, read_form
from bot.http.slips import Slip
from storage.payloads import Passkey
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

log = logging.getLogger(__name__)
ADD, GET = "addkey", "usekey"
_VERIFIED = UserVerificationRequirement.REQUIRED
_WRONG = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
SHOWN = "Bredvid"


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
    options = generate_registration_options(
        rp_id=host,
        rp_name=SHOWN,
        user_name=name or SHOWN,
        user_id=staff.encode(),
        challenge=slip.challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in known],
    )
    return porch.draw(request, "enrol", 200, slip=slip, options=options_to_json(options), ceremony="create")


async def add(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Keep a new passkey; a session begins with it, and whatever was open before ends."""
    staff, slip, said = await porch.tying(request), porch.brought(request, ADD), await _answer(request)
    if staff is None:
        return porch.draw(request, "needed", 401)
    if slip is None or slip.about != staff or not await _spent(porch, slip):
        return porch.draw(request, "again", 403)
    key = _registered(porch, slip, said)
    if key is None:
        return porch.draw(request, "key_wrong", 403)

    def keep(tx: Tx) -> Entered | None:
        if not add_passkey(tx, staff, key):
            return None
        end_sessions(tx, staff)
        return enter_staff(tx, staff, WayIn.PASSKEY)

    entered = await asyncio.wrap_future(porch.store.submit(keep))
    return porch.begin(request, entered) if entered is not None else porch.draw(request, "taken", 403)


def _registered(porch: Porch, slip: Slip, said: str) -> Passkey | None:
    try:
        made = verify_registration_response(
            credential=said,
            expected_challenge=slip.challenge,
            expected_rp_id=key_host(porch.public_url) or "",
            expected_origin=porch.public_url,
            require_user_verification=True,
        )
    except _WRONG as wrong:
        log.warning("passkey: a new one was refused: %s", type(wrong).__name__)
        return None
    public, today = bytes_to_base64url(made.credential_public_key), porch.store.clock().date()
    return Passkey(bytes_to_base64url(made.credential_id), public, made.sign_count, today)


# --- signing in with one ------------------------------------------------------------------------------------


async def show_key(porch: Porch, request: web.Request) -> web.StreamResponse:
    """A button that asks for a passkey; the device knows whose it has."""
    host = key_host(porch.public_url)
    if host is None:
        raise web.HTTPNotFound
    slip = porch.slip(GET)
    options = generate_authentication_options(rp_id=host, challenge=slip.challenge, user_verification=_VERIFIED)
    return porch.draw(request, "key", 200, slip=slip, options=options_to_json(options), ceremony="get")


async def use(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Sign in with a passkey. An unknown one, a taken-back one and a wrong one look alike."""
    slip, said = porch.brought(request, GET), await _answer(request)
    if slip is None or not await _spent(porch, slip):
        return porch.draw(request, "again", 403)
    credential = _named(said)
    found = await asyncio.wrap_future(porch.store.submit(lambda tx: passkey_by(tx, credential)))
    count = _proven(porch, slip, said, found[1]) if found is not None else None
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


def _proven(porch: Porch, slip: Slip, said: str, key: Passkey) -> int | None:
    """The authenticator's counter when all of it holds."""
    try:
        done = verify_authentication_response(
            credential=said,
            expected_challenge=slip.challenge,
            expected_rp_id=key_host(porch.public_url) or "",
            expected_origin=porch.public_url,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.count,
            require_user_verification=True,
        )
    except _WRONG as wrong:
        log.warning("passkey: one was refused: %s", type(wrong).__name__)
        return None
    return int(done.new_sign_count)


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
