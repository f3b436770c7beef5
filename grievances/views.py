from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.selectors import application_visible_to
from dsp_platform.accounts.acting import form_token as acting
from dsp_platform.accounts.models import User
from dsp_platform.accounts.phones import known_browsers as known_phones
from dsp_platform.audit import services as audit
from dsp_platform.exchange.models import Operator
from dsp_platform.forms import bind, is_submitted
from grievances import draft, limits, pins, selectors, services, workflow
from grievances.errors import GrievanceError, PinWait, TooManyReports, TooManyWords
from grievances.forms import CategoryForm, ContactForm, FollowForm, StepForm, WhatForm, WhereForm, WordsForm
from grievances.models import Grievance
from grievances.timeline import timeline, what_next
from registry.models import Area
from registry.persons.subject import case_of, subject_of

STEPS: dict[str, type[StepForm]] = {
    "category": CategoryForm,
    "what": WhatForm,
    "where": WhereForm,
    "contact": ContactForm,
}


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def report(request: HttpRequest, step: str = "category") -> HttpResponse:
    """One question a page. Open to everybody; nothing is asked of those who are not signed in."""
    if step not in STEPS:
        raise Http404
    answers = draft.load(request)
    if step == "category" and request.method == "GET" and request.GET.get("application"):
        return _about_application(request, request.GET["application"])
    if step not in ("category", "what") and not answers.get("text"):
        return _after_the_end(request)
    person = subject_of(request)
    form = bind(STEPS[step], request, initial=answers, person=person)
    if is_submitted(request) and form.is_valid():
        try:
            return _next(request, step, answers | form.kept())
        except TooManyReports as problem:
            form.add_error(None, str(problem))
    names = list(STEPS)
    position = names.index(step)
    context = {
        "form": form,
        "step": step,
        "before": names[position - 1] if position else "",
        "last": step == names[-1],
        "number": position + 1,
        "total": len(names),
        "person": person,
    }
    return render(request, "grievances/report.html", context)


def _next(request: HttpRequest, step: str, answers: dict[str, Any]) -> HttpResponse:
    """Raises TooManyReports; what was answered is kept all the same, unless too many begin."""
    if "submission" not in answers:
        limits.take_draft(known=known_phones.is_of_somebody(request))
    draft.save(request, answers)
    names = list(STEPS)
    if step != names[-1]:
        return redirect("grievances:report_step", names[names.index(step) + 1])
    return _send(request, answers)


def _about_application(request: HttpRequest, reference: str) -> HttpResponse:
    """From the page of a refused application: it is known what it is about."""
    user = _actor(request)
    found = application_visible_to(user, case_of(request), reference) if user else None
    if found is None:
        return redirect("grievances:report")
    draft.save(request, {"category": Grievance.Category.DECISION, "application": found.reference})
    return redirect("grievances:report_step", "what")


def _after_the_end(request: HttpRequest) -> HttpResponse:
    """No draft: it was sent just now by the other click, or it was never begun."""
    if draft.is_pin_next(request):
        return redirect("grievances:reported")
    return redirect("grievances:report")


def _send(request: HttpRequest, answers: dict[str, Any]) -> HttpResponse:
    if not CategoryForm({"category": answers.get("category", "")}).is_valid():
        return redirect("grievances:report")
    user = _actor(request)
    reference = answers.get("application")
    about = application_visible_to(user, case_of(request), reference) if user and reference else None
    grievance = services.report_grievance(
        actor=user,
        case=case_of(request),
        submission=UUID(answers["submission"]),
        details=services.Details(
            category=answers["category"],
            text=answers["text"],
            operator=Operator.objects.filter(pk=answers.get("operator") or None).first(),
            application=about,
            area=Area.objects.filter(pk=answers.get("area") or None).first(),
            phone=answers.get("phone", ""),
            # Without a person there is no name to send, so nothing of the account is kept either.
            # Nor where the page was shown while there was nobody to name.
            unnamed=bool(answers.get("unnamed")) or subject_of(request) is None or not _was_asked(request),
        ),
        language=(get_language() or "km")[:2],
        known=known_phones.is_of_somebody(request),
    )
    draft.discard(request)
    draft.note_sent(request, grievance)
    draft.show_pin_next(request, grievance)
    return redirect("grievances:reported")


