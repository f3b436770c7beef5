"""`make run`: everything of the platform on one machine, with demonstration people, until Ctrl-C.

Settings by environment: ``DSPP_PORT`` (8000), ``DSPP_HOST`` (127.0.0.1), ``DSPP_FOLDER`` (.local),
``DSPP_POSTGRES_PORT`` and ``DSPP_REDIS_PORT`` (chosen and remembered when not given).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil
from django_otp.oath import totp

from dsp_platform.devserver.embedded import (
    FOR_PREPARING,
    OPERATORS,
    EmbeddedError,
    Services,
    free_port,
    is_free,
    locked,
    new_keys,
    spawn,
    stop_processes,
)
from dsp_platform.webserver.server import web_command

BASE = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
# What serves each queue, in threads of one process: a delivery that waits for an operator costs a thread and
# nobody else anything, so there are more of them than operators. A document costs a processor: few.
WORKERS = {
    "worker": ("celery", 4),
    "delivery": ("delivery", 20),
    "jobs": ("jobs", 8),
    "uploads": ("uploads", 2),
}


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "dsp_platform", *arguments, "-l", "WARNING"]


def worker_command(queue: str, threads: int) -> list[str]:
    alone = ("--without-gossip", "--without-mingle")
    return celery("worker", "-Q", queue, "-n", f"{queue}@%h", "--pool", "threads", "-c", str(threads), *alone)


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Ctrl-C, a closed terminal or a polite kill. Not caught by ``except Exception``."""


def folder() -> Path:
    return Path(os.environ.get("DSPP_FOLDER") or BASE / ".local").resolve()


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise EmbeddedError(f"{name} must be a port number from 1024 to 65535, not “{text}”.")
    return int(text)


