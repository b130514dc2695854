"""Every id in every question by every actor: a share of it here, all of it by `make prove`."""

from __future__ import annotations

from tests.prove import strangers


def test_nobody_gets_a_word_of_a_case_that_is_not_hers() -> None:
    found = strangers.run(every=23)
    assert found.asked > 10_000
    assert found.answered > 500
    # The marks are seen where they may be: nobody is let through because nothing was there to read.
    assert found.marked > 5
    assert found.wrong == []
