from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from applications.letter import letter_of
from applications.selectors import application_to_read
from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.requests import SignedInRequest
from registry.identity.qr_codes import code_of
from registry.persons.subject import log_access


@actor_required
def letter(request: SignedInRequest, reference: str) -> HttpResponse:
    """For printing or reading, in the language of the address."""
    found = application_to_read(request.user, request.assisted_session, reference)
    if found is None:
        raise Http404
    written = letter_of(found)
    if written is None:
        return redirect("applications:application", found.reference)
    log_access(request, found.person, action="print")
    context = {"application": found, "letter": written, "code": code_of(found.reference)}
    return render(request, "applications/letter.html", context)
