"""What lies beside the entries in the words of policy and design: whom a text had reached, the days after an event."""

from __future__ import annotations

from tests.prove.model.known import Known
from tests.prove.model.worlds import parts


def reached(known: Known, name: str) -> set[str]:
    """In whose part something of an entry lies: of the criminal matter also where it waits to be told."""
    lying = parts(known, name)
    hers = {"child": {"child"}}
    return {
        bond.person
        for bond in known.bonds.values()
        if lying.keys() & hers.get(bond.kind, {f"guardian:{bond.tie}"})
        or (bond.kind not in ("child", "guardian") and any(one.startswith(("shared:", "waiting:")) for one in lying))
    }


def days_after(known: Known, views: frozenset[str]) -> frozenset[str]:
    """Of which events she reads about the days after: none while she has not been told the way home (design 6)."""
    home = any(
        paper.kind == "transport" and not paper.ahead and not paper.back
        and (not paper.told or paper.waits in ("investigation", "not_yet"))
        for paper in known.papers.values()
    )  # fmt: skip
    events = {name for name in views if known.papers[name].kind == "child_interview" and not known.papers[name].ahead}
    return frozenset() if home else frozenset(events)
