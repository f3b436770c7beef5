"""The web server, workers and beat of `make run`."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import psutil

from dsp_platform.devserver.embedded import OWNER_SETTINGS, Services
from dsp_platform.devserver.processes import EmbeddedError, spawn, stop_processes
from dsp_platform.devserver.state import BASE, folder, save
from dsp_platform.webserver.server import web_command

READY_SECONDS = 90
# The queue and the number of threads of each worker. A delivery that waits for an operator costs a thread and
# nothing else, so there are more threads than operators. Documents cost processor time, so there are few.
WORKERS = {
    "worker": ("celery", 4),
    "delivery": ("delivery", 20),
    "jobs": ("jobs", 8),
    "uploads": ("uploads", 2),
}


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "dsp_platform", *arguments, "-l", "WARNING"]


def worker_command(queue: str, threads: int) -> list[str]:
    quiet = ("--without-gossip", "--without-mingle")
    return celery("worker", "-Q", queue, "-n", f"{queue}@%h", "--pool", "threads", "-c", str(threads), *quiet)


class Supervisor:
    """Keeps web, workers and beat alive, and stops them in an order in which nothing is lost."""

    def __init__(self, parts: Services, host: str, port: int) -> None:
        self.parts, self.host, self.port = parts, host, port
        self.environment = {
            **os.environ,
            **parts.environment(),
            "DSPP_MODE": "demo",
            "UPLOADS_FOLDER": os.environ.get("UPLOADS_FOLDER") or str(folder() / "uploads"),
            "PYTHONUNBUFFERED": "1",
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.register = folder() / "processes.json"

    def commands(self) -> dict[str, list[str]]:
        beat = celery("beat", "--pidfile=", "--schedule", str(folder() / "beat-schedule"))
        workers = {name: worker_command(*served) for name, served in WORKERS.items()}
        return {"web": web_command(f"{self.host}:{self.port}"), **workers, "beat": beat}

    def start(self, name: str) -> None:
        environment = {key: value for key, value in self.environment.items() if key not in OWNER_SETTINGS}
        if name in WORKERS:
            # A thread uses one connection, and a delivery two more for its recorders.
            environment = {**environment, "DATABASE_POOL_SIZE": str(3 * WORKERS[name][1] + 2)}
        self.children[name] = spawn(
            self.commands()[name], log=folder() / f"{name}.log", env=environment, cwd=BASE
        )
        alive = {}
        for child in self.children.values():
            with suppress(psutil.Error):
                alive[str(child.pid)] = f"{psutil.Process(child.pid).create_time():.1f}"
        save(self.register, alive)

    def prepare(self) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "prepare"], env=self.environment, cwd=BASE, check=False
        )
        if done.returncode:
            raise EmbeddedError("The database could not be prepared; see the output above.")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise EmbeddedError(f"{name} stopped at once. See the end of {folder() / name}.log")
            with suppress(OSError):
                address = f"http://127.0.0.1:{self.port}/readyz"
                with urllib.request.urlopen(address, timeout=5):
                    return
            time.sleep(0.2)
        raise EmbeddedError(f"The site did not answer within {READY_SECONDS} s. See {folder() / 'web.log'}.")

    def watch(self) -> None:
        """Restart whatever stops."""
        while True:
            time.sleep(1)
            for service in (self.parts.postgres, self.parts.redis):
                if service.process and service.process.poll() is not None:
                    print(f"{type(service).__name__} stopped and is started again.", flush=True)
                    service.start()
            for name, child in list(self.children.items()):
                if child.poll() is not None:
                    print(f"{name} stopped (code {child.returncode}) and is started again.", flush=True)
                    self.start(name)

    def stop(self) -> None:
        for names in (("beat",), ("web",), tuple(WORKERS)):
            stop_processes((self.children[name] for name in names if name in self.children), signal.SIGTERM)
        self.register.unlink(missing_ok=True)
