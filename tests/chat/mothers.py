"""Elias's mother, as often as a story wants her: each with a case of her own, and not cleared before somebody does."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from bot.demo.people import PIN
from storage._sql import Tx
from storage.commands import ClearGuardian
from storage.importing import import_case
from storage.payloads import TalkState
from storage.pins import hash_pin
from storage.queries import CaseSheet, Sheet, WholeEntries
from storage.records import CaseId, Entry, PersonId, TieId
from storage.sign_in import keep_pin, make_invite, pend
from storage.talks import state_text
from tests.chat.asking import see
from tests.chat.conftest import House

NAME, TRIAL, REPORT = "Sanna", "rattegang", "report_social"


def a_mother(house: House, ref: str, *, cleared: bool) -> tuple[str, str, dict[str, str]]:
    """One who was let read of the report and of the trial: her receipt code, her PIN, and the ids of her case."""
    case, sheet, entries = _case(house, ref)
    line = next(one for one in sheet.parties if one.name == NAME)
    tie, person = TieId(line.tie), PersonId(line.person)
    for worker in ("Hanna Berg", "Lena Dahl") if cleared else ():
        house.work(worker, ClearGuardian(case, tie, "Samtal med mamman"))
    verifier = hash_pin(house.store.keyring["pepper"], PIN)

    def equip(tx: Tx) -> tuple[str, str, str]:
        began = pend(tx, person, state_text(TalkState("way_in/pin", 1, {})))
        receipt, _ = keep_pin(tx, began.token, person, verifier, pictures=False)
        return receipt, *make_invite(tx, person, case, by_letter=True)

    receipt, invite, spoken = house.store.run(equip)
    report = next(one.id for one in entries if one.kind == REPORT)
    ids = {"case": case, "tie": tie, "person": person, "entry": report, "invite": invite,
           "spoken": spoken, "entries": " ".join(one.id for one in entries)}  # fmt: skip
    return receipt, PIN, ids


def _case(house: House, ref: str) -> tuple[CaseId, CaseSheet, tuple[Entry, ...]]:
    """Elias's case once more under another number, with the trial let out to his mother too."""
    document = json.loads(files("bot.demo").joinpath("cases", "elias.json").read_text(encoding="utf-8"))
    document["case"]["ref"] = ref
    trial: dict[str, Any] = next(one for one in document["entries"] if one["ref"] == TRIAL)
    trial["listeners"].append("sanna")
    trial["release"].append({**trial["release"][0], "to": "sanna"})
    done = import_case(house.store, json.dumps(document).encode())
    assert done.case is not None, done.errors
    case = CaseId(done.case)
    return case, see(house, Sheet(case)), see(house, WholeEntries(case))
