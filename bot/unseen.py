"""What lies in this process stays in it: no core file is written, and nobody of the same user looks into it."""

from __future__ import annotations

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def keep_out_of_files() -> None:
    """Whatever ends this process, nothing of it is written to a disk; children may not write theirs either.

    A running process holds what it shows in clear, so a core file would be a copy of it without a key. The service
    manager's limit says the same; here it holds however the process was started. On Linux a debugger of the same user
    is kept out as well.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # Refused only where the system knows no such switch, and then the limit alone must do.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
