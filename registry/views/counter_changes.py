"""The commune's queue of changes: what waits, without names; one request opened, looked at, decided."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.acting import own_act
from dsp_platform.accounts.decorators import decider_required
from dsp_platform.audit import services as audit
from dsp_platform.forms import bind, is_submitted
from registry import selectors, services
from registry.changes.before import rows_now
from registry.changes.forms import DecideForm
from registry.changes.kinds import KINDS
from registry.changes.timeline import timeline
from registry.changes.words import rows_of
from registry.errors import ChangeError, Overtaken
from registry.forms.counter import ChangeReferenceForm
from registry.models import ChangeRequest
from registry.selectors.change_reading import answers_for, near_of, why_unread
from registry.selectors.changes import changes_after, may_decide, sees_mover
from registry.selectors.concerned import conflict_over, names_in
from registry.views.actor import note_change_look, unread_change, user_of

SHOWN = 100
AFTER = "after"


@own_act
@decider_required
def counter_changes(request: HttpRequest) -> HttpResponse:
    """The oldest first, a page at a time; and any of them by the reference that somebody brings."""
    user = user_of(request)
    form = bind(ChangeReferenceForm, request)
    if is_submitted(request) and form.is_valid():
        found = selectors.change_to_decide(user, form.cleaned_data["reference"])
        if found is not None:
            return redirect("registry:counter_change", found.reference)
        form.add_error("reference", _("No request with this reference is yours to decide."))
    waiting = list(changes_after(user, request.GET.get(AFTER, ""))[: SHOWN + 1])
    shown = waiting[:SHOWN]
    near = near_of(user, shown)
    requests = [
        (one, KINDS[one.kind], one.asked_by_id == user.pk, may_decide(user, one), one.pk in near)
        for one in shown
    ]
    audit.record(actor=user, action="list", subject_kind="changerequest", details={"rows": len(requests)})
    context = {
        "form": form,
        "requests": requests,
        "after": shown[-1].reference if len(waiting) > SHOWN else "",
    }
    return render(request, "registry/counter_changes.html", context)


@own_act
@decider_required
def counter_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Whose it is shows only here, and that somebody looked is written down."""
    found = selectors.change_to_decide(user_of(request), reference)
    if found is None:
        raise Http404
    note_change_look(request, found, found.person_id or found.asked_for_id)
    form = bind(DecideForm, request, initial={"version": found.version})
    if is_submitted(request) and form.is_valid() and (answer := _decide(request, found, form)):
        return answer
    if words := why_unread(user_of(request), found):
        return unread_change(request, found, words, "registry:counter_changes")
    return render(request, "registry/counter_change.html", _context(request, found, form))


def _decide(request: HttpRequest, found: ChangeRequest, form: DecideForm) -> HttpResponse | None:
    try:
        decided = services.decide_change(
            request=found,
            decision=form.cleaned_data["decision"],
            note=form.cleaned_data["note"],
            actor=user_of(request),
            expected_version=form.cleaned_data["version"],
        )
    except Overtaken as error:
        messages.warning(request, str(error))
        return redirect("registry:counter_change", found.reference)
    except ChangeError as error:
        audit.record(
            actor=user_of(request),
            action="step_refused",
            subject_kind="change_request",
            subject_id=found.pk,
            reason=type(error).__name__,
        )
        form.add_error(None, str(error))
        return None
    words = {"reference": decided.reference, "state": decided.get_state_display()}
    messages.success(request, _("Saved: %(reference)s is now “%(state)s”.") % words)
    return redirect("registry:counter_changes")


def _context(request: HttpRequest, found: ChangeRequest, form: DecideForm) -> dict[str, Any]:
    own = found.asked_by_id == user_of(request).pk
    conflict = conflict_over(user_of(request), found)
    mover_shown = sees_mover(user_of(request), found)
    if mover_shown:
        note_change_look(request, found, found.mover_id)
    return {
        "change": found,
        "about": {found.person_id, found.asked_for_id, found.mover_id if mover_shown else None},
        "kind": KINDS[found.kind],
        "form": form if found.is_open and not own and not conflict else None,
        "conflict": conflict,
        "own": own,
        "mover_shown": mover_shown,
        "now": rows_now(found) if found.is_open else [],
        "rows": rows_of(answers_for(user_of(request), found), names_in(found)),
        # What the household answered is told neither to who entered it nor to who is near one of them.
        "decides": not own and not conflict,
        "events": timeline(found, decides=not own and not conflict),
    }
