"""The acts of people on an import: upload, go on, give up, propose. The jobs do the rest."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import STEWARD
from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from dsp_platform.jobs.services import retry_job
from dsp_platform.khmer.text import clean
from dsp_platform.uploads import antivirus
from registry.imports.errors import (
    FileRefused,
    NoReason,
    NoTable,
    NotNow,
    SourceChanged,
    SourceNotInForce,
)
from registry.imports.mapping.problems import mapping_of
from registry.imports.runs import jobs
from registry.imports.sources.services import lock_source
from registry.imports.sources.terms import are_in_force, copied
from registry.imports.staging import store
from registry.imports.undoing import undoing
from registry.models import ImportRun, ImportSource

State = ImportRun.State
IMPORT, APPLY, UNDO = "import", "apply", "undo"
MEGABYTE = 1024 * 1024
NAME_LENGTH = ImportRun._meta.get_field("file_name").max_length or 0


def upload(
    *, source: ImportSource, file_name: str, pieces: Iterable[bytes], actor: User, limited: bool = True
) -> ImportRun:
    """The file is stored encrypted, and read by a job. ``limited``: by the size that a page takes.

    Raises SourceNotInForce, FileRefused.
    """
    _require_steward(actor)
    if not source.is_in_force:
        raise SourceNotInForce
    stored = _stored(pieces, limited)
    with transaction.atomic():
        run = ImportRun.objects.create(
            source=source,
            terms=_terms(source),
            file_name=clean(file_name)[:NAME_LENGTH] or "-",
            digest=stored.digest,
            size=stored.size,
            file=stored.file,
            uploaded_by=actor,
        )
        _record(actor, "upload_import", run, {"source": source.code})
        jobs.start(run, jobs.STAGE, actor)
    return run


def take_table(*, source: ImportSource, actor: User) -> ImportRun:
    """Of a source that is a table of the operator's database. Raises SourceNotInForce, NoTable."""
    _require_steward(actor)
    with transaction.atomic():
        terms = _terms(source)
        table = mapping_of(terms["mapping"]).table
        if not table:
            raise NoTable
        run = ImportRun.objects.create(
            source=source, terms=terms, file_name=".".join(table), size=0, uploaded_by=actor
        )
        _record(actor, "upload_import", run, {"source": source.code})
        jobs.start(run, jobs.STAGE, actor)
    return run


def _terms(source: ImportSource) -> dict[str, Any]:
    """As they stand now: whoever uploads may have looked at an earlier text. Raises SourceNotInForce."""
    now = lock_source(source.pk)
    if not now.is_in_force:
        raise SourceNotInForce
    return copied(now)


def _stored(pieces: Iterable[bytes], limited: bool) -> store.Stored:
    try:
        stored = store.write(_within_limit(pieces) if limited else pieces)
    except OSError:
        raise FileRefused("no_room") from None
    try:
        if not stored.size:
            raise FileRefused("empty")
        if antivirus.is_any_infected(store.read(stored.file)):
            raise FileRefused("infected")
    except antivirus.ScannerDown:
        store.delete(stored.file)
        raise FileRefused("scanner_down") from None
    except BaseException:
        store.delete(stored.file)
        raise
    return stored


def _within_limit(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > settings.IMPORT_MEGABYTES * MEGABYTE:
            raise FileRefused("too_large")
        yield piece


def go_on(*, run: ImportRun, actor: User, reason: str) -> None:
    """A human looked at what stopped it. The reason stands beside it, for whoever approves the import.

    Raises NoReason, NotNow.
    """
    _require_steward(actor)
    if not (reason := clean(reason)):
        raise NoReason
    with transaction.atomic():
        locked = _lock(run, State.STOPPED)
        locked.state, locked.continued_by = State.READY, actor
        locked.reason = {**locked.reason, "goes_on": reason}
        locked.save(update_fields=["state", "continued_by", "reason"])
        _record(actor, "continue_import", run, reason=reason)


def resume(*, run: ImportRun, actor: User) -> None:
    """A job that broke down goes on where it stopped."""
    _require_steward(actor)
    if run.job is not None:
        retry_job(job=run.job, actor=actor)


def give_up(*, run: ImportRun, actor: User) -> None:
    """Nothing of it was written, and its file is gone. Raises NotNow."""
    _require_steward(actor)
    with transaction.atomic():
        locked = _lock(run, *ImportRun.BEFORE)
        if locked.file is not None:
            transaction.on_commit(partial(store.delete, locked.file))
        locked.state, locked.file = State.GIVEN_UP, None
        locked.save(update_fields=["state", "file"])
        approval.overtake(kind=IMPORT, subject=str(run.pk), actor=actor)
        _record(actor, "give_up_import", run)


def propose(*, run: ImportRun, actor: User, reason: str = "", read: str | None = None) -> Proposal:
    """Raises NotNow, SourceChanged, and as ``approval.propose``."""
    _require_steward(actor)
    now = ImportRun.objects.filter(pk=run.pk, state=State.READY).first()
    if now is None:
        raise NotNow
    require_source(now)
    return approval.propose(
        kind=IMPORT, act=APPLY, subject=str(run.pk), payload={}, actor=actor, reason=reason, read=read
    )


def require_source(run: ImportRun) -> None:
    """In force, and as it was when the file came. Raises SourceChanged."""
    if not are_in_force(run):
        raise SourceChanged


def propose_undo(*, run: ImportRun, actor: User, reason: str = "") -> Proposal:
    """Raises CannotBeUndone, TooLateToUndo, NotNow, and as ``approval.propose``."""
    _require_steward(actor)
    now = ImportRun.objects.filter(pk=run.pk, state=State.APPLIED).first()
    if now is None:
        raise NotNow
    undoing.require_untouched(now)
    return approval.propose(
        kind=IMPORT, act=UNDO, subject=str(run.pk), payload={}, actor=actor, reason=reason
    )


def _lock(run: ImportRun, *states: str) -> ImportRun:
    locked = ImportRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if locked.state not in states:
        raise NotNow
    return locked


def _require_steward(actor: User) -> None:
    if not actor.is_active or actor.role != STEWARD:
        raise PermissionDenied


def _record(
    actor: User, action: str, run: ImportRun, details: dict[str, Any] | None = None, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_kind="import",
        subject_id=run.pk,
        reason=reason,
        details=details,
    )
