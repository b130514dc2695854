"""Columns: each has a class that says why it may stand in clear, and holds nothing that its class does not allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, String, Table, inspect

from storage import _tables as tables
from tests.storage.house import House, open_house
from tests.storage.planted import MARK, plant

TABLES = tables.metadata.sorted_tables
COLUMNS = [(table, column) for table in TABLES for column in table.columns]
SMALL = re.compile(r"[A-Za-z0-9_:.+\-]{0,80}")
MONTH = re.compile(r"\d{4}-\d{2}")
INSTANT_TEXT = re.compile(r"\d{4}-\d{2}(-\d{2}T[0-9:+.\-]+(\[[A-Za-z/_]+\])?)?")


def _is_envelope(value: Any) -> bool:
    return isinstance(value, bytes) and value[:1] == b"\x01" and (len(value) - 61) % 256 == 0 and len(value) > 61


ALLOWED: dict[str, Callable[[Any], bool]] = {
    tables.ID: lambda value: bool(SMALL.fullmatch(value)),
    tables.UNIT: lambda value: bool(SMALL.fullmatch(value)),
    tables.INSTANT: lambda value: isinstance(value, int) or bool(INSTANT_TEXT.fullmatch(value)),
    tables.STATE: lambda value: isinstance(value, int) or value.startswith("{") or bool(SMALL.fullmatch(value)),
    tables.CODE: lambda value: bool(SMALL.fullmatch(value)),
    tables.COUNT: lambda value: isinstance(value, int),
    tables.HASH: lambda value: isinstance(value, bytes) and len(value) == 32,
    tables.MAC: lambda value: isinstance(value, bytes) and len(value) == 32,
    tables.SUM: lambda value: isinstance(value, bytes) and len(value) == 80,
    tables.SEALED: _is_envelope,
    tables.DAY: lambda value: bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)),
    tables.VERSION: lambda value: isinstance(value, int),
    tables.WRAPPED: lambda value: 0 < int.from_bytes(value[:4], "big") < 1000 and _is_envelope(value[4:]),
}
# Nothing of the store's own deeds writes these: a channel or a job does, and its tests fill them.
FILLED_ELSEWHERE = {"lease"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which every field of words holds a word that can be looked for."""
    folder: Path = tmp_path_factory.mktemp("columns")
    with open_house(f"sqlite:///{folder}/store.db", folder) as house:
        plant(house)
        yield house


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: part.name)
def test_every_column_has_a_class(table: Table, column: Column[Any]) -> None:
    assert column.info.get("class") in ALLOWED, table.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_value_is_what_its_columns_class_allows(planted: House, table: Table) -> None:
    rows = planted.rows(table)
    assert rows or table.name in FILLED_ELSEWHERE, table.name
    for row in rows:
        for column in table.columns:
            value = row._mapping[column.name]
            if value is not None:
                assert ALLOWED[column.info["class"]](value), (table.name, column.name, value)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_holds_a_planted_word(planted: House, table: Table) -> None:
    for row in planted.rows(table):
        for name, value in row._mapping.items():
            raw = value if isinstance(value, bytes) else str(value).encode()
            assert MARK.lower().encode() not in raw.lower(), (table.name, name)


def test_the_migrated_tables_are_the_declared_ones(planted: House) -> None:
    """A column that only the database has would have no class."""
    there = inspect(planted.store.engine)
    found = {
        f"{table}.{column['name']}"
        for table in there.get_table_names()
        if table != "alembic_version"
        for column in there.get_columns(table)
    }
    assert found == {f"{table.name}.{column.name}" for table, column in COLUMNS}


def test_nothing_but_sealed_columns_can_hold_long_words() -> None:
    long = {
        f"{table.name}.{column.name}"
        for table, column in COLUMNS
        if isinstance(column.type, String) and (column.type.length or 1000) > 80
    }
    assert long == {"meta.value", "conversation.open_state"}
