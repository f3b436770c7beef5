"""The command as the guide says it: a process of its own, which signs in through a pool."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.services import database_with_tables
from tests.stack import BASE

NAME = "training_copy"


def address(variable: str, name: str = NAME) -> str:
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))


@pytest.fixture
def training_copy():
    with psycopg.connect(address("DATABASE_OWNER_URL", "postgres"), autocommit=True) as postgres:
        postgres.execute(f"DROP DATABASE IF EXISTS {NAME}")
        postgres.execute(f"CREATE DATABASE {NAME} TEMPLATE {database_with_tables()}")
        yield
        postgres.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def run(uploads) -> subprocess.CompletedProcess[str]:
    uploads.mkdir()
    uploads.joinpath("photo").write_bytes(b"a photo")
    copy = {name: value for name, value in os.environ.items() if not name.startswith("OPERATOR_")}
    copy |= {name: address(name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    command = [sys.executable, "manage.py", "anonymise", "--database", NAME, "--uploads", str(uploads)]
    return subprocess.run(
        command, cwd=BASE, capture_output=True, text=True, check=False,
        env={**copy, "DSPP_MODE": "demo", "UPLOADS_FOLDER": str(uploads)},
    )  # fmt: skip


@pytest.mark.usefixtures("training_copy")
def test_it_runs_as_the_guide_says(tmp_path):
    uploads = tmp_path / "uploads"
    done = run(uploads)
    assert (done.returncode, done.stderr) == (0, "")
    assert not any(uploads.iterdir())
