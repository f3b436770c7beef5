from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from applications.deciders import why_unread
from applications.letter import letter_of
from applications.models import Application
from applications.selectors import application_to_read, state_in_words
from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.casework.pages import unread
from registry.identity.qr_codes import code_of
from registry.persons.subject import log_access


def unread_application(request: HttpRequest, found: Application, why: str | Promise) -> HttpResponse:
    return unread(
        request,
        found,
        kind=str(found.programme),
        state=state_in_words(found),
        why=why,
        back="registry:me",
        about=found.person_id,
    )


@actor_required
def letter(request: SignedInRequest, reference: str) -> HttpResponse:
    """For printing or reading, in the language of the address."""
    found = application_to_read(request.user, request.assisted_session, reference)
    if found is None:
        raise Http404
    written = letter_of(found)
    if written is None:
        return redirect("applications:application", found.reference)
    if why := why_unread(request.user, found, request.assisted_session):
        log_access(request, found.person)
        return unread_application(request, found, why)
    log_access(request, found.person, action="print")
    context = {"application": found, "letter": written, "code": code_of(found.reference)}
    return render(request, "applications/letter.html", context)
