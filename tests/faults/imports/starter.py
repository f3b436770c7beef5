"""Starts a process for each act of ``acts``, at once because Django stands ready, so that it can be killed.

Reads lines, ``[database, folder of uploads, act, arguments]`` in JSON; says the number of the process.
"""

# ruff: noqa: I001  (the first of ours sets Django up, which the last needs)
import json
import os
import signal
import sys
import traceback

import dsp_platform.wsgi  # noqa: F401

from tests.faults.imports.acts import ACTS, use


def obey(database: str, uploads: str, act: str, arguments: list[object]) -> None:
    use(database, uploads)
    ACTS[act](*arguments)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone
    for line in sys.stdin:
        child = os.fork()
        if child:
            print(child, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        status = 1
        try:
            obey(*json.loads(line))
            status = 0
        except BaseException:
            traceback.print_exc()
        os._exit(status)


main()
