"""Answers of a report that is not sent yet: in the session, encrypted, for visitors too."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from cryptography.fernet import InvalidToken
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from dsp_platform import crypto
from grievances.models import Grievance

DRAFT = "grievance_draft"
FOLLOWED = "grievances_followed"
SENT = "grievance_sent"
REPORTED = "grievance_reported"
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
    request.session[SENT] = _noted(request, grievance)


def has_sent(request: HttpRequest, grievance: Grievance, *, within: timedelta = PROOF_LASTS) -> bool:
    return _number_of(request, request.session.get(SENT), within) == grievance.pk


def show_pin_next(request: HttpRequest, grievance: Grievance) -> None:
    """The next page shows reference and PIN, once."""
    request.session[REPORTED] = _noted(request, grievance)


def show_pin_again(request: HttpRequest) -> None:
    """The next page shows them once more, no longer than the minutes since it was reported."""
    request.session[REPORTED] = request.session[SENT]


def is_pin_next(request: HttpRequest) -> bool:
    return _number_of(request, request.session.get(REPORTED), PIN_SHOWN) is not None


def take_pin_shown(request: HttpRequest, token: str) -> int | None:
    """The grievance whose PIN is to be shown: by the session, or by what the page itself posts back."""
    return _number_of(request, request.session.pop(REPORTED, None), PIN_SHOWN) or _read(request, token)


def token_of(request: HttpRequest, grievance: Grievance) -> str:
    return signing.dumps(_noted(request, grievance), salt=REPORTED)


def _read(request: HttpRequest, token: str) -> int | None:
    try:
        return _number_of(request, signing.loads(token, salt=REPORTED), PIN_SHOWN) if token else None
    except signing.BadSignature:
        return None


def _noted(request: HttpRequest, grievance: Grievance) -> list[Any]:
    return [grievance.pk, int(timezone.now().timestamp()), *_whose(request)]


def _number_of(request: HttpRequest, noted: list[Any] | None, within: timedelta) -> int | None:
    """For the same account and case only, like the draft: the next one at this computer is somebody else."""
    number, since, *whose = noted or (0, 0)
    is_fresh = timezone.now().timestamp() - since < within.total_seconds()
    return int(number) if is_fresh and whose == _whose(request) else None


def forget_sent(request: HttpRequest) -> None:
    """Reference and PIN are written down: nothing is left for the next one at this computer."""
    request.session.pop(SENT, None)
    request.session.pop(REPORTED, None)
