"""The only door for writes: add a file, remove it, move a subject's documents, forget them."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from dsp_platform import crypto
from dsp_platform.accounts.models import Case, User
from dsp_platform.accounts.services import hold_case
from dsp_platform.audit import services as audit
from dsp_platform.khmer import clean
from dsp_platform.locks import lock
from dsp_platform.uploads import antivirus, errors, store
from dsp_platform.uploads.contract import Subject, may_add, registered, subject_of
from dsp_platform.uploads.models import Page, Upload
from dsp_platform.uploads.pictures import Picture, pictures_of

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
# Younger files without a row may belong to a transaction that is still open.
ORPHAN_AFTER = timedelta(hours=24)


def add(
    *, actor: User, case: Case | None, kind: str, key: str, title: str, name: str, content: bytes
) -> Upload:
    """Check a file, make plain pictures of it and keep them. The same file again is the same upload.

    Call it outside of a transaction: decoding takes seconds. ``name`` is the file's own, for the words of
    an error only; it is not kept. Raises ``UploadRefused``, and PermissionDenied.
    """
    subject = _own(actor, case, kind, key)
    title = clean(title)[:200].strip()
    if not title:
        raise errors.UntitledDocument
    digest = crypto.digest("upload", title, hashlib.sha256(content).hexdigest())
    kept = _kept_before(kind, key, digest)
    if kept:
        return kept
    _check_limits(subject, actor, key, name, pages=1)
    pictures = _pictures(actor, content, name)
    pages = [_page(number, picture) for number, picture in enumerate(pictures, start=1)]
    try:
        _write(pages, pictures, name)
        upload = _save(subject, actor, case, key, title, digest, pages, name)
    except BaseException:
        _delete(pages)
        raise
    if upload.pages.filter(file=pages[0].file).exists():
        return upload
    _delete(pages)  # the other of two at once
    return upload


def _own(actor: User, case: Case | None, kind: str, key: str) -> Subject:
    subject = subject_of(kind)
    if subject is None or not subject.may_see(actor, case, key):
        raise PermissionDenied
    if not may_add(actor, case, kind, key):
        raise errors.Closed
    return subject


def _kept_before(kind: str, key: str, digest: bytes) -> Upload | None:
    return Upload.objects.filter(subject_kind=kind, subject_key=key, digest=digest).first()


def _check_limits(subject: Subject, actor: User, key: str, name: str, pages: int) -> None:
    here = Page.objects.filter(upload__subject_kind=subject.kind, upload__subject_key=key).count()
    if here + pages > subject.most_pages:
        raise errors.TooMany(name, subject.most_pages)
    if actor.is_citizen:
        since = timezone.now() - timedelta(days=1)
        today = Page.objects.filter(upload__uploader=actor, upload__created_at__gt=since).count()
        if today + pages > settings.UPLOAD_PAGES_A_DAY:
            raise errors.NotNow(name)


def _pictures(actor: User, content: bytes, name: str) -> list[Picture]:
    if not content:
        raise errors.Empty(name)
    if len(content) > settings.UPLOAD_MEGABYTES * MEGABYTE:
        raise errors.TooLarge(name, settings.UPLOAD_MEGABYTES)
    try:
        infected = antivirus.is_infected(content)
    except antivirus.ScannerDown:
        logger.error("the virus scanner does not answer: documents are refused")
        raise errors.NotNow(name) from None
    if infected:
        audit.record(actor=actor, action="infected_upload", subject_kind="user", subject_id=actor.pk)
        raise errors.Infected(name)
    return pictures_of(content, name)


def _page(number: int, picture: Picture) -> Page:
    size = len(picture.picture)
    return Page(number=number, file=uuid4(), width=picture.width, height=picture.height, size=size)


def _write(pages: Sequence[Page], pictures: Sequence[Picture], name: str) -> None:
    try:
        for page, picture in zip(pages, pictures, strict=True):
            store.write(page.file, picture.picture, picture.small)
    except OSError as error:
        logger.error("a document could not be written: %s", type(error).__name__)
        raise errors.NotNow(name) from None


@transaction.atomic
def _save(
    subject: Subject,
    actor: User,
    case: Case | None,
    key: str,
    title: str,
    digest: bytes,
    pages: Sequence[Page],
    name: str,
) -> Upload:
    hold_case(user=actor, case=case)
    lock(subject.kind, key)
    lock("uploads of", str(actor.pk))  # two subjects at once count against one day
    kept = _kept_before(subject.kind, key, digest)
    if kept:
        return kept
    if not may_add(actor, case, subject.kind, key):
        raise errors.Closed  # decided or submitted while the file was on its way
    _check_limits(subject, actor, key, name, pages=len(pages))
    upload = Upload.objects.create(
        subject_kind=subject.kind,
        subject_key=key,
        title=title,
        uploader=actor,
        case_id=case.pk if case else None,
        digest=digest,
    )
    for page in pages:
        page.upload = upload
    Page.objects.bulk_create(pages)
    return upload


@transaction.atomic
def remove(*, actor: User, case: Case | None, upload: Upload) -> None:
    """Removed twice is removed once. Raises ``Closed`` when it has become part of what is being decided."""
    hold_case(user=actor, case=case)
    subject = _own(actor, case, upload.subject_kind, upload.subject_key)
    lock(upload.subject_kind, upload.subject_key)
    if not may_add(actor, case, subject.kind, upload.subject_key) or not is_removable(upload):
        raise errors.Closed
    _forget(Upload.objects.filter(pk=upload.pk, subject_key=upload.subject_key))


def is_removable(upload: Upload) -> bool:
    subject = subject_of(upload.subject_kind)
    since = subject.removable_since(upload.subject_key) if subject else None
    return since is None or upload.created_at > since


@transaction.atomic
def move(*, kind: str, key: str, to_kind: str, to_key: str) -> None:
    """A draft's documents become those of what the draft became, in the transaction in which it does."""
    lock(kind, key)
    lock(to_kind, to_key)
    there = Upload.objects.filter(subject_kind=to_kind, subject_key=to_key)
    moving = Upload.objects.filter(subject_kind=kind, subject_key=key)
    _forget(moving.filter(digest__in=there.values("digest")))
    Upload.objects.filter(subject_kind=kind, subject_key=key).update(subject_kind=to_kind, subject_key=to_key)


