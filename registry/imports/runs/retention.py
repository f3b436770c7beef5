"""Staged rows are personal data beside the registry: they go when nobody needs them any more, and with them
whatever else came out of the file."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from registry.imports.runs import store
from registry.imports.runs.counting import without_values
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
    deleted = 0
    for run in _old(timezone.now()):
        while rows := list(StagedRow.objects.filter(run=run).values_list("pk", flat=True)[:PAGE]):
            deleted += StagedRow.objects.filter(pk__in=rows).delete()[0]
        StagedPair.objects.filter(run=run).delete()
        if run.file is not None:
            store.delete(run.file)
        with transaction.atomic():
            _close(ImportRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk))
    files = ImportRun.objects.exclude(file=None).values_list("file", flat=True)
    store.sweep(file for file in files if file)
    return deleted


def _old(now: datetime) -> QuerySet[ImportRun]:
    last = Greatest("uploaded_at", "applied_at", "undone_at", "job__created_at", "job__heartbeat_at")
    ended = Q(state__in=ENDED)
    return (
        ImportRun.objects.filter(purged_at=None)
        .alias(last=last)
        .filter(ended & Q(last__lt=now - KEPT) | ~ended & Q(last__lt=now - FORGOTTEN))
        .order_by("pk")
    )


def _close(run: ImportRun) -> None:
    """Headings, the name of the file and what was detected of it may name people too."""
    if run.state in ImportRun.BEFORE:
        run.state = State.GIVEN_UP
    elif run.state in ImportRun.WORKING:
        run.state = State.BROKEN_OFF
    run.file, run.file_name, run.columns, run.notes, run.purged_at = None, "", [], [], timezone.now()
    run.reason = {"code": run.reason["code"]} if run.reason.get("code") else {}
    run.findings = without_values(run.findings)
    run.save(
        update_fields=[
            "state", "file", "file_name", "columns", "notes", "purged_at", "reason", "findings",
        ]
    )  # fmt: skip
