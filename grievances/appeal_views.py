"""To appeal a decision: the reasons, then reference and PIN as for any other report."""

from datetime import timedelta

from django.contrib import messages
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
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind, is_submitted, saved
from grievances import appeals, pin_session
from grievances.forms import AppealForm, WordsForm
from registry.persons.subject import log_access

# A second click within this time is shown the same PIN as the first.
AT_ONCE = timedelta(minutes=5)


@actor_required
def appeal(request: SignedInRequest, reference: str) -> HttpResponse:
    application = application_visible_to(request.user, request.assisted_session, reference)
    if application is None:
        raise Http404
    sent, words = bind(AppealForm, request, initial={"version": application.version}), ""
    form: AppealForm | WordsForm = sent
    if is_submitted(request) and sent.is_valid():
        words = sent.cleaned_data["words"]
        try:
            session = request.assisted_session
            with refusals_recorded(request, "application", application.pk, assisted_session=session):
                return _sent(request, application, sent)
        except Overtaken as error:
            messages.warning(request, str(error))
            application.refresh_from_db()
            form = AppealForm(initial={"version": application.version, "words": words})
        except StepRefused as error:
            form.add_error(None, str(error))
    existing = None if appeals.may_be_appealed(application) else appeals.appeal_of(application)
    if existing and not words:
        return redirect("grievances:grievance", existing.reference)
    if existing:
        form = WordsForm(initial={"version": existing.version, "words": words})
    letter = letter_of(application)
    if letter is None or (letter.reviewed_anew and not words):
        return redirect("applications:application", application.reference)
    log_access(request, application.person)
    if why := why_unread(request.user, application, request.assisted_session):
        for refusal in form.non_field_errors():
            messages.error(request, str(refusal))
        return unread_application(request, application, why)
    context = {
        "application": application,
        "letter": letter,
        "form": form,
        # Sent before with other words, which can be added to it until it is answered.
        "existing": existing,
        "unsent": words if existing and not existing.is_open else "",
        "late": appeals.is_late(application),
    }
    return render(request, "grievances/appeal.html", context)


def _sent(request: SignedInRequest, application: Application, form: AppealForm) -> HttpResponse:
    grievance = appeals.appeal_decision(
        actor=request.user,
        assisted_session=request.assisted_session,
        application=application,
        text=form.cleaned_data["words"],
        expected_version=form.cleaned_data["version"],
        language=(get_language() or "km")[:2],
    )
    saved(request)
    mine = grievance.reported_by_id == request.user.pk
    if mine and grievance.reported_at > timezone.now() - AT_ONCE:
        pin_session.show_pin_next(request, grievance)
        return redirect("grievances:reported")
    return redirect("grievances:grievance", grievance.reference)
