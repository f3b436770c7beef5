"""All writes: add a file, remove it, move a subject's documents, forget them."""

import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.background import workers
from dsp_platform.database.locks import LockName, lock
from dsp_platform.encryption import crypto
from dsp_platform.khmer.text import clean
from dsp_platform.uploads import errors, kinds, limits, store
from dsp_platform.uploads.contract import Subject, may_add, received_from, registered, registered_subject
from dsp_platform.uploads.models import Page, Upload
from dsp_platform.uploads.recordings import recording_of

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
# Younger files without a row may belong to a transaction that is still open.
ORPHAN_AFTER = timedelta(hours=24)
REFUSED_RETENTION = timedelta(days=30)


def add(
    *,
    actor: User | None,
    assisted_session: AssistedSession | None,
    kind: str,
    key: str,
    title: str,
    name: str,
    content: bytes,
    proved: bool = False,
) -> Upload:
    """Store a file as it was sent; a worker reads it. The same file sent twice is one upload.

    ``proved``: the caller has checked that the subject is the sender's, who may be nobody that is known here.
    ``name`` is the file's own, kept until it has been read. Raises ``UploadRefused``, and PermissionDenied.
    Call it outside of a transaction, so that a refused file stays counted.
    """
    subject = _subject(actor, assisted_session, kind, key, proved=proved)
    title = clean(title)[:200].strip()
    if not title:
        raise errors.UntitledDocument
    digest = crypto.digest("upload", title, hashlib.sha256(content).hexdigest())
    kept = _sent_before(kind, key, digest)
    if kept:
        limits.take_repeat(account=actor, name=name)
        if kept.state == Upload.State.READ:
            with transaction.atomic():
                received_from(kept, actor, assisted_session)
        return kept
    limits.take(account=actor, name=name)
    _check_content(subject, content, name)
    original = uuid4()
    try:
        store.write_original(original, content)
    except OSError as error:
        logger.error("a document could not be written: %s", type(error).__name__)
        raise errors.NotNow(name) from None
    try:
        upload = _save(subject, actor, assisted_session, key, title, digest, original, name, proved)
    except BaseException:
        store.delete(original)
        raise
    if upload.original != original:
        store.delete(original)  # a second request with the same file was first
    return upload


def refuse_before_reading(*, actor: User | None, files: int) -> None:
    """Count files that ``handlers`` refused against the day as well."""
    with suppress(errors.DayLimit):
        for _file in range(files):
            limits.take(account=actor, name="")


def _subject(
    actor: User | None, assisted_session: AssistedSession | None, kind: str, key: str, *, proved: bool
) -> Subject:
    if not proved:
        return _own(actor, assisted_session, kind, key)
    subject = registered_subject(kind)
    if subject is None or not subject.takes_proved(key):
        raise errors.Closed
    return subject


def _own(actor: User | None, assisted_session: AssistedSession | None, kind: str, key: str) -> Subject:
    subject = registered_subject(kind)
    if subject is None or actor is None or not subject.may_see(actor, assisted_session, key):
        raise PermissionDenied
    if not may_add(actor, assisted_session, kind, key):
        raise errors.Closed
    return subject


def _sent_before(kind: str, key: str, digest: bytes) -> Upload | None:
    """Without refused ones: sent again, they are read again."""
    found = Upload.objects.filter(subject_kind=kind, subject_key=key, digest=digest)
    return found.exclude(state=Upload.State.REFUSED).first()


def _check_content(subject: Subject, content: bytes, name: str) -> None:
    """Size and first bytes only: parsing is left to the worker."""
    if not content:
        raise errors.Empty(name)
    if len(content) > settings.UPLOAD_MEGABYTES * MEGABYTE:
        raise errors.TooLarge(name, settings.UPLOAD_MEGABYTES)
    if kinds.kind_of(content) is None and not (subject.recordings and recording_of(content)):
        raise (errors.NotAnAttachment if subject.recordings else errors.NotAPicture)(name)


