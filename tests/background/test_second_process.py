import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsp_platform.background.second_process import SecondProcess

# Whose work it is: of a process, its folder names it.
SELF = "/proc/self"
STARTS_ONE = """
import os, sys, time
from dsp_platform.background.second_process import SecondProcess
if __name__ == "__main__":
    beside = SecondProcess(os.path.realpath)
    while not beside.is_ready:
        time.sleep(0.05)
    print(beside.begin("/proc/self")(), flush=True)
    time.sleep(600)
"""


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.fixture
def beside() -> Iterator[SecondProcess]:
    process = SecondProcess(os.path.realpath)
    until(lambda: process.is_ready)
    yield process
    process.close()


def test_work_is_done_in_the_other_process_and_after_it_was_killed_here(beside):
    other = beside.begin(SELF)()
    assert other != os.path.realpath(SELF)
    os.kill(int(Path(other).name), signal.SIGKILL)
    until(lambda: not Path(other).exists())
    assert beside.begin(SELF)() == os.path.realpath(SELF)


def test_what_it_was_doing_when_it_was_killed_is_done_here(beside):
    other = beside.begin(SELF)()
    os.kill(int(Path(other).name), signal.SIGSTOP)
    begun = beside.begin(SELF)
    os.kill(int(Path(other).name), signal.SIGKILL)
    assert begun() == os.path.realpath(SELF)


def test_it_ends_with_a_process_that_was_killed(tmp_path):
    (tmp_path / "starts_one.py").write_text(STARTS_ONE)
    command = [sys.executable, str(tmp_path / "starts_one.py")]
    paths = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=paths, text=True) as parent:
        other = Path(parent.stdout.readline().strip())
        assert other.exists()
        parent.kill()
    until(lambda: not other.exists())
