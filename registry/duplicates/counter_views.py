"""The commune's queue of "Is this one person?": a steward asks, an official of the commune answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.pages import submit, unread, why_not
from dsp_platform.casework.workflow import Words
from dsp_platform.database.references import clean_reference
from dsp_platform.web.forms import bind, is_submitted
from registry.duplicates import services
from registry.duplicates.deciders import duplicate_deciders
from registry.duplicates.forms import AnswerForm
from registry.duplicates.selectors import PREFIX, asked_of, was_asked_of
from registry.duplicates.shown_to_commune import members_shown, records_for
from registry.duplicates.timeline import question_of
from registry.models import DuplicateCase
from registry.persons.subject import user_of

SHOWN = 100


@account_only
@official_required
def counter_duplicates(request: HttpRequest) -> HttpResponse:
    """Without names: who is meant stands on the page of each, where the look is logged."""
    user = user_of(request)
    rows = list(asked_of(user)[:SHOWN])
    unread_rows = duplicate_deciders.unread_among(user, rows)
    barred = duplicate_deciders.barred_among(user, rows)
    audit.record(actor=user, action="list", subject_kind="duplicatecase", details={"rows": len(rows)})
    context = {
        "cases": [(one, one.pk in unread_rows, one.pk in barred) for one in rows],
        "any_barred": bool(barred),
    }
    return render(request, "registry/duplicates/counter_duplicates.html", context)


@account_only
@official_required
def counter_duplicate(request: HttpRequest, reference: str) -> HttpResponse:
    user = user_of(request)
    cleaned = clean_reference(reference, PREFIX)
    case = asked_of(user).filter(reference=cleaned).first()
    if case is None:
        return _waits_no_more(request, was_asked_of(user, cleaned))
    form: StepForm = bind(AnswerForm, request, item=case)
    if is_submitted(request):
        again = submit(request, form, _answer)
        if again is None or not asked_of(user).filter(pk=case.pk).exists():
            return redirect("registry:counter_duplicates")
        form = again
    if words := duplicate_deciders.why_unread(user, case):
        return _unread(request, case, words)
    for pk in (case.first_id, case.second_id, *members_shown(user, case)):
        audit.record(
            actor=user, action="view", subject_kind="person", subject_id=pk, reason="asked_duplicate"
        )
    return render(request, "registry/duplicates/counter_duplicate.html", _context(user, case, form))


def waiting_for(user: User) -> tuple[int, int]:
    """About how many cases the commune is asked, at most 100; how many of them the official may answer."""
    rows = list(asked_of(user)[:SHOWN])
    return len(rows), len(rows) - len(duplicate_deciders.barred_among(user, rows))


def _waits_no_more(request: HttpRequest, case: DuplicateCase | None) -> HttpResponse:
    """For who looks at an address again: somebody answered, or the steward decided."""
    if case is None:
        raise Http404
    return _unread(request, case, _("This question does not wait for an answer any more."))


def _unread(request: HttpRequest, case: DuplicateCase, why: Words) -> HttpResponse:
    kind, state = str(case._meta.verbose_name), case.get_state_display()
    back = "registry:counter_duplicates"
    return unread(request, case, kind=kind, state=state, why=why, back=back, about=None)


def _answer(user: User, case: DuplicateCase, form: StepForm) -> DuplicateCase:
    return services.answer_case(case=case, actor=user, **form.values())


def _context(user: User, case: DuplicateCase, form: StepForm) -> dict[str, Any]:
    steps = duplicate_deciders.steps_for(user, case)
    return {
        "case": case,
        "records": records_for(user, case),
        "question": question_of(case),
        "form": form if any(error is None for error in steps.values()) else None,
        "why_not": why_not(steps),
        "about": {case.first_id, case.second_id},
    }
