"""`make run` as a newcomer meets it: a real start, a real Ctrl-C, a real kill."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import psutil
import pytest

from dsp_platform.embedded import free_port

BASE = Path(__file__).resolve().parents[2]
# The first start makes databases and loads 16,000 areas on a machine that may be busy.
START_SECONDS = 120


class Running:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG") and not name.startswith("DSPP")
        }
        self.environment |= {"DSPP_FOLDER": str(folder), "DSPP_PORT": str(self.port)}
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dsp_platform.run"],
            cwd=BASE, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        printed, deadline = "", time.monotonic() + START_SECONDS
        while "make reset" not in printed:
            line = self.process.stdout.readline()
            assert line, f"stopped at once:\n{printed}"
            assert time.monotonic() < deadline, printed
            printed += line
        return printed

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status

    def status(self, path: str) -> int:
        try:
            return self.get(path)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def file_of(self, path: str) -> Message:
        """What is said about the style sheet of this page."""
        root = f"http://127.0.0.1:{self.port}"
        with urllib.request.urlopen(root + path, timeout=10) as answer:
            sheet = re.search(r'/static/[^"]+\.css', answer.read().decode()).group()
        with urllib.request.urlopen(root + sheet, timeout=10) as answer:
            return answer.headers

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def reset(self) -> None:
        command = [sys.executable, "-m", "dsp_platform.run", "reset"]
        subprocess.run(command, cwd=BASE, env=self.environment, check=True, capture_output=True)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)
    run = Running(folder / "local")
    run.screen = run.start()
    yield run
    if run.process.poll() is None:
        run.interrupt()
    run.reset()


@pytest.mark.faults
@pytest.mark.timeout(400)
def test_one_command_starts_everything_and_a_killed_run_heals(running):
    assert running.get("/readyz") == 200
    assert running.get("/km/") == 200
    # Whoever comes again asks for the page alone.
    assert "immutable" in running.file_of("/km/")["Cache-Control"]
    for word in ("clerk.banteay", "reviewer.nssf", "steward.one", "/demo/phone/", "make psql DB=idpoor"):
        assert word in running.screen

    # Killed without a chance to clean up: its children live on, and the next start takes over.
    orphans = running.family()
    running.process.kill()
    running.process.wait()
    begun = time.monotonic()
    running.start()
    assert running.get("/km/") == 200
    assert not [process for process in orphans if process.is_running() and process.status() != "zombie"]
    print(f"second start: {time.monotonic() - begun:.1f} s")

    # PostgreSQL dies in the middle of the day, and is back without anybody's doing.
    next(process for process in running.family() if process.name() == "postgres").kill()
    deadline = time.monotonic() + 60
    while (answer := running.status("/readyz")) != 200:
        assert time.monotonic() < deadline, f"the site did not recover: {answer}"
        time.sleep(1)

    # Ctrl-C stops every process it started.
    family = running.family()
    running.interrupt()
    assert not [process for process in family if process.is_running() and process.status() != "zombie"]


def test_a_taken_port_is_named(tmp_path):
    run = Running(tmp_path / "local")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "dsp_platform.run"],
            cwd=BASE, capture_output=True, text=True, check=False, timeout=60,
            env={**run.environment, "DSPP_PORT": str(port)},
        )  # fmt: skip
    run.reset()
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_no_number_is_named(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "dsp_platform.run"],
        cwd=BASE, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "DSPP_FOLDER": str(tmp_path / "local"), "DSPP_PORT": "eighty"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "DSPP_PORT must be a port number" in done.stderr
