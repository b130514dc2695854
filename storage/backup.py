"""Backups: the database as it lies, every word still sealed, with a manifest; and putting one back.

SQLite is copied by its own backup call from a snapshot, so others go on writing. PostgreSQL is dumped by `pg_dump` as
text and put back by `psql` into an empty database. Keys are not in a backup: they are kept apart, or a culling would
be none. What is put back carries a mark, and nobody is served until the safety log has been replayed (`replay`).
"""

from __future__ import annotations

import hmac
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import URL, make_url

from storage import _sql as sql
from storage._engine import engine_for, reaching
from storage.migrations import head
from storage.vault import Store

FORM, MANIFEST = "backup/1", "manifest.json"
_SQLITE, _POSTGRES = "store.db", "store.sql"
_CHUNK = 1 << 20
_LONGEST = 64 * 1024


class NoBackup(Exception):
    """A backup cannot be made or put back, and why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself. `safety` is the safety log's last line before the copy was taken."""

    bredvid: str
    at: str
    database: str
    revision: str
    tenant: str
    safety: int
    file: str
    bytes: int
    sha256: str
    mac: str = ""


def create(store: Store, folder: Path, at: datetime) -> tuple[Path, Manifest]:
    """Take a backup into a new folder inside this one; it has its name only when it is whole."""
    place = folder / f"bredvid-{at:%Y%m%dT%H%M%S}"
    scratch = folder / f".{place.name}.part"
    if place.exists():
        raise NoBackup(f"There is already a backup at {place}.")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, mode=0o700)
    # Looked at first: a line that comes while the copy is taken is replayed once more, and that changes nothing.
    safety = store.safety.last() if store.safety is not None else 0
    name = _SQLITE if store.is_sqlite else _POSTGRES
    if store.is_sqlite:
        _copy_sqlite(store, scratch / name)
    else:
        _run_pg("pg_dump", store.engine.url, ["--format=plain", "--no-owner", "--no-acl", f"--file={scratch / name}"])
    (scratch / name).chmod(0o600)
    size, digest = (scratch / name).stat().st_size, _digest(scratch / name)
    database = store.engine.dialect.name
    bare = Manifest(FORM, at.isoformat(), database, head(), store.tenant, safety, name, size, digest)
    made = Manifest(**{**asdict(bare), "mac": _mac(bare, store.keyring["mac"])})
    (scratch / MANIFEST).write_text(json.dumps(asdict(made), indent=1) + "\n", encoding="utf-8")
    for path in (scratch / name, scratch / MANIFEST):
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    scratch.rename(place)
    return place, made


def faults(place: Path, mac_key: bytes | None) -> tuple[str, ...]:
    """What is wrong with a backup; nothing when it is whole. Without the key its origin is not looked at."""
    try:
        manifest = read_manifest(place)
    except NoBackup as no:
        return (str(no),)
    file = place / manifest.file
    found = []
    if not file.is_file() or _digest(file) != manifest.sha256:
        return (f"{manifest.file} is not the file that the manifest was written for.",)
    if mac_key is not None and not hmac.compare_digest(_mac(manifest, mac_key).encode(), manifest.mac.encode()):
        found.append("The manifest was not written by this house, or was changed.")
    if manifest.revision != head():
        found.append(f"Its tables stand at revision {manifest.revision} and this program needs {head()}.")
    if manifest.database == "sqlite":
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as copy:
            said = [row[0] for row in copy.execute("PRAGMA quick_check")]
        if said != ["ok"]:
            found.append("The database in it is damaged.")
    return tuple(found)


def put_back(place: Path, url: str, mark: str, *, replace: bool) -> Path | None:
    """Put a backup in the database's place, marked as restored; where what lay there before was moved to, if any."""
    manifest, target = read_manifest(place), make_url(url)
    if target.get_backend_name() != manifest.database:
        raise NoBackup(f"This is a backup of {manifest.database}, and the settings name {target.get_backend_name()}.")
    if manifest.database == "sqlite":
        return _put_back_sqlite(place / manifest.file, Path(target.database or ""), manifest, mark, replace=replace)
    _into_empty_postgres(place / manifest.file, target)
    _put_mark(url, mark, manifest.safety)
    return None


def read_manifest(place: Path) -> Manifest:
    """The manifest of a backup."""
    try:
        with (place / MANIFEST).open("rb") as opened:
            # Cut off where no manifest of ours ends, it is none.
            manifest = Manifest(**json.loads(opened.read(_LONGEST).decode()))
    except (OSError, ValueError, TypeError, RecursionError):
        raise NoBackup(f"There is no backup at {place}.") from None
    known = manifest.bredvid == FORM and manifest.file in (_SQLITE, _POSTGRES) and isinstance(manifest.mac, str)
    if not known:
        raise NoBackup(f"The backup at {place} is of a form that this program does not know.")
    return manifest


def _copy_sqlite(store: Store, to: Path) -> None:
    line = store.engine.raw_connection()
    try:
        with closing(sqlite3.connect(to)) as copy:
            line.driver_connection.backup(copy)  # type: ignore[union-attr]
            copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        line.close()


def _put_back_sqlite(file: Path, to: Path, manifest: Manifest, mark: str, *, replace: bool) -> Path | None:
    aside = None
    if to.exists():
        if not replace:
            raise NoBackup(f"There is a store at {to}. With --replace it is moved aside first.")
        aside = to.with_name(f"{to.name}.before-{manifest.at[:10]}-{os.getpid()}")
    scratch = to.with_name(f".{to.name}.restored")
    shutil.copyfile(file, scratch)
    scratch.chmod(0o600)
    _put_mark(f"sqlite:///{scratch}", mark, manifest.safety)
    if aside is not None:
        # With its log, or the newest of it would be lost.
        for end in ("", "-wal", "-shm"):
            part = to.with_name(to.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
    scratch.rename(to)
    return aside


def _into_empty_postgres(file: Path, target: URL) -> None:
    engine = engine_for(target.render_as_string(hide_password=False))
    try:
        with reaching():
            there = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if there:
        raise NoBackup("The database is not empty. Make a new one and name it in the settings.")
    strict = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
    _run_pg("psql", target, [*strict, "--file", str(file)])


def _put_mark(url: str, mark: str, safety: int) -> None:
    engine = engine_for(url)
    try:
        with engine.begin() as line:
            line.execute(sql.ADD_META, {"name": mark, "value": str(int(safety))})
    finally:
        engine.dispose()


def _run_pg(program: str, url: URL, arguments: list[str]) -> str:
    found = shutil.which(program)
    if found is None:
        raise NoBackup(f"{program} is not on this machine. Install PostgreSQL's client programs.")
    env = {**os.environ, **_pg_env(url)}
    done = subprocess.run([found, *arguments], env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[0]
        raise NoBackup(f"{program} could not do it: {said}.")
    return done.stdout


def _pg_env(url: URL) -> Mapping[str, str]:
    """Where the database is, told so that no password stands among a process's arguments."""
    named = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
             "PGDATABASE": url.database, "PGOPTIONS": url.query.get("options")}  # fmt: skip
    return {name: str(value) for name, value in named.items() if value}


def _mac(manifest: Manifest, key: bytes) -> str:
    said = json.dumps({**asdict(manifest), "mac": ""}, sort_keys=True)
    return blake2b(said.encode(), digest_size=32, key=key, person=b"backup").hexdigest()


def _digest(file: Path) -> str:
    digest = sha256()
    with file.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
