"""What uploads and the domains agree on: a subject is a ``(kind, key)``, and its domain says who may do what.

A domain registers its kinds when the apps are ready. A kind nobody registered opens to nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dsp_platform.accounts.models import Case, User

Allowed = Callable[[User, Case | None, str], bool]
"""(who asks, the official's open case, key) to yes or no. A key that names nothing is a no."""


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    may_see: Allowed
    may_add: Allowed
    """Asked again inside the transaction that adds, so a subject closed meanwhile takes nothing more."""

    page: Callable[[str], str]
    """Address of the page that the subject's documents belong to: where "Back" leads."""

    heading: Callable[[str], str]
    """What the documents are for, as the page's caption; translated."""

    titles: Callable[[str], Sequence[str]] = lambda key: ()
    """The documents that are asked for, in words. "Another document" is always offered."""

    person: Callable[[str], int | None] = lambda key: None
    """Whom the documents are about: the person who can read that staff looked at them."""

    removable_since: Callable[[str], datetime | None] = lambda key: None
    """Uploads older than this stay although more may be added; None: all may be removed."""

    kept: timedelta | None = None
    """How long after the last upload a subject without an end of its own is kept; None: until forgotten."""

    most_pages: int = 40

    refused: Callable[[str], None] = lambda key: None
    """A file of this subject could not be read. Called in the transaction that says so."""

    changed: Callable[[str], None] = lambda key: None
    """A document can be seen from now on, or was removed. Called in the transaction in which it is."""


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