def _was_asked(request: HttpRequest) -> bool:
    """Whether the page that was sent offered to stay unnamed."""
    sent = acting.shown(request)
    return sent is not None and bool(sent.subject)


def reported(request: HttpRequest) -> HttpResponse:
    """Reference and PIN, shown once: looked at again, the page is gone. The pages that confirm the number for
    news show both for some minutes, until they are said to be written down (``phone_views``).

    The switch of the language posts the signed token back, so that it does not lose the PIN.
    """
    if is_submitted(request):
        draft.forget_sent(request)
        return redirect("registry:home")
    pk = draft.take_pin_shown(request, request.POST.get("token", ""))
    grievance = Grievance.objects.filter(pk=pk or 0).first()
    if grievance is None:
        return redirect("grievances:follow")
    context = {
        "grievance": grievance,
        "pin": pins.shown(grievance),
        "token": draft.token_of(request, grievance),
    }
    response = render(request, "grievances/reported.html", context)
    pins.remember_browser(request, response, grievance)
    return response


def follow(request: HttpRequest) -> HttpResponse:
    """One answer for wrong and unknown, so that guessing teaches nothing."""
    form = bind(FollowForm, request)
    if is_submitted(request) and form.is_valid():
        reference = form.cleaned_data["reference"]
        try:
            found = pins.check(
                reference=reference, pin=form.cleaned_data["pin"], asker=pins.asker_of(request, reference)
            )
        except PinWait as wait:
            form.add_error(None, str(wait))
        else:
            if found is not None:
                draft.prove(request, found)
                response = redirect("grievances:grievance", found.reference)
                pins.remember_browser(request, response, found)
                return response
            form.add_error(None, _("The reference and the PIN do not fit together."))
    return render(request, "grievances/follow.html", {"form": form})


def grievance(request: HttpRequest, reference: str) -> HttpResponse:
    """The timeline, and a way to add something."""
    found = selectors.by_reference(reference)
    if found is None or not draft.is_proven(request, found):
        found = selectors.grievance_visible_to(request.user, case_of(request), reference)
    if found is None:
        # The same for unknown and for not allowed: whoever has the PIN can show it.
        return redirect("grievances:follow")
    _note_look(request, found)
    form = bind(WordsForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            services.add_words(grievance=found, actor=_actor(request), text=form.cleaned_data["words"])
            messages.success(request, _("Your words were added."))
            return redirect("grievances:grievance", found.reference)
        except TooManyWords as problem:
            form.add_error(None, str(problem))
        except GrievanceError as error:
            messages.error(request, str(error))
            return redirect("grievances:grievance", found.reference)
    context = {
        "grievance": found,
        "events": timeline(found),
        "what_next": what_next(found),
        # An appeal is answered once.
        "form": None if found.decision_id and found.state not in workflow.OPEN else form,
        "may_object": found.state in workflow.CLOSED,
    }
    return render(request, "grievances/grievance.html", context)


def _note_look(request: HttpRequest, found: Grievance) -> None:
    """Every look of an official, also by PIN. The reporter reads of it among the looks at their record.

    What was reported without a name, or is sensitive, leads back to no case.
    """
    user, case = _actor(request), case_of(request)
    if user is None or user.is_citizen:
        return
    bare = found.person_id is None or found.category in workflow.SENSITIVE
    case_id = None if bare or case is None else case.pk
    for kind, subject in (("grievance", found.pk), ("person", found.person_id)):
        if subject is not None:
            audit.record(
                actor=user,
                action="view",
                subject_kind=kind,
                subject_id=subject,
                reason="grievance",
                case_id=case_id,
            )
