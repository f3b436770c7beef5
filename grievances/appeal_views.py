"""To appeal a decision: the reasons, then reference and PIN as for any other report."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from applications.deciders import why_unread
from applications.letter import letter_of
from applications.letter_views import unread_application
from applications.models import Application
from applications.selectors import application_visible_to
from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.casework.errors import StepRefused
from dsp_platform.web.forms import bind, is_submitted
from grievances import appeals, pin_session
from grievances.forms import AppealForm
from registry.persons.subject import log_access

# A second click within this time is shown the same PIN as the first.
AT_ONCE = timedelta(minutes=5)


@actor_required
def appeal(request: SignedInRequest, reference: str) -> HttpResponse:
    application = application_visible_to(request.user, request.assisted_session, reference)
    if application is None:
        raise Http404
    form = bind(AppealForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            return _sent(request, application, form.cleaned_data["words"])
        except StepRefused as error:
            form.add_error(None, str(error))
    existing = appeals.appeal_of(application)
    if existing and not appeals.may_be_appealed(application):
        return redirect("grievances:grievance", existing.reference)
    letter = letter_of(application)
    if letter is None or letter.reviewed_anew:
        return redirect("applications:application", application.reference)
    log_access(request, application.person)
    if why := why_unread(request.user, application):
        return unread_application(request, application, why)
    context = {
        "application": application,
        "letter": letter,
        "form": form,
        "late": appeals.is_late(application),
    }
    return render(request, "grievances/appeal.html", context)


def _sent(request: SignedInRequest, application: Application, words: str) -> HttpResponse:
    grievance = appeals.appeal_decision(
        actor=request.user,
        assisted_session=request.assisted_session,
        application=application,
        text=words,
        language=(get_language() or "km")[:2],
    )
    mine = grievance.reported_by_id == request.user.pk
    if mine and grievance.reported_at > timezone.now() - AT_ONCE:
        pin_session.show_pin_next(request, grievance)
        return redirect("grievances:reported")
    return redirect("grievances:grievance", grievance.reference)
