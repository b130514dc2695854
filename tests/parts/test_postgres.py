"""The real PostgreSQL comes up, keeps tests apart, and survives being killed."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.parts.postgres import Postgres


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_has_a_database_of_its_own(postgres_url: str, turn: str) -> None:
    engine = create_engine(postgres_url)
    try:
        with engine.begin() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
            # The second turn would fail here if it met the first one's table.
            connection.execute(text("CREATE TABLE mark (turn text)"))
            connection.execute(text("INSERT INTO mark VALUES (:turn)"), {"turn": turn})
            assert connection.execute(text("SELECT turn FROM mark")).scalars().all() == [turn]
    finally:
        engine.dispose()


def test_what_was_committed_is_there_after_a_kill(durable_postgres: Postgres) -> None:
    name = durable_postgres.create_database()
    with psycopg.connect(durable_postgres.conninfo(name), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    durable_postgres.kill()
    durable_postgres.start()

    with psycopg.connect(durable_postgres.conninfo(name)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
