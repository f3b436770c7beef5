from dataclasses import asdict

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import agreements, errors, selectors, services, workflow
from applications.answers.drafts import draft_of
from applications.deciders import why_unread
from applications.documents import APPLICATION, DRAFT, draft_key
from applications.forms import AnswerForm, ApplyForm
from applications.letter_views import unread_application
from applications.models import Application, ApplicationEvent
from applications.stages import stages, until_when
from applications.timeline import apply_again, events_of, question, timeline, what_next
from applications.workflow import application_workflow
from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.casework.deadlines.selectors import open_deadlines
from dsp_platform.casework.deadlines.words import promises_of
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.uploads.selectors import has_unreadable, uploads_shown_to
from dsp_platform.web.forms import bind, is_submitted, saved
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from registry.eligibility.verdict import judge_shown
from registry.models import Programme
from registry.persons.households import household_of
from registry.persons.subject import log_access
from registry.persons.told_apart import names_by_spid
from registry.programmes import selectors as programmes_selectors
from registry.programmes.availability import takes_applications, why_none_taken
from registry.programmes.questions.definition import version_of

# Set by a submit: the next page confirms that it was received.
JUST_APPLIED = "applied"


@actor_required
def apply(request: SignedInRequest, code: str, member: int | None = None) -> HttpResponse:
    """For the subject of this request, or for ``member`` of the same household."""
    programme = programmes_selectors.programme(code)
    if programme is None:
        raise Http404
    members = selectors.household_members(request.user, request.assisted_session)
    if not members:
        messages.info(request, _("Register the household first. Then you can apply."))
        return redirect("registry:register")
    person = next((one for one in members if member in (None, one.pk)), None)
    if person is None:
        raise Http404
    household = household_of(person)
    text = agreements.text_to_agree_to(household, programme)
    form = bind(ApplyForm, request, consent_text=text)
    verdict = judge_shown([programme], person, None if request.assisted_session else members[0])[0]
    questions = version_of(programme)
    digest = digest_of(
        person.pk, text, _words_of(programme), asdict(verdict), questions.number if questions else 0
    )
    existing = selectors.open_application(person, programme)  # of a first click
    if is_submitted(request) and (existing or is_sent_as_shown(request, digest)) and form.is_valid():
        try:
            with refusals_recorded(request, "person", person.pk, assisted_session=request.assisted_session):
                application = services.submit_application(
                    actor=request.user,
                    assisted_session=request.assisted_session,
                    person=person,
                    programme=programme,
                    consent=form.cleaned_data.get("consent", False),
                )
        except StepRefused as error:
            form.add_error(None, str(error))
        else:
            request.session[JUST_APPLIED] = application.reference
            saved(request)
            return redirect("applications:application", application.reference)
    closed = "" if takes_applications(programme) else why_none_taken(programme)
    no_household = "" if household else errors.NoHousehold.words
    draft = draft_key(person, programme)
    names = names_by_spid(members)
    context = {
        "agreed": agreements.open_consent(household, programme.operator_id) is not None,
        "programme": programme,
        "person": person,
        "name": names[person.spid],
        "others": [(other, names[other.spid]) for other in members if other != person],
        "verdict": verdict,
        "form": form,
        "digest": digest,
        "open_application": existing,
        "why_none_taken": closed,
        "no_household": no_household,
        "kept": (closed or no_household)
        and uploads_shown_to(request.user, request.assisted_session, DRAFT, draft),
        "enrolled": services.is_enrolled(person, programme),
        "documents": programme.documents.splitlines(),
        "draft": draft,
        "questions": questions,
        "begun": draft_of(request.user, request.assisted_session, person, programme) if questions else None,
    }
    return render(request, "applications/apply.html", context)


def _words_of(programme: Programme) -> list[str]:
    """What the page says of the programme."""
    amounts = [str(model_to_dict(row)) for row in programmes_selectors.amounts_of(programme, False).rows]
    return [str(programme), programme.summary, programme.documents, programme.how_long, *amounts]


@actor_required
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """The timeline; and the answer to a question, when one was asked."""
    found = selectors.application_to_read(request.user, request.assisted_session, reference)
    if found is None:
        raise Http404
    form, unsent = bind(AnswerForm, request, initial={"version": found.version}), ""
    if is_submitted(request) and form.is_valid():
        text = form.cleaned_data["answer"]
        try:
            with refusals_recorded(
                request, "application", found.pk, assisted_session=request.assisted_session
            ):
                services.answer_more(
                    application=found,
                    actor=request.user,
                    assisted_session=request.assisted_session,
                    text=text,
                    expected_version=form.cleaned_data["version"],
                )
        except Overtaken as error:
            messages.warning(request, str(error))
            found.refresh_from_db()
            form, unsent = AnswerForm(initial={"version": found.version, "answer": text}), text
        except StepRefused as error:
            messages.error(request, str(error))
            return redirect("applications:application", found.reference)
        else:
            messages.success(request, _("Your answer was sent."))
            return redirect("applications:application", found.reference)
    applied = request.session.get(JUST_APPLIED) == found.reference
    if applied and request.method == "GET":
        del request.session[JUST_APPLIED]
    log_access(request, found.person)
    if why := why_unread(request.user, found, request.assisted_session):
        return unread_application(request, found, why)
    steps = {step.name for step in application_workflow.allowed(found, workflow.APPLICANT)}
    events, lacks_consent = events_of(found), agreements.lacks_consent(found)
    # Without the consent the operator cannot decide it now: no day is promised.
    deadlines = [] if lacks_consent else open_deadlines(found)
    decided_until = until_when(deadlines)
    sent = uploads_shown_to(request.user, request.assisted_session, APPLICATION, str(found.pk))
    context = {
        "application": found,
        "just_applied": applied,
        "events": timeline(found, events, sent),
        "stages": stages(found, events, decided_until=decided_until),
        "overdue": decided_until is not None and decided_until < timezone.now(),
        "lacks_consent": lacks_consent,
        "lacks_household": household_of(found.person) is None,
        "letter_url": _letter_url(found, events),
        "what_next": what_next(found, lacks_consent=lacks_consent),
        "promises": promises_of(deadlines),
        "question": question(events),
        "form": form if "answer" in steps else None,
        "unsent": "" if "answer" in steps else unsent,
        "may_withdraw": services.may_withdraw(found, events),
        "unreadable": found.is_open and has_unreadable(sent),
    }
    return render(request, "applications/application.html", context)


def _letter_url(found: Application, events: list[ApplicationEvent]) -> str:
    """In the addressee's language. Empty before a decision, and when withdrawn."""
    decided = any(event.step in workflow.DECIDING for event in events)
    if not decided or found.state == Application.State.WITHDRAWN:
        return ""
    return translate_url(reverse("applications:letter", args=[found.reference]), found.language)


@actor_required
def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """GET asks for confirmation, POST withdraws."""
    found = selectors.application_visible_to(request.user, request.assisted_session, reference)
    if found is None:
        raise Http404
    if is_submitted(request):
        try:
            with refusals_recorded(
                request, "application", found.pk, assisted_session=request.assisted_session
            ):
                services.withdraw(
                    application=found, actor=request.user, assisted_session=request.assisted_session
                )
        except StepRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The application was withdrawn."))
        return redirect("applications:application", found.reference)
    if not services.may_withdraw(found):
        return redirect("applications:application", found.reference)
    if why := why_unread(request.user, found, request.assisted_session):
        log_access(request, found.person)
        return unread_application(request, found, why)
    context = {"application": found, "apply_again": apply_again(found)}
    return render(request, "applications/withdraw.html", context)
