"""`make run`: everything of the platform on one machine, with demonstration people, until Ctrl-C.

Settings by environment: ``DSPP_PORT`` (8000), ``DSPP_HOST`` (127.0.0.1), ``DSPP_FOLDER`` (.local),
``DSPP_POSTGRES_PORT`` and ``DSPP_REDIS_PORT`` (chosen and stored when not given).
"""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import psutil
from django_otp.oath import totp

from dsp_platform.devserver.embedded import OPERATORS
from dsp_platform.devserver.processes import EmbeddedError, is_free, locked
from dsp_platform.devserver.state import choose_ports, folder, load, port_from, services, stop_orphans
from dsp_platform.devserver.supervisor import Supervisor

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Ctrl-C, a closed terminal or SIGTERM. Not caught by ``except Exception``."""


def screen(address: str, keys: dict[str, str]) -> str:
    """How to sign in. The names of the demo people are those of the ``load_demo_…`` commands."""
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
    port = port_from("DSPP_PORT", 8000)
    with locked(folder()), _kill_remaining_children():
        parts = services()
        stop_orphans(parts)
        if not is_free(port):
            raise EmbeddedError(f"Port {port} is taken by another program. Choose one: make run PORT=8080")
        choose_ports(parts)
        supervisor = Supervisor(parts, host, port)
        print("Starting PostgreSQL and Redis …", flush=True)
        with parts:
            try:
                supervisor.prepare()
                for name in supervisor.commands():
                    supervisor.start(name)
                supervisor.wait_until_ready()
                print(screen(f"http://localhost:{port}", dict(parts.keys)), flush=True)
                supervisor.watch()
            finally:
                _ignore_signals()
                with suppress(OSError):  # the terminal may be closed
                    print("\nStopping …", flush=True)
                supervisor.stop()


@contextmanager
def _kill_remaining_children() -> Iterator[None]:
    """Also a child that was started just before a signal, and is not registered yet."""
    try:
        yield
    finally:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.kill()


def code() -> None:
    keys = load(folder() / "secrets.json")
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
    """The first signal stops; a second one must not interrupt that, and `make` passes on what it gets."""
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
