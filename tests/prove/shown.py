"""What has no figure of its own but stories: each is told again, and the row says how many were and how many failed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.prove.mutants import TREE

# What security D and the threat model name, and the files whose stories show it.
STORIES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    # Database, write-ahead log, backups, logs, temporary files, cores, the wire to PostgreSQL and to Telegram.
    "canaries_in_clear": (
        "tests/contract/test_canaries.py", "tests/channels/test_tapped.py", "tests/test_leaving_nothing.py",
    ),
    "shredded_keys_left": (
        "tests/storage/test_culling.py", "tests/storage/test_rekeying.py", "tests/contract/test_culling_months.py",
    ),
    "codes_and_pins_guessed": (
        "tests/contract/test_limits.py", "tests/contract/test_pins.py", "tests/chat/test_receipt_codes.py",
    ),
    # Fixation, another site's forms, another site's sign-out, another's ids.
    "sessions_taken_over": (
        "tests/chat/test_web_sessions.py", "tests/contract/test_sessions.py", "tests/contract/test_ids_of_others.py",
        "tests/console/test_account_thieves.py", "tests/console/test_passkey_forged.py",
    ),
    # Slow heads and bodies, packed bodies, endless depth, two readings of one head, the headers, a flooded webhook.
    "rough_requests_obeyed": ("tests/http/test_hostile.py", "tests/http/test_http.py"),
    "forged_rows_believed": (
        "tests/contract/test_forged_rows.py", "tests/contract/test_made_up_rows.py", "tests/contract/test_put_back.py",
        "tests/contract/test_chains_of_rules.py", "tests/storage/test_log_links.py",
    ),
    # What went wrong elsewhere, by the names it has there: the Ombudsman's decisions, and one broken seal.
    "ombudsman_cases_again": ("tests/contract/test_ombudsman.py",),
    # A copy that is put back opens nothing that was closed, taken away, put aside or culled since it was taken.
    "closed_reopened_by_restore": ("tests/storage/test_safety.py", "tests/storage/test_closed_since.py"),
})  # fmt: skip
_TOLD = re.compile(r"(\d+) (passed|failed|errors?)")


@dataclass(frozen=True, slots=True)
class Told:
    """How many stories were told, and how many of them failed."""

    told: int
    failed: int


class NotTold(Exception):
    """The stories could not be told at all; the text is what was said instead."""


def tell(files: tuple[str, ...]) -> Told:
    """Tell the stories of some files.

    Raises:
        NotTold: none was told.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile", *files]
    done = subprocess.run(command, cwd=TREE, env=dict(os.environ), capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1:] or [""]
    counts = {what.removesuffix("s"): int(number) for number, what in _TOLD.findall(last[0])}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    if not counts or (done.returncode != 0 and not failed):
        raise NotTold(done.stdout + done.stderr)
    return Told(counts.get("passed", 0) + failed, failed)
