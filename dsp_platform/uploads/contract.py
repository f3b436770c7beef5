"""What a domain registers of a subject that has documents: a subject is a ``(kind, key)``.

A domain registers its kinds when the apps are ready. Documents of an unregistered kind are shown to nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.uploads.models import Upload

Allowed = Callable[[User, AssistedSession | None, str], bool]
"""``(user, the official's assisted session or None, key)``. False also for a key that names nothing."""


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    may_see: Allowed
    may_add: Allowed
    """Checked again in the transaction that adds, so that a subject closed meanwhile takes nothing more."""

    page: Callable[[str], str]
    """URL of the page to which the subject's documents belong: where "Back" leads."""

    heading: Callable[[str], str]
    """What the documents are for, as the page's caption; translated."""

    titles: Callable[[str], Sequence[str]] = lambda key: ()
    """Titles of the documents that are asked for. "Another document" is always offered."""

    hides: Callable[[User, AssistedSession | None, Upload], bool] = lambda user, session, upload: False
    """Whether this one is not for a reader who sees the others."""

    person: Callable[[str], int | None] = lambda key: None
    """Whom the documents are about: the person who can read in the access log that staff opened them."""

    removable_since: Callable[[str], datetime | None] = lambda key: None
    """Uploads older than this cannot be removed, although more may be added; None: all can be removed."""

    kept: timedelta | None = None
    """How long after the last upload the documents of a draft are kept; None: until ``forget``."""

    most_pages: int = 40

    takes_proved: Callable[[str], bool] = lambda key: False
    """Whether it takes a file now from somebody of whom the domain's own page has proved that the subject is
    theirs, with or without an account."""

    recordings: bool = False
    """Takes voice recordings too."""

    refused: Callable[[str], None] = lambda key: None
    """Called in the transaction that marks a file of this subject as unreadable."""

    received: Callable[[str, User | None, AssistedSession | None], None] = lambda key, sender, session: None
    """Called after ``changed`` where a document of this sender became visible, or was sent once more."""

    changed: Callable[[str], None] = lambda key: None
    """Called in the transaction in which a document becomes visible or is removed."""


@dataclass(slots=True)
class Registry:
    subjects: dict[str, Subject] = field(default_factory=dict)
    readers: dict[str, list[Allowed]] = field(default_factory=dict)


registered = Registry()


def register_subject(subject: Subject) -> None:
    registered.subjects[subject.kind] = subject


def register_reader(kind: str, allowed: Allowed) -> None:
    """Another domain whose staff read the documents of this kind too, and add none."""
    registered.readers.setdefault(kind, []).append(allowed)


def registered_subject(kind: str) -> Subject | None:
    return registered.subjects.get(kind)


def received_from(upload: Upload, sender: User | None, assisted_session: AssistedSession | None) -> None:
    """Call in a transaction, for a document that is visible."""
    if subject := registered_subject(upload.subject_kind):
        subject.received(upload.subject_key, sender, assisted_session)


def may_see(user: User, assisted_session: AssistedSession | None, kind: str, key: str) -> bool:
    subject = registered_subject(kind)
    if subject is None or not user.is_active:
        return False
    allowed = (subject.may_see, *registered.readers.get(kind, ()))
    return any(may(user, assisted_session, key) for may in allowed)


def may_see_upload(user: User, assisted_session: AssistedSession | None, upload: Upload) -> bool:
    kind, key = upload.subject_kind, upload.subject_key
    return may_see(user, assisted_session, kind, key) and not is_hidden(user, assisted_session, upload)


def is_hidden(user: User, assisted_session: AssistedSession | None, upload: Upload) -> bool:
    """For a reader who sees the documents of its subject."""
    subject = registered_subject(upload.subject_kind)
    return subject is None or subject.hides(user, assisted_session, upload)


def may_add(user: User, assisted_session: AssistedSession | None, kind: str, key: str) -> bool:
    subject = registered_subject(kind)
    return subject is not None and user.is_active and subject.may_add(user, assisted_session, key)
