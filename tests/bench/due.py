"""What is due: our claim among few rows and among a million, and beside a scheduler's job store."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apscheduler.schedulers.background
import psycopg
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from sqlalchemy import insert, update

from storage import _tables as t
from storage._sql import Tx, millis
from storage._vouched import push_mac
from storage.keys import FileKeys
from storage.outbox import claim
from storage.vault import Store
from tests.bench.measure import REPS, Goal, Row, in_turns, middle, seconds, spread
from tests.parts.postgres import Postgres

DUE = 1_000
FEW, MANY = 10_000, 1_000_000
JOBS = 10_000
SLICE = 50_000
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
COLUMNS = tuple(column.name for column in t.outbox.columns)


def row(n: int) -> dict[str, Any]:
    """One row of the outbox: the first thousand are due, the others lie ahead."""
    due = millis(NOW) - DUE + n if n < DUE else millis(NOW) + 60_000 + n
    return {
        "id": f"{n:032x}", "dedup": f"bench:{n}", "sort": "push", "what": "reminder", "person": f"{n % 997:032x}",
        "case_id": None, "ref": None, "ref_version": 0, "conversation": None, "turn": 0, "channel": "telegram",
        "due_at": due, "wall": None, "not_after": due + 86_400_000, "state": "queued", "attempt": 0, "lease_until": 0,
        "worker": None, "fence": 0, "message_id": None, "reason": None, "created_at": millis(NOW), "done_at": None,
    }  # fmt: skip


def among(count: int, url: str, folder: Path) -> Store:
    """A store whose outbox holds so many rows, a thousand of them due."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(url, FileKeys(folder / "root.key", make=True), clock=lambda: NOW, migrate=True)
    if store.is_sqlite:
        for start in range(0, count, SLICE):
            numbers = range(start, min(start + SLICE, count))
            store.run(lambda tx, numbers=numbers: tx.run(insert(t.outbox), vouched(tx, numbers)))  # type: ignore[misc]
    else:
        _copy_in(store, url, count)
    return store


def vouched(tx: Tx, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Rows as the house itself would have written them."""
    return [{**one, "mac": push_mac(tx, one)} for one in map(row, numbers)]


def _copy_in(store: Store, url: str, count: int) -> None:
    rows = store.run(lambda tx: vouched(tx, range(count)))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as conn:
        with conn.cursor().copy(f"COPY outbox ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for values in rows:
                copy.write_row([values[name] for name in COLUMNS])
        conn.execute("VACUUM ANALYZE outbox")


def claiming(store: Store) -> Callable[[], float]:
    """Claim the thousand, timed to the commit; then lay them back, untimed."""

    def once() -> float:
        took = seconds(lambda: _claim(store))
        back = update(t.outbox).where(t.outbox.c.state == "claimed").values(state="queued", lease_until=0, worker=None)
        store.run(lambda tx: tx.run(back, {}))
        return took

    return once


def _claim(store: Store) -> None:
    if len(store.run(lambda tx: claim(tx, "bench", DUE))) != DUE:
        raise RuntimeError("not everything that is due was claimed")


def few_and_many(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """A claim of a thousand among a million rows against the same among ten thousand, on both databases."""
    here = {size: f"sqlite:///{folder / f'due-{size}.db'}" for size in (FEW, MANY)}
    found = {"SQLite": _growth(here, folder)}
    server = Postgres(fsync=True)
    try:
        server.start()
        with psycopg.connect(server.conninfo(), autocommit=True) as conn:
            for size in (FEW, MANY):
                conn.execute(f"CREATE DATABASE due{size}")
        found["PostgreSQL"] = _growth({size: server.url(f"due{size}") for size in (FEW, MANY)}, folder / "pg")
    finally:
        server.stop()
        server.remove()
    worst = max(growth for growth, _ in found.values())
    note = "; ".join(f"{name} {growth:.2f} ({told})" for name, (growth, told) in found.items())
    return (Row("due_scan_1e6_over_1e4", worst, "ratio", Goal("<=", 1.3), f"the worse of both: {note}"),)


def _growth(urls: dict[int, str], folder: Path) -> tuple[float, str]:
    stores = {size: among(size, url, folder / str(size)) for size, url in urls.items()}
    pairs = in_turns(claiming(stores[MANY]), claiming(stores[FEW]), reps=9)
    for store in stores.values():
        store.close()
    many, few = (sorted(times)[len(times) // 2] * 1000 for times in zip(*pairs, strict=True))
    return middle(pairs), f"{many:.1f} against {few:.1f} ms, {spread(pairs)}"


# --- beside a scheduler that keeps its jobs in a table ----------------------------------------------------------------


def job() -> None:
    """What a scheduler would run."""


def claim_beside_job_store(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
    """Taking a thousand due rows against what APScheduler does with its job store to take a thousand due jobs."""
    store = among(JOBS, f"sqlite:///{folder / 'claim.db'}", folder / "claim")
    with _job_store(f"sqlite:///{folder / 'jobs.db'}") as theirs:
        pairs = in_turns(theirs, claiming(store), REPS)
    store.close()
    jobs, rows = (sorted(times)[len(times) // 2] * 1000 for times in zip(*pairs, strict=True))
    note = f"APScheduler 3 as it comes {jobs:.0f}, ours {rows:.1f} ms; {DUE} due of {JOBS}, SQLite; {spread(pairs)}"
    return (Row("claim_over_aps_jobstore", middle(pairs), "ratio", Goal(">=", 50), note),)


@contextmanager
def _job_store(url: str) -> Iterator[Callable[[], float]]:
    """The scheduler's own way: ask for what is due, unpickle it, and delete each job that has no next time. It is given
    an address and nothing else, as its handbook does it.
    """
    store = SQLAlchemyJobStore(url=url)
    engine = store.engine
    scheduler = apscheduler.schedulers.background.BackgroundScheduler(jobstores={"default": store}, timezone=UTC)
    scheduler.start(paused=True)
    for n in range(DUE):
        at = NOW + timedelta(milliseconds=n)
        # A day that is past would be refused as misfired, were the scheduler let go.
        scheduler.add_job(job, "date", run_date=at.replace(year=2126), id=f"{n:032x}")
    table = store.jobs_t
    with engine.begin() as conn:
        due = [dict(found._mapping) for found in conn.execute(table.select())]
        later = [{**due[0], "id": f"later{n:027x}"} for n in range(JOBS - DUE)]
        for ahead in later:
            ahead["next_run_time"] = due[0]["next_run_time"] + 10**6
        conn.execute(table.insert(), later)
    limit = pickle.loads(due[-1]["job_state"])["next_run_time"]  # noqa: S301 - written by the line above

    def once() -> float:
        took = seconds(lambda: _take(store, limit))
        with engine.begin() as conn:
            conn.execute(table.insert(), due)
        return took

    yield once
    scheduler.shutdown(wait=False)
    engine.dispose()


def _take(store: SQLAlchemyJobStore, limit: datetime) -> None:
    jobs = store.get_due_jobs(limit)
    if len(jobs) != DUE:
        raise RuntimeError("not everything that is due was found")
    for each in jobs:
        store.remove_job(each.id)
