"""Informing and hearing those whom a change of the whole household concerns, before it is decided."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.errors import InConflict, NoteMissing, Overtaken
from dsp_platform.database.history_context import history_context
from dsp_platform.notifications import services as notifications
from registry.changes.hearings.selectors import (
    concerned_by,
    conflict_over,
    hearing_of,
    leaves_commune,
    may_answer_for_commune,
    recipients,
    said_by,
    said_of,
    who_is_asked,
)
from registry.changes.kinds import KINDS
from registry.changes.selectors import same_change
from registry.changes.workflow import AGREE, OBJECT, change_workflow
from registry.errors import ChangeError
from registry.models import ChangeRequest, Person
from registry.persons.selectors import subject_for

State = ChangeRequest.State
# Per kind, account and day: each request sends text messages to those concerned.
MOST_TAKEN_BACK = 3


def inform_concerned(request: ChangeRequest) -> None:
    """Call when it was asked for: stores the commune that would be left, and informs those concerned, also
    where they were informed of an earlier request that was withdrawn. Raises ``ChangeError`` for an account
    that asks and withdraws too often."""
    kind = KINDS[request.kind]
    if kind.moves_home and request.household:
        request.old_village_id = request.household.village_id
        request.save(update_fields=["old_village"])
    today = same_change(request).filter(
        asked_by=request.asked_by_id, asked_at__gt=timezone.now() - timedelta(days=1)
    )
    if kind.is_heard and today.filter(state=State.WITHDRAWN).count() >= MOST_TAKEN_BACK:
        raise ChangeError(_("You asked for this and took it back several times today. Ask again tomorrow."))
    _tell(request, concerned_by(request))


def inform_late(request: ChangeRequest) -> None:
    """Call before it is approved, and commit: whoever is concerned only since it was asked for is informed
    now, and their time to answer begins."""
    _tell(request, hearing_of(request).not_informed)


def _tell(request: ChangeRequest, persons: list[Person]) -> None:
    for number, informed in recipients(request, persons).items():
        notifications.send(
            phone=number,
            language=informed[0].language,
            template="household_asked",
            params={"reference": request.reference, "informed": [one.pk for one in informed]},
            subject_kind="change",
            subject_id=request.pk,
        )


def answer_household_change(
    *,
    request: ChangeRequest,
    agrees: bool,
    note: str,
    actor: User,
    assisted_session: AssistedSession | None = None,
) -> ChangeRequest:
    """By a member in their own account, or an official of the commune that the household would leave, who may
    have an assisted session with whoever asked.

    An objection ends neither the request nor the hearing of the others: it makes the district decide. Raises
    ``Overtaken`` where it was decided meanwhile, or answered before and otherwise, ``NoteMissing`` for an
    official's objection without one, ``PermissionDenied``.
    """
    note = change_workflow.clean_note(note)
    with (
        transaction.atomic(),
        history_context("answer_household_change", actor=actor, request=request.reference),
    ):
        request = change_workflow.lock(request)
        if not request.is_open:
            raise change_workflow.overtaken(request)
        person = subject_for(actor, None) if actor.is_citizen else None
        if actor.is_citizen:
            is_concerned = person is not None and any(one.pk == person.pk for one in concerned_by(request))
        else:
            is_concerned = may_answer_for_commune(actor, request)
        if not is_concerned:
            raise PermissionDenied
        if not actor.is_citizen and (words := conflict_over(actor, request)):
            raise InConflict(words)
        if not agrees and not actor.is_citizen and not note:
            raise NoteMissing(_("Write a note: who decides will read it."))
        said = said_of(person, request) if person else said_by(actor.pk, request)
        if said == OBJECT or (agrees and said):
            last = request.events.filter(actor=actor, step__in=(AGREE, OBJECT)).last()
            if last and (last.step, last.note or "") == (AGREE if agrees else OBJECT, note):
                return request  # sent twice
            raise Overtaken(_("You answered before, and that answer stays. Nothing was saved now."))
        if agrees:
            change_workflow.record_step(
                request, AGREE, actor=actor, note=note, assisted_session=assisted_session
            )
        else:  # raises the version: a page from before the objection does not decide it
            change_workflow.take_step(
                request, OBJECT, actor=actor, note=note, assisted_session=assisted_session
            )
    return request


def why_not_yet(request: ChangeRequest) -> ChangeError | None:
    """Why it cannot be approved yet: somebody may still answer."""
    until = hearing_of(request).until
    if until is not None:
        if who_is_asked(request) or leaves_commune(request):
            words = _(
                "Whom it concerns can answer until %(day)s. "
                "Then it can be decided, or when all have answered."
            )
        else:
            words = _("The person may answer until %(day)s, in case it is not true. Then it can be decided.")
        return ChangeError(words % {"day": date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")})
    return None
