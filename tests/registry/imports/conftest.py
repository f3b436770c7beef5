import csv
import io
from datetime import date

import pytest

from dsp_platform.approval import services as approval
from dsp_platform.jobs.models import Job
from registry.imports.runs import services
from registry.imports.runs.progress import follow
from registry.models import ImportRun, ImportSource
from tests.built_once import built_once
from tests.roles import as_owner

HEADINGS = (
    "reference", "household", "relationship", "family_name", "given_name", "sex", "born", "village", "phone",
    "card", "poverty_level", "member_number", "since",
)  # fmt: skip
MAPPING = {
    "columns": {
        **{name: name for name in HEADINGS if name not in ("card", "village")},
        "village": {"code": "village"},
        "documents": [{"type": "identity_card", "column": "card"}],
    }
}
TRUST = {"fill": ["phone", "documents", "members", "born", "poverty_level", "family_name"], "stop_above": 100}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path)
    return tmp_path / "imports"


@built_once
@as_owner()
def source(operators, areas, steward, second_steward):
    """IDPoor, put in force by two stewards."""
    return ImportSource.objects.create(
        code="idpoor-households",
        name_km="គ្រួសារក្រីក្រ",
        name_en="IDPoor households",
        operator=operators["idpoor"],
        mapping=MAPPING,
        trust=TRUST,
        legal_basis="Sub-decree 291",
        valid_from=date(2026, 1, 1),
        state="approved",
        drafted_by=steward,
        approved_by=second_steward,
    )


def row(reference, **changes):
    """A son; of the household H1 unless it says otherwise."""
    return {
        "reference": reference, "household": "H1", "relationship": "child", "family_name": "សុខ",
        "given_name": "ដារ៉ា", "sex": "male", "born": "2001-02-03", "village": "01020101", **changes,
    }  # fmt: skip


def sophea(reference="1", **changes):
    """A head of household with an identity card."""
    head = {
        "given_name": "សុភា",
        "relationship": "head",
        "sex": "female",
        "born": "1970-05-06",
        "card": "012345678",
    }
    return row(reference, **{**head, **changes})


FAMILY = [sophea(), row("2"), row("3", given_name="ចន្ថា", sex="female", born="2004-11-09")]


def many(households):
    """A head and a son each, in both of their names unlike all others."""
    letters = "កខគឃចឆជឈដឋឌឍណតថទធនបផពភមយរលវសហអ"
    rows = []
    for number in range(households):
        name = letters[number % 30] + letters[number // 30 % 30] + "ន"
        home = {"household": f"H{number}", "family_name": name, "village": "01020102"}
        born = date.fromordinal(date(1960, 1, 1).toordinal() + number * 37)
        child = date.fromordinal(date(1995, 1, 1).toordinal() + number * 41)
        rows.append(row(f"{number}a", relationship="head", given_name=name[::-1], born=str(born), **home))
        rows.append(row(f"{number}b", given_name="ម" + name, born=str(child), **home))
    return rows


def file_of(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def upload(source, rows, actor):
    return services.upload(source=source, file_name="households.csv", pieces=[file_of(rows)], actor=actor)


def work(run):
    """All jobs of the run, until it waits for a human."""
    job = follow(run)
    assert job.state == Job.State.DONE, job.error
    return run


def compared(source, rows, actor):
    return work(upload(source, rows, actor))


def approve(run, proposer, approver):
    proposal = services.propose(run=run, actor=proposer)
    approval.approve(proposal=proposal, actor=approver, digest=proposal.digest)
    run.refresh_from_db()
    return run


@pytest.fixture
def imported(source, steward, second_steward):
    """Imports rows to the end."""

    def through(rows) -> ImportRun:
        run = compared(source, rows, steward)
        return work(approve(run, steward, second_steward)) if run.state == "ready" else run

    return through
