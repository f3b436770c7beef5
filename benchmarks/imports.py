"""``import``: a file of a made-up population read, validated, matched and applied, against raw COPY of
the same rows in the same run."""

import csv
import os
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from benchmarks.population import population
from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.models import Operator
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job
from registry.areas import services as areas
from registry.areas.gazetteer import packaged_edition
from registry.imports.runs import services
from registry.imports.staging import store
from registry.models import ImportRun, ImportSource

SIZE = 20_000
HEADINGS = (
    "id", "household", "relationship", "family_name_km", "given_name_km", "family_name_latin",
    "given_name_latin",     "sex", "birth_date", "village_code", "phone", "document_number", "poverty_level",
)  # fmt: skip
MAPPING = {
    "columns": {
        "reference": "id",
        "household": "household",
        "relationship": "relationship",
        "family_name": "family_name_km",
        "given_name": "given_name_km",
        "latin_family_name": "family_name_latin",
        "latin_given_name": "given_name_latin",
        "sex": "sex",
        "born": "birth_date",
        "village": {"code": "village_code"},
        "phone": "phone",
        "documents": [{"type": "identity_card", "column": "document_number"}],
        "poverty_level": "poverty_level",
    }
}
TRUST = {"fill": ["phone", "documents", "members", "born", "poverty_level"]}
TABLES = ("registry_household", "registry_person", "registry_identitydocument", "registry_membership")


def write_file(path: Path, size: int) -> int:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        rows = 0
        for entry in population(size):
            writer.writerow([getattr(entry, name) for name in HEADINGS])
            rows += 1
    return rows


def _source(drafter: User, approver: User) -> ImportSource:
    operator = Operator.objects.create(code="idpoor", name_km="ក្រសួងផែនការ", name_en="Ministry of Planning")
    with database_roles.owner():
        return ImportSource.objects.create(
            code="idpoor", name="IDPoor", operator=operator, mapping=MAPPING, trust=TRUST,
            legal_basis="Sub-decree", valid_from=date(2026, 1, 1), state=ImportSource.State.APPROVED,
            drafted_by=drafter, approved_by=approver,
        )  # fmt: skip


def through(run: ImportRun) -> dict[str, float]:
    """All jobs of the run that begin by themselves: seconds by kind."""
    seconds: dict[str, float] = {}
    job = None
    while job != run.job_id:
        job, started = run.job_id or 0, time.perf_counter()
        while run_job(job):
            pass
        done = Job.objects.get(pk=job)
        if done.state != Job.State.DONE:
            raise RuntimeError(done.error)
        seconds[done.kind] = time.perf_counter() - started
        run.refresh_from_db()
    return seconds


def _raw() -> float:
    """The same rows, by COPY into the same tables, with their history, indexes and constraints."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as raw:
        for table in TABLES:
            with open(f"{folder}/{table}", "wb") as out, raw.cursor().copy(f"COPY {table} TO STDOUT") as rows:
                for piece in rows:
                    out.write(piece)
        raw.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        raw.commit()
        started = time.perf_counter()
        for table in TABLES:
            with (
                open(f"{folder}/{table}", "rb") as rows,
                raw.cursor().copy(f"COPY {table} FROM STDIN") as into,
            ):
                while piece := rows.read(1 << 20):
                    into.write(piece)
        raw.commit()
        return time.perf_counter() - started


def imported(size: int) -> tuple[ImportRun, dict[str, float], list[User]]:
    """An import written to the registry, how many seconds each job took, and two stewards."""
    entries, _left_out = packaged_edition()
    areas.load_areas(entries=entries)
    stewards = [
        User.objects.create_staff(username=f"steward{number}", password=settings.SECRET_KEY, role="steward")
        for number in (1, 2)
    ]
    source = _source(*stewards)
    path = Path(tempfile.mkdtemp()) / "people.csv"
    write_file(path, size)
    uploaded = services.upload(
        source=source, file_name=path.name, pieces=store.pieces_of(path), actor=stewards[0], limited=False
    )
    seconds = through(uploaded)
    if uploaded.state == ImportRun.State.STOPPED:
        services.go_on(run=uploaded, actor=stewards[0], reason="benchmark")
        uploaded.refresh_from_db()
    proposal = services.propose(run=uploaded, actor=stewards[0])
    approval.approve(proposal=proposal, actor=stewards[1], digest=proposal.digest)
    uploaded.refresh_from_db()
    return uploaded, seconds | through(uploaded), stewards


def run(size: int) -> dict[str, Any]:
    uploaded, seconds, _stewards = imported(size)
    rows = uploaded.rows
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_person")
        persons = cursor.fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    raw = _raw()
    whole = sum(seconds.values())
    return {
        "rows": rows,
        "persons": persons,
        "rows_per_second": rows / whole,
        **{f"seconds_{kind}": took for kind, took in seconds.items()},
        **{f"rows_{outcome}": count for outcome, count in uploaded.outcomes.items()},
        "raw_rows_per_second": persons / raw,
        "share_of_raw": rows / whole / (persons / raw),
        "memory_mib": round(peak, 1),
    }
