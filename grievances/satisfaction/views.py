from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.templatetags.site_tags import runs
from dsp_platform.web.forms import bind, is_submitted
from grievances.deciders import why_unread
from grievances.errors import TooManyWords
from grievances.models import Grievance
from grievances.reporters import found_by_reporter, log_access, session_for_audit, user_of
from grievances.satisfaction import services
from grievances.satisfaction.forms import LookAgainForm
from grievances.sending import team_above
from grievances.services import add_words
from grievances.timeline import last_day
from grievances.workflow import STEPS, grievance_workflow


def rate(request: HttpRequest, reference: str) -> HttpResponse:
    """One button for each; by account, assisted session or PIN."""
    found = found_by_reporter(request, reference)
    if found is None:
        return redirect("grievances:follow")
    if not is_submitted(request):
        return redirect("grievances:grievance", found.reference)
    said = request.POST.get("satisfaction", "")
    try:
        session = session_for_audit(request, found)
        with refusals_recorded(request, "grievance", found.pk, assisted_session=session):
            services.rate_answer(
                grievance=found,
                actor=user_of(request),
                assisted_session=assisted_session_of(request),
                satisfaction=said,
            )
    except StepRefused as error:
        messages.error(request, str(error))
    else:
        if said == Grievance.Satisfaction.NOT_SOLVED and _may_reopen(found):
            return redirect("grievances:look_again", found.reference)
        messages.success(request, _("Thank you. What you said is noted."))
    return redirect("grievances:grievance", found.reference)


def _may_reopen(found: Grievance) -> bool:
    return grievance_workflow.is_allowed(found, STEPS["reopen"])


def look_again(request: HttpRequest, reference: str) -> HttpResponse:
    """What follows from "not solved": who gets it now, and what is still wrong."""
    found = found_by_reporter(request, reference)
    if found is None:
        return redirect("grievances:follow")
    user, case = user_of(request), assisted_session_of(request)
    if user is not None and why_unread(user, found, case):
        return redirect("grievances:grievance", found.reference)  # which says why
    form = bind(LookAgainForm, request, initial={"version": found.version})
    words = request.POST.get("words", "")
    if is_submitted(request) and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            with refusals_recorded(
                request, "grievance", found.pk, assisted_session=session_for_audit(request, found)
            ):
                add_words(
                    grievance=found,
                    actor=user,
                    assisted_session=case,
                    text=words,
                    expected_version=form.cleaned_data["version"],
                )
        except TooManyWords as problem:
            form.add_error(None, str(problem))
        except StepRefused as error:
            messages.warning(request, str(error))
            found.refresh_from_db()
            form = LookAgainForm(initial={"version": found.version, "words": words})
        else:
            return _looked_at_again(request, found, words)
    may_reopen = _may_reopen(found)
    if not may_reopen and not words:
        return redirect("grievances:grievance", found.reference)
    log_access(request, found)
    context = {
        "grievance": found,
        "form": form if may_reopen else None,
        "unsent": "" if may_reopen else words,
        "team": team_above(found),
        "until": last_day(found),
    }
    return render(request, "grievances/satisfaction/look_again.html", context)


def _looked_at_again(request: HttpRequest, found: Grievance, words: str) -> HttpResponse:
    """Whoever wrote nothing may want to say it by a recording."""
    found.refresh_from_db()
    messages.success(request, _("It is looked at again by: %(team)s") % {"team": runs(found.team)})
    return redirect("grievances:grievance" if words else "grievances:files", found.reference)
