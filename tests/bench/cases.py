"""Cases to measure with: Elias's story told on to as many entries as are wanted, and a child who has signed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from storage._search import stable_id
from storage.importing import import_case
from storage.payloads import TalkState
from storage.records import CaseId, PersonId, Side
from storage.sign_in import pend, proven
from storage.talks import state_text
from storage.vault import Store
from tests.parts.program import CASES

BEGAN = date(2024, 1, 8)


def long_case(
    store: Store, ref: str, entries: int, locale: str = "sv", born: str | None = None
) -> tuple[CaseId, PersonId]:
    """A case with so many entries that its child may read; the case and the child."""
    document = json.loads((CASES / "elias.json").read_bytes())
    document["case"]["ref"] = ref
    document["people"][0]["locale"] = locale
    document["people"][0]["born"] = born or document["people"][0]["born"]
    told = [entry for entry in document["entries"] if entry["hold"] is None and entry["state"] == "happened"]
    document["entries"] = [_again(told[n % len(told)], n) for n in range(entries)]
    done = import_case(store, json.dumps(document).encode())
    if done.case is None:
        raise RuntimeError(f"the case to measure with is broken: {done.errors[:3]}")
    child = store.run(lambda tx: stable_id(tx, Side.BARNAHUS, ref, "person", "elias"))
    return CaseId(done.case), PersonId(child)


def _again(entry: Mapping[str, Any], n: int) -> dict[str, Any]:
    """An entry once more, on a later day."""
    again = deepcopy(dict(entry))
    day = (BEGAN + timedelta(days=n)).isoformat()
    again["ref"], again["on"] = f"{entry['ref']}-{n}", day
    for line in again["told"]:
        line["on"] = day
    return again


def signed_in(store: Store, child: PersonId, step: str = "my_way/timeline", **fields: object) -> str:
    """The token of a session of hers that stands at a step."""
    began = store.run(lambda tx: pend(tx, child, state_text(TalkState(step, 1, fields))))
    return store.run(lambda tx: proven(tx, began.token, child)).token
