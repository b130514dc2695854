"""Stories, warm: what they stand on is loaded once, and each is told in a process split off from this one.

For each line on the input (the files of some stories, and how long they may take) one line comes back: the exit code.
Nothing of ours is loaded before the split, so that each process reads the tree as it lies there then.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

import pytest

# What nearly every story loads and no mutant changes.
STANDS_ON = (
    "_hypothesis_pytestplugin", "aiohttp.web", "alembic.autogenerate", "alembic.command", "anyio.pytest_plugin",
    "anyio._backends._asyncio", "babel.support",
    "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.kdf.hkdf", "holidays",
    "hypothesis.strategies", "jinja2", "joserfc", "jsonschema", "playwright.sync_api", "psycopg", "pydantic_settings",
    "pytest_asyncio", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "structlog",
    "time_machine", "typer", "unittest.mock", "xdist.plugin", "xml.etree.ElementTree",
)  # fmt: skip
OURS = {"bot", "storage", "tests"}


def main(only: str) -> None:
    """One story a line, one answer a line, until the input ends."""
    for name in STANDS_ON:
        importlib.import_module(name)
    if found := OURS & {name.split(".")[0] for name in sys.modules}:
        sys.exit(f"Loaded before anything was changed: {found}")
    for line in sys.stdin:
        story, within = json.loads(line)
        child = os.fork()
        if child == 0:
            tell(story, only)
        print(code_of(child, within), flush=True)


def code_of(child: int, within: int) -> int:
    """The exit code of a story, or the signal that ended it; everything it started ends with it."""

    def enough(*_: object) -> None:
        os.killpg(child, signal.SIGKILL)

    with suppress(OSError):  # it does so itself, too: whoever is first
        os.setpgid(child, child)
    signal.signal(signal.SIGALRM, enough)
    signal.alarm(within)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    with suppress(ProcessLookupError):
        enough()
    return os.waitstatus_to_exitcode(status)


def tell(story: str, only: str) -> NoReturn:
    """Be the process in which one story is told."""
    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    # Loaded as they are here, the plugins' own assertions say less; the stories' are not touched.
    words = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-k", only]
    code = 3
    try:
        code = int(pytest.main([*words, *story.split()]))
    finally:
        os._exit(code)


if __name__ == "__main__":
    # The folder of this file holds names such as `bytes`; the tree it is started in is what may be loaded.
    sys.path[0] = os.getcwd()
    main(sys.argv[1])
