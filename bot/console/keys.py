"""Every text key that the console can ask for: those written out in its pages, and the families that follow a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files

from bot.console.carrier import ROLES as WRITERS
from bot.console.cases import STANDINGS, VISIT_GROUPS
from bot.console.claims import MOVES
from bot.console.decisions import ASKED_HOWS, CHANNELS, SCOPES
from bot.console.entry_page import GROUNDS, HOW, UNDERSTOOD, WAYS
from bot.console.preview import Face
from bot.console.refusals import refusal_keys
from bot.console.start import GROUPS
from bot.console.threads import APPROVED
from bot.console.together import ENDINGS
from bot.console.words import kind_keys
from bot.signing import Signed
from bot.story import Depth
from storage.afterwards import DAYS, NOT_NOW
from storage.carriers import CarrierKind, CarrierStep, Culled
from storage.duties import Duty
from storage.entry_check import FaultKind
from storage.grounds import GROUNDS as PROVISIONS
from storage.incidents import HeardOf, Reported
from storage.kinds import KINDS, MATTERS, ROLES, fields_of
from storage.log_review import Sign
from storage.meeting_kinds import MeetingKind
from storage.queries import SawHow
from storage.records import (
    Authority,
    ClaimAnswer,
    ClaimStage,
    EntryState,
    GuardianStatus,
    HoldKind,
    Listener,
    PhoneHeld,
    ProofWay,
    ReaderClass,
    RefusalGround,
    Role,
    Side,
    TieKind,
)
from storage.retention import KeptFor
from storage.safe_contact import Stands
from storage.way_there import ReadyWay

_WRITTEN = re.compile(r"[\"'](console\.[a-z0-9_.]*[a-z0-9_])[\"']")
FAULTS = ("needed", "too_long", "not_a_day", "not_a_time", "choose", "ahead", "before", "not_ahead", "number", "answer",
          "no_recipient", "changed_meanwhile", "too_many", "no_such_hour", "past", "no_reference")  # fmt: skip
SAID = (
    "task_done", "case_opened", "sealed", "unsealed", "person_enrolled", "status_set", "cleared", "blocked",
    "unblocked", "unblock_waits", "tie_ended", "unlocked", "adult_kept", "investigation_on", "investigation_off",
    "contact_decided", "consent_kept", "entry_saved", "entry_closed", "released", "told", "look_opened", "look_moved",
    "state_changed", "taken_back",
    "claim_moved", "claim_connected", "claim_answered", "entry_refused",
    "sign_in_suspend", "sign_in_seal", "sign_in_open",
    "unseal_waits", "release_waits", "second", "guardian_said_no", "glass_broken", "glass_reviewed", "exception_kept",
    "exception_ended", "consent_ended", "notice_logged", "wish_recorded", "protected", "unprotected", "named",
    "case_assigned", "case_unassigned", "asked_again", "log_reviewed", "extract_asked", "extract_approved",
    "colleague_paused", "colleague_named", "colleague_off", "colleague_blocked", "colleague_unblocked",
    "culling_approved", "culling_withdrawn", "incident_closed", "resumed", "not_resumed",
    "kept_back", "not_kept_back", "not_kept",
    "carrier_begun", "carrier_extended", "carrier_closed", "carrier_reopened", "letter_given", "earlier_opened",
    "no_decided", "visit_told", "visit_kept",
    "day_said", "marked_read", "answered", "meeting_moved", "meeting_booked", "meeting_cancelled", "plan_kept", "sent",
)  # fmt: skip
LABELS = (
    "kind", "name", "born", "number", "locale", "level", "status", "from", "until", "decided_by", "why", "label",
    "role", "authority", "phone", "function", "ref", "review_on", "maturity", "guardians_may_know", "embargo",
    "embargo_until", "yes_by", "yes_for", "scope", "purpose", "hours_from", "hours_to", "channel", "on", "state",
    "listeners", "hold", "hold_until", "hold_who", "to", "person", "by", "how", "understood", "new_day", "state_on",
    "take_back_why", "own", "approved", "cards", "day", "clock", "with", "where", "meeting_kind", "bring", "goal",
    "goal_who", "next_on", "entry", "f_prison_months", "stage", "way", "claim_function", "claim_next_on", "words",
    "refusal", "yes_to", "notices", "why_no", "about", "exception_to", "exception_ground", "reference",
    "phone_held", "asked_how", "since", "found", "to_day", "receiver", "exception_other", "back_on", "leave",
    "carrier_step", "carrier_kind", "carrier_on", "carrier_until", "carrier_ground", "after_ground", "earlier_ground",
    "after_no_why", "told_anyway", "kept_for", "reported",
    "reported_words", "heard", "heard_words", "resume_why",
    "way_stop", "way_entrance", "way_floor", "way_ready", "way_words", "way_language",
)  # fmt: skip
DOORS = ("door", "spent", "left", "needed", "welcome", "enrol", "key", "key_wrong", "nobody", "taken", "down",
         "said_no", "tampered", "again")  # fmt: skip
PUSH_STATES = ("queued", "claimed", "sending", "sent", "retry_wait", "ambiguous", "suppressed", "expired", "blocked",
               "dead")  # fmt: skip


def written() -> Iterator[str]:
    """The keys that stand whole in a template or in the console's own code."""
    for folder, ending in (("templates", ".html"), ("", ".py")):
        for path in files("bot.console").joinpath(folder).iterdir():
            if path.name.endswith(ending) and path.name != "keys.py":
                yield from _WRITTEN.findall(path.read_text(encoding="utf-8"))


