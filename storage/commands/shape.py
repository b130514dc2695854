"""What every change is: a purpose, a reach, and the case or person it changes."""

from __future__ import annotations

from typing import Any, ClassVar

from storage.queries import Purpose, Reach
from storage.records import CaseId, PersonId


class Command:
    """A change. `subject` names the case or person it changes; a refusal comes back as `Withheld`."""

    purpose: ClassVar[Purpose]
    reach: ClassVar[Reach]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a change without a purpose and a reach."""
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "purpose", None), Purpose) or not isinstance(getattr(cls, "reach", None), Reach):
            raise TypeError(f"{cls.__name__} has no purpose or no reach")

    @property
    def subject(self) -> str:
        """The case, person or unit that changes."""
        raise NotImplementedError


class CaseDeed(Command):
    """A worker's change in one case."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    case: CaseId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


class PersonDeed(Command):
    """A person's change about herself."""

    purpose = Purpose.OWN_IDENTITY
    reach = Reach.OWN
    person: PersonId

    @property
    def subject(self) -> str:
        """The person."""
        return self.person


class RuleDeed(CaseDeed):
    """A change of who may see."""

    purpose = Purpose.RULES