def _load(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise EmbeddedError(f"{path} is damaged. Start over with: make reset") from None


def _save(path: Path, values: dict[str, str]) -> None:
    """Written whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(values, indent=1))
    new.rename(path)


def services() -> Services:
    """The services of the folder, with the secrets and ports it was first made with."""
    secrets_file = folder() / "secrets.json"
    keys = _load(secrets_file)
    if missing := new_keys().keys() - keys.keys():  # of a new folder all, of an older one what came since
        keys |= {name: key for name, key in new_keys().items() if name in missing}
        _save(secrets_file, keys)
    ports = _load(folder() / "ports.json")
    return Services(folder(), keys, int(ports.get("POSTGRES", 0)), int(ports.get("REDIS", 0)))


def choose_ports(parts: Services) -> None:
    """The port somebody asked for, else the remembered one, else a free one. Remembers the choice."""
    ports = {}
    for name, part in (("POSTGRES", parts.postgres), ("REDIS", parts.redis)):
        asked = f"DSPP_{name}_PORT"
        if os.environ.get(asked):
            part.port = _port(asked, 0)
            if not is_free(part.port):
                raise EmbeddedError(f"Port {part.port} is taken by another program. Choose another {asked}.")
        elif not part.port or not is_free(part.port):
            part.port = free_port()
        ports[name] = str(part.port)
    _save(folder() / "ports.json", ports)


def stop_orphans(parts: Services) -> None:
    """A run that was killed leaves its children; each is told by its pid and its time of birth."""
    for pid, born in _load(folder() / "processes.json").items():
        with suppress(psutil.Error):
            orphan = psutil.Process(int(pid))
            if f"{orphan.create_time():.1f}" == born:
                for process in [*orphan.children(recursive=True), orphan]:
                    process.kill()
    parts.postgres.stop_orphan()
    parts.redis.stop_orphan()


class Supervisor:
    """Keeps web, workers and beat alive, and stops them in the order in which nothing is lost."""

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
        environment = {key: value for key, value in self.environment.items() if key not in FOR_PREPARING}
        if name in WORKERS:
            # Each thread at work holds a connection, and the notaries of a delivery hold two more.
            environment = {**environment, "DATABASE_POOL_SIZE": str(3 * WORKERS[name][1] + 2)}
        self.children[name] = spawn(
            self.commands()[name], log=folder() / f"{name}.log", env=environment, cwd=BASE
        )
        alive = {}
        for child in self.children.values():
            with suppress(psutil.Error):
                alive[str(child.pid)] = f"{psutil.Process(child.pid).create_time():.1f}"
        _save(self.register, alive)

    def prepare(self) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "prepare"], env=self.environment, cwd=BASE, check=False
        )
        if done.returncode:
            raise EmbeddedError("The database could not be prepared; the reason stands above.")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise EmbeddedError(f"{name} stopped at once. Its last words: {folder() / name}.log")
            with suppress(urllib.error.URLError, OSError):
                address = f"http://127.0.0.1:{self.port}/readyz"
                with urllib.request.urlopen(address, timeout=5):
                    return
            time.sleep(0.2)
        raise EmbeddedError(f"The site did not answer within {READY_SECONDS} s. See {folder() / 'web.log'}.")

    def watch(self) -> None:
        """Start again whatever dies: a killed worker costs a moment, not the day."""
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


def screen(address: str, keys: dict[str, str]) -> str:
    """The one screen a newcomer needs. Names of the demo people: the ``load_demo_…`` commands."""
    return f"""
  Digital Social Protection Platform          {address}

  Citizen      {address}/km/sign-in/           phone 012 345 678, or any Cambodian number
               code: on the demo phone         {address}/demo/phone/
  Official     {address}/km/counter/sign-in/   clerk.banteay; of the district: district.mongkol
  Reviewer     {address}/km/admin/             reviewer.nssf, reviewer.family_package
  Steward      {address}/km/admin/             steward.one, steward.two
  Auditor      {address}/km/admin/             auditor.one
               password of all of them         {keys["DEMO_PASSWORD"]}
               second factor                   on the demo phone, or: make code

  Operators    make psql DB=idpoor             also {", ".join(sorted({*OPERATORS} - {"idpoor"}))}
  Stop         Ctrl-C                          start over: make reset
"""


def run() -> None:
    host = os.environ.get("DSPP_HOST") or "127.0.0.1"
    port = _port("DSPP_PORT", 8000)
    with locked(folder()):
        _run(host, port)


def _run(host: str, port: int) -> None:
    parts = services()
    stop_orphans(parts)
    if not is_free(port):
        raise EmbeddedError(f"Port {port} is taken by another program. Choose one: make run PORT=8080")
    choose_ports(parts)
    supervisor = Supervisor(parts, host, port)
    print("Starting PostgreSQL and Redis …", flush=True)
    with _nothing_survives(), parts:
        try:
            supervisor.prepare()
            for name in supervisor.commands():
                supervisor.start(name)
            supervisor.wait_until_ready()
            print(screen(f"http://localhost:{port}", dict(parts.keys)), flush=True)
            supervisor.watch()
        finally:
            _ignore_signals()
            with suppress(OSError):  # nobody may be reading any more
                print("\nStopping …", flush=True)
            supervisor.stop()


@contextmanager
def _nothing_survives() -> Iterator[None]:
    """A signal may come between the start of a child and its being noted: such a one is found at the end."""
    try:
        yield
    finally:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.kill()


def code() -> None:
    keys = _load(folder() / "secrets.json")
    if not keys:
        raise EmbeddedError("Nothing has been started yet: make run")
    print(f"{totp(bytes.fromhex(keys['DEMO_TOTP_KEY'])):06}")


def psql(name: str) -> None:
    if name not in (*OPERATORS, "dspp"):
        raise EmbeddedError(f"There is no database “{name}”. There are: dspp, {', '.join(OPERATORS)}.")
    parts = services()
    program = str(parts.postgres.programs / "psql")
    database = name if name == "dspp" else f"operator_{name}"
    os.execve(program, [program, parts.postgres.url(database)], dict(os.environ))  # noqa: S606


def reset() -> None:
    with locked(folder()):
        parts = services()
        stop_orphans(parts)
        parts.postgres.discard()
        for path in folder().iterdir():
            if path.name == "lock":
                continue
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    print("Everything the demonstration had stored is gone.")


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    """The first signal stops; a second one must not interrupt the stopping. `make` passes on what it gets."""
    _ignore_signals()
    raise Stop


def main(arguments: list[str]) -> int:
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        match arguments:
            case []:
                run()
            case ["code"]:
                code()
            case ["psql", name]:
                psql(name)
            case ["reset"]:
                reset()
            case _:
                raise EmbeddedError("Use: [code | psql DATABASE | reset]")
    except Stop:
        return 0
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
