"""Staged rows are personal data beside the registry: they go when nobody needs them any more, and with them
whatever else came out of the file."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from dsp_platform.approval import services as approval
from dsp_platform.background.faults import apart
from registry.imports.comparing.counting import without_values
from registry.imports.runs.services import IMPORT
from registry.imports.staging import store
from registry.models import ImportRun, StagedPair, StagedRow

KEPT = timedelta(days=14)
"""After it was applied, undone or given up."""
FORGOTTEN = timedelta(days=60)
"""After its last step, whatever it waits for: a human who does not come, or a job that broke down."""
PAGE = 20_000
State = ImportRun.State
ENDED = (State.APPLIED, State.UNDONE, State.UNCHANGED, State.GIVEN_UP, State.REFUSED, State.BROKEN_OFF)


def purge() -> int:
    """Returns how many rows. Counts stay with the run."""
    deleted, now = 0, timezone.now()
    for run in _untouched(now - FORGOTTEN).exclude(state__in=ENDED):
        with apart("retention.imports"):
            _end(run)
    for run in _untouched(now - KEPT).filter(state__in=ENDED):
        with apart("retention.imports"):
            deleted += _forget_rows(run)
            _forget_file(run)
    files = ImportRun.objects.exclude(file=None).values_list("file", flat=True)
    store.sweep(file for file in files if file)
    return deleted


def _untouched(since: datetime) -> QuerySet[ImportRun]:
    last = Greatest("uploaded_at", "applied_at", "undone_at", "job__created_at", "job__heartbeat_at")
    return ImportRun.objects.filter(purged_at=None).alias(last=last).filter(last__lt=since).order_by("pk")


def _end(run: ImportRun) -> None:
    """Before its rows go, so that nobody approves, or writes on, what is not whole any more. One that was to
    be undone is as it was: that is done as a whole."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        if locked.state not in ENDED:
            ends = {State.APPLYING: State.BROKEN_OFF, State.UNDOING: State.APPLIED}
            locked.state = ends.get(State(locked.state), State.GIVEN_UP)
            locked.save(update_fields=["state"])
            approval.overtake(kind=IMPORT, subject=str(run.pk), actor=None)


def _forget_rows(run: ImportRun) -> int:
    deleted = 0
    while rows := list(StagedRow.objects.filter(run=run).values_list("pk", flat=True)[:PAGE]):
        deleted += StagedRow.objects.filter(pk__in=rows).delete()[0]
    StagedPair.objects.filter(run=run).delete()
    return deleted


def _forget_file(run: ImportRun) -> None:
    """Headings, the name of the file and what was detected of it may name people too."""
    if run.file is not None:
        store.delete(run.file)
    ImportRun.objects.filter(pk=run.pk).update(
        file=None,
        file_name="",
        columns=[],
        notes=[],
        reason={"code": run.reason["code"]} if run.reason.get("code") else {},
        findings=without_values(run.findings),
        purged_at=timezone.now(),
    )
