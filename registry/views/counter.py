"""The counter of a commune: search first, then act for one person, then end the case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dsp_platform.accounts import services as accounts
from dsp_platform.accounts.decorators import official_required
from dsp_platform.accounts.models import Case
from dsp_platform.forms import bind, is_submitted
from registry import selectors
from registry.forms.counter import OpenCaseForm, SearchForm, acting_text
from registry.models import Area, Person
from registry.views.actor import case_of, user_of

CHOSEN = "counter_person"
NEW = "new"


@sensitive_post_parameters()
@official_required
def counter(request: HttpRequest) -> HttpResponse:
    """Found by POST, shown at once: what was searched for stays out of every address and log."""
    if chosen := request.POST.get("person"):
        return _choose(request, chosen)
    form = bind(SearchForm, request)
    found: list[Person] | None = None
    if is_submitted(request) and form.is_valid():
        found = selectors.search_persons(official=user_of(request), query=form.cleaned_data["query"])
    area = Area.objects.filter(code=user_of(request).area_code).first()
    return render(request, "registry/counter.html", {"form": form, "found": found, "area": area})


def _choose(request: HttpRequest, chosen: str) -> HttpResponse:
    """Remember whom the case will be for, on our side: the address of the next page names nobody."""
    person = selectors.person_visible_to(user_of(request), chosen)
    if person is None and chosen != NEW:
        messages.error(request, _("This person is not in your area."))
        return redirect("registry:counter")
    request.session[CHOSEN] = person.pk if person else NEW
    return redirect("registry:counter_open")


@official_required
def counter_open(request: HttpRequest) -> HttpResponse:
    """Reason and consent, before anything of the person is seen or written."""
    official, chosen = user_of(request), request.session.get(CHOSEN)
    if chosen is None:  # a second click finds the case open already
        return redirect("registry:register" if case_of(request) else "registry:counter")
    person = None
    if chosen != NEW:
        person = selectors.persons_visible_to(official).filter(pk=chosen).first()
    if person is None and chosen != NEW:
        return redirect("registry:counter")
    form = bind(OpenCaseForm, request, initial={"reason": "" if person else "register"})
    if is_submitted(request) and form.is_valid():
        subject_id = person.pk if person else None
        reason = form.cleaned_data["reason"]
        accounts.open_case(
            official=official, subject_id=subject_id, reason=reason, consent_text=acting_text()
        )
        del request.session[CHOSEN]
        return redirect("registry:me" if person else "registry:register")
    context = {"form": form, "person": person, "text": acting_text(), "others": _others(person, official.pk)}
    return render(request, "registry/counter_open.html", context)


def _others(person: Person | None, official_id: int) -> list[Case]:
    """Cases that colleagues have open on the same person: two at once would surprise each other."""
    if person is None:
        return []
    cases = Case.objects.filter(subject_id=person.pk, ended_at=None).exclude(official_id=official_id)
    return list(cases.select_related("official").order_by("opened_at"))


@official_required
@require_POST
def counter_end(request: HttpRequest) -> HttpResponse:
    case = case_of(request)
    if case is not None:
        accounts.end_case(case=case, end=Case.End.CLOSED)
        time = timezone.localtime(case.ended_at).strftime("%H:%M")
        messages.success(request, _("The case was ended at %(time)s.") % {"time": time})
    return redirect("registry:counter")
