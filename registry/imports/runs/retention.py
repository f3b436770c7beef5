"""Staged rows are personal data beside the registry: they go when nobody needs them any more."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from registry.imports.runs import store
from registry.models import ImportRun, StagedRow

KEPT = timedelta(days=14)
"""After it was applied, undone or given up; and of what waits for a human and got none."""
FORGOTTEN = timedelta(days=60)
PAGE = 20_000
State = ImportRun.State


def purge() -> int:
    """Returns how many rows. Counts and findings stay with the run."""
    now = timezone.now()
    ended = Q(state__in=[State.APPLIED, State.UNDONE, State.UNCHANGED, State.GIVEN_UP, State.REFUSED])
    last = Q(applied_at__lt=now - KEPT) | Q(applied_at=None, uploaded_at__lt=now - KEPT)
    waits = Q(state__in=[State.READY, State.STOPPED], uploaded_at__lt=now - FORGOTTEN)
    deleted = 0
    for run in ImportRun.objects.filter(ended & last | waits, purged_at=None):
        while rows := list(StagedRow.objects.filter(run=run).values_list("pk", flat=True)[:PAGE]):
            deleted += StagedRow.objects.filter(pk__in=rows).delete()[0]
        if run.file is not None:
            store.delete(run.file)
        if run.state in (State.READY, State.STOPPED):
            run.state = State.GIVEN_UP
        run.file, run.purged_at = None, now
        run.save(update_fields=["file", "purged_at", "state"])
    files = ImportRun.objects.exclude(file=None).values_list("file", flat=True)
    store.sweep(file for file in files if file)
    return deleted
