"""That an official read the names of people on a list of their office: recorded once a day of each person."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit

LISTED = "desk_listed"
"""Session key of who was recorded today."""


def record_listed_once(
    request: HttpRequest, official: User, persons: Iterable[int], *, reason: str = ""
) -> None:
    today = timezone.localdate().isoformat()
    known = request.session.get(LISTED, {})
    listed = known.get("persons", []) if known.get("day") == today else []
    new = sorted({*persons} - {*listed})
    if new:
        audit.record_listed(actor=official, subject_kind="person", subject_ids=new, reason=reason)
        request.session[LISTED] = {"day": today, "persons": [*listed, *new]}
