"""The counter of a commune: search first, then act for one person, then end the assisted session."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only, shown
from dsp_platform.accounts.acting.middleware import refused
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session, open_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import bind, is_submitted
from registry.changes.context import TELL_DEATH
from registry.changes.selectors import changes_to_decide
from registry.counter import subject as counter_subject
from registry.counter.forms import OpenCaseForm, SearchForm, acting_text
from registry.duplicates.counter_views import waiting_for
from registry.errors import TooManyLookups
from registry.models import Area, Draft, Person
from registry.persons.earlier_numbers import why_found
from registry.persons.labels import full_name
from registry.persons.search import MOST, is_enough
from registry.persons.selectors import person_visible_to, persons_visible_to
from registry.persons.services import Elsewhere, known_elsewhere, search_persons
from registry.persons.subject import user_of
from registry.phones.replacements.selectors import replacements_to_confirm
from registry.registration.drafts import discard_draft, take_up_draft
from registry.registration.selectors import unfinished_drafts

# Session key of the person or draft chosen for the next assisted session: addresses contain no personal data.
CHOSEN = "counter_chosen"
# What a search found, after which a new household may be begun: none of those found is the person.
SEARCHED = "counter_searched"
NOBODY, SOME = "nobody", "some"
NONE_OF_THESE = "none_of_these"


@account_only
@sensitive_post_parameters()
@official_required
def counter(request: HttpRequest) -> HttpResponse:
    """The search is a POST answered with the page: its text appears in no address and no log."""
    official = user_of(request)
    if "new" in request.POST and official.area_code:
        searched = request.session.get(SEARCHED)
        if searched == NOBODY or (searched == SOME and request.POST["new"] == NONE_OF_THESE):
            del request.session[SEARCHED]
            return _choose(request)
        if searched:
            messages.error(request, _("Say first that it is none of those who were found."))
        else:
            messages.error(request, _("Search for the person first, so that nobody is registered twice."))
        return redirect("registry:counter")
    if "person" in request.POST:
        person = person_visible_to(official, request.POST["person"])
        if person is not None:
            return _choose(request, person=person.pk)
        messages.error(request, _("This person is not in your area."))
        return redirect("registry:counter")
    drafts = {str(draft.pk): draft for draft in unfinished_drafts(official)}
    if draft := drafts.get(request.POST.get("resume", "")):
        return _choose(request, draft=str(draft.pk))
    if draft := drafts.get(request.POST.get("forget", "")):
        discard_draft(
            owner=official,
            assisted_session=AssistedSession.objects.get(pk=cast(UUID, draft.assisted_session_id)),
        )
        messages.success(request, _("The unfinished registration was deleted."))
        return redirect("registry:counter")
    form = bind(SearchForm, request)
    found: list[Person] | None = None
    elsewhere: Elsewhere | None = None
    query = ""
    if is_submitted(request) and form.is_valid():
        query = form.cleaned_data["query"]
        try:
            found = search_persons(official=official, query=query, place=form.cleaned_data["place"])
        except TooManyLookups:
            form.add_error("query", _("You have searched as often as you may in one day."))
        if found == [] and is_enough(query):
            elsewhere = known_elsewhere(official=official, query=query)
        is_done = found is not None and elsewhere is None and is_enough(query)
        request.session[SEARCHED] = (SOME if found else NOBODY) if is_done else ""
        if found == [] and not is_enough(query):
            found = None
            form.add_error("query", _("Type at least 3 characters of the name, or a whole number."))
    asked, answerable = waiting_for(official)
    context = {
        "form": form,
        "found": found,
        "is_cut": found is not None and len(found) == MOST,
        "elsewhere": elsewhere,
        "why_found": why_found(query, [one.pk for one in found]) if found else "",
        "searched": request.session.get(SEARCHED, ""),
        "area": Area.objects.filter(code=official.area_code).first(),
        "waiting_changes": changes_to_decide(official).count(),
        "asked": asked,
        "waiting_duplicates": answerable,
        "waiting_phones": replacements_to_confirm(official).count(),
        "unfinished": [] if found else [(draft, _head_name(draft)) for draft in drafts.values()],
    }
    return render(request, "registry/counter/counter.html", context)


def _head_name(draft: Draft) -> str:
    return next((full_name(member) for member in draft.answers.get("members", [])), "")


def _choose(request: HttpRequest, **chosen: int | str) -> HttpResponse:
    request.session[CHOSEN] = chosen
    return redirect("registry:counter_open")


@account_only
@official_required
def counter_open(request: HttpRequest) -> HttpResponse:
    """Reason and consent, before anything of the person is seen or written."""
    official, chosen = user_of(request), request.session.get(CHOSEN)
    another = request.method == "POST" and _shown_chosen(request) != chosen
    if chosen is None:  # a double click: the assisted session is open already
        return redirect("registry:register" if assisted_session_of(request) else "registry:counter")
    person = persons_visible_to(official).filter(pk=chosen.get("person")).first()
    if person is None and "person" in chosen:
        return redirect("registry:counter")
    initial = {"reason": "" if person else "register"}
    known = person is not None
    form = OpenCaseForm(initial=initial, registered=known)
    if not another:
        form = bind(OpenCaseForm, request, initial=initial, registered=known)
    if not another and is_submitted(request) and form.is_valid():
        del request.session[CHOSEN]
        tells_death = form.cleaned_data["reason"] == TELL_DEATH
        assisted_session = open_assisted_session(
            official=official,
            subject_id=person.pk if person else None,
            reason=form.cleaned_data["reason"],
            consent_text="" if tells_death else acting_text(),
            told_by=form.cleaned_data["told_by"] if tells_death else "",
        )
        if (draft_id := chosen.get("draft")) is not None:
            take_up_draft(draft_id=UUID(draft_id), assisted_session=assisted_session)
        return redirect("registry:me" if person else "registry:register")
    context = {
        "form": form,
        "person": person,
        "text": acting_text(),
        "others": _others(person, official),
        "chosen": signing.dumps(chosen, salt=CHOSEN),
        "another": _chosen_before(request) if another else None,
    }
    return render(request, "registry/counter/counter_open.html", context, status=409 if another else 200)


def _shown_chosen(request: HttpRequest) -> dict[str, Any] | None:
    """The person or draft that the submitted page was shown for."""
    try:
        return signing.loads(request.POST.get("chosen", ""), salt=CHOSEN)
    except signing.BadSignature:
        return None


def _chosen_before(request: HttpRequest) -> dict[str, Any]:
    """The person of a page submitted after another one was chosen in another tab."""
    before = (_shown_chosen(request) or {}).get("person")
    return counter_subject.describe(user_of(request), str(before)) if before else {}


def _others(person: Person | None, official: User) -> list[AssistedSession]:
    """Assisted sessions on the same person that colleagues have open, shown as a warning."""
    if person is None:
        return []
    assisted_sessions = AssistedSession.objects.filter(subject_id=person.pk, ended_at=None).exclude(
        official=official
    )
    return list(assisted_sessions.select_related("official").order_by("opened_at"))


@account_only
@official_required
@require_POST
def counter_end(request: HttpRequest) -> HttpResponse:
    assisted_session, sent = assisted_session_of(request), shown(request)
    if assisted_session is not None and (sent is None or sent.assisted_session != str(assisted_session.pk)):
        return refused(request)
    if assisted_session is not None:
        end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)
        time = timezone.localtime(assisted_session.ended_at).strftime("%H:%M")
        messages.success(request, _("The case was ended at %(time)s.") % {"time": time})
    return redirect("registry:counter")
