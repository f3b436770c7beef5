"""The page on which a household is written without a connection, and where it is sent to."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import acting_exempt
from dsp_platform.offline.kept import always_kept
from dsp_platform.offline.once import OUTCOME, need_you, sealed_only
from dsp_platform.offline.permits import FIELD, is_of_this_session, is_permitted
from dsp_platform.offline.sent import Sent, sent
from registry.offline.page import written_page
from registry.offline.receiving import receive_household
from registry.persons.subject import user_of


@require_safe
def write(request: HttpRequest) -> HttpResponse:
    """Open to everybody, and without anybody's data: the service worker keeps it as visitors see it."""
    return render(request, "registry/offline/write.html", written_page())


@sensitive_post_parameters()
@acting_exempt
@sealed_only
@official_required
@require_POST
@always_kept
def receive(request: HttpRequest) -> HttpResponse:
    """Takes what a device sealed, and nothing else. Its permit says for whom it was written."""
    official, now = user_of(request), cast(Sent, sent(request))
    permit = request.POST.get(FIELD, "")
    if not is_permitted(official, permit):
        return need_you(request, "not_permitted")
    try:
        received = receive_household(
            official=official,
            written=request.POST,
            written_at=now.written_at,
            signed_in_then=is_of_this_session(request, permit),
        )
    except ValueError:
        return HttpResponse(status=409, headers={OUTCOME: "case_open"})
    if received.household is None:
        return need_you(request, received.why)
    words = _("The household of %(name)s was registered. Open a case for them to print the slip.")
    messages.success(
        request, words % {"name": received.household.memberships.get(relationship="head").person.name}
    )
    return redirect("offline:list")
