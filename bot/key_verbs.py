"""The verbs of whoever keeps the keys: how they stand, a new root, new month keys, new data keys, a culling.

The long ones work for some seconds and say how far they have come; whoever asked, asks again until they have finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from bot.answering import OK, REFUSED, Answer, Verb
from storage.culling import Culling, NotCulled, StillOpen, cull
from storage.keys import KeyMissing, KeysAway, WrongRoot
from storage.rekeying import Progress, reseal, rewrap, status
from storage.vault import Store, Unreachable

_WHY: Mapping[NotCulled, str] = MappingProxyType(
    {
        NotCulled.MONTH: "A month is written as 2026-03.",
        NotCulled.TOO_EARLY: "This month has not ended yet. Nothing may be culled before its time.",
        NotCulled.REFERENCE: "The reference to the decision is up to 30 letters, digits and . : _ + - without spaces.",
        NotCulled.NOTHING: "Nothing is kept under this month.",
        NotCulled.NOT_APPROVED: (
            "Two people must have agreed to this month under this reference in the last 14 days, each signed in to the "
            "console, one of them a manager, and one of each unit whose it is. Nothing was culled."
        ),
        NotCulled.CHANGED: (
            "What lies under this month has changed since they agreed. Look at it at the console and agree anew. "
            "Nothing was culled."
        ),
    }
)


def _status(store: Store, given: Mapping[str, Any]) -> Answer:
    found = status(store)
    body = {"provider": given.get("provider"), **asdict(found)}
    return Answer(OK, body, "\n".join(f"{name}: {value}" for name, value in body.items()))


def _rotate(store: Store, _: Mapping[str, Any]) -> Answer:
    done, total = list(store.keyring.rotate())[-1]
    body = {"done": done, "total": total, "finished": True}
    return Answer(
        OK,
        body,
        f"{done} of {total} keys are wrapped by the new root. Make new shares and try them (`bredvid keys escrow`, "
        "then `bredvid keys recover --check`): the old ones are void, and `serve` does not start again without.",
    )


def _rewrap(store: Store, given: Mapping[str, Any]) -> Answer:
    month = given.get("month")
    return _far(rewrap(store, seconds=_seconds(given), month=str(month) if month else None), "data keys")


def _reseal(store: Store, given: Mapping[str, Any]) -> Answer:
    return _far(reseal(store, seconds=_seconds(given)), "subjects")


def _seconds(given: Mapping[str, Any]) -> float:
    return float(given.get("seconds", 20.0))


def _far(so: Progress, what: str) -> Answer:
    say = f"{so.done} of {so.total} {what}."
    if so.broken:
        say += f" {so.broken} do not open and were left as they lie; `bredvid tasks` says which."
    if so.finished:
        say += " Done. Take a new backup: one from before does not open any more." if what == "data keys" else " Done."
    return Answer(REFUSED if so.broken and so.finished else OK, asdict(so), say)


def _cull(store: Store, given: Mapping[str, Any]) -> Answer:
    done = cull(store, str(given["month"]), str(given["reference"]))
    match done:
        case StillOpen():
            say = (
                f"{len(done.cases)} cases of {done.month} are open or damaged. Nothing was culled. "
                "The console shows a manager of their unit which they are, under Culling."
            )
            return Answer(REFUSED, {"state": "still_open", **asdict(done)}, say)
        case Culling():
            say = f"{done.subjects} subjects of {done.month} are culled under {done.reference}. Nobody opens them now."
            if done.kept:
                say += f" {done.kept} are kept longer and were moved to a later month."
            return Answer(OK, {"state": "culled", **asdict(done)}, say)
        case NotCulled():
            return Answer(REFUSED, {"state": "refused", "reason": done}, _WHY[done])


def _said_plainly(verb: Verb) -> Verb:
    """What the key provider or the database's file stands in the way of is a sentence, also over the socket."""

    def said(store: Store, given: Mapping[str, Any]) -> Answer:
        try:
            return verb(store, given)
        except (KeyMissing, KeysAway, WrongRoot, Unreachable) as no:
            return Answer(REFUSED, None, str(no))

    return said


KEY_VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "keys status": _status,
        "keys rotate": _said_plainly(_rotate),
        "keys rewrap": _said_plainly(_rewrap),
        "keys reseal": _said_plainly(_reseal),
        "keys cull": _said_plainly(_cull),
    }
)
