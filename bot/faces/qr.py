"""Faces: an address as a picture that a phone can read, drawn into the page itself."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(address: str) -> Markup:
    """The picture, black on white in any colour scheme, with the quiet edge that cameras need."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
    return Markup(drawn)  # noqa: S704  (segno draws squares; nothing of the address is in it as text)
