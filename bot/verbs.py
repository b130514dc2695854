"""What the command line can do with an open store. Each verb is a function of the store and plain arguments.

The same function runs inside a serving process, asked over the control socket, or here under the lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot import signing
from bot.answering import OK, REFUSED, Answer, Verb
from bot.audit_verbs import AUDIT_VERBS
from bot.backup_verbs import BACKUP_VERBS
from bot.console.refusals import refusal
from bot.key_verbs import KEY_VERBS
from bot.proofreading import lacking
from bot.recordings import Recordings, TableUnread
from bot.speech import locale, locales
from bot.story.keys import parts, variants
from bot.units import nameless, no_such
from storage.audit import verify
from storage.commands import Invite
from storage.consent import Reason, Withheld
from storage.importing import import_case
from storage.kinds import KINDS, fields_of, readers_of
from storage.kinds.coverage import ITEMS_OF_KIND, ROWS_OF_KIND
from storage.maintenance import (
    all_tasks,
    broken_shelves,
    broken_subjects,
    explain,
    inbox_rows,
    invite,
    new_staff_link,
    outbox_rows,
    visit_links,
)
from storage.records import CaseId, Channel, Listener, PersonId, Role, Side, StaffId
from storage.sign_in import dismiss, employ, staff_link
from storage.staff_sign_in import account_mark, all_staff, staff_by, staff_called, tie_account
from storage.units import unnamed
from storage.vault import Store

__all__ = ["LARGEST", "OK", "REFUSED", "VERBS", "Answer", "kinds_table"]
# A case file of five, though every sign of it were escaped.
LARGEST = 32 * 1024 * 1024


def _import_case(store: Store, given: Mapping[str, Any]) -> Answer:
    # Bytes that are no text came over as surrogates; the reader of the file says so in a sentence.
    raw = str(given["raw"]).encode("utf-8", "surrogateescape")
    done = import_case(store, raw, dry_run=bool(given.get("dry_run")))
    errors = [{"at": error.at, "say": error.say} for error in done.errors]
    body = {"ok": not errors, "errors": errors, "case": done.case, "changed": done.changed}
    if errors:
        return Answer(REFUSED, body, "\n".join(f"{line['at'] or '/'}: {line['say']}" for line in errors))
    return Answer(OK, body, f"Case {done.case}: {done.changed} things were new.")


def _staff_add(store: Store, given: Mapping[str, Any]) -> Answer:
    try:
        side, role = Side(given["side"]), Role(given["role"])
    except ValueError:
        sides, roles = ", ".join(Side), ", ".join(Role)
        return Answer(REFUSED, None, f"The side is one of {sides}, and the role one of {roles}.")

    sub, issuer = given.get("oidc_sub"), given.get("issuer")
    if sub and not issuer:
        return Answer(REFUSED, None, "An account can be tied only when BREDVID_OIDC__ISSUER says whose it is.")

    if str(given["unit"]) not in store.units:
        return Answer(REFUSED, None, no_such(str(given["unit"]), store.units))

    def add(tx: Any) -> tuple[str, str] | None:
        if sub and staff_by(tx, account_mark(tx, str(issuer), str(sub))) is not None:
            return None
        staff = employ(tx, str(given["name"]), str(given["function"]), str(given["unit"]), side, role)
        if sub:
            tie_account(tx, staff, str(issuer), str(sub), "maintenance")
        return staff, "" if sub else staff_link(tx, staff)

    added = store.run(add)
    if added is None:
        return Answer(REFUSED, None, "This account is somebody's who works here already.")
    staff, token = added
    if not token:
        return Answer(OK, {"staff": staff, "link": None}, f"{staff}\nShe signs in with her account: no link is needed.")
    link = f"{given['public_url']}/console/in/{token}"
    return Answer(OK, {"staff": staff, "link": link}, f"{staff}\n{link}\nThe link works once, within a day.")


def _staff_list(store: Store, _: Mapping[str, Any]) -> Answer:
    lines = [asdict(line) for line in store.run(all_staff)]
    return Answer(OK, lines, "\n".join(map(_staff_line, lines)) or "Nobody works here yet.")


def _staff_line(line: Mapping[str, Any]) -> str:
    here = "works here" if line["active"] else "has left"
    return "  ".join(
        (line["id"], line["name"], line["unit"], line["role"], here, "+".join(line["ways"]) or "no way in")
    )


def _staff_tie(store: Store, given: Mapping[str, Any]) -> Answer:
    issuer = given.get("issuer")
    if not issuer:
        return Answer(REFUSED, None, "An account can be tied only when BREDVID_OIDC__ISSUER says whose it is.")
    who, sub = str(given["staff"]), str(given["oidc_sub"])

    def tie(tx: Any) -> bool | None:
        found = staff_called(tx, who)
        return tie_account(tx, found[0], str(issuer), sub, "maintenance") if len(found) == 1 else None

    done = store.run(tie)
    if done is None:
        return Answer(REFUSED, None, "Nobody, or more than one, is called so here. `bredvid staff list` has the ids.")
    if not done:
        return Answer(REFUSED, None, "This account is somebody else's, or she does not work here any more.")
    return Answer(OK, {"staff": who}, "Tied. She signs in with this account from now on.")


def _staff_end(store: Store, given: Mapping[str, Any]) -> Answer:
    who = str(given["staff"])

    def end(tx: Any) -> tuple[int, bool]:
        found = staff_called(tx, who)
        here = {line.id for line in all_staff(tx) if line.active}
        return len(found), len(found) == 1 and found[0] in here and dismiss(tx, found[0])

    several, gone = store.run(end)
    if several > 1:
        return Answer(REFUSED, None, "More than one is called so. `bredvid staff list` has the ids.")
    if not gone:
        return Answer(REFUSED, None, "Nobody with this name or id works here.")
    return Answer(OK, {"staff": who}, "They are out now; every session has ended.")


def _staff_link(store: Store, given: Mapping[str, Any]) -> Answer:
    token = store.run(lambda tx: new_staff_link(tx, StaffId(str(given["staff"]))))
    if token is None:
        return Answer(REFUSED, None, "Nobody with this id works here.")
    link = f"{given['public_url']}/console/in/{token}"
    return Answer(OK, {"link": link}, f"{link}\nThe link works once, within a day.")


def _invite(store: Store, given: Mapping[str, Any]) -> Answer:
    case, person = CaseId(str(given["case"])), PersonId(str(given["person"]))
    made = store.run(lambda tx: invite(tx, case, person, by_letter=bool(given.get("letter"))))
    if isinstance(made, Withheld):
        return Answer(REFUSED, None, locale("en").say(refusal(made.reason, Invite).say))
    address, code = f"{given['public_url']}/i/{made.token}", f"{made.spoken_code[:4]} {made.spoken_code[4:]}"
    body = {"address": address, "spoken_code": made.spoken_code, "person": person, "until": made.until}
    return Answer(OK, body, f"{address}\nSpoken code: {code}\nBoth work once, until {made.until:%Y-%m-%d %H:%M} UTC.")


def _explain(store: Store, given: Mapping[str, Any]) -> Answer:
    try:
        channel = Channel(str(given.get("channel") or Channel.WEB))
    except ValueError:
        return Answer(REFUSED, None, f"There is no such channel. Choose one of: {', '.join(Channel)}.")
    found = store.run(lambda tx: explain(tx, str(given["as"]), str(given["see"]), channel))
    if found is None:
        return Answer(REFUSED, None, "There is no such person, or no such entry.")
    says = {tag: locale(tag).say(refusal(Reason(found["reason"])).say) for tag in ("sv", "en")}
    rule = f" ({found['rule']})" if found["rule"] else ""
    return Answer(OK, {**found, "says": says}, f"{found['verdict']}: {found['reason']}{rule}. {says['en']}")


def _outbox(store: Store, _: Mapping[str, Any]) -> Answer:
    return _rows(store.run(outbox_rows))


def _inbox(store: Store, _: Mapping[str, Any]) -> Answer:
    return _rows(store.run(inbox_rows))


def _tasks(store: Store, _: Mapping[str, Any]) -> Answer:
    return _rows(store.run(all_tasks))


def _rows(rows: list[dict[str, Any]]) -> Answer:
    return Answer(OK, rows, "\n".join("  ".join(str(value) for value in row.values()) for row in rows) or "Nothing.")


def _locale_stats(store: Store, given: Mapping[str, Any]) -> Answer:
    return _how_far(store.run(signing.coverage), given)


def locale_stats_alone(given: Mapping[str, Any]) -> Answer:
    """How far each language has come in the files, for a translator who has no store."""
    return _how_far(signing.coverage(None), given)


def _how_far(covered: Sequence[signing.Coverage], given: Mapping[str, Any]) -> Answer:
    recordings = Recordings(Path(given["recordings"]) if given.get("recordings") else None)
    try:
        heard = [asdict(recordings.figures(locale(one.tag))) for one in covered]
    except TableUnread as wrong:
        return Answer(REFUSED, None, str(wrong))
    lines = [{**asdict(one), **{f"audio_{name}": n for name, n in texts.items()}}
             for one, texts in zip(covered, heard, strict=True)]  # fmt: skip
    return Answer(OK, lines, "\n".join("  ".join(f"{name} {value}" for name, value in line.items()) for line in lines))


def _locale_sign(store: Store, given: Mapping[str, Any]) -> Answer:
    tag, by = str(given["tag"]), str(given["by"]).strip()
    kinds = list(KINDS) if given["kind"] == "all" else [str(given["kind"])]
    if any(kind not in KINDS for kind in kinds):
        return Answer(REFUSED, None, f"There is no such kind. The kinds are: {', '.join(KINDS)}.")
    if tag not in {one.tag for one in locales()}:
        return Answer(REFUSED, None, "There is no such language here.")
    if not by:
        return Answer(REFUSED, None, "A signature needs the name of whoever has read the texts.")
    if given["kind"] != "all" and (untold := sorted(lacking(tag) & set(kinds))):
        return Answer(REFUSED, None, f"This language has no words yet for: {', '.join(untold)}.")
    kinds = [kind for kind in kinds if kind not in lacking(tag)]
    if older := [kind for kind in kinds if signing.outdated(kind, tag)]:
        texts = sorted({key for kind in older for key in signing.older_keys(kind, tag)})
        say = f"Mend these first, which are older than the Swedish: {', '.join(older)}. The texts: {', '.join(texts)}."
        return Answer(REFUSED, None, say)

    def keep(tx: Any) -> dict[str, signing.Signed]:
        stale = signing.changed_since(tx, tag)
        for kind in kinds:
            signing.sign(tx, kind, tag, by)
        return {kind: why for kind, why in stale.items() if kind in kinds}

    stale = store.run(keep)
    said = [f"Signed in {tag}: {', '.join(kinds)}.", *_why_stale(stale)]
    return Answer(OK, {"tag": tag, "kinds": kinds, "stale": stale}, "\n".join(said))


_STALE: Mapping[signing.Signed, str] = MappingProxyType({
    signing.Signed.OWN: "whose own words had changed since the signature before",
    signing.Signed.SHARED: "where words that kinds share had changed since",
    signing.Signed.BOTH: "where both its own words and shared ones had changed since",
    signing.Signed.PARTIAL: "whose signature was from before the words that kinds share lay under it",
})  # fmt: skip


def _why_stale(stale: Mapping[str, signing.Signed]) -> Iterator[str]:
    for how, say in _STALE.items():
        if these := [kind for kind, why in stale.items() if why is how]:
            yield f"Among them {', '.join(these)}, {say}."


def _check(store: Store, _: Mapping[str, Any]) -> Answer:
    links = store.run(visit_links)
    broken = sum(1 for _ in verify(store.keyring["mac"], links))
    rules, nameless_units, shelves = store.run(broken_subjects), store.run(unnamed), store.run(broken_shelves)
    body = {"database": store.engine.dialect.name, "at_head": True, "visits": len(links), "broken_links": broken,
            "broken_rules": len(rules), "units_without_a_name": len(nameless_units),
            "broken_texts": len(shelves)}  # fmt: skip
    said = [f"{name}: {value}" for name, value in body.items()]
    if rules:
        said.append("Of these a rule is missing or was changed, and nothing opens to anybody: " + ", ".join(rules))
    if shelves:
        said.append("Of these a sealed text is missing, or an earlier one stands in its place: " + ", ".join(shelves))
    if nameless_units:
        said.append(nameless(nameless_units))
    return Answer(REFUSED if broken or rules or nameless_units or shelves else OK, body, "\n".join(said))


def kinds_table() -> list[dict[str, Any]]:
    """Every kind with its fields, listeners and text parts."""
    return [
        {
            "kind": kind.code,
            "source": kind.source,
            "heavy": kind.heavy,
            "criminal": kind.criminal,
            "in_person_first": kind.in_person_first,
            "told_to_a_child": list(ITEMS_OF_KIND.get(kind.code, ())),
            "template": list(ROWS_OF_KIND.get(kind.code, ())),
            "readers": list(readers_of(kind)),
            "variants": list(variants(kind)),
            "fields": [field.name for field in fields_of(kind)],
            "listeners": {str(listener): list(parts(kind, listener)) for listener in Listener},
        }
        for kind in KINDS.values()
    ]


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "import case": _import_case,
        "staff add": _staff_add,
        "staff link": _staff_link,
        "staff list": _staff_list,
        "staff tie": _staff_tie,
        "staff end": _staff_end,
        "invite": _invite,
        "explain": _explain,
        "outbox": _outbox,
        "inbox": _inbox,
        "tasks": _tasks,
        **AUDIT_VERBS,
        "locale stats": _locale_stats,
        "locale sign": _locale_sign,
        "check": _check,
        **KEY_VERBS,
        **BACKUP_VERBS,
    }
)
