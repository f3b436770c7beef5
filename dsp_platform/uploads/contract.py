"""The contract between uploads and the domains: a subject is a ``(kind, key)``, and its domain says who may
do what.

A domain registers its kinds when the apps are ready. A kind that is not registered is accessible to nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dsp_platform.accounts.models import Case, User

Allowed = Callable[[User, Case | None, str], bool]
"""(user, the official's open case, key) to yes or no. No for a key that does not exist."""


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    may_see: Allowed
    may_add: Allowed
    """Checked again inside the transaction that adds, so a subject closed meanwhile accepts nothing more."""

    page: Callable[[str], str]
    """URL of the page to which the subject's documents belong: where "Back" leads."""

    heading: Callable[[str], str]
    """What the documents are for, as the page's caption; translated."""

    titles: Callable[[str], Sequence[str]] = lambda key: ()
    """The documents that are required, in words. "Another document" is always offered."""

    person: Callable[[str], int | None] = lambda key: None
    """Whom the documents are about: the person who can read in the access log that staff opened them."""

    removable_since: Callable[[str], datetime | None] = lambda key: None
    """Uploads older than this cannot be removed although more may be added; None: all may be removed."""

    kept: timedelta | None = None
    """How long after the last upload a subject without an end of its own is kept; None: until deleted."""

    most_pages: int = 40

    refused: Callable[[str], None] = lambda key: None
    """A file of this subject could not be read. Called in the transaction that records it."""

    changed: Callable[[str], None] = lambda key: None
    """A document was read, or removed. Called in the same transaction."""


@dataclass(slots=True)
class Registry:
    subjects: dict[str, Subject] = field(default_factory=dict)


registered = Registry()


def register_subject(subject: Subject) -> None:
    registered.subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject | None:
    return registered.subjects.get(kind)


def may_see(user: User, case: Case | None, kind: str, key: str) -> bool:
    subject = subject_of(kind)
    return subject is not None and user.is_active and subject.may_see(user, case, key)


def may_add(user: User, case: Case | None, kind: str, key: str) -> bool:
    subject = subject_of(kind)
    return subject is not None and user.is_active and subject.may_add(user, case, key)
