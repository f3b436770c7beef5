"""From commit to the operator's table, under a steady load of registrations on the processes of `make run`,
while one operator refuses every connection and one never answers.

``size`` households are registered through the service, ten a second. The limit beside it: the same moment to
moment for a bare insert into the operator's database, told of by a bare message over Redis.
"""

import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from benchmarks.register import PLACES, household
from dsp_platform.accounts.models import User
from dsp_platform.database import roles as database_roles
from dsp_platform.devserver.processes import free_port
from dsp_platform.devserver.state import BASE
from dsp_platform.devserver.supervisor import WORKERS, celery, worker_command
from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator
from registry.areas.services import load_areas
from registry.models import Membership
from registry.registration.services import register_household

SIZE = 300
PER_SECOND = 10.0
UP = {"idpoor": ("hh_request_member", "spid"), "disability": ("di_person", "social_protection_id")}
LONGEST_SECONDS = 60.0
# Fires just before the operator's own commit, once for each row.
ARRIVALS = """
CREATE TABLE arrival (spid text PRIMARY KEY, at timestamptz NOT NULL);
CREATE FUNCTION arrived() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO arrival VALUES (NEW.{key}, clock_timestamp()) ON CONFLICT DO NOTHING; RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER arrived AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION arrived();
"""


def _address(code: str) -> str:
    return f"OPERATOR_{code.upper()}_DATABASE_URL"


@database_roles.owner()  # what the owner creates needs no second person
def _agreements(hanging_port: int) -> None:
    call_command("load_operators", *[REFERENCE / f"{code}.json" for code in UP], verbosity=0)
    like = Agreement.objects.get(operator="idpoor", kind="person")
    for code, port in (("down", free_port()), ("hanging", hanging_port)):
        os.environ[_address(code)] = f"postgresql://any:any@127.0.0.1:{port}/any"
        _may_know_everybody(Operator.objects.create(code=code, name_en=code), like, "true")
    disability = Agreement.objects.get(operator="disability", kind="person")
    disability.operator.agreements.filter(kind="person").update(
        state=Agreement.State.ENDED, valid_to=timezone.localdate() - timedelta(days=1)
    )
    _may_know_everybody(disability.operator, disability, "true")


def _may_know_everybody(operator: Operator, like: Agreement, rule: str) -> None:
    Agreement.objects.create(
        operator=operator,
        kind="person",
        number=2,
        fields=like.fields,
        mapping=like.mapping,
        concerns=Agreement.Concerns.RULE,
        rule=rule,
        basis=Agreement.Basis.LAW,
        legal_reference="Benchmark",
        purpose="Benchmark",
        state=Agreement.State.APPROVED,
        valid_from=timezone.localdate(),
    )


@contextmanager
def _processes() -> Iterator[None]:
    """The workers and the beat of `make run`."""
    running = []
    with tempfile.TemporaryDirectory(prefix="dspp-latency-") as folder:
        beat = celery("beat", "--pidfile=", "--schedule", str(Path(folder) / "beat"))
        commands = [(worker_command(*served), served[1] + 2) for served in WORKERS.values()]
        for command, pool in [*commands, (beat, 2)]:
            environment = {**os.environ, "DATABASE_POOL_SIZE": str(pool)}
            running.append(subprocess.Popen(command, cwd=BASE, env=environment))
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()


@contextmanager
def _never_answers() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield int(listener.getsockname()[1])


def _register(number: int, clerk: User, committed: dict[str, float]) -> None:
    came: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: came.append(time.time()))  # before the notification
        made = register_household(actor=clerk, details=replace(household(number), operators=("idpoor",)))
    for spid in Membership.objects.filter(household=made).values_list("person__spid", flat=True):
        committed[spid] = came[0]


def _at_a_steady_pace(first: int, count: int, clerk: User) -> dict[str, float]:
    committed: dict[str, float] = {}
    began = time.monotonic()
    for turn in range(count):
        time.sleep(max(0.0, began + turn / PER_SECOND - time.monotonic()))
        _register(first + turn, clerk, committed)
    return committed


def _delays(code: str, committed: dict[str, float]) -> list[float]:
    """Waits until everything is there."""
    deadline = time.monotonic() + LONGEST_SECONDS
    with psycopg.connect(os.environ[_address(code)], autocommit=True) as own:
        while True:
            rows = own.execute("SELECT spid, extract(epoch FROM at) FROM arrival").fetchall()
            there: dict[str, Any] = dict(rows)
            if committed.keys() <= there.keys():
                return [float(there[spid]) - at for spid, at in committed.items()]
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(committed.keys() - there.keys())} never arrived at {code}")
            time.sleep(0.2)


def _bare(count: int) -> list[float]:
    """A message over Redis to a thread that inserts one row and commits."""
    done, delays = redis.Redis.from_url(settings.REDIS_URL), []
    with psycopg.connect(os.environ[_address("idpoor")], autocommit=True) as own:
        own.execute("CREATE TABLE bare (id int)")

        def take() -> None:
            with redis.Redis.from_url(settings.REDIS_URL) as line:
                for number in range(count):
                    line.brpop(["bare"])
                    own.execute("INSERT INTO bare VALUES (%s)", [number])
                    line.lpush("inserted", number)

        thread = threading.Thread(target=take)
        thread.start()
        for _turn in range(count):
            began = time.perf_counter()
            done.lpush("bare", 1)
            done.brpop(["inserted"])
            delays.append(time.perf_counter() - began)
            time.sleep(0.02)
        thread.join()
    return delays


def _figures(name: str, delays: Sequence[float]) -> dict[str, float]:
    share = statistics.quantiles(delays, n=100)
    return {f"{name}_p{part}_ms": share[part - 1] * 1000 for part in (50, 95, 99)}


def run(size: int) -> dict[str, Any]:
    load_areas(entries=PLACES)
    clerk = User.objects.create_staff(
        username="clerk", password=settings.SECRET_KEY, role="official", area_code="010201"
    )
    with _never_answers() as port:
        call_command("create_operator_databases", verbosity=0)
        _agreements(port)
        for code, (table, key) in UP.items():
            with psycopg.connect(os.environ[_address(code)], autocommit=True) as own:
                own.execute(ARRIVALS.format(table=table, key=key))
        bare = _bare(200)
        with _processes():
            warm = _at_a_steady_pace(900_000_000, 20, clerk)
            for code in UP:
                _delays(code, warm)
            began = time.monotonic()
            committed = _at_a_steady_pace(1, size, clerk)
            per_second = size / (time.monotonic() - began)
            delays = {code: _delays(code, committed) for code in UP}
            waiting = LedgerEntry.objects.filter(operator__in=("down", "hanging"), state="due").count()
    if waiting < 2 * len(committed):
        raise RuntimeError("the two that are away were not away")
    figures: dict[str, Any] = {"households_per_second": per_second, "persons": len(committed)}
    for code, own in delays.items():
        figures |= _figures(code, own)
    return figures | _figures("bare", bare)
