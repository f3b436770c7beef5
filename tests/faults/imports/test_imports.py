"""Imports that are killed, whose database crashes, that run two at a time, and while people change records:
nothing is lost, nothing is there twice, and what a human wrote wins."""

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import xlsxwriter

from tests.faults.imports.acts import BATCH
from tests.faults.imports.server import Database, Running, Server, reached
from tests.faults.imports.what_is_there import what_is_there
from tests.registry.imports.conftest import HEADINGS, many, row, sophea
from tests.services import FOLDER

KILLS = 10
REGISTERED = ("សុខ សុភា", "កែវ ចន្ថា")
GOES_ON = ("reading", "matching", "ready", "applying")
HOUSEHOLDS = 100
COLUMNS = (*HEADINGS, "member_number", "level")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = FOLDER / f"imports-{os.getpid()}"
    folder.mkdir(parents=True)
    made = Server(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text()[-6000:]}")
        shutil.rmtree(folder, ignore_errors=True)


def workbook(path: Path, rows: list[dict[str, str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        for number, one in enumerate(rows, 1):
            sheet.write_row(number, 0, [one.get(name, "") for name in COLUMNS])
    return path


def of_every_kind() -> list[dict[str, str]]:
    """New households; somebody who is registered and has no phone; another who told one; a likely double;
    somebody twice; a row that is refused."""
    new = [
        {**one, "member_number": f"M-{number}", "level": "voluntary"}
        for number, one in enumerate(many(HOUSEHOLDS))
    ]
    alone = {"household": "", "relationship": "", "village": "01020101"}
    keo = {"family_name": "កែវ", "given_name": "ចន្ថា", "sex": "female", "born": "1991-02-03"}
    some = [
        sophea("S1", household="S", phone="012345678"),
        row("S2", household="S", given_name="វិសាល"),
        row("K1", **{**alone, **keo}, phone="012999888", card="087654321"),
        row("K2", **{**alone, **keo, "born": "1991-02"}),
        row("T1", **{**alone, "family_name": "ម៉ៅ", "given_name": "ធារិទ្ធ", "card": "011112222"}),
        row("T2", **{**alone, "family_name": "ម៉ៅ", "given_name": "ធារិទ្ធ", "card": "011112222"}),
        row("R1", **alone, born="31/02/2001"),
    ]
    for place, one in enumerate(some):
        new.insert(place * 25 + 7, one)
    return new


@pytest.fixture(scope="module")
def calm(server) -> dict[str, list[tuple]]:
    """What an import writes that nothing disturbs."""
    database = server.copy("calm")
    file = workbook(server.folder / "people.xlsx", of_every_kind())
    work_through(database, database.upload(file), lambda running: running.wait())
    there = what_is_there(database)
    outcomes = {outcome for _number, _place, _reference, outcome, *_rest in there["rows"]}
    assert outcomes == {"new", "fills", "conflict", "likely", "twice", "refused"}
    assert there["conflicts"]
    assert there["ledger"]
    return there


def work_through(database: Database, run: int, disturb: Callable[[Running], None]) -> None:
    """One process after the other, each disturbed, until all is written."""
    while (state := database.state(run)) in GOES_ON:
        if state == "ready":
            database.do("approve", run)
        else:
            disturb(database.begin("work", run))
            assert database.ask("SELECT kind, error FROM jobs_job WHERE state = 'failed'") == []
    assert state == "applied"


def test_killed_ten_times_it_writes_what_it_writes_undisturbed(server, calm):
    database, random = server.copy("killed"), Random(12)  # noqa: S311
    run = database.upload(server.folder / "people.xlsx")
    moments = sorted(random.sample(range(3 * len(calm["rows"]) - 2 * BATCH), KILLS))
    with database.watched() as done:

        def killed(running: Running) -> None:
            if moments and reached(done, moments[0], running):
                time.sleep(random.uniform(0, 0.05))
                if running.kill():
                    moments.pop(0)
            running.wait()

        work_through(database, run, killed)
    assert moments == []
    assert what_is_there(database) == calm


def test_the_database_crashes_or_ends_the_session(server, calm):
    """While rows are read, compared and written: all goes on without a steward."""
    database = server.copy("crashed")
    run = database.upload(server.folder / "people.xlsx")
    rows = len(calm["rows"])
    disturbances = [
        (3 * BATCH, server.crash),
        (rows + 3 * BATCH, database.end_sessions),
        (2 * rows + 3 * BATCH, server.crash),
        (2 * rows + 6 * BATCH, database.end_sessions),
    ]

    def disturbed(running: Running) -> None:
        with database.watched() as done:
            is_reached = disturbances and reached(done, disturbances[0][0], running)
        if is_reached:
            _moment, disturb = disturbances.pop(0)
            disturb()
        else:
            running.wait()

    work_through(database, run, disturbed)
    assert disturbances == []
    assert what_is_there(database) == calm


def test_the_command_line_outlasts_a_restart_of_the_database(server, calm):
    """While it writes: the same process goes on."""
    database, rows = server.copy("restarted"), len(calm["rows"])
    running = database.begin("bring", str(server.folder / "people.xlsx"), "idpoor-households")
    with database.watched() as done:
        assert reached(done, 2 * rows + 3 * BATCH, running)
    server.crash()
    running.wait()
    assert what_is_there(database) == calm


@pytest.mark.parametrize("second", ["nssf-members", "idpoor-households"])
def test_two_at_once_bring_each_person_once_or_ask_a_steward(server, second):
    """Half of the rows of both files are of the same people, half of these have no number of a document."""
    database = server.copy(f"two_{second[:4]}")
    homes = [with_card(one) if one["reference"].endswith("a") else one for one in many(60)]
    files = {"first": ("idpoor-households", homes[:80]), "second": (second, homes[40:])}
    runs = [
        database.upload(workbook(server.folder / f"{name}.xlsx", rows), source)
        for name, (source, rows) in files.items()
    ]
    for _part in ("compared", "written"):
        for running in [database.begin("work", run) for run in runs]:
            running.wait()
        for run in runs:
            if database.state(run) == "ready":
                database.do("approve", run)
    assert [database.state(run) for run in runs] == ["applied", "applied"]
    assert set(database.ask("SELECT state, error FROM jobs_job")) == {("done", "")}
    there = what_is_there(database)
    persons = Counter(who for who, *_rest in there["persons"] if not who.startswith(REGISTERED))
    assert len(persons) == len(homes)
    twice = {who for who, count in persons.items() if count > 1}
    assert twice <= {who for (who,) in there["to be compared"]}
    assert not any(one["given_name"] in who for one in homes if "card" in one for who in twice)
    assert {who for who, *_rest in there["households"]} >= persons.keys() - twice


def with_card(one: dict[str, str]) -> dict[str, str]:
    return {**one, "card": f"0{int(one['reference'][:-1]):08}"}


def test_what_people_tell_before_and_while_it_is_written_stays(server):
    """The source corrects the family name of everybody; of some another one is told here."""
    database = server.copy("told")
    homes = many(60)
    work_through(database, database.upload(workbook(server.folder / "told.xlsx", homes)), Running.wait)
    corrected = [{**one, "family_name": one["family_name"] + "ស"} for one in homes]
    run = database.upload(workbook(server.folder / "corrected.xlsx", corrected))
    database.do("work", run)
    given_names = [one["given_name"] for one in homes]
    before, meanwhile = given_names[-10:], given_names[:100:5]
    database.do("tell", before)
    database.do("approve", run)
    writing = database.begin("work", run)
    with database.watched() as done:
        assert reached(done, len(homes) * 5 + BATCH, writing)
        database.do("tell", meanwhile)
    writing.wait()
    assert database.state(run) == "applied"
    held = dict(database.ask("SELECT given_name, family_name FROM registry_person WHERE origins <> '{}'"))
    told = {name: "ហេង" for name in [*before, *meanwhile]}
    assert held == {one["given_name"]: one["family_name"] for one in corrected} | told
    conflicts = database.ask(
        "SELECT p.given_name, row.outcome FROM registry_sourceconflict c"
        " JOIN registry_person p ON p.id = c.person_id JOIN registry_stagedrow row ON row.person_id = p.id"
        " WHERE row.run_id = %s",
        run,
    )
    assert set(conflicts) >= {(name, "conflict") for name in before}
    assert {name for name, _outcome in conflicts} <= told.keys()
