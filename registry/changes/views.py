"""Telling what changed: choose it, answer one question a page, check, send, follow."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import actor_required, step_up_required
from dsp_platform.forms import is_submitted
from registry.changes.drafts import save_change_draft
from registry.changes.hearings.reading import changes_shown, why_unlisted, why_unread
from registry.changes.hearings.selectors import names_in
from registry.changes.journey import CHECK, ChangeJourney
from registry.changes.kinds import GROUPS, KINDS, Kind
from registry.changes.labels import rows_of
from registry.changes.pages import page_context
from registry.changes.selectors import change_draft, change_of, drafts_of_changes, household_context
from registry.changes.services import ask_change, withdraw_change
from registry.changes.timeline import timeline, what_next
from registry.changes.unread import unread_change
from registry.errors import ChangeError
from registry.models import ChangeDraft, ChangeRequest
from registry.persons.households import household_of
from registry.persons.subject import case_of, note_look, subject_of, user_of

JUST_ASKED = "change_just_asked"


@actor_required
def changes(request: HttpRequest) -> HttpResponse:
    """What can be told, and what became of what was told before."""
    person = subject_of(request)
    if person is None:
        return redirect("registry:register")
    note_look(request, person)
    begun = drafts_of_changes(user_of(request), case_of(request))
    may_ask = household_of(person) is not None
    context = {
        "person": person,
        "groups": [(title, [KINDS[code] for code in codes]) for title, codes in GROUPS] if may_ask else [],
        "begun": begun,
        "requests": [(one, KINDS[one.kind]) for one in changes_shown(person, case_of(request))],
        "why_unlisted": why_unlisted(case_of(request), person),
    }
    return render(request, "registry/changes/changes.html", context)


@actor_required
def change(request: HttpRequest, kind: str) -> HttpResponse:
    """What this kind of change means, before its first question."""
    found = _kind(kind)
    journey, draft = _journey(request, found)
    if journey is None:
        return redirect("registry:changes")
    context = {
        "kind": found,
        "begun": bool(draft and draft.answers),
        "first": journey.url(journey.first_open()),
        "possible": not _needs_somebody(journey),
    }
    return render(request, "registry/changes/change.html", context)


def _needs_somebody(journey: ChangeJourney) -> bool:
    """Somebody who lives alone cannot name another head."""
    return (journey.kind.code in ("death", "head")) and len(journey.context.members) < 2


@sensitive_post_parameters()
@actor_required
def change_step(request: HttpRequest, kind: str, step: str) -> HttpResponse:
    found = _kind(kind)
    guarded = step_up_required(_step) if found.step_up else _step
    return guarded(request, found, step)


def _step(request: HttpRequest, kind: Kind, step: str) -> HttpResponse:
    journey, draft = _journey(request, kind)
    if journey is None:
        return redirect("registry:changes")
    if step == CHECK and draft is not None and draft.request is not None:  # a second click
        return redirect("registry:change_request", draft.request.reference)
    if _needs_somebody(journey):
        return redirect("registry:change", kind.code)
    if not journey.find(step):
        return redirect(journey.url(journey.first_open()))
    if step == CHECK:
        return _check(request, journey, draft)
    return _ask(request, journey, step)


def _ask(request: HttpRequest, journey: ChangeJourney, step: str) -> HttpResponse:
    context = page_context(request, journey, step)
    if is_submitted(request) and context["form"].is_valid():
        journey.put(step, context["form"].answers)
        _save(request, journey)
        return redirect(journey.url(journey.first_open()))
    person = journey.person
    if person is not None and step != "who":
        note_look(request, person)
    context |= _frame(journey, step) | {"caption": person.name if person and step != "who" else ""}
    return render(request, context["page"].template, context)


def _check(request: HttpRequest, journey: ChangeJourney, draft: ChangeDraft | None) -> HttpResponse:
    problem = ""
    if is_submitted(request):
        try:
            asked = ask_change(
                kind=journey.kind,
                answers=journey.answers,
                actor=user_of(request),
                case=case_of(request),
                draft=draft,
            )
        except ChangeError as error:
            problem = str(error)
        else:
            request.session[JUST_ASKED] = asked.reference
            return redirect("registry:change_request", asked.reference)
    context = _frame(journey, CHECK) | {
        "kind": journey.kind,
        "problems": [problem] if problem else [],
        "rows": [(*row, journey.url(row[2])) for row in rows_of(journey.asked(), _names(journey))],
        "only_one": len(journey.kind.whom(journey.context)) <= 1,
    }
    return render(request, "registry/changes/change_check.html", context)


@actor_required
def change_request(request: HttpRequest, reference: str) -> HttpResponse:
    found = _own(request, reference)
    note_look(request, found.asked_for)
    if words := why_unread(user_of(request), found, case_of(request)):
        return unread_change(request, found, words, "registry:changes", found.asked_for_id)
    context = {
        "change": found,
        "kind": KINDS[found.kind],
        "rows": rows_of(cast(dict[str, Any], found.answers), names_in(found)),
        "events": timeline(found),
        "what_next": what_next(found),
        "just_asked": request.session.get(JUST_ASKED) == found.reference,
    }
    return render(request, "registry/changes/change_request.html", context)


@actor_required
@require_POST
def change_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    found = _own(request, reference)
    try:
        withdraw_change(request=found, actor=user_of(request), case=case_of(request))
        messages.success(request, _("The request was taken back."))
    except ChangeError as error:
        messages.error(request, str(error))
    request.session.pop(JUST_ASKED, None)
    return redirect("registry:change_request", found.reference)


def _own(request: HttpRequest, reference: str) -> ChangeRequest:
    found = change_of(user_of(request), case_of(request), reference)
    if found is None:
        raise Http404
    return found


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _journey(request: HttpRequest, kind: Kind) -> tuple[ChangeJourney | None, ChangeDraft | None]:
    user, case = user_of(request), case_of(request)
    context = household_context(user, case)
    draft = change_draft(user, case, kind.code)
    if context is None:
        return None, draft
    answers = cast(dict[str, Any], draft.answers) if draft and draft.request is None else {}
    return ChangeJourney(kind, context, answers), draft


def _save(request: HttpRequest, journey: ChangeJourney) -> None:
    save_change_draft(
        owner=user_of(request), case=case_of(request), kind=journey.kind.code, answers=journey.answers
    )


def _frame(journey: ChangeJourney, step: str) -> dict[str, Any]:
    steps = journey.steps()
    before = journey.before(step)
    return {
        "part": steps.index(step) + 1,
        "parts": len(steps),
        "back_url": journey.url(before) if before else _start(journey),
    }


def _start(journey: ChangeJourney) -> str:
    return redirect("registry:change", journey.kind.code).url


def _names(journey: ChangeJourney) -> dict[str, str]:
    return {one.person.spid: one.person.name for one in journey.context.members}
