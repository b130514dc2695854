"""The control socket: how the command line reaches the one process that holds a SQLite store.

`DIR/control.sock`, for its owner only. It is bound and reached through `/proc/self/fd`, since the path of a socket
ends at 107 bytes and a folder's name may be longer. One line of JSON in, one line out.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.http.errors import where
from bot.verbs import LARGEST, REFUSED, VERBS, Answer
from storage.vault import Closed, Store

log = logging.getLogger(__name__)
SOCKET, LOCK = "control.sock", "lock"
PATIENCE = 120.0
CHUNK = 1 << 20
UNKNOWN = Answer(REFUSED, None, "The serving process does not know this command. Is it an older version?")
TOO_LONG = Answer(REFUSED, None, f"This is more than {LARGEST // 1024 // 1024} MiB. Send less at a time.")
BROKE = Answer(REFUSED, None, "The serving process could not do this. Its log says where it broke.")
CUT_OFF = Answer(REFUSED, None, "The serving process stopped before it had answered. Nothing is known to be done.")


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


async def listen(store: Store, folder: Path, known: Mapping[str, Any], after: Any = None) -> asyncio.Server:
    """Answer verbs until closed. `known` is what this house knows better than who asks, such as its address.

    `after` is called before the answer is given, when a verb may have changed what the house keeps in memory.
    """

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await _answer(store, reader, known)
            if answer is None:
                return
            if after is not None:
                await after()
            writer.write(answer.text().encode() + b"\n")
            await writer.drain()
        except (Closed, ConnectionError):
            pass
        finally:
            writer.close()

    (folder / SOCKET).unlink(missing_ok=True)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Before the name exists, so that nobody else can reach it for even a moment.
    os.fchmod(line.fileno(), 0o600)
    with _short_path(folder) as path:
        line.bind(path)
    return await asyncio.start_unix_server(talk, sock=line, limit=CHUNK)


async def _answer(store: Store, reader: asyncio.StreamReader, known: Mapping[str, Any]) -> Answer | None:
    """What comes of one line; None when whoever began it went away or fell asleep over it."""
    try:
        async with asyncio.timeout(PATIENCE):
            line = await _line(reader)
    except TimeoutError:
        return None
    if line is None:
        return None
    return await asyncio.to_thread(_run, store, line, known) if line else TOO_LONG


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """One whole line; empty when it is too long, None when it broke off. Even then it is read to its end: closed in
    the middle, the line would break before the answer arrives.
    """
    pieces: list[bytes] = []
    size, piece = 0, b""
    while not piece.endswith(b"\n"):
        piece = await reader.read(CHUNK)
        if not piece:
            return None
        size += len(piece)
        if size > LARGEST:
            pieces.clear()
        else:
            pieces.append(piece)
    return b"".join(pieces)


def _run(store: Store, line: bytes, known: Mapping[str, Any]) -> Answer:
    try:
        asked = json.loads(line)
        verb, given = VERBS[asked["verb"]], {**asked["given"], **known}
    except (ValueError, KeyError, TypeError, RecursionError):
        return UNKNOWN
    try:
        return verb(store, given)
    except Exception as broke:  # one command that breaks is no reason for the house to
        log.error("control: a command failed: %s", where(broke))
        return BROKE


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
        try:
            line.sendall(json.dumps({"verb": verb, "given": given}).encode() + b"\n")
            with line.makefile("rb") as answer:
                said = json.loads(answer.readline() or b"{}")
        except (OSError, ValueError):
            return CUT_OFF
    if "exit" not in said:
        return CUT_OFF
    return Answer(said["exit"], said["body"], said["say"])
