"""The desk of a commune office: search first, then open a case for one person; and what waits."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.counter import desk
from registry.counter.chosen import choose
from registry.counter.forms import SearchForm
from registry.counter.search import NOBODY, SEARCHED, SOME, search
from registry.duplicates.counter_views import waiting_for
from registry.models import Area, Draft
from registry.officials.selectors import waiting_for as officials_waiting
from registry.persons.selectors import person_visible_to
from registry.persons.subject import user_of
from registry.phones.replacements.selectors import replacements_to_confirm
from registry.registration.drafts import discard_draft
from registry.registration.selectors import name_of_head, unfinished_drafts

NONE_OF_THESE = "none_of_these"


@account_only
@sensitive_post_parameters()
@official_required
@never_kept
def counter(request: HttpRequest) -> HttpResponse:
    """The search is a POST answered with the page: its text appears in no address and no log."""
    official = user_of(request)
    if "new" in request.POST and official.area_code:
        return _begin_household(request)
    if "person" in request.POST:
        return _choose_person(request)
    drafts = {str(draft.pk): draft for draft in unfinished_drafts(official)}
    if draft := drafts.get(request.POST.get("resume", "")):
        return choose(request, draft=str(draft.pk))
    if draft := drafts.get(request.POST.get("forget", "")):
        discard_draft(
            owner=official,
            assisted_session=AssistedSession.objects.get(pk=cast(UUID, draft.assisted_session_id)),
        )
        messages.success(request, _("The unfinished registration was deleted."))
        return redirect("registry:counter")
    form = bind(SearchForm, request)
    found = search(request, form) if is_submitted(request) and form.is_valid() else None
    if found is None or not found.persons:
        # A reader types into it what it reads, and sends Enter.
        form.fields["query"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "found": found,
        "searched": request.session.get(SEARCHED, ""),
        "area": Area.objects.filter(code=official.area_code).first(),
        "desk": None if found and found.persons else _desk(request, list(drafts.values())),
    }
    return render(request, "registry/counter/counter.html", context)


def _desk(request: HttpRequest, drafts: list[Draft]) -> dict[str, Any]:
    official = user_of(request)
    waiting, count = desk.waiting_changes(official)
    cases = desk.todays_cases(official)
    asked, answerable = waiting_for(official)
    return {
        "cases": cases,
        "is_new": cases is None,
        "expected": desk.expected(request, official),
        "today": timezone.localdate(),
        "unfinished": [(draft, name_of_head(draft)) for draft in drafts],
        "waiting": waiting,
        "waiting_count": count,
        "phones": replacements_to_confirm(official).count(),
        "officials_waiting": officials_waiting(official).count(),
        "asked": asked,
        "duplicates": answerable,
    }


def _begin_household(request: HttpRequest) -> HttpResponse:
    """After a search that found nobody, or nobody who is the person."""
    searched = request.session.get(SEARCHED)
    if searched == NOBODY or (searched == SOME and request.POST["new"] == NONE_OF_THESE):
        return choose(request)
    if searched:
        messages.error(request, _("Say first that it is none of those who were found."))
    else:
        messages.error(request, _("Search for the person first, so that nobody is registered twice."))
    return redirect("registry:counter")


def _choose_person(request: HttpRequest) -> HttpResponse:
    person = person_visible_to(user_of(request), request.POST["person"])
    if person is not None:
        return choose(request, person=person.pk)
    messages.error(request, _("This person is not in your area."))
    return redirect("registry:counter")