@transaction.atomic
def _save(
    subject: Subject,
    actor: User | None,
    assisted_session: AssistedSession | None,
    key: str,
    title: str,
    digest: bytes,
    original: UUID,
    name: str,
    proved: bool,
) -> Upload:
    if actor is not None:
        lock_assisted_session(user=actor, assisted_session=assisted_session)
    lock(LockName.UPLOADS_OF_SUBJECT, f"{subject.kind}/{key}")
    if actor is not None:
        lock(LockName.UPLOADS_OF_ACCOUNT, str(actor.pk))  # two subjects at once count against one account
    kept = _sent_before(subject.kind, key, digest)
    if kept:
        return kept
    # It may have been decided or submitted while the file was on its way.
    _subject(actor, assisted_session, subject.kind, key, proved=proved)
    # A file counts as one page until a worker has read it.
    here = Upload.objects.filter(subject_kind=subject.kind, subject_key=key)
    waiting = here.filter(state=Upload.State.READING).count()
    if Page.objects.filter(upload__in=here).count() + waiting >= subject.most_pages:
        raise errors.TooMany(name, subject.most_pages)
    # Without an account the pages of the subject are the limit.
    own = Upload.objects.filter(uploader=actor, state=Upload.State.READING)
    if actor is not None and own.count() >= settings.UPLOADS_WAITING:
        raise errors.TooManyWaiting(name)
    _forget(Upload.objects.filter(subject_kind=subject.kind, subject_key=key, digest=digest))
    upload = Upload.objects.create(
        subject_kind=subject.kind,
        subject_key=key,
        title=title,
        uploader=actor,
        assisted_session_id=assisted_session.pk if assisted_session else None,
        digest=digest,
        state=Upload.State.READING,
        name=name[:200],
        original=original,
        attempts=0,
    )
    workers.notify_on_commit("uploads.read", ["waiting"])
    return upload


@transaction.atomic
def remove(*, actor: User, assisted_session: AssistedSession | None, upload: Upload) -> None:
    """Idempotent. Raises ``Closed`` when the upload has become part of what is being decided."""
    lock_assisted_session(user=actor, assisted_session=assisted_session)
    subject = _own(actor, assisted_session, upload.subject_kind, upload.subject_key)
    lock(LockName.UPLOADS_OF_SUBJECT, f"{upload.subject_kind}/{upload.subject_key}")
    if not may_add(actor, assisted_session, subject.kind, upload.subject_key) or not is_removable(upload):
        raise errors.Closed
    _forget(Upload.objects.filter(pk=upload.pk, subject_key=upload.subject_key))
    subject.changed(upload.subject_key)


def is_removable(upload: Upload) -> bool:
    """Unreadable uploads always are: no decision rests on them."""
    if upload.state == Upload.State.REFUSED:
        return True
    subject = registered_subject(upload.subject_kind)
    since = subject.removable_since(upload.subject_key) if subject else None
    return since is None or upload.created_at > since


@transaction.atomic
def move(*, kind: str, key: str, to_kind: str, to_key: str) -> None:
    """Move a draft's documents to what is made of the draft, in the same transaction."""
    lock(LockName.UPLOADS_OF_SUBJECT, f"{kind}/{key}")
    lock(LockName.UPLOADS_OF_SUBJECT, f"{to_kind}/{to_key}")
    there = Upload.objects.filter(subject_kind=to_kind, subject_key=to_key)
    moving = Upload.objects.filter(subject_kind=kind, subject_key=key)
    _forget(moving.filter(digest__in=there.values("digest")))
    Upload.objects.filter(subject_kind=kind, subject_key=key).update(subject_kind=to_kind, subject_key=to_key)


@transaction.atomic
def forget(*, kind: str, keys: Sequence[str]) -> int:
    """Delete the documents of subjects that are gone or ended. Returns how many."""
    return _forget(Upload.objects.filter(subject_kind=kind, subject_key__in=list(keys)))


def _forget(uploads: QuerySet[Upload]) -> int:
    chosen = list(uploads.values_list("pk", flat=True))
    pages = Page.objects.filter(upload__in=chosen).values_list("file", flat=True)
    originals = Upload.objects.filter(pk__in=chosen).values_list("original", flat=True)
    files = [*pages, *filter(None, originals)]
    Upload.objects.filter(pk__in=chosen).delete()
    for file in files:
        transaction.on_commit(partial(store.delete, file), robust=True)
    return len(chosen)


def purge() -> int:
    """Delete documents of drafts that were never sent, see ``Subject.kept``, and old refused uploads."""
    forgotten = 0
    for subject in registered.subjects.values():
        if subject.kept is not None:
            last = Upload.objects.filter(subject_kind=subject.kind).values("subject_key")
            old = last.annotate(at=Max("created_at")).filter(at__lt=timezone.now() - subject.kept)
            keys = list(old.values_list("subject_key", flat=True)[:1000])
            forgotten += forget(kind=subject.kind, keys=keys)
    refused = Upload.objects.filter(
        state=Upload.State.REFUSED, created_at__lt=timezone.now() - REFUSED_RETENTION
    )
    with transaction.atomic():
        return forgotten + _forget(refused)


def sweep() -> int:
    """Delete orphaned files, which a crash left between writing a file and the commit."""
    swept = 0
    for path, file in store.older_than(ORPHAN_AFTER.total_seconds()):
        has_row = file is not None and (
            Page.objects.filter(file=file).exists() or Upload.objects.filter(original=file).exists()
        )
        if not has_row:
            path.unlink(missing_ok=True)
            swept += 1
    if swept:
        logger.warning("%s orphaned files of documents were deleted", swept)
    return swept
