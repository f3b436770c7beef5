"""Twenty thousand changes while every process is killed with -9, again and again, at random moments.

On servers of its own: PostgreSQL and Redis of the platform, and a PostgreSQL of one operator; the other
operator's database crashes together with the platform's. The clock of one of the two workers is ten minutes
ahead.
"""

import http.client
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest
import redis

from dsp_platform.devserver.embedded import Services, new_keys
from dsp_platform.devserver.postgres import Postgres
from dsp_platform.devserver.processes import EmbeddedError, free_port
from tests.faults.storm.kind import CHANGES, NEVER, OPERATORS
from tests.services import FOLDER, database_with_tables
from tests.stack import BASE, Browser, Process, Web, wait_for

REQUESTS = 1000
KILLS = 3  # of each, and of the two workers together four
LEASE = 5
# Every row that was ever in the operator's table, including overwritten ones. It is numbered with the row
# locked, so for one subject in order of arrival: physical order means nothing, because the space of aborted
# deliveries is reused.
WITNESS = """
CREATE TABLE arrival (
    place bigint GENERATED ALWAYS AS IDENTITY, spid text, told text, number bigint
);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO arrival (spid, told, number) VALUES (NEW.spid, NEW.full_name, NEW.dspp_version);
    RETURN NEW;
END $$;
CREATE TRIGGER witness AFTER INSERT OR UPDATE ON fp_person FOR EACH ROW EXECUTE FUNCTION witness();
"""
HELD = {
    "family_package": "SELECT spid, dspp_version, NULLIF(full_name, ''), deleted FROM fp_person",
    "nssf": "SELECT spid_no, sync_no, NULLIF(name_latin, ''), status = 'W' FROM membership.insured_person",
}
WANTED = "SELECT lpad(id::text, 12, '0'), CASE WHEN agreed THEN told END FROM storm_subject"
LEDGER = """
SELECT lpad(subject_id::text, 12, '0'), delivered_revision, state FROM exchange_ledgerentry
WHERE operator_id = %s AND delivered_revision > 0
"""


