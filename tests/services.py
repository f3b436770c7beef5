"""Pytest plugin: a PostgreSQL and a Redis for this run alone, and the settings that point to them.

Loaded with ``-p tests.services`` before Django's settings are read. The services live below ``.local/tests``
and are removed when the run ends, also those that a killed run left behind.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest

from dsp_platform.devserver.embedded import Services, new_keys
from dsp_platform.devserver.processes import free_port
from dsp_platform.translations.catalogue import compile_all

BASE = Path(__file__).resolve().parent.parent
FOLDER = BASE / ".local" / "tests"
# In order of preference: the headless engine needs half the memory. `CHROMIUM=…` names another.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NAMED_BROWSER = os.environ.get("CHROMIUM")
CHROMIUM = next(filter(None, map(shutil.which, [NAMED_BROWSER] if NAMED_BROWSER else BROWSERS)), None)
FIXED_KEYS = {
    "SECRET_KEY": "tests-only-0123456789-" + "s" * 30,
    "DIGEST_KEY": "tests-only-0123456789-" + "d" * 30,
    "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "OFFLINE_KEYS": "b2ZmbGluZS0wMTIzNDU2Nzg5LW9mZmxpbmUtMDEyMzQ=",
    "DEMO_PASSWORD": "only-for-tests-9182",
    "DEMO_TOTP_KEY": "3132333435363738393031323334353637383930",
}

_running: Services | None = None


def _clear_leftovers() -> None:
    for folder in FOLDER.glob("*"):
        if folder.name.isdigit() and not psutil.pid_exists(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)


def _start() -> Services:
    FOLDER.mkdir(parents=True, exist_ok=True)
    _clear_leftovers()
    keys = {**new_keys(), **FIXED_KEYS}
    services = Services(FOLDER / str(os.getpid()), keys, free_port(), free_port(), durable=False)
    services.__enter__()
    os.environ.update(services.environment(), DSPP_MODE="test")
    return services


# A worker of pytest-xdist finds the services of its parent in the environment.
if "PYTEST_XDIST_WORKER" not in os.environ:
    compile_all([BASE / "locale", BASE / "locale" / "frameworks"])
    _running = _start()
else:
    # A separate Redis database for each: a Celery worker must not take messages of a test that runs beside
    # it.
    _number = os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{int(_number) + 1}"


def database_with_tables() -> str:
    """The name of a template database to copy. Whoever needs it first creates it, the others wait."""
    name, server = "dspp_template", urlsplit(os.environ["DATABASE_OWNER_URL"])
    with (FOLDER / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as postgres:
            made = postgres.execute(
                "SELECT datistemplate FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
            if not made:
                postgres.execute(f"CREATE DATABASE {name}")
            if made != (True,):
                urls = {
                    variable: urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))
                    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
                }
                command = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
                subprocess.run(command, cwd=BASE, env={**os.environ, **urls}, check=True)
                postgres.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    return name


def pytest_configure(config: pytest.Config) -> None:
    config.embedded_services = _running  # type: ignore[attr-defined]
    # Workers collect for as long as the tables take, and one after the other would leave processors idle.
    if _running and getattr(config.option, "numprocesses", None):
        threading.Thread(target=database_with_tables, daemon=True).start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM:
        terminalreporter.section("No Chromium on this machine")
        terminalreporter.line("The journeys in a browser (tests/browser) were SKIPPED: nobody walked them.")


def pytest_unconfigure() -> None:
    if _running:
        _running.__exit__()
        _running.postgres.discard()
        shutil.rmtree(_running.folder, ignore_errors=True)
