"""The room of ways to disagree: for each kind of event who can look again and where one may complain, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from storage.kinds import KINDS
from storage.records import Authority, EntryView

# Who can look at what was decided again (domain 1.4). An outcome stands after a colon; a kind alone is every outcome.
_AGAIN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "preliminary_investigation:not_opened": ("prosecutor",), "preliminary_investigation:closed": ("prosecutor",),
    "charge_decision:dropped": ("prosecutor",), "verdict": ("appeal_court", "compensation"),
    "damages": ("compensation",), "crime_compensation": ("compensation",), "contact_ban": ("district_court",),
    "closing_assessment": ("admin_court",), "measure_refused": ("admin_court",), "social_measure": ("admin_court",),
    "immediate_care": ("care_lawyer",), "care_order": ("care_lawyer",), "placement": ("care_lawyer", "admin_court"),
    "family_contact": ("care_lawyer",),
})  # fmt: skip
# Who watches over those whom an event comes from; then two who hear anybody.
_WATCH: Mapping[Authority, tuple[str, ...]] = MappingProxyType({
    Authority.SOCIAL: ("ivo",), Authority.TREATMENT: ("patient", "ivo"),
})  # fmt: skip
_ANYBODY = ("jo", "bo")
ROUTES = ("prosecutor", "appeal_court", "compensation", "district_court", "admin_court", "care_lawyer", "ivo",
          "patient", *_ANYBODY)  # fmt: skip


def routes_for(view: EntryView, *, young: bool) -> tuple[str, ...]:
    """The names of the ways that fit an entry, the nearest first. The children's ombudsman is for the young."""
    outcome = view.fields.get(KINDS[view.kind].variant or "")
    again = _AGAIN.get(f"{view.kind}:{outcome}", ()) or _AGAIN.get(view.kind, ())
    everybody = _ANYBODY if young else _ANYBODY[:1]
    return (*again, *_WATCH.get(view.source, ()), *everybody)
