"""The commune's work queue of changes, without names; one request opened, read, decided."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import decider_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.assignment import FILTERS, assigned
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.pages import handle, step_context, with_filters
from dsp_platform.web.forms import bind, is_submitted, never_kept
from dsp_platform.web.keyset import page_after
from registry.changes import services
from registry.changes.access import log_change_access, unread_change
from registry.changes.apply.successors import is_led_as_told, with_successor
from registry.changes.context import HouseholdContext
from registry.changes.counter_forms import ChangeReferenceForm
from registry.changes.deciders import change_deciders
from registry.changes.evidence import remember_request
from registry.changes.forms import DecideForm
from registry.changes.hearings.selectors import names_in
from registry.changes.hearings.visibility import answers_for, requests_about_relatives, why_unread
from registry.changes.kinds import KINDS, Kind
from registry.changes.outcome import findings_of
from registry.changes.questions import rows_of
from registry.changes.selectors import (
    change_for_staff,
    change_to_decide,
    changes_to_decide,
    document_came_among,
    is_objected_itself,
    may_decide,
    objected_among,
    sees_mover,
)
from registry.changes.timeline import timeline
from registry.models import ChangeRequest, Membership
from registry.persons.households import members_now
from registry.persons.subject import user_of
from registry.plausibility.findings import unconfirmed
from registry.plausibility.wizard import RARE

SHOWN = 100
KEPT = TAB, AFTER = "tab", "after"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    request: ChangeRequest
    kind: Kind
    url: str
    own: bool
    """Entered by whoever reads the queue."""
    of_relatives: bool
    """Of whoever reads the queue: the row does not say where they live."""
    objected: bool
    document_came: bool
    """The one that was asked for."""


@account_only
@decider_required
@never_kept
def counter_changes(request: HttpRequest) -> HttpResponse:
    """Oldest first, paginated; or any of them by its reference."""
    user = user_of(request)
    form = bind(ChangeReferenceForm, request)
    if is_submitted(request) and form.is_valid():
        found = change_for_staff(user, form.cleaned_data["reference"])
        if found is not None and (url := _url(user, found)):
            return redirect(url)
        form.add_error("reference", _("No request with this reference is yours to decide."))
    which = request.GET.get(TAB, "")
    queue = assigned(changes_to_decide(user), user, which, change_deciders)
    shown, after = page_after(queue, request.GET.get(AFTER, ""), SHOWN)
    of_relatives, objected = requests_about_relatives(user, shown), objected_among(shown)
    came = document_came_among(shown)
    requests = [
        ChangeRow(
            request=one,
            kind=KINDS[one.kind],
            url=with_filters(request, url, KEPT) if (url := _url(user, one)) else "",
            own=one.asked_by_id == user.pk,
            of_relatives=one.pk in of_relatives,
            objected=one.pk in objected,
            document_came=one.pk in came,
        )
        for one in shown
    ]
    audit.record(actor=user, action="list", subject_kind="changerequest", details={"rows": len(requests)})
    context = {
        "form": form,
        "requests": requests,
        "shown": requests,
        "after": after,
        "is_later": bool(request.GET.get(AFTER)),
        "which": which,
        "filters": [("", _("All")), *FILTERS],
    }
    return render(request, "registry/changes/counter_changes.html", context)


def _url(user: User, one: ChangeRequest) -> str:
    """Where this user decides it, or answers for the commune that is left; "" where they entered it there."""
    if may_decide(user, one):
        return reverse("registry:counter_change", args=[one.reference])
    if one.asked_by_id == user.pk:
        return ""
    page = "counter_household_change" if KINDS[one.kind].moves_home else "counter_move"
    return reverse(f"registry:{page}", args=[one.reference])


@account_only
@decider_required
def counter_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Only this page shows whose it is, and every access is logged."""
    found = change_to_decide(user_of(request), reference)
    if found is None:
        raise Http404
    about = found.person_id or found.asked_for_id
    here = request.get_full_path()
    form = handle(
        request, found, DecideForm, services.assignment, _decide, here=here, after=lambda: _queue(request)
    )
    if isinstance(form, HttpResponse):
        log_change_access(request, found, about)
        return form
    if words := why_unread(user_of(request), found):
        log_change_access(request, found, about)
        return unread_change(request, found, words, "registry:counter_changes")
    return render(request, "registry/changes/counter_change.html", _context(request, found, form))


def _queue(request: HttpRequest) -> str:
    return with_filters(request, reverse("registry:counter_changes"), KEPT)


def _decide(user: User, found: ChangeRequest, form: StepForm) -> ChangeRequest:
    return services.decide_change(request=found, actor=user, **form.values())


def _rare(found: ChangeRequest, members: list[Membership]) -> list[str]:
    """What would be rare by this change in the household of today, and was not when it was asked for."""
    now = HouseholdContext(found.household, members, found.asked_for)
    asked = found.answers.get(RARE, {}).get("confirmed", ())
    answers = with_successor(KINDS[found.kind], found.answers, found.household, members, found.person)
    return [
        one.words for one in unconfirmed(findings_of(KINDS[found.kind], answers, now, found.person), asked)
    ]


def _context(request: HttpRequest, found: ChangeRequest, form: StepForm) -> dict[str, Any]:
    user, kind = user_of(request), KINDS[found.kind]
    # Hide the household's answers from who entered the request, from relatives of those concerned, and from
    # the commune where the district decides.
    steps = step_context(user, found, form, services.assignment, url=request.get_full_path())
    decides = not steps["barred"] or steps["form"] is not None
    mover_shown = sees_mover(user, found)
    # Once it is decided the members are not shown.
    members = members_now(found.household) if found.is_open and found.household else []
    names = names_in(found)
    shown = {found.asked_for_id, *(one.person_id for one in members)}
    shown |= {one for one in (found.person_id, found.mover_id if mover_shown else None) if one}
    log_change_access(request, found, *sorted(shown))
    remember_request(found)
    return {
        **steps,
        "change": found,
        "members": [(names[one.person.spid], one) for one in members],
        "about": {found.person_id, found.asked_for_id, found.mover_id if mover_shown else None},
        "kind": kind,
        "mover_shown": mover_shown,
        "now": kind.recorded(found.household, found.person) if found.is_open else [],
        "rows": rows_of(answers_for(user, found), names),
        "another_leads": found.is_open and not is_led_as_told(kind, found),
        "rare": _rare(found, members) if decides and found.is_open else [],
        "district": found.asked_by_id != user.pk and found.is_open and is_objected_itself(found),
        "decides": decides,
        "queue_url": _queue(request),
        "events": timeline(found, decides=decides),
    }
