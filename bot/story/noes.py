"""The room of noes: which outcomes say no to what a child told of, and the fixed words on what a no does not mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storage.records import Listener


@dataclass(frozen=True, slots=True)
class No:
    """One outcome that is heard as "nobody believed me".

    `fixed` are the listeners who are told the fixed words after what it means; to the others the kind's own words on
    what it means say it. `perhaps` where the entry does not know whether it was a no.
    """

    fixed: frozenset[Listener] = frozenset()
    perhaps: bool = False


def _fixed(*listeners: Listener) -> frozenset[Listener]:
    return frozenset(listeners)


# By kind and outcome. Source: no evidence, closed and acquittal say what that does not mean (req. 20; domain 3.4.3).
NOES: Mapping[tuple[str, str], No] = MappingProxyType({
    ("social_investigation", "not_opened"): No(_fixed(Listener.UNDER_7, Listener.CHILD)),
    ("preliminary_investigation", "not_opened"): No(_fixed(Listener.UNDER_7, Listener.CHILD)),
    ("preliminary_investigation", "closed"): No(),
    ("review", "kept"): No(_fixed(Listener.UNDER_7, Listener.GROWN)),
    ("charge_decision", "dropped"): No(),
    ("verdict", "acquitted"): No(),
    # A higher court that came to the same answer: whether that was a no stands in the first verdict.
    ("appeal_verdict", "same"): No(_fixed(Listener.UNDER_7, Listener.TEEN), perhaps=True),
    ("appeal_verdict", "changed_acquitted"): No(_fixed(Listener.CHILD, Listener.TEEN, Listener.GROWN)),
    ("verdict_final", "acquitted"): No(_fixed(Listener.CHILD, Listener.TEEN, Listener.GROWN)),
})  # fmt: skip


def not_meant(kind: str, outcome: str | None, listener: Listener) -> str | None:
    """The key of the fixed words that a listener is told after what an outcome means; none where none are told."""
    no = NOES.get((kind, outcome or ""))
    if no is None or listener not in no.fixed:
        return None
    return f"not_meant.{listener}.{'if_no' if no.perhaps else 'no'}"


def not_meant_of(kind: str, listener: Listener) -> tuple[str, ...]:
    """The keys of the fixed words that some outcome of a kind tells a listener; () for none."""
    told = (not_meant(one, outcome, listener) for one, outcome in NOES if one == kind)
    return tuple(dict.fromkeys(key for key in told if key is not None))


def not_meant_keys() -> tuple[str, ...]:
    """Every key of fixed words, each once."""
    return tuple(dict.fromkeys(key for kind, _ in NOES for one in Listener for key in not_meant_of(kind, one)))
