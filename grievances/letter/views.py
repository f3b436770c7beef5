from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dsp_platform.accounts.visitors import assisted_session_of
from grievances.deciders import why_unread
from grievances.letter.letter import letter_of
from grievances.reporters import found_by_reporter, log_access, user_of
from registry.identity.qr_codes import code_of


def letter(request: HttpRequest, reference: str) -> HttpResponse:
    """For printing or reading, in the language of the address; by account, assisted session or PIN."""
    found = found_by_reporter(request, reference)
    if found is None:
        return redirect("grievances:follow")
    written, user = letter_of(found), user_of(request)
    if written is None or (user and why_unread(user, found, assisted_session_of(request))):
        return redirect("grievances:grievance", found.reference)
    log_access(request, found)
    context = {
        "grievance": found,
        "application": found.application,
        "letter": written,
        "code": code_of(found.reference),
    }
    return render(request, "grievances/letter/letter.html", context)