@transaction.atomic
def forget(*, kind: str, keys: Sequence[str]) -> int:
    """The subjects are gone or ended: so are their documents. How many were forgotten."""
    return _forget(Upload.objects.filter(subject_kind=kind, subject_key__in=list(keys)))


def _forget(uploads: QuerySet[Upload]) -> int:
    chosen = list(uploads.values_list("pk", flat=True))
    pages = list(Page.objects.filter(upload__in=chosen))
    Upload.objects.filter(pk__in=chosen).delete()
    transaction.on_commit(lambda: _delete(pages), robust=True)
    return len(chosen)


def _delete(pages: Sequence[Page]) -> None:
    for page in pages:
        store.delete(page.file)


def purge() -> int:
    """Forget what was sent for something that never came to be, see ``Subject.kept``."""
    forgotten = 0
    for subject in registered.subjects.values():
        if subject.kept is not None:
            last = Upload.objects.filter(subject_kind=subject.kind).values("subject_key")
            old = last.annotate(at=Max("created_at")).filter(at__lt=timezone.now() - subject.kept)
            keys = list(old.values_list("subject_key", flat=True)[:1000])
            forgotten += forget(kind=subject.kind, keys=keys)
    return forgotten


def sweep() -> int:
    """Delete files that no row knows: what a crash left between the file and the commit."""
    swept = 0
    for path, file in store.older_than(ORPHAN_AFTER.total_seconds()):
        if file is None or not Page.objects.filter(file=file).exists():
            path.unlink(missing_ok=True)
            swept += 1
    if swept:
        logger.warning("%s orphaned files of documents were deleted", swept)
    return swept
