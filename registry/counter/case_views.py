"""An assisted session is opened for the person who was chosen, and ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only, shown
from dsp_platform.accounts.acting.middleware import refused
from dsp_platform.accounts.assisted_sessions.services import (
    READ_OUT,
    end_assisted_session,
    open_assisted_session,
)
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import bind, is_submitted, never_kept
from dsp_platform.web.middleware import clear_cache
from registry.changes.context import TELL_DEATH
from registry.counter.chosen import (
    CHOSEN,
    after_case,
    chosen_before,
    note_opened,
    shown_chosen,
    signed,
)
from registry.counter.consent_views import ask_for_code
from registry.counter.forms import OpenCaseForm, acting_text
from registry.models import Person
from registry.persons.selectors import persons_visible_to
from registry.persons.subject import user_of
from registry.registration.drafts import take_up_draft


@account_only
@official_required
@never_kept
def counter_open(request: HttpRequest) -> HttpResponse:
    """Reason and consent, before anything of the person is seen or written."""
    official, chosen = user_of(request), request.session.get(CHOSEN)
    another = request.method == "POST" and shown_chosen(request) != chosen
    if chosen is None:  # a double click: the assisted session is open already
        return redirect("registry:register" if assisted_session_of(request) else "registry:counter")
    person = persons_visible_to(official).filter(pk=chosen.get("person")).first()
    if person is None and "person" in chosen:
        return redirect("registry:counter")
    initial = {"reason": "" if person else "register", "given": AssistedSession.ConsentHow.READ}
    of_person: dict[str, Any] = {
        "registered": person is not None,
        "by_code": person is not None and bool(person.phone),
    }
    form = OpenCaseForm(initial=initial, **of_person)
    if not another:
        form = bind(OpenCaseForm, request, initial=initial, **of_person)
    is_valid = not another and is_submitted(request) and form.is_valid()
    tells_death = is_valid and form.cleaned_data["reason"] == TELL_DEATH
    if person and is_valid and not tells_death and form.is_by_code:
        try:
            return ask_for_code(request, person, form.cleaned_data["reason"])
        except CodeProblem as problem:
            form.add_error("given", str(problem))
    elif is_valid:
        if assisted_session_of(request) is not None:  # it is ended by this one
            clear_cache(request)
        assisted_session = open_assisted_session(
            official=official,
            subject_id=person.pk if person else None,
            reason=form.cleaned_data["reason"],
            consent_text="" if tells_death else acting_text(),
            told_by=form.cleaned_data["told_by"] if tells_death else "",
            given=READ_OUT if tells_death else form.way,
        )
        note_opened(request, assisted_session)
        if (draft_id := chosen.get("draft")) is not None:
            take_up_draft(draft_id=UUID(draft_id), assisted_session=assisted_session)
        return redirect("registry:me" if person else "registry:register")
    context = {
        "form": form,
        "person": person,
        "text": acting_text(),
        "others": _others(person, official),
        "chosen": signed(chosen),
        "another": chosen_before(request) if another else None,
    }
    return render(request, "registry/counter/counter_open.html", context, status=409 if another else 200)


def _others(person: Person | None, official: User) -> list[AssistedSession]:
    """Assisted sessions on the same person that colleagues have open, shown as a warning."""
    if person is None:
        return []
    assisted_sessions = AssistedSession.objects.filter(subject_id=person.pk, ended_at=None).exclude(
        official=official
    )
    return list(assisted_sessions.select_related("official").order_by("opened_at"))


@account_only
@official_required
@require_POST
@never_kept
def counter_end(request: HttpRequest) -> HttpResponse:
    assisted_session, sent = assisted_session_of(request), shown(request)
    if assisted_session is not None and (sent is None or sent.assisted_session != str(assisted_session.pk)):
        return refused(request)
    if assisted_session is not None:
        end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)
        clear_cache(request)
        time = timezone.localtime(assisted_session.ended_at).strftime("%H:%M")
        messages.success(request, _("The case was ended at %(time)s.") % {"time": time})
    return after_case(request, assisted_session)
