"""What the chat and the console share: which of our languages a browser asks for."""

from __future__ import annotations

from collections.abc import Sequence

# Browsers name some languages otherwise than we do.
_SAME = {
    "fa-af": "prs", "ku": "kmr", "ku-iq": "ckb", "ku-arab": "ckb", "sme": "se", "nb": "sv", "nn": "sv", "no": "sv",
    "da": "sv",
}  # fmt: skip
_LONGEST = 500


def asked_language(header: str | None, tags: Sequence[str], *, default: str = "sv") -> str:
    """The first of `tags` that an Accept-Language header wants, by its weights; else `default`."""
    known = {tag.lower(): tag for tag in tags}
    for wish in _wishes((header or "")[:_LONGEST]):
        for tag in (wish, _SAME.get(wish, ""), wish.split("-")[0], _SAME.get(wish.split("-")[0], "")):
            if tag.lower() in known:
                return known[tag.lower()]
    return default


def _wishes(header: str) -> list[str]:
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=") or "1"
        try:
            weighed.append((-float(weight), place, tag.strip().lower()))
        except ValueError:
            continue
    return [tag for minus, _, tag in sorted(weighed) if tag and minus < 0]
