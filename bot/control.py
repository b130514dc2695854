"""The control socket: how the command line reaches the one process that holds a SQLite store.

`DIR/control.sock`, for its owner only. It is bound and reached through `/proc/self/fd`, since the path of a socket
ends at 107 bytes and a folder's name may be longer. One line of JSON in, one line out.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.verbs import LARGEST, REFUSED, VERBS, Answer
from storage.vault import Store

SOCKET, LOCK = "control.sock", "lock"
PATIENCE = 120.0


class Busy(Exception):
    """Another process holds this store."""


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Hold the store's lock for as long as the block runs; `Busy` when another process does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"Another process already holds the store in {folder}. Stop it first, or ask it.") from None
        yield


@contextmanager
def _short_path(folder: Path) -> Iterator[str]:
    """The socket's path through an open folder, short whatever the folder is called."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


async def listen(store: Store, folder: Path, after: Any = None) -> asyncio.Server:
    """Answer verbs until closed. `after` is called when a verb may have changed what the house keeps in memory."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), PATIENCE)
            answer = await asyncio.to_thread(_run, store, line)
            writer.write(answer.text().encode() + b"\n")
            await writer.drain()
            if after is not None:
                await after()
        except (TimeoutError, ValueError, ConnectionError):
            pass
        finally:
            writer.close()

    (folder / SOCKET).unlink(missing_ok=True)
    with _short_path(folder) as path:
        server = await asyncio.start_unix_server(talk, path, limit=LARGEST)
    (folder / SOCKET).chmod(0o600)
    return server


def _run(store: Store, line: bytes) -> Answer:
    try:
        asked = json.loads(line)
        verb = VERBS[asked["verb"]]
    except (ValueError, KeyError, TypeError):
        return Answer(REFUSED, None, "The serving process does not know this command. Is it an older version?")
    return verb(store, asked.get("given", {}))


def ask(folder: Path, verb: str, given: dict[str, Any]) -> Answer | None:
    """Ask the process that serves this folder; None when nobody does."""
    if not (folder / SOCKET).exists():
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, _short_path(folder) as path:
        line.settimeout(PATIENCE)
        try:
            line.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            return None
        line.sendall(json.dumps({"verb": verb, "given": given}).encode() + b"\n")
        with line.makefile("rb") as answer:
            said = json.loads(answer.readline() or b"{}")
    if "exit" not in said:
        return Answer(REFUSED, None, "The serving process stopped before it had answered. Nothing is known to be done.")
    return Answer(said["exit"], said["body"], said["say"])
