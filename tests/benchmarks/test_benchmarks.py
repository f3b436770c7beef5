"""Benchmarks in miniature, so that none breaks unnoticed: their figures mean nothing here.

``latency`` and ``pages`` start the whole platform, ``eligibility`` and ``search`` load all villages, which
takes a minute: of them only the import is tested.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from benchmarks.__main__ import names
from tests.services import database_with_tables
from tests.stack import BASE, OPERATOR_URL

SIZES = {"bulk": 20, "import": 40, "matching": 300, "push": 50, "reconcile": 200, "register": 2, "undo": 40}
START_THE_PLATFORM = {"latency", "pages"}
LOAD_ALL_VILLAGES = {"desks", "eligibility", "search"}
RUN = """
import json, sys, django
django.setup()
from benchmarks.__main__ import figures
from dsp_platform.database import roles
with roles.owner():
    roles.grant()
print(json.dumps(figures(sys.argv[1], int(sys.argv[2])), default=str))
"""


def database_of(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def own_databases(benchmark: str) -> dict[str, str]:
    """A copy of the template, and names of operators' databases that nobody else has."""
    name, owner = f"benchmark_{benchmark}", os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(database_of(owner, "postgres"), autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name} TEMPLATE {database_with_tables()}")
    urls = {
        variable: database_of(os.environ[variable], name)
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    operators = {
        variable: database_of(url, f"{benchmark}_{variable.lower()}")
        for variable, url in os.environ.items()
        if OPERATOR_URL.fullmatch(variable)
    }
    redis = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/15"
    return {**urls, **operators, "REDIS_URL": redis}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("benchmark", SIZES)
def test_it_runs(benchmark):
    done = subprocess.run(
        [sys.executable, "-c", RUN, benchmark, str(SIZES[benchmark])],
        cwd=BASE, capture_output=True, text=True, check=False,
        env={**os.environ, **own_databases(benchmark), "DSPP_MODE": "demo"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["benchmark"], figures["size"]) == (benchmark, SIZES[benchmark])
    assert len(figures) > 4


def test_each_is_run_here_or_takes_too_long():
    assert set(names()) == SIZES.keys() | START_THE_PLATFORM | LOAD_ALL_VILLAGES
    for name in START_THE_PLATFORM | LOAD_ALL_VILLAGES:
        assert callable(import_module(f"benchmarks.{name}").run)
