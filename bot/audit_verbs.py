"""The auditor's verbs: whether the log holds, what is in it, and what in it is worth a question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.answering import OK, REFUSED, Answer, Verb
from storage.anchors import ANOTHER_RULE, CUT, PUT_BACK, anchor_files, held_against
from storage.audit import Broken, verify
from storage.consent import Reason, Withheld
from storage.log_baits import lay_bait
from storage.log_duty import keep_review_of_all
from storage.log_review import Finding, Line, Sign, read_log, review
from storage.maintenance import visit_links
from storage.records import CaseId
from storage.vault import Store, Tx

USUAL_DAYS = 30
ASKS: Mapping[Sign, str] = MappingProxyType({
    Sign.FAR_MORE: "opened {times} cases, far more than the others",
    Sign.OUT_OF_HOURS: "read {times} times in the evening, at night or at a weekend",
    Sign.OWN_NAME: "read {times} times in a case with a person of the same name",
    Sign.BAIT: "read {times} times in a case that nobody has an errand in",
    Sign.REFUSED: "was turned away {times} times",
})  # fmt: skip

NO_BAIT: Mapping[Reason, str] = MappingProxyType({
    Reason.NOT_FOUND: "There is no such case here.",
    Reason.NEEDS_SECOND: "Two people lay a bait and two lift it: --by NAME --seen-by ANOTHER NAME.",
    Reason.INVALID: "That case is a bait already, or is none that could be lifted.",
})  # fmt: skip


def _verify(store: Store, given: Mapping[str, Any]) -> Answer:
    links = store.run(visit_links)
    files = anchor_files(Path(str(given["anchors"])))
    found = [*verify(store.keyring["mac"], links), *store.run(lambda tx: tuple(held_against(tx, files)))]
    body: dict[str, Any] = {
        "visits": len(links), "anchors": len(files), "broken": [asdict(one) for one in found],
    }  # fmt: skip
    known = {_fault(Broken(**one)) for one in given.get("known") or ()}
    there = {_fault(one) for one in found}
    fresh = [one for one in found if _fault(one) not in known]
    # A visit that was cut never grows again: the database is another than it was.
    back = sorted(one for one in known - there if one[2] == CUT)
    if known:
        body |= {"fresh": [asdict(one) for one in fresh], "back": back}
    if fresh or back:
        said = [f"{one.chain} {one.seq}: {one.what}" for one in fresh]
        said += [f"{chain} {seq}: was gone, and is there again" for chain, seq, _ in back]
        return Answer(REFUSED, body, "\n".join(said))
    if found:
        many = f"{len(found)} known places do not hold, and no other"
        return Answer(OK, body, f"{len(links)} visits, the anchors of {len(files)} days: {many}.")
    beside = f"and so do the anchors of {len(files)} days" if files else "but there is no anchor to hold them against"
    return Answer(OK, body, f"{len(links)} visits, and every chain holds, {beside}.")


def _fault(one: Broken) -> tuple[str, int, str]:
    """A place that does not hold. Where rules were put back others follow, and it is still the same fault."""
    return one.chain, one.seq, PUT_BACK if one.what == ANOTHER_RULE else one.what


def _export(store: Store, given: Mapping[str, Any]) -> Answer:
    lines = _read(store, given)
    if isinstance(lines, Answer):
        return lines
    body = [_plain(line) for line in lines]
    return Answer(OK, body, "\n".join(json.dumps(line, ensure_ascii=False) for line in body) or "No visits.")


def _report(store: Store, given: Mapping[str, Any]) -> Answer:
    lines = _read(store, given)
    if isinstance(lines, Answer):
        return lines
    baits = frozenset(CaseId(str(case)) for case in given.get("baits", ()))
    found = store.run(lambda tx: review(tx, lines, baits))
    body = {"visits": len(lines), "findings": [asdict(one) for one in found]}
    if words := str(given.get("found", "") or "").strip():
        since, until = _days(given)
        by = str(given["by"]).strip()
        units = store.run(lambda tx: keep_review_of_all(tx, by, since.date(), until.date(), words))
        body["units"] = units
    said = "\n".join(_asks(one) for one in found) or "Nothing in it is worth a question."
    return Answer(OK, body, f"{len(lines)} visits.\n{said}")


def _bait(store: Store, given: Mapping[str, Any]) -> Answer:
    case, by, seen_by = CaseId(str(given["case"])), str(given["by"]), str(given["seen_by"])
    laid = store.run(lambda tx: lay_bait(tx, case, by, seen_by, lift=bool(given.get("lift"))))
    if isinstance(laid, Withheld):
        return Answer(REFUSED, None, NO_BAIT[laid.reason])
    return Answer(OK, {"baits": sorted(laid)}, "\n".join(sorted(laid)) or "No case is a bait now.")


def _asks(one: Finding) -> str:
    return f"{one.who or one.actor} {ASKS[one.sign].format(times=one.times)}: {', '.join(one.cases)}"


def _read(store: Store, given: Mapping[str, Any]) -> tuple[Line, ...] | Answer:
    by = str(given.get("by", "")).strip()
    if not by:
        return Answer(REFUSED, None, "Whoever reads the log says who they are: --by NAME.")
    try:
        since, until = _days(given)
    except ValueError:
        return Answer(REFUSED, None, "A day is written like 2026-11-23.")

    def look(tx: Tx) -> tuple[Line, ...]:
        return read_log(tx, since, until, by)

    return store.run(look)


def _days(given: Mapping[str, Any]) -> tuple[datetime, datetime]:
    until = _instant(given.get("until")) or datetime.now(UTC) + timedelta(days=1)
    return _instant(given.get("since")) or until - timedelta(days=USUAL_DAYS), until


def _instant(day: object) -> datetime | None:
    if not day:
        return None
    at = datetime.fromisoformat(str(day))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _plain(line: Line) -> dict[str, str]:
    return {**asdict(line), "at": line.at.isoformat()}


AUDIT_VERBS: Mapping[str, Verb] = MappingProxyType(
    {"audit verify": _verify, "audit export": _export, "audit report": _report, "audit bait": _bait}
)
