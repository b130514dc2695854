"""The program, warm: loaded once, and for each line on its input split off as a process that runs one command.

A verb's process takes a second to load and a blink to work. Here the loading is done once; everything else is as when
it is started cold: a process of its own with its own words, environment, output, and exit code.
"""

import json
import os
import runpy
import signal
import sys
import traceback
from typing import Any, NoReturn

from bot import cli


def main() -> None:
    """One request a line, one answer a line, until the input ends."""
    assert cli.app is not None
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def become(asked: dict[str, Any]) -> NoReturn:
    """Be the command that was asked for."""
    signal.alarm(asked["within"])
    for number, file in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = ["bredvid", *asked["words"]]
    code = 0
    try:
        runpy.run_module("bot", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
