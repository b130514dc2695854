"""House rules: the ages, terms and months that a municipality may set for itself, each held within the law's bounds."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, model_validator

from storage.ages import Ages
from storage.carriers import Law
from storage.terms import Terms


class AgePolicy(BaseModel):
    """The birthdays on which a right moves to the child, as the municipality has written them down."""

    asked: int = 12
    notices: int = 13
    decides: int = 15
    treatment: int = 16

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        self.table()
        return self

    def table(self) -> Ages:
        """The table that the rule reads."""
        return Ages(self.asked, self.notices, self.decides, self.treatment)


class TermPolicy(BaseModel):
    """How long a yes to being written to lasts, how often the log is read, how many cases one opens (see `Terms`)."""

    contact: int = 90
    shared_phone: int = 30
    ask_before: int = 14
    log_review: int = 30
    log_review_by: str = ""
    cases_an_hour: int = 60

    @model_validator(mode="after")
    def _short_enough(self) -> Self:
        self.table()
        return self

    def table(self) -> Terms:
        """The terms that the store keeps."""
        return Terms(**self.model_dump() | {"log_review_by": self.log_review_by.strip()})


class CarrierPolicy(BaseModel):
    """How many months the law gives an investigation and a follow-up; `own`: the decision that there is an own file."""

    investigation: int = 4
    follow_up: int = 2
    own: str = ""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        self.law()
        return self

    def law(self) -> Law:
        """What the carriers of a log are measured by."""
        return Law(self.investigation, self.follow_up, self.own)
