"""Groups: where in this town others meet who have been through such things; rows that the municipality writes itself.

One file, named by `BREDVID_GROUPS__FILE`: a `[[group]]` for each, with `name`, `contact` (a number or an address, as it
is to be read), `ages` ([from] or [from, to] in years), `languages` and, by language, `who` it is for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_HAS = {"name", "contact", "ages", "languages", "who"}


@dataclass(frozen=True, slots=True)
class Group:
    """One group: for how old, from and to, None without end; in which languages; `who` it is for, by language."""

    name: str
    contact: str
    ages: tuple[int, int | None]
    languages: tuple[str, ...]
    who: Mapping[str, str]

    def takes(self, years: int | None) -> bool:
        """Whether somebody of that age may come; None is any grown-up."""
        youngest, oldest = self.ages
        return oldest is None if years is None else youngest <= years and (oldest is None or years <= oldest)

    def told(self, locale: str) -> tuple[str, str]:
        """For whom it is, in this language or the first there is; and in which language that is."""
        tag = locale if locale in self.who else next(iter(self.who))
        return self.who[tag], tag


def groups_in(text: str) -> tuple[Group, ...]:
    """The rows of a file. Raises `ValueError` with a sentence that says which row is not whole."""
    return tuple(_group(at, row) for at, row in enumerate(tomllib.loads(text).get("group", ()), start=1))


def _group(at: int, row: Mapping[str, Any]) -> Group:
    if set(row) != _HAS or not row["who"] or not row["languages"] or len(row["ages"]) not in (1, 2):
        msg = f"group {at}: a row has {', '.join(sorted(_HAS))}, none of them empty"
        raise ValueError(msg)
    youngest, *oldest = (int(age) for age in row["ages"])
    ages = (youngest, oldest[0] if oldest else None)
    return Group(str(row["name"]), str(row["contact"]), ages, tuple(row["languages"]), dict(row["who"]))