class Country:
    """All servers and processes, and how each of them is killed and restarted."""

    def __init__(self, folder: Path) -> None:
        keys = new_keys()
        self.log = folder
        self.services = Services(folder / "platform", keys, free_port(), free_port())
        self.operator = Postgres(folder / "operator" / "postgres", keys["POSTGRES_PASSWORD"], free_port())
        own = self.operator.url("family_package", "family_package", keys["OPERATOR_PASSWORD"])
        self.environment = {
            **self.services.environment(),
            "DSPP_MODE": "test",
            "EXCHANGE_LEASE_SECONDS": str(LEASE),
            "OPERATOR_FAMILY_PACKAGE_DATABASE_URL": own,
        }
        self.operators = {
            code: self.environment[f"OPERATOR_{code.upper()}_DATABASE_URL"] for code in OPERATORS
        }
        self.processes: list[Process] = []

    def start(self) -> None:
        (self.log / "operator").mkdir(parents=True, exist_ok=True)
        self.services.__enter__()
        self.operator.start()
        self._prepare()
        with psycopg.connect(self.operators["family_package"]) as own:
            own.execute(WITNESS)
        self.web = Web(self.log / "web.log", **self.environment)
        self.web.command[3] = "tests.faults.storm.web"
        queues = ("worker", "-Q", "celery,delivery,jobs", "--pool", "threads", "-c", "6", "-l", "WARNING")
        application = [sys.executable, "-m", "celery", "-A", "tests.faults.storm.worker", *queues]
        schedule = ["-B", "-s", str(self.log / "beat"), "-n", "first@%h"]
        ahead = {**self.environment, "STORM_CLOCK": "600"}
        self.first = Process([*application, *schedule], self.log / "first.log", self.environment)
        self.second = Process([*application, "-n", "second@%h"], self.log / "second.log", ahead)
        self.processes = [self.web, self.first, self.second]
        for process in self.processes:
            process.start()

    def _prepare(self) -> None:
        """The tables as on the tests' own server, and both operators."""
        template = urlunsplit(
            urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{database_with_tables()}")
        )
        programs = self.services.postgres.programs
        dump = subprocess.run([programs / "pg_dump", "-d", template], capture_output=True, check=True)
        load = [
            programs / "psql",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.environment["DATABASE_OWNER_URL"],
        ]
        subprocess.run(load, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        rest = {name: value for name, value in os.environ.items() if not name.startswith("OPERATOR_")}
        servers = {"family_package": self.operator, "nssf": self.services.postgres}
        arguments = [f"{code}={server.url('postgres')}" for code, server in servers.items()]
        command = [sys.executable, "-m", "tests.faults.storm.prepare", *arguments]
        subprocess.run(command, cwd=BASE, env={**rest, **self.environment}, check=True)

    def victims(self) -> dict[str, Callable[[], None]]:
        return {
            "web": lambda: self._again(self.web),
            "first worker": lambda: self._again(self.first),
            "second worker": lambda: self._again(self.second),
            "Redis": self._redis,
            "PostgreSQL": lambda: self._postgres(self.services.postgres),
            "the operator's PostgreSQL": lambda: self._postgres(self.operator),
            "all in Redis": self._flush,
        }

    def _again(self, process: Process) -> None:
        process.kill()
        process.start()

    def _redis(self) -> None:
        self.services.redis.process.kill()
        self.services.redis.process.wait()
        self.services.redis.start()

    def _flush(self) -> None:
        redis.Redis.from_url(self.services.redis.url).flushall()

    def _postgres(self, server: Postgres) -> None:
        postmaster = psutil.Process(server.process.pid)
        for process in [postmaster, *postmaster.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        server.process.wait()
        wait_for(lambda: self._starts(server), 60)  # the leases of the killed one expire

    def _starts(self, server: Postgres) -> bool:
        with suppress(EmbeddedError):
            server.start()
            return True
        return False

    def ask(self, query: str, *values: object, operator: str = "") -> list[tuple]:
        url = self.operators[operator] if operator else self.services.postgres.url("dspp")
        with psycopg.connect(url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def stop(self) -> None:
        for process in self.processes:
            process.stop()
        self.services.__exit__()
        self.operator.stop()
        self.services.postgres.discard()
        self.operator.discard()


@pytest.fixture
def country() -> Iterator[Country]:
    folder = FOLDER / f"storm-{os.getpid()}"
    made = Country(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        for log in sorted(folder.rglob("*.log")):
            print(f"--- {log.name}\n{log.read_text()[-1500:]}")
        shutil.rmtree(folder, ignore_errors=True)


def send_all(country: Country, numbers: Iterator[int], answered: Counter) -> None:
    """Each request is repeated until it is answered."""
    browser = Browser(country.web)
    for number in numbers:
        if number >= REQUESTS:
            return
        while True:
            with suppress(OSError, http.client.HTTPException):
                status = browser.post(f"/storm/{number}/").status_code
                if status in (200, 201):
                    answered[status] += 1
                    break
            answered["broken"] += 1
            time.sleep(0.1)


def settled(country: Country) -> bool:
    """The back-off of operators that failed is over."""
    country.ask("UPDATE exchange_operator SET retry_at = NULL WHERE retry_at IS NOT NULL RETURNING 1")
    waiting = "SELECT 1 FROM exchange_outstanding UNION ALL SELECT 1 FROM exchange_lease LIMIT 1"
    return not country.ask(waiting)


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_nothing_is_lost_nothing_is_held_and_nothing_arrives_that_may_not(country, record_property):
    answered: Counter = Counter()
    numbers = count()
    threads = [threading.Thread(target=send_all, args=(country, numbers, answered)) for _client in range(2)]
    for thread in threads:
        thread.start()
    random = Random(4)
    deaths = [name for name in country.victims() for _kill in range(2 if "worker" in name else KILLS)]
    random.shuffle(deaths)
    before = []
    for name in deaths:
        time.sleep(random.uniform(0.1, 1.0))
        country.victims()[name]()
        before.append(name)
    for thread in threads:
        thread.join(180)
    assert not any(thread.is_alive() for thread in threads)
    wait_for(lambda: settled(country), 180)

    ((requests, changes),) = country.ask("SELECT count(*), sum(changes) FROM storm_request")
    ((subjects, agreed),) = country.ask("SELECT count(*), count(*) FILTER (WHERE agreed) FROM storm_subject")
    states = dict(country.ask("SELECT state, count(*) FROM exchange_ledgerentry GROUP BY state"))
    ((attempts,),) = country.ask("SELECT count(*) FROM exchange_attempt")
    told = f"{requests} requests, {changes} changes of {subjects} subjects, {agreed} of them agree; "
    told += f"killed {len(before)} times; broken and sent again {answered['broken']}; "
    print(told + f"ledger {states}; {attempts} attempts noted")
    assert (requests, changes) == (REQUESTS, REQUESTS * CHANGES)
    assert states.get("held", 0) == states.get("due", 0) == 0
    assert states["delivered"] == agreed * len(OPERATORS)
    for operator in OPERATORS:
        there = {row[0]: row[1:] for row in country.ask(HELD[operator], operator=operator)}
        wanted = dict(country.ask(WANTED))
        held = {spid: name for spid, (_number, name, gone) in there.items() if not gone}
        assert held == {spid: name for spid, name in wanted.items() if name}
        assert not any(name for _number, name, gone in there.values() if gone)
        ledger = {spid: number for spid, number, _state in country.ask(LEDGER, operator)}
        assert {spid: number for spid, (number, _name, _gone) in there.items()} == ledger
    arrivals = country.ask("SELECT spid, told, number FROM arrival ORDER BY place", operator="family_package")
    assert not [spid for spid, name, _number in arrivals if int(spid) % NEVER == 0]
    # For one subject the versions only grow: no old version ever replaced a newer one.
    latest: dict[str, int] = {}
    for spid, _name, number in arrivals:
        assert number > latest.get(spid, 0)
        latest[spid] = number
