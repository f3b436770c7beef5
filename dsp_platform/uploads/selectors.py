"""Reads. The domain of the subject says on every request who may see it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.uploads import errors
from dsp_platform.uploads.contract import is_hidden, may_see_upload, registered_subject
from dsp_platform.uploads.models import Page, Upload
from dsp_platform.web.request_cache import cached_per_request


@cached_per_request
def uploads_of(kind: str, key: str) -> list[Upload]:
    """In the order in which the documents, and their pages, were sent. The caller checks ``may_see``."""
    uploads = Upload.objects.filter(subject_kind=kind, subject_key=key).select_related("uploader")
    return list(uploads.prefetch_related("pages").order_by("created_at", "pk"))


def uploads_shown_to(
    user: User, assisted_session: AssistedSession | None, kind: str, key: str
) -> list[Upload]:
    """The same, without what is not for this reader."""
    return [one for one in uploads_of(kind, key) if not is_hidden(user, assisted_session, one)]


def is_reading(kind: str, key: str) -> bool:
    """Whether a document of it waits for a worker."""
    waiting = Upload.objects.filter(subject_kind=kind, subject_key=key, state=Upload.State.READING)
    return waiting.exists()


def unreadable_among(kind: str, keys: Collection[str]) -> set[str]:
    """Those subjects with a document that could not be read, and was not sent again under the same name."""
    rows = Upload.objects.filter(subject_kind=kind, subject_key__in=keys) if keys else Upload.objects.none()
    return _unreadable(rows.values_list("subject_key", "title", "state"))


def has_unreadable(sent: Iterable[Upload]) -> bool:
    """The same of one subject, whose uploads are read already."""
    return bool(_unreadable((one.subject_key, one.title, one.state) for one in sent))


def _unreadable(rows: Iterable[tuple[str, str, str]]) -> set[str]:
    documents: dict[tuple[str, str], set[str]] = {}
    for key, title, state in rows:
        documents.setdefault((key, title), set()).add(state)
    return {key for (key, _title), states in documents.items() if states == {Upload.State.REFUSED}}


def upload_visible_to(user: User, assisted_session: AssistedSession | None, pk: UUID) -> Upload | None:
    upload = Upload.objects.filter(pk=pk).first()
    return upload if upload and may_see_upload(user, assisted_session, upload) else None


def page_visible_to(
    user: User, assisted_session: AssistedSession | None, pk: UUID, number: int
) -> Page | None:
    upload = upload_visible_to(user, assisted_session, pk)
    return upload.pages.filter(number=number).first() if upload else None


def refusal_of(upload: Upload) -> str:
    """Why it could not be read, in the reader's language; it names the file."""
    subject = registered_subject(upload.subject_kind)
    return str(errors.refusal(upload.reason, str(upload.name or ""), subject.most_pages if subject else 0))
