"""The product's rule and the reference written from the policy give the same answer to a fixed sample of the table."""

from __future__ import annotations

from collections import Counter

from tests.prove.planes import usual_world
from tests.prove.table import asked, differences, sample


def test_the_rule_and_the_policy_agree_on_a_hundred_thousand_questions() -> None:
    count, found = differences(sample(110_000))
    assert count >= 100_000
    assert [(one.product, one.reference, one.world) for one in found[:20]] == []


def test_the_sample_meets_many_reasons_of_a_no_and_many_sorts_of_a_yes() -> None:
    """A table in which all is closed would agree with anything."""
    said = Counter((asked(world), world.actor, world.part) for world in sample(8_000))
    assert len({reason for reason, _, _ in said}) >= 20
    assert len({(actor, part) for reason, actor, part in said if reason == "yes"}) >= 40
    assert asked(usual_world("child", "child")) == "yes"
