"""`make run` from an empty folder: a real start, a real Ctrl-C, a real kill."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from email.message import Message
from functools import partial
from pathlib import Path

import psutil
import pytest

from dsp_platform.devserver.processes import free_port
from tests.services import FOLDER
from tests.stack import wait_for

BASE = Path(__file__).resolve().parents[2]
# The first start makes databases and loads 16,000 areas on a machine that may be very busy.
START_SECONDS = 300


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
            [sys.executable, "-m", "dsp_platform.devserver.run"],
            cwd=BASE, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            process_group=0,
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
        """The response headers of the page's style sheet."""
        root = f"http://127.0.0.1:{self.port}"
        with urllib.request.urlopen(root + path, timeout=10) as answer:
            sheet = re.search(r'/static/[^"]+\.css', answer.read().decode()).group()
        with urllib.request.urlopen(root + sheet, timeout=10) as answer:
            return answer.headers

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def survivors(self) -> list[psutil.Process]:
        """Processes of the folder, also orphans; PostgreSQL's has another environment."""
        mine = f"DSPP_FOLDER={self.folder}"
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                environment = [f"{name}={value}" for name, value in process.environ().items()]
                if process.status() != "zombie" and mine in environment:
                    found.append(process)
        return found

    def reset(self) -> None:
        command = [sys.executable, "-m", "dsp_platform.devserver.run", "reset"]
        subprocess.run(command, cwd=BASE, env=self.environment, check=True, capture_output=True)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=90)


@pytest.fixture(scope="module")
def running():
    """Not in the folder of pytest: each of its runs closes that to the account that PostgreSQL runs as."""
    run = Running(FOLDER / f"run-{os.getpid()}")
    try:
        run.screen = run.start()
        yield run
    finally:
        if run.process.poll() is None:
            run.interrupt()
        run.reset()
        shutil.rmtree(run.folder)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_one_command_starts_everything_and_a_killed_run_heals(running):
    assert running.get("/readyz") == 200
    assert running.get("/km/") == 200
    # Returning visitors request the page only.
    assert "immutable" in running.file_of("/km/")["Cache-Control"]
    for word in ("clerk.banteay", "reviewer.nssf", "steward.one", "/demo/phone/", "make psql DB=idpoor"):
        assert word in running.screen

    # Only the process that prepares the database has the owner's password.
    keys = json.loads((running.folder / "secrets.json").read_text())
    environments = [process.environ() for process in running.family() if process.name() == "python"]
    assert len(environments) > 4
    for environment in environments:
        assert "DATABASE_OWNER_URL" not in environment
        assert keys["POSTGRES_PASSWORD"] not in " ".join(environment.values())

    # Killed without a chance to clean up: its children survive, and the next start takes over.
    orphans = running.family()
    running.process.kill()
    running.process.wait()
    begun = time.monotonic()
    running.start()
    assert running.get("/km/") == 200
    assert not alive(orphans)
    print(f"second start: {time.monotonic() - begun:.1f} s")

    # PostgreSQL is killed, and is restarted automatically.
    next(process for process in running.family() if process.name() == "postgres").kill()
    wait_for(lambda: running.status("/readyz") == 200, 60)

    # Ctrl-C stops every process it started.
    family = running.family()
    running.interrupt()
    assert not alive(family)


def has_started(pid: int, command: str) -> bool:
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.Error):
            if command in " ".join(child.cmdline()):
                return True
    return not command


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running() and process.status() != "zombie"]


def wait_for_the_next_end(run: Running, family: list[psutil.Process]) -> None:
    """Until one more of them has ended, or the run itself."""
    before = len(alive(family))
    wait_for(lambda: run.process.poll() is not None or len(alive(family)) < before, 60)


def interrupted_twice(run: Running, family: list[psutil.Process]) -> None:
    """Ctrl-C, and again each time before it is over."""
    for _press in range(3):
        run.process.send_signal(signal.SIGINT)
        wait_for_the_next_end(run, family)


def terminated_with_its_group(run: Running, family: list[psutil.Process]) -> None:
    """As when a session ends: the group gets a signal, `make` passes it on, and the terminal closes."""
    os.killpg(run.process.pid, signal.SIGTERM)
    for number in (signal.SIGTERM, signal.SIGHUP):
        wait_for_the_next_end(run, family)
        run.process.send_signal(number)  # nothing where it has ended


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("environments", [interrupted_twice, terminated_with_its_group])
def test_nothing_survives_a_signal_while_it_stops(running, environments):
    if running.process.poll() is not None:
        running.start()
    family = running.family()
    assert len(family) > 6
    environments(running, family)
    running.process.communicate(timeout=90)
    assert not alive(family)
    assert not running.survivors()
    assert running.process.returncode == 0


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_nothing_survives_a_signal_while_it_starts(running):
    """At once, and as soon as the server, the preparation and the last of the processes are there."""
    for begun in ("", "bin/postgres", "manage.py prepare", "celery -A dsp_platform beat"):
        starting = Running(running.folder)
        process = subprocess.Popen(
            [sys.executable, "-m", "dsp_platform.devserver.run"],
            cwd=BASE, env=starting.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(partial(has_started, process.pid, begun), START_SECONDS)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) in (0, -signal.SIGTERM)  # so early that it had no handler yet
        assert not alive(family)
        assert not starting.survivors()


def test_a_taken_port_is_named(tmp_path):
    run = Running(tmp_path / "local")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "dsp_platform.devserver.run"],
            cwd=BASE, capture_output=True, text=True, check=False, timeout=60,
            env={**run.environment, "DSPP_PORT": str(port)},
        )  # fmt: skip
    run.reset()
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_no_number_is_named(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "dsp_platform.devserver.run"],
        cwd=BASE, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "DSPP_FOLDER": str(tmp_path / "local"), "DSPP_PORT": "eighty"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "DSPP_PORT must be a port number" in done.stderr
