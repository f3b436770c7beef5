"""The one place where a refused step of an official, steward or reviewer enters the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import Overtaken, StepRefused


@contextmanager
def refusals_recorded(
    by: HttpRequest | User,
    subject_kind: str,
    subject_id: int | None,
    *,
    details: dict[str, Any] | None = None,
    assisted_session: AssistedSession | None = None,
) -> Iterator[None]:
    """Around the call of a service, inside the ``try`` of what shows the refusal: by then the transaction of
    the step was rolled back, so the record stays. ``by``: the request of a page, or who lets a job do it.

    Nothing is recorded of citizens, nor where somebody else was first. ``assisted_session``: the one that the
    step is part of.
    """
    try:
        yield
    except Overtaken:
        raise
    except StepRefused as error:
        user = by if isinstance(by, User) else by.user
        if isinstance(user, User) and not user.is_citizen:
            audit.record(
                actor=user,
                action="step_refused",
                subject_kind=subject_kind,
                subject_id=subject_id,
                reason=type(error).__name__,
                assisted_session_id=assisted_session.pk if assisted_session else None,
                details=details,
            )
        raise
