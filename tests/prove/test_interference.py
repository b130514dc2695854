"""A guardian cannot tell whether anything happened that she must not know."""

from __future__ import annotations

from tests.prove import interference
from tests.prove.interference import SECRETS, STANDINGS, compare


def test_two_worlds_that_differ_only_in_secret_look_alike() -> None:
    figures = compare(28)
    assert figures.differ == []
    assert figures.pairs == 28
    assert figures.pages > 28 * 14
    assert set(figures.standings) == set(STANDINGS)
    assert len(figures.secrets) >= len(SECRETS) - 3


def test_the_comparison_sees_a_difference() -> None:
    """One more entry that is open to her is seen at once, and so is one notice that waits."""
    one, none = (interference._world(standing, [], "sqlite://") for standing in ("cleared, one entry open", "blocked"))
    assert one[0] != none[0]
