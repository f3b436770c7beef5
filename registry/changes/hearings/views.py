"""A change of the whole household, shown to those whom it concerns before it is decided."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import citizen_required, decider_required
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.database.references import clean_reference
from dsp_platform.web.forms import bind, is_submitted
from registry.changes.access import log_change_access, refuse_unread
from registry.changes.forms import HeardForm
from registry.changes.hearings.selectors import (
    concerning,
    hearing_of,
    may_answer_for_commune,
    names_in,
    said_by,
)
from registry.changes.hearings.services import answer_household_change
from registry.changes.hearings.visibility import why_unread
from registry.changes.kinds import KINDS
from registry.changes.questions import rows_of
from registry.changes.selectors import PREFIX
from registry.changes.workflow import OBJECT
from registry.models import ChangeRequest, Person
from registry.persons.subject import session_with, subject_of, user_of
from registry.phones.selectors import has_established_account


@citizen_required
def my_household_change(request: HttpRequest, reference: str) -> HttpResponse:
    person, cleaned = subject_of(request), clean_reference(reference, PREFIX)
    waiting = concerning(person) if person else []
    found = next((one for one in waiting if one.request.reference == cleaned), None)
    if found is None:
        raise Http404
    return _answer(request, found.request, "registry:me", said=found.said, person=person)


@decider_required
def counter_household_change(request: HttpRequest, reference: str) -> HttpResponse:
    """For the commune that the household would leave; the one that takes it in decides elsewhere."""
    rows = ChangeRequest.objects.select_related("household__village", "asked_for", "asked_by", "village")
    found = rows.filter(reference=clean_reference(reference, PREFIX) or "").first()
    if found is None or not may_answer_for_commune(user_of(request), found):
        raise Http404
    log_change_access(request, found, found.asked_for_id)
    if words := why_unread(user_of(request), found):
        return refuse_unread(request, found, words, "registry:counter_changes")
    return _answer(request, found, "registry:counter_changes", said=said_by(user_of(request).pk, found))


def _answer(
    request: HttpRequest, found: ChangeRequest, after: str, *, said: str, person: Person | None = None
) -> HttpResponse:
    own_death = person is not None and KINDS[found.kind].person_dies and found.person_id == person.pk
    form, unsent = bind(HeardForm, request, own_death=own_death), ""
    if is_submitted(request) and form.is_valid():
        agrees = form.cleaned_data["answer"] == "yes"
        try:
            with refusals_recorded(request, "changerequest", found.pk):
                answer_household_change(
                    request=found,
                    agrees=agrees,
                    note=form.cleaned_data["note"],
                    actor=user_of(request),
                    assisted_session=session_with(request, found.asked_for_id),
                )
        except Overtaken as error:
            messages.warning(request, str(error))
            unsent = form.cleaned_data["note"]
            found.refresh_from_db()
        except StepRefused as error:
            form.add_error(None, str(error))
            found.refresh_from_db()
        else:
            saved = _("Your answer was saved.")
            if not agrees:
                saved = _("Your answer was saved. The district decides, and reads it.")
            messages.success(request, saved)
            return redirect(after)
    context = {
        "change": found,
        "about": found.asked_for_id,
        "kind": KINDS[found.kind],
        # Once it is decided, the new address is no longer shown to the commune that was left.
        "rows": rows_of(found.answers, names_in(found)) if found.is_open else [],
        "until": hearing_of(found).until,
        "said": said,
        "own_death": own_death,
        "district": found.is_open and said == OBJECT,
        "young": person is not None and bool(said) and not has_established_account(person),
        "form": form if found.is_open and said != OBJECT else None,
        "unsent": "" if found.is_open and said != OBJECT else unsent,
        "back": after,
    }
    return render(request, "registry/changes/hearings/household_change.html", context)
