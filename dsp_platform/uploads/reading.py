"""Workers convert uploads to plain pictures. Web processes never parse a file.

Rows in state ``reading`` are the queue; a message only notifies a worker. A worker leases the next row: one
row of an account at a time, accounts in rotation (fair scheduling), so that no account delays the others.
When a worker dies, its lease expires and another worker takes the row.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import OperationalError, transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Now
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit import services as audit
from dsp_platform.database import locks
from dsp_platform.database.locks import LockName, lock
from dsp_platform.uploads import antivirus, limits, store
from dsp_platform.uploads.contract import received_from, registered_subject
from dsp_platform.uploads.models import Page, Upload, UploadDay
from dsp_platform.uploads.pictures import Picture, Unavailable, Unreadable, pictures_of
from dsp_platform.uploads.recordings import recording_of

logger = logging.getLogger(__name__)

# Longer than the scanner and the decoder may take together.
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
# While the scanner is down or the disk is full: how long until the next try, and when to give up.
PAUSE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(days=1)
TURN_SECONDS = 30.0


def read_waiting(turn: float = TURN_SECONDS) -> bool:
    """Read uploads for one time slice. True if there may be more."""
    until = time.monotonic() + turn
    while time.monotonic() < until:
        if not read_next():
            return False
    return True


def is_waiting() -> bool:
    return _due().exists()


def read_next() -> bool:
    """Read one file. False when none is due, or another worker holds the lock of claiming for too long."""
    try:
        upload = _claim()
    except OperationalError as error:
        if not locks.is_timeout(error):
            raise
        logger.warning("another worker claims for too long: documents wait for the next sweep")
        return False
    if upload is None:
        return False
    try:
        if upload.attempts > MOST_ATTEMPTS:
            raise Unreadable("unread")
        if limits.is_spent(upload.uploader):
            raise Unreadable("day")
        pictures, seconds, media = _read(upload)
    except Unreadable as refusal:
        limits.spend(account=upload.uploader, pages=0, seconds=refusal.seconds)
        _refuse(upload, refusal.reason)
    except Unavailable:
        _put_back(upload)
    else:
        limits.spend(account=upload.uploader, pages=len(pictures) - 1, seconds=seconds)
        _keep(upload, pictures, media)
    return True


def _due() -> QuerySet[Upload]:
    reading = Upload.objects.filter(state=Upload.State.READING)
    leased = Q(leased_until__gt=Now())
    busy = reading.filter(leased).exclude(uploader=None).values("uploader")
    free = reading.filter(Q(uploader=None) | ~Q(uploader__in=busy)).exclude(leased)
    return free.filter(Q(not_before=None) | Q(not_before__lte=Now()))


@transaction.atomic
def _claim() -> Upload | None:
    locks.limit_waits()
    lock(LockName.NEXT_UPLOAD)  # two workers at once would find the same account idle
    turns = UploadDay.objects.filter(account=OuterRef("uploader"), day=limits.today()).values("read_at")
    # Those of nobody that is known have no turns: one after the other, as they came.
    turn = Case(When(uploader=None, then=F("created_at")), default=Subquery(turns))
    upload = (
        _due()
        .alias(turn=turn)
        .order_by(F("turn").asc(nulls_first=True), "created_at")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if upload is None:
        return None
    upload.attempts += 1
    Upload.objects.filter(pk=upload.pk).update(attempts=upload.attempts, leased_until=Now() + LEASE)
    limits.mark_served(upload.uploader)
    return upload


def _read(upload: Upload) -> tuple[list[Picture], float, str]:
    """Its pages, the seconds of processor time, and the content type of a recording."""
    if upload.original is None:
        raise Unreadable("unread")
    try:
        content = store.read(upload.original, store.ORIGINAL)
    except store.Missing:
        raise Unreadable("unread") from None
    try:
        infected = antivirus.is_infected(content)
    except antivirus.ScannerDown:
        logger.error("the virus scanner does not answer: documents wait")
        raise Unavailable from None
    if infected:
        raise Unreadable("infected")
    media = recording_of(content)
    return *pictures_of(content, media), media


def _keep(upload: Upload, pictures: Sequence[Picture], media: str) -> None:
    pages = [
        Page(
            number=number,
            file=uuid4(),
            width=picture.width,
            height=picture.height,
            size=len(picture.picture),
        )
        for number, picture in enumerate(pictures, start=1)
    ]
    try:
        for page, picture in zip(pages, pictures, strict=True):
            store.write(page.file, picture.picture, picture.small)
        kept = _save(upload, pages, media)
    except OSError as error:
        logger.error("a document could not be written: %s", type(error).__name__)
        _delete(pages)
        _put_back(upload)
    except BaseException:
        _delete(pages)
        raise
    else:
        if not kept:
            _delete(pages)


def _delete(pages: Sequence[Page]) -> None:
    for page in pages:
        store.delete(page.file)


@transaction.atomic
def _save(upload: Upload, pages: Sequence[Page], media: str) -> bool:
    row = _locked(upload)
    if row is None:
        return False  # removed meanwhile, or read by another worker
    subject = registered_subject(row.subject_kind)
    there = Page.objects.filter(upload__subject_kind=row.subject_kind, upload__subject_key=row.subject_key)
    if subject is None or there.count() + len(pages) > subject.most_pages:
        _end(row, Upload.State.REFUSED, "full")
        return False
    for page in pages:
        page.upload = row
    Page.objects.bulk_create(pages)
    _end(row, Upload.State.READ, media=media)
    return True


@transaction.atomic
def _refuse(upload: Upload, reason: str) -> None:
    row = _locked(upload)
    if row is None:
        return
    if reason == "infected" and row.uploader is not None:
        # The finding is not shown: the name of a virus would only help its sender.
        audit.record(
            actor=row.uploader, action="infected_upload", subject_kind="user", subject_id=row.uploader_id
        )
    _end(row, Upload.State.REFUSED, reason)


def _locked(upload: Upload) -> Upload | None:
    """Lock the row and the subject it belongs to by now. None if another worker has taken the row."""
    own = Upload.objects.filter(pk=upload.pk, state=Upload.State.READING, attempts=upload.attempts)
    while row := own.first():
        lock(LockName.UPLOADS_OF_SUBJECT, f"{row.subject_kind}/{row.subject_key}")
        there = own.filter(subject_kind=row.subject_kind, subject_key=row.subject_key)
        if locked := there.select_for_update(of=("self",)).select_related("uploader").first():
            return locked
    return None


def _end(row: Upload, state: str, reason: str = "", media: str = "") -> None:
    """Call it with the row locked. The original file is deleted after the commit."""
    name = row.name if state == Upload.State.REFUSED else None
    Upload.objects.filter(pk=row.pk).update(
        state=state,
        reason=reason,
        media=media,
        name=name,
        original=None,
        leased_until=None,
        not_before=None,
    )
    subject = registered_subject(row.subject_kind)
    if subject:
        notify = subject.refused if state == Upload.State.REFUSED else subject.changed
        notify(row.subject_key)
    if state != Upload.State.REFUSED:
        session_id = row.assisted_session_id
        session = AssistedSession.objects.filter(pk=session_id).first() if session_id else None
        received_from(row, row.uploader, session)
    if row.original:
        original: UUID = row.original
        transaction.on_commit(lambda: store.delete(original), robust=True)


def _put_back(upload: Upload) -> None:
    """Not counted as an attempt: the file is not at fault."""
    if upload.created_at < timezone.now() - LONGEST_WAIT:
        _refuse(upload, "unread")
        return
    Upload.objects.filter(pk=upload.pk, state=Upload.State.READING, attempts=upload.attempts).update(
        attempts=F("attempts") - 1, leased_until=None, not_before=Now() + PAUSE
    )
