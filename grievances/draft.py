"""Answers of a report that is not sent yet: in the session, encrypted, for visitors too."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from cryptography.fernet import InvalidToken
from django.http import HttpRequest
from django.utils import timezone

from dsp_platform import crypto
from grievances.models import Grievance

DRAFT = "grievance_draft"
FOLLOWED = "grievances_followed"
SENT = "grievance_sent"
PROOF_LASTS = timedelta(minutes=30)
# How long pages can show the PIN to the browser that reported, until it is said to be written down.
PIN_SHOWN = timedelta(minutes=10)


def load(request: HttpRequest) -> dict[str, Any]:
    """Of the same account and case only: what one person told is no beginning for the next."""
    token = request.session.get(DRAFT)
    try:
        kept = json.loads(crypto.decrypt(token.encode())) if token else {}
    except (InvalidToken, ValueError):
        return {}
    return kept if kept.pop("whose", None) == _whose(request) else {}


def save(request: HttpRequest, answers: dict[str, Any]) -> None:
    answers.setdefault("submission", str(uuid4()))
    whose = {**answers, "whose": _whose(request)}
    request.session[DRAFT] = crypto.encrypt(json.dumps(whose)).decode()


def _whose(request: HttpRequest) -> list[str]:
    case = getattr(request, "case", None)
    return [str(request.user.pk or ""), str(case.pk) if case else ""]


def discard(request: HttpRequest) -> None:
    request.session.pop(DRAFT, None)


def prove(request: HttpRequest, grievance: Grievance) -> None:
    """This browser has shown reference and PIN: for half an hour it may see this grievance."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    now = int(timezone.now().timestamp())
    request.session[FOLLOWED] = {str(grievance.pk): now, "whose": _whose(request)}


def is_proven(request: HttpRequest, grievance: Grievance) -> bool:
    followed = request.session.get(FOLLOWED, {})
    if followed.get("whose") != _whose(request):
        return False
    since = followed.get(str(grievance.pk), 0)
    return timezone.now().timestamp() - since < PROOF_LASTS.total_seconds()


def note_sent(request: HttpRequest, grievance: Grievance) -> None:
    """This browser reported it: for half an hour it may confirm the number that was left."""
    request.session[SENT] = [grievance.pk, int(timezone.now().timestamp()), *_whose(request)]


def has_sent(request: HttpRequest, grievance: Grievance, *, within: timedelta = PROOF_LASTS) -> bool:
    """For the same account and case only, like the draft."""
    number, since, *whose = request.session.get(SENT) or (0, 0)
    if number != grievance.pk or whose != _whose(request):
        return False
    return timezone.now().timestamp() - since < within.total_seconds()


def forget_sent(request: HttpRequest) -> None:
    """Reference and PIN are written down: nothing is left for the next one at this computer."""
    request.session.pop(SENT, None)
