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
from registry.changes.hearings.selectors import (
    concerned_by,
    conflict_over,
    hearing_of,
    may_answer_for_commune,
    said_by,
    said_of,
    told_of,
)
from registry.changes.selectors import (
    HOUSEHOLD_KINDS,
    OBJECT,
    is_left_to_district,
    is_of_commune,
    objected_before,
)
from registry.changes.transitions import cleaned_note, locked_request, note_step, overtaken
from registry.errors import ChangeError, Conflict, Overtaken
from registry.models import ChangeRequest, Person
from registry.persons.selectors import subject_of

State = ChangeRequest.State
# Of one kind, by one account, within a day: each time whom it concerns gets a text.
MOST_TAKEN_BACK = 3


def hear_concerned(request: ChangeRequest) -> None:
    """Call where it was asked: remembers the commune that would be left, and texts whom it concerns, each
    time anew: who was told of one that was taken back knows nothing of this one. Raises ``ChangeError`` for
    whoever asks and takes back all day."""
    if request.kind == "move":
        request.old_village_id = request.household.village_id
        request.save(update_fields=["old_village"])
    _require_rest(request)
    _tell(request, concerned_by(request))


def tell_untold(request: ChangeRequest) -> None:
    """Call before it is approved, and commit: whoever came to be concerned only after it was asked is told
    now, and heard from now on."""
    _tell(request, hearing_of(request).untold)


def _tell(request: ChangeRequest, persons: list[Person]) -> None:
    for number, told in told_of(request, persons).items():
        notifications.send(
            phone=number,
            language=told[0].language,
            template="household_asked",
            params={"reference": request.reference, "told": [one.pk for one in told]},
            subject_kind="change",
            subject_id=request.pk,
        )


def _require_rest(request: ChangeRequest) -> None:
    same = ChangeRequest.objects.filter(household=request.household_id, kind=request.kind)
    today = same.filter(asked_by=request.asked_by_id, asked_at__gt=timezone.now() - timedelta(days=1))
    if request.kind in HOUSEHOLD_KINDS and today.filter(state=State.WITHDRAWN).count() >= MOST_TAKEN_BACK:
        raise ChangeError(_("You asked for this and took it back several times today. Ask again tomorrow."))


def answer_household_change(*, request: ChangeRequest, agrees: bool, note: str, actor: User) -> ChangeRequest:
    """Of a member in their own account, or of an official of the commune that the household would leave.

    An objection ends nothing, nor does it end the hearing of the others: then the district decides, who reads
    it. Raises ``Overtaken`` where it
    was decided meanwhile, ``ChangeError`` for an official's objection without a note, ``PermissionDenied``.
    """
    note = cleaned_note(note)
    with transaction.atomic(), pghistory.context(why="answer_household_change"):
        held = locked_request(request)
        if not held.is_open:
            raise Overtaken(overtaken(held))
        person = subject_of(actor, None) if actor.is_citizen else None
        if not _is_heard(actor, person, held):
            raise PermissionDenied
        if not actor.is_citizen and (words := conflict_over(actor, held)):
            raise Conflict(words)
        if not agrees and not actor.is_citizen and not note:
            raise ChangeError(_("Write a note: who decides will read it."))
        said = said_of(person, held) if person else said_by(actor.pk, held)
        if said == OBJECT or (agrees and said):
            return held  # said before
        note_step(held, "agree" if agrees else "object", actor, note)
        if not agrees:  # a page from before does not decide it: it was not read
            held.version += 1
            held.save(update_fields=["version"])
    return held


def _is_heard(actor: User, person: Person | None, request: ChangeRequest) -> bool:
    if not actor.is_citizen:
        return may_answer_for_commune(actor, request)
    return person is not None and any(one.pk == person.pk for one in concerned_by(request))


def left_to_district(request: ChangeRequest, actor: User, decision: str) -> ChangeError | None:
    """The commune decides nothing any more of what somebody objected to, neither for it nor against it. What
    they objected to in another request of the same it does not approve."""
    if is_left_to_district(request, actor):
        return ChangeError(_("Somebody whom it concerns does not agree, so the district decides."))
    if is_of_commune(actor) and decision == "approve" and (before := objected_before(request)):
        words = _(
            "Somebody did not agree when the same was asked in %(references)s. "
            "So the district approves this request; the commune may refuse it."
        )
        return ChangeError(words % {"references": ", ".join(before)})
    return None


def why_not_yet(request: ChangeRequest) -> ChangeError | None:
    """Why it cannot be approved now: somebody is still to be heard."""
    until = hearing_of(request).until
    if until is not None and until > timezone.now():
        words = _(
            "Whom it concerns can answer until %(day)s. Then it can be decided, or when all have answered."
        )
        return ChangeError(words % {"day": date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")})
    return None
