"""A person's own page, the page after registering, and the numbers to take home: slip and card."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import is_submitted
from registry.eligibility.assessment import still_of_use
from registry.eligibility.verdict import judge_shown
from registry.home.to_do import ways_back
from registry.identity.qr_codes import code_of
from registry.models import Household, Person
from registry.persons.earlier_numbers import earlier_numbers, earlier_numbers_of
from registry.persons.households import household_of, members_of
from registry.persons.subject import log_access, subject_required, user_of
from registry.persons.writer import alone
from registry.phones.replacements.selectors import replacements_of_citizen, waiting_by_new_phone
from registry.programmes import selectors as programmes_selectors
from registry.programmes.selectors import supports_of
from registry.registration.closed_records import closed_record_of
from registry.registration.drafts import discard_draft, kept_until, registered_household, save_draft
from registry.registration.selectors import draft_of


def _not_registered(request: HttpRequest) -> HttpResponse:
    """Before a registration: the unfinished draft, messages and account."""
    if assisted_session_of(request) is not None:
        return redirect("registry:register")
    citizen = user_of(request)
    if is_submitted(request) and "forget" in request.POST:
        discard_draft(owner=citizen, assisted_session=None)
        messages.success(request, _("The unfinished registration was deleted."))
        return redirect("registry:me")
    draft, closed = draft_of(citizen, None), closed_record_of(citizen)
    began_since = closed is not None and closed.is_followed_by(draft)
    if closed and is_submitted(request) and "begin" in request.POST:
        if not began_since:
            save_draft(owner=citizen, assisted_session=None, answers={})
        return redirect("registry:register")
    context = {
        "kept_until": kept_until(draft),
        # A number that was replaced on a record may be that of a registered person: no second registration.
        "replaced": replacements_of_citizen(citizen).replaced,
        "waits": waiting_by_new_phone(citizen),
        "closed": closed,
        "began_since": began_since,
    }
    return render(request, "registry/home/me_new.html", context)


@actor_required
@subject_required(otherwise=_not_registered)
def me(request: HttpRequest, person: Person) -> HttpResponse:
    """Home page of a registered person: what to do next, their details, links to everything else."""
    programmes = still_of_use(programmes_selectors.programmes(), household_of(person))
    verdicts = judge_shown(programmes, person, None if assisted_session_of(request) else person)
    likely = [one for one, said in zip(programmes, verdicts, strict=True) if said.outcome == "likely"]
    # The number that text messages go to, where the citizen signs in with another one.
    other = assisted_session_of(request) is None and person.phone and person.phone != user_of(request).phone
    context = {
        "person": person,
        "ways_back": ways_back(person, household_of(person)),
        "likely": likely,
        "enrolments": supports_of(person),
        "other_phone": local_form(person.phone) if other else "",
        "earlier": earlier_numbers_of(person),
    }
    return render(request, "registry/home/me.html", context | _home_of(person))


@actor_required
@subject_required(access=False)
def registered(request: HttpRequest, person: Person) -> HttpResponse:
    """The result of a registration, found by its draft, so that the page can be reloaded."""
    if registered_household(draft_of(user_of(request), assisted_session_of(request))) is None:
        return redirect("registry:register")
    return render(request, "registry/home/registered.html", {"person": person, **_home_of(person)})


@actor_required
@subject_required(access=False)
def slip(request: HttpRequest, person: Person) -> HttpResponse:
    """To print: numbers to show at an office. The QR codes contain nothing but the number."""
    return _numbers(request, person, "registry/home/slip.html")


@actor_required
@subject_required(access=False)
def card(request: HttpRequest, person: Person, member: int | None = None) -> HttpResponse:
    """The SPID cards of the household, or of one member: to show on the phone, or to print and cut out."""
    return _numbers(request, person, "registry/home/card.html", member)


def _numbers(request: HttpRequest, person: Person, template: str, member: int | None = None) -> HttpResponse:
    context = _home_of(person)
    everybody = context["members"] or alone(person)
    members = [one for one in everybody if member in (None, one.person_id)]
    if not members:
        raise Http404
    log_access(request, person, "print")
    codes = [(one, code_of(one.person.spid)) for one in members]
    context |= {
        "person": person,
        "codes": codes,
        "one": member is not None,
        "earlier": earlier_numbers([one.person_id for one in members]),
    }
    return render(request, template, context)


def _home_of(person: Person) -> dict[str, Any]:
    household: Household | None = household_of(person)
    valid_to = household.poverty_valid_to if household else None
    return {
        "household": household,
        "members": members_of(household) if household else [],
        "level_ran_out": valid_to is not None and valid_to < timezone.localdate(),
    }
