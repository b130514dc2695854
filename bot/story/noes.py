"""The room of noes: which outcomes say no to what a child told of, and the fixed words on what a no does not mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storage.records import Listener


@dataclass(frozen=True, slots=True)
class No:
    """One outcome that is heard as "nobody believed me": `perhaps` where the entry does not know if it was a no."""

    perhaps: bool = False


# By kind and outcome. Source: no evidence, closed and acquittal say what that does not mean (req. 20; domain 3.4.3).
NOES: Mapping[tuple[str, str], No] = MappingProxyType({
    ("social_investigation", "not_opened"): No(),
    ("preliminary_investigation", "not_opened"): No(),
    ("preliminary_investigation", "closed"): No(),
    ("review", "kept"): No(),
    ("charge_decision", "dropped"): No(),
    ("verdict", "acquitted"): No(),
    # A higher court that came to the same answer: whether that was a no stands in what it upheld, or nowhere.
    ("appeal_verdict", "same"): No(perhaps=True),
    ("appeal_verdict", "changed_acquitted"): No(),
    ("verdict_final", "acquitted"): No(),
})  # fmt: skip

# Who is told the fixed words after every no: the child at each level to herself, a guardian of the child. A special
# representative reads instead, in the kind's own words, how to say it to the child.
TOLD: frozenset[Listener] = frozenset(Listener) - {Listener.REPRESENTATIVE}


_STOOD = (None, "convicted", "acquitted")


def not_meant(kind: str, outcome: str | None, listener: Listener, *, upheld: str | None = None) -> str | None:
    """The key of the fixed words that a listener is told after what an outcome means; none where none are told.

    `upheld`: the judgment that a higher court let stand, where the entry says it: then a perhaps is a yes or a no.
    """
    no = NOES.get((kind, outcome or ""))
    if no is None or listener not in TOLD or (no.perhaps and upheld == "convicted"):
        return None
    return f"not_meant.{listener}.{'if_no' if no.perhaps and upheld is None else 'no'}"


def not_meant_of(kind: str, listener: Listener) -> tuple[str, ...]:
    """The keys of the fixed words that some outcome of a kind tells a listener; () for none."""
    told = (not_meant(one, outcome, listener, upheld=stood) for one, outcome in NOES if one == kind for stood in _STOOD)
    return tuple(dict.fromkeys(key for key in told if key is not None))


def not_meant_keys() -> tuple[str, ...]:
    """Every key of fixed words, each once."""
    return tuple(dict.fromkeys(key for kind, _ in NOES for one in Listener for key in not_meant_of(kind, one)))
