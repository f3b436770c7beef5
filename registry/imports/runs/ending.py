"""An import ended before its time: its source does not hold any more."""

from django.utils import timezone

from registry.models import ImportRun, StagedRow

State = ImportRun.State


def end(run: ImportRun) -> None:
    """What was written stays, and can be undone as that of any import."""
    written = StagedRow.objects.filter(run=run, applied=True).count()
    run.state, run.reason = State.GIVEN_UP, {"code": "source_changed", "params": {}}
    if written:
        run.state, run.applied_at = State.APPLIED, timezone.now()
        run.reason = {"code": "source_changed_midway", "params": {"written": written}}
    run.save(update_fields=["state", "reason", "applied_at"])
