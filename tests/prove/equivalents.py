"""Mutants that mean nothing: what is changed in them can be seen by nobody, each with the reason why.

A line names one mutant by its file, its function, the words of its line, and the change. One that names none any more,
or two, is stale and refused: then the line it spoke of has changed, and so may the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.prove.mutants import Mutant


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One change that nobody can see, and why."""

    file: str
    within: str
    text: str
    change: str
    why: str

    def names(self, mutant: Mutant) -> bool:
        """Whether this is the one."""
        return (self.file, self.within, self.text, self.change) == (
            mutant.file, mutant.within, mutant.text, mutant.change,
        )  # fmt: skip


class Stale(Exception):
    """A line of the table that names no mutant, or more than one."""


def matched(every: Iterable[Mutant], table: Sequence[Equivalent]) -> set[Mutant]:
    """The mutants that the table names.

    Raises:
        Stale: a line names none, or more than one.
    """
    some, found = list(every), set[Mutant]()
    for line in table:
        named = [mutant for mutant in some if line.names(mutant)]
        if len(named) != 1:
            raise Stale(f"{len(named)} mutants are {line.file} {line.within}, {line.text!r}: {line.change}")
        found.update(named)
    return found


_TIES = "storage/_rule_ties.py"
_ENVELOPE = "storage/_envelope.py"
_HEAD_FIRST = "if len(sealed) < _HEAD + _TAG or sealed[:1] != VERSION:"
_OUTSIDE = "isinstance(answer, Withheld) and answer.reason in (Reason.NO_RELATION, Reason.OTHER_UNIT)"
_DAMAGED = "isinstance(verdict, Withheld) and verdict.reason is Reason.INTEGRITY"
_WAYS = "storage/_rule_ways.py"
_NOT_THERE = "question.shape not in CONTENT_SHAPES or level == TELEGRAM_NOTICE"
_YOUNG_OR_NOT_THERE = f"age_on(about, today) < grown or {_NOT_THERE}"
_ABOUT_A_CHILD = f"if {_YOUNG_OR_NOT_THERE}:"
_MEETINGS_THERE = "if question.purpose is Purpose.OWN_MEETINGS and part in (AID_PART, CHILD_PART, PERSON_PART):"
EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent(
        "storage/consent.py", "decide", f"outside = {_OUTSIDE}",
        f"{_OUTSIDE} → answer.reason in (Reason.NO_RELATION, Reason.OTHER_UNIT)",
        "Nothing is ever opened for one of these two reasons: what carries them is a refusal.",
    ),
    Equivalent(
        "storage/_rule_staff.py", "staff", "parts = IN_NEED if in_need and standing.claimed() is None else NOTHING",
        "in_need and standing.claimed() is None → in_need",
        "Work on a case, which alone counts as need, has found nothing in a claim before it comes here.",
    ),
    Equivalent(
        _TIES, "through", "if no is not None or reason is None:", "no is not None or reason is None → no is not None",
        "Every kind of tie has its reason or needs a ground, and without one there is a no: this is for a new kind.",
    ),
    Equivalent(
        _TIES, "through", "return Withheld(no or Reason.NO_CONSENT)", "no or Reason.NO_CONSENT → no",
        "As above: there is always a no by then.",
    ),
    Equivalent(
        _TIES, "through", "if tie.kind is TieKind.READER and question.part is None:",
        "tie.kind is TieKind.READER and question.part is None → question.part is None",
        "Whoever else reads has the child's own part already, which is the child, or is refused it.",
    ),
    Equivalent(
        _WAYS, "is_strong_enough", "return False", "return False → pass",
        "Nothing said is as little a yes as no.",
    ),
    Equivalent(
        _WAYS, "_passes_telegram", _ABOUT_A_CHILD, f"{_YOUNG_OR_NOT_THERE} → {_NOT_THERE}",
        "Who asks of herself has met her own age a line before; who asks of another's part is none of those below.",
    ),
    Equivalent(
        _WAYS, "_passes_telegram", _MEETINGS_THERE,
        f"{_MEETINGS_THERE[3:-1]} → question.purpose is Purpose.OWN_MEETINGS",
        "Of the other parts a guardian alone asks for meetings, and her tie has ended when a child is of age.",
    ),
    Equivalent(
        "storage/_rule_self.py", "visitor",
        "no = no or way_closed(actor, question, CLAIM_PART, standing, way, now.date(), hers=True)",
        "hers=True → hers=False",
        "Only a chat asks whose it is, and nobody who is not known has ever chosen a chat.",
    ),
    Equivalent(
        "storage/gate.py", "Sitting._decide", f"if {_DAMAGED}:", f"{_DAMAGED} → verdict.reason is Reason.INTEGRITY",
        "Nothing is ever opened for this reason: what carries it is a refusal.",
    ),
    Equivalent(
        _ENVELOPE, "Key.open", _HEAD_FIRST,
        "len(sealed) < _HEAD + _TAG or sealed[:1] != VERSION → sealed[:1] != VERSION",
        "What is too short to hold its own commitment and tag fails the commitment, with the same refusal.",
    ),
    Equivalent(
        _ENVELOPE, "Key.open", _HEAD_FIRST, "len(sealed) < _HEAD + _TAG → len(sealed) <= _HEAD + _TAG",
        "An envelope of that very length holds no byte, so not even its padding: it is refused when it is opened.",
    ),
    Equivalent(
        _ENVELOPE, "_field", "@lru_cache(maxsize=8192)", "maxsize=8192 → maxsize=8193",
        "How many fields are remembered changes no field.",
    ),
    Equivalent(
        _ENVELOPE, "_pad", "while size < wanted and size < _LARGEST_STEP:",
        "size < _LARGEST_STEP → size <= _LARGEST_STEP",
        "Past the largest step, twice it is what the next line takes for everything up to twice it, too.",
    ),
)  # fmt: skip
