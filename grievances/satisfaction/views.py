from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import is_submitted
from grievances.models import Grievance
from grievances.reporters import found_by_reporter, session_for_audit, user_of
from grievances.satisfaction import services


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
        messages.success(request, _("Thank you. What you said is noted."))
    anchor = "#again" if said == Grievance.Satisfaction.NOT_SOLVED else ""
    return redirect(reverse("grievances:grievance", args=[found.reference]) + anchor)
