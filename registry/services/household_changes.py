"""Those whom a change of the whole household concerns are told of it and heard before it is decided."""

from datetime import timedelta

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.notifications import services as notifications
from registry.errors import ChangeError, Conflict, Overtaken
from registry.models import ChangeRequest
from registry.scope import COMMUNE
from registry.selectors.changes import OBJECT, is_objected
from registry.selectors.concerned import (
    concerned_by,
    conflict_over,
    hearing_of,
    may_answer_for_commune,
    said_by,
    told_of,
)
from registry.selectors.people import subject_of
from registry.services.change_steps import cleaned_note, locked_request, note_step, overtaken


def hear_concerned(request: ChangeRequest) -> None:
    """Call where it was asked: remembers the commune that would be left, and texts whom it concerns."""
    if request.kind == "move":
        request.old_village_id = request.household.village_id
        request.save(update_fields=["old_village"])
    if _asked_lately(request) and not is_objected(request):
        return  # however often it is asked and taken back: it stands on their page
    for number, (person, *_others) in told_of(request, concerned_by(request)).items():
        notifications.send(
            phone=number,
            language=person.language,
            template="household_asked",
            params={"reference": request.reference},
            subject_kind="change",
            subject_id=request.pk,
        )


def _asked_lately(request: ChangeRequest) -> bool:
    same = ChangeRequest.objects.filter(household=request.household_id, kind=request.kind)
    return same.filter(asked_at__gt=timezone.now() - timedelta(days=1)).exclude(pk=request.pk).exists()


def answer_household_change(*, request: ChangeRequest, agrees: bool, note: str, actor: User) -> ChangeRequest:
    """Of a member in their own account, or of an official of the commune that the household would leave.

    An objection ends nothing: from then on the district decides, who reads it. Raises ``Overtaken`` where it
    was decided meanwhile, ``ChangeError`` for an official's objection without a note, ``PermissionDenied``.
    """
    note = cleaned_note(note)
    with transaction.atomic(), pghistory.context(why="answer_household_change"):
        held = locked_request(request)
        if not held.is_open:
            raise Overtaken(overtaken(held))
        if not _is_heard(actor, held):
            raise PermissionDenied
        if not actor.is_citizen and (words := conflict_over(actor, held)):
            raise Conflict(words)
        if not agrees and not actor.is_citizen and not note:
            raise ChangeError(_("Write a note: who decides will read it."))
        said = said_by(actor.pk, held)
        if said == OBJECT or (agrees and said):
            return held  # said before
        note_step(held, "agree" if agrees else "object", actor, note)
        if not agrees:  # a page from before does not decide it: it was not read
            held.version += 1
            held.save(update_fields=["version"])
    return held


def _is_heard(actor: User, request: ChangeRequest) -> bool:
    if not actor.is_citizen:
        return may_answer_for_commune(actor, request) and request.asked_by_id != actor.pk
    person = subject_of(actor, None)
    if person is None:
        return False
    return any(one.pk == person.pk for one in concerned_by(request))


def why_not_yet(request: ChangeRequest, actor: User) -> ChangeError | None:
    """Why this actor cannot approve it now: somebody is still to be heard, or has objected."""
    if is_objected(request):
        commune = actor.is_official and len(actor.area_code) >= COMMUNE
        words = _("Somebody whom it concerns does not agree, so the district decides. Read what they wrote.")
        return ChangeError(words) if commune else None
    until = hearing_of(request).until
    if until is not None and until > timezone.now():
        words = _("Whom it concerns can answer until %(day)s. Then it can be decided, or when they agreed.")
        return ChangeError(words % {"day": date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")})
    return None