def _family(name: str, values: Iterable[object]) -> Iterator[str]:
    return (f"console.{name}.{value}" for value in values)


def families() -> Iterator[str]:
    """The keys whose last word comes from a table."""
    yield from kind_keys()
    yield from refusal_keys()
    yield from (f"console.field.{field.name}" for kind in KINDS.values() for field in fields_of(kind))
    for name, values in _TABLES.items():
        yield from _family(name, values)
    for what in ("not_found", "broken", "not_allowed", "bad_form"):
        yield from (f"console.plain.{what}", f"console.plain.{what}.do")
    for what in DOORS:
        yield from (f"console.door.{what}", f"console.door.{what}.do")


_TABLES: dict[str, Iterable[object]] = {
    "label": LABELS,
    "said": SAID,
    "problem": FAULTS,
    "fault": FaultKind,
    "listener": Listener,
    "reader": ReaderClass,
    "tie": TieKind,
    "status": GuardianStatus,
    "state": EntryState,
    "hold": HoldKind,
    "authority": Authority,
    "role": ROLES,
    "duty": [duty.name.lower() for duty in Duty],
    "group": [name for name, _ in GROUPS],
    "standing": STANDINGS,
    "waits": WAYS,
    "visit": [*dict.fromkeys(VISIT_GROUPS.values()), "other"],
    "how": HOW,
    "understood": (*UNDERSTOOD, NOT_NOW),
    "after.day": DAYS,
    "ground": GROUNDS,
    "scope": (*SCOPES, "be_named"),
    "exception": PROVISIONS,
    "channel": CHANNELS,
    "safe": Stands,
    "sign": Sign,
    "leave": ("whole", "facts"),
    "staff": (Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER),
    "phone": PhoneHeld,
    "asked": ASKED_HOWS,
    "depth": Depth,
    "signed": Signed,
    "face": Face,
    "matter": MATTERS,
    "meeting_kind": MeetingKind,
    "get_there": ReadyWay,
    "meeting_answer": ("come", "other_time", "call_me"),
    "delivery": PUSH_STATES,
    "push": ("notice", "reminder", "again", "moved", "cancelled", "trial", "visit", "delete"),
    "together": ENDINGS,
    "claim.stage": ClaimStage,
    "claim.move": MOVES,
    "claim.way": ProofWay,
    "claim.answer": [part for one in ClaimAnswer for part in (one, f"{one}.when")],
    "claim.what": ("name", "born", "where", "reach"),
    "claim.entry": ("released", "refused", "taken_back", "undecided"),
    "claim.refusal": RefusalGround,
    "door.passkey": ("create", "get"),
    "case_new": Side,
    "people.nobody": Side,
    "carrier.kind": CarrierKind,
    "carrier.step": CarrierStep,
    "carrier.choose": CarrierStep,
    "carrier.culled": Culled,
    "carrier.role": WRITERS,
    "kept_for": KeptFor,
    "reported": Reported,
    "heard": HeardOf,
    "saw": SawHow,
    "after_no.authority": (Authority.SOCIAL, Authority.PROSECUTOR),
}


def all_keys() -> frozenset[str]:
    """Every key of the console."""
    return frozenset((*written(), *families(), *APPROVED))
