"""Terms: how long a yes to being written to lasts, how often the log is read, how many cases one opens in an hour."""

from __future__ import annotations

from dataclasses import dataclass

# A house that takes in very much may say more than sixty an hour, and never so many that nothing is bounded.
MOST_CASES = 600


@dataclass(frozen=True, slots=True)
class Terms:
    """In days. A municipality may write down shorter ones, and none that is longer.

    `contact`: after so long it is asked again whether a channel is safe; `shared_phone`: the same where somebody else
    sees the telephone; `ask_before`: so long before the end it is asked. `log_review`: the log is looked through at
    least so often (lag 2001:454, 10 §), by the function `log_review_by`; '' is the auditor.
    `cases_an_hour` is no number of days: so many cases one worker opens within an hour (policy P70).
    """

    contact: int = 90
    shared_phone: int = 30
    ask_before: int = 14
    log_review: int = 30
    log_review_by: str = ""
    cases_an_hour: int = 60

    def __post_init__(self) -> None:
        """Refuse a table that asks later than the usual one, or before it has begun."""
        days = (self.contact, self.shared_phone, self.ask_before, self.log_review)
        if any(not 1 <= one <= most for one, most in zip(days, (90, 30, 30, 92), strict=True)):
            raise ValueError("the terms may only be shortened, and none to nothing")
        if not 1 <= self.cases_an_hour <= MOST_CASES:
            raise ValueError("so many cases an hour nobody reads")
        if self.shared_phone > self.contact:
            raise ValueError("where somebody else sees the telephone it is not asked later than elsewhere")


USUAL_TERMS = Terms()
