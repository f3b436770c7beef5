"""Text messages sent to the phone of the account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dsp_platform.accounts.access.decorators import citizen_required
from dsp_platform.accounts.my_account.selectors import phone_holder_since
from dsp_platform.notifications.selectors import messages_to
from dsp_platform.web.forms import row_number
from registry.persons.subject import user_of

PER_PAGE = 20


@citizen_required
def messages(request: HttpRequest) -> HttpResponse:
    """Newest first, paged by the last message shown; only since the number is this account's."""
    user = user_of(request)
    typed = request.GET.get("before", "")
    before = row_number(typed)
    found = messages_to(user.phone or "", limit=PER_PAGE + 1, since=phone_holder_since(user), before=before)
    shown, more = found[:PER_PAGE], len(found) > PER_PAGE
    context = {
        "written": shown,
        "before": shown[-1].pk if more else None,
        "phone": user.phone,
        "days": settings.MESSAGE_PHONE_DAYS,
    }
    return render(request, "registry/my_data/messages.html", context)
