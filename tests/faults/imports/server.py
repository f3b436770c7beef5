"""A PostgreSQL of this test's own, which it may crash, and processes that import into its databases."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

from dsp_platform.devserver.embedded import Services
from dsp_platform.devserver.processes import EmbeddedError, free_port
from tests.services import database_with_tables
from tests.stack import BASE, wait_for

PREPARED = "dspp"
WAITS_SECONDS = 60


class Server:
    def __init__(self, folder: Path) -> None:
        keys = {name: os.environ[name] for name in ("SECRET_KEY", "DIGEST_KEY", "ENCRYPTION_KEYS")}
        secrets = {f"{name}_PASSWORD": "only-of-this-test" for name in ("POSTGRES", "RUNTIME", "REDIS")}
        keys |= {**secrets, "OPERATOR_PASSWORD": "only-of-this-test"}
        self.folder = folder
        self.services = Services(folder / "services", keys, free_port(), free_port(), durable=False)
        self.postgres = self.services.postgres
        self.log: IO[bytes] | None = None
        self.starter: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.services.__enter__()
        programs = self.postgres.programs
        tables = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{database_with_tables()}")
        dump = subprocess.run(
            [programs / "pg_dump", "-d", urlunsplit(tables)], capture_output=True, check=True
        )
        load = [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.postgres.url(PREPARED)]
        subprocess.run(load, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        self.log = (self.folder / "processes.log").open("ab")
        self.starter = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.imports.starter"],
            cwd=BASE,
            env={**os.environ, **self.services.environment(), "DSPP_MODE": "test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        Database(self, PREPARED).do("prepare")

    def stop(self) -> None:
        if self.starter:
            self.starter.kill()
            self.starter.communicate()
        if self.log:
            self.log.close()
        self.services.__exit__()
        self.postgres.discard()

    def copy(self, name: str) -> "Database":
        with psycopg.connect(self.postgres.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {PREPARED}")
        return Database(self, name)

    def crash(self) -> None:
        """As ``pg_ctl stop -m immediate`` does, and started again."""
        assert self.postgres.process
        self.postgres.process.send_signal(signal.SIGQUIT)
        self.postgres.process.wait(10)
        wait_for(self._starts)

    def _starts(self) -> bool:
        with suppress(EmbeddedError):
            self.postgres.start()
            return True
        return False


@dataclass
class Running:
    """A process that does one act."""

    pid: int

    def is_alive(self) -> bool:
        return psutil.pid_exists(self.pid)

    def kill(self) -> bool:
        """With -9; what it started itself is left to itself. False if it had ended."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.wait()
        return True

    def wait(self) -> None:
        wait_for(lambda: not self.is_alive(), WAITS_SECONDS)


@dataclass
class Database:
    server: Server
    name: str

    def begin(self, act: str, *arguments: object) -> Running:
        starter = self.server.starter
        assert starter
        assert starter.stdin
        assert starter.stdout
        uploads = str(self.server.folder / "uploads" / self.name)
        starter.stdin.write(json.dumps([self.name, uploads, act, arguments]) + "\n")
        starter.stdin.flush()
        return Running(int(starter.stdout.readline()))

    def do(self, act: str, *arguments: object) -> None:
        self.begin(act, *arguments).wait()

    def ask(self, query: str, *values: object) -> list[tuple]:
        """As the owner."""
        with psycopg.connect(self.server.postgres.url(self.name), autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def end_sessions(self) -> None:
        """Of others, as an administrator does, or a proxy before the database."""
        self.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    @contextmanager
    def watched(self) -> Iterator[Callable[[], int]]:
        """Tells how many rows all jobs together have done."""
        with psycopg.connect(self.server.postgres.url(self.name), autocommit=True) as connection:
            yield lambda: int(connection.execute("SELECT coalesce(sum(done), 0) FROM jobs_job").fetchone()[0])

    def upload(self, path: Path, source: str = "idpoor-households") -> int:
        self.do("upload", str(path), source)
        ((run,),) = self.ask("SELECT max(id) FROM registry_importrun")
        return int(run)

    def state(self, run: int) -> str:
        ((state,),) = self.ask("SELECT state FROM registry_importrun WHERE id = %s", run)
        return str(state)


def reached(done: Callable[[], int], rows: int, running: Running) -> bool:
    """Waits until so many rows are done, or the process has ended."""
    until = time.monotonic() + WAITS_SECONDS
    while time.monotonic() < until and running.is_alive():
        if done() >= rows:
            return True
        time.sleep(0.005)
    return False
