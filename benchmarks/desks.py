"""The desks under load: four people at once at a tenth of the size and at the size, over HTTP.

For each page of a desk: p95 in milliseconds with four connections, queries, and how the p95 grows. A million
persons have 200,000 applications and 100,000 grievances (other sizes: in proportion). Last, grievances are
reported by many at once.

What misses its aim stands in ``misses``, and the command ends with an error. Below ``SIZE`` growth and p95
say little.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from benchmarks import _registry
from benchmarks._desks_filled import fill
from benchmarks._desks_pages import Request, pages
from benchmarks._desks_rush import rush
from benchmarks._server import server
from registry.models import Lookup

SIZE = 100_000
ASKED = 120
WARM = 20
CONNECTIONS = 4
AIMS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "_queries": ("at most", 15),
        "_p95_ms": ("under", 150),
        "_growth": ("under", 1.5),
        "_lost": ("at most", 0),
    }
)
"""By the end of the name of a figure."""

OF_TRANSACTIONS = re.compile("BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT")


def run(size: int) -> dict[str, Any]:
    call_command("collectstatic", interactive=False, verbosity=0)
    small = _measured(size // 10)
    large = _measured(size)
    found: dict[str, Any] = {}
    for page, (queries, p95) in large.items():
        found |= {f"{page}_queries": queries, f"{page}_p95_ms": p95}
        found[f"{page}_growth"] = p95 / small[page][1]
    found |= rush()
    return {**found, "misses": misses(found)}


def misses(figures: Mapping[str, float]) -> list[str]:
    return [
        f"{name} {value:,.4g}, not {words} {most:g}"
        for name, value in figures.items()
        for end, (words, most) in AIMS.items()
        if name.endswith(end) and (value > most if words == "at most" else value >= most)
    ]


def _measured(size: int) -> dict[str, tuple[int, float]]:
    """By page: queries of one, and the p95 of many."""
    _registry.use_filled(size)
    if not Application.objects.exists():
        fill(size)
    Lookup.objects.all().delete()  # those of an earlier run
    name = connection.settings_dict["NAME"]
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    found = {}
    with server({"DATABASE_URL": f"{base}/{name}"}) as address:
        for page in pages(size, ASKED):
            first, *others = page.requests
            queries = _queries(page.browser, first)
            _ask(address, others[:WARM])
            found[page.name] = (queries, statistics.quantiles(_ask(address, others[WARM:]), n=20)[-1])
    return found


def _ask(address: str, requests: list[Request]) -> list[float]:
    command = [sys.executable, "-m", "benchmarks._desks_client", address, str(CONNECTIONS)]
    done = subprocess.run(command, input=json.dumps(requests), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr or done.stdout)
    return list(json.loads(done.stdout))


def _queries(browser: Client, one: Request) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = _answer(browser, one)
    if answer.status_code not in (200, 302):
        raise RuntimeError(f"{one['path']} answered {answer.status_code}")
    return len([query for query in queries if not OF_TRANSACTIONS.match(query["sql"])])


def _answer(browser: Client, one: Request) -> Any:
    headers = {"accept": one["accept"]} if "accept" in one else None
    if "body" not in one:
        return browser.get(one["path"], headers=headers)
    form = "application/x-www-form-urlencoded"
    return browser.post(one["path"], one["body"], content_type=form, headers=headers)
