"""A shutting is felt everywhere: a few in the suite, hundreds and their time in `make prove`."""

from __future__ import annotations

from tests.prove import shutting


def test_nothing_is_open_and_nothing_leaves_after_each_way_of_shutting() -> None:
    found = shutting.run(2 * len(shutting.SHUTS))
    assert found.wrong == []
    assert len(found.seconds) == 2 * len(shutting.SHUTS)


def test_the_last_hundredth_is_left_out_and_no_more() -> None:
    assert shutting.Found(seconds=[float(n) for n in range(1, 201)]).p99 == 198.0
    assert shutting.Found(seconds=[1.0, 3.0]).p99 == 3.0
