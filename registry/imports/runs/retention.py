"""Staged rows are personal data beside the registry: they go when nobody needs them any more."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.approval import services as approval
from registry.imports.runs import store
from registry.imports.runs.services import IMPORT
from registry.models import ImportRun, StagedRow

KEPT = timedelta(days=14)
"""After it was applied, undone or given up."""
FORGOTTEN = timedelta(days=60)
"""What nobody has approved for so long is given up."""
PAGE = 20_000
State = ImportRun.State


def purge() -> int:
    """Returns how many rows. Counts and findings stay with the run."""
    now = timezone.now()
    for run in ImportRun.objects.filter(state__in=ImportRun.BEFORE, uploaded_at__lt=now - FORGOTTEN):
        _forget(run)
    ended = Q(state__in=[State.APPLIED, State.UNDONE, State.UNCHANGED, State.GIVEN_UP, State.REFUSED])
    last = Q(applied_at__lt=now - KEPT) | Q(applied_at=None, uploaded_at__lt=now - KEPT)
    deleted = 0
    for run in ImportRun.objects.filter(ended & last, purged_at=None):
        while rows := list(StagedRow.objects.filter(run=run).values_list("pk", flat=True)[:PAGE]):
            deleted += StagedRow.objects.filter(pk__in=rows).delete()[0]
        if run.file is not None:
            store.delete(run.file)
        run.file, run.purged_at = None, now
        run.save(update_fields=["file", "purged_at"])
    files = ImportRun.objects.exclude(file=None).values_list("file", flat=True)
    store.sweep(file for file in files if file)
    return deleted


def _forget(run: ImportRun) -> None:
    """Given up before its rows go, so that nobody approves what is not whole any more."""
    with transaction.atomic():
        rows = ImportRun.objects.select_for_update(no_key=True).filter(state__in=ImportRun.BEFORE)
        if locked := rows.filter(pk=run.pk).first():
            locked.state = State.GIVEN_UP
            locked.save(update_fields=["state"])
            approval.overtake(kind=IMPORT, subject=str(run.pk), actor=None)
