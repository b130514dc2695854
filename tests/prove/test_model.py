"""Twenty-five thousand steps of the stateful model; the long run is `make prove`. And the model finds a wrong rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.parts.postgres import Postgres
from tests.prove.model.machine import STEPS, run
from tests.prove.model.stage import file, memory
from tests.prove.reference import DENIALS
from tests.storage.house import House, open_house

MEANT = 25_000
FOUND_WITHIN = 3_000


def test_no_step_of_any_case_lets_the_store_and_the_policy_differ() -> None:
    """Two thirds in memory, one third in a file that is closed and opened again."""
    done = run(MEANT, 1, memory, memory, file)
    assert done.diverged == []
    assert done.steps >= MEANT
    # It must have been worth it: people were let in and turned away, and deeds of nearly every sort were done.
    assert done.granted > done.asks / 10
    assert len(done.deeds) > 20
    assert done.visits > done.asks


def test_nor_on_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    @contextmanager
    def room() -> Iterator[House]:
        database = postgres.create_database()
        with open_house(postgres.url(database), tmp_path) as house:
            yield house
        postgres.drop_database(database)

    done = run(6 * STEPS, 2, room)
    assert done.diverged == []
    assert done.steps >= 6 * STEPS


@pytest.mark.parametrize("rule", ["P20", "P21", "P24", "P29", "P44"])
def test_a_rule_that_is_missing_is_found(rule: str) -> None:
    """The other way round, for each: were it the store that had forgotten this rule, the two would differ as well."""
    forgetful = [(name, strikes) for name, strikes in DENIALS if name != rule]
    assert run(FOUND_WITHIN, 3, memory, denials=forgetful).diverged != []
