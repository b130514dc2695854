"""The two ceremonies of a passkey, made and checked by py_webauthn; nothing here reads or writes the store.

The user is always verified (a finger, a face, a code): a key that somebody found is not enough. Attestation is not
asked for, since it says which device she has.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date

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

from bot.console.door import key_host
from storage.payloads import Passkey

log = logging.getLogger(__name__)
SHOWN = "Bredvid"
_VERIFIED = UserVerificationRequirement.REQUIRED
_WRONG = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def creation(host: str, staff: str, name: str, challenge: bytes, known: Iterable[Passkey]) -> str:
    """What a browser is asked when a passkey is made, as JSON (WebAuthn, 5.4); not on a device that has one `known`."""
    options = generate_registration_options(
        rp_id=host,
        rp_name=SHOWN,
        user_name=name or SHOWN,
        user_id=staff.encode(),
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in known],
    )
    return options_to_json(options)


def registered(public_url: str, challenge: bytes, said: str, today: date) -> Passkey | None:
    """The passkey that an authenticator says it made; None when it is not what was asked for."""
    try:
        made = verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=key_host(public_url) or "",
            expected_origin=public_url,
            require_user_verification=True,
        )
    except _WRONG as wrong:
        log.warning("passkey: a new one was refused: %s", type(wrong).__name__)
        return None
    public = bytes_to_base64url(made.credential_public_key)
    return Passkey(bytes_to_base64url(made.credential_id), public, made.sign_count, today)


def asking(host: str, challenge: bytes) -> str:
    """What a browser is asked when somebody signs in, as JSON (WebAuthn, 5.5); the device knows whose key it has."""
    options = generate_authentication_options(rp_id=host, challenge=challenge, user_verification=_VERIFIED)
    return options_to_json(options)


def proven(public_url: str, challenge: bytes, said: str, key: Passkey) -> int | None:
    """The authenticator's counter when all of it holds."""
    try:
        done = verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=key_host(public_url) or "",
            expected_origin=public_url,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.count,
            require_user_verification=True,
        )
    except _WRONG as wrong:
        log.warning("passkey: one was refused: %s", type(wrong).__name__)
        return None
    return int(done.new_sign_count)
