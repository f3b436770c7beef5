"""Consent of a person registered before to being registered in a new household: by a code to their phone, or
by being there with a document, where nobody can be asked.

The page shows nothing from their record, neither name nor number: only the names entered for this
registration, so that whoever is asked reads who moves into whose household.
"""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.forms import CodeForm
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind, is_submitted, never_kept
from dsp_platform.web.shown import is_sent_as_shown
from dsp_platform.wizard.questions import CHECK
from registry.changes.moves import services
from registry.changes.moves.services import OldTerms
from registry.changes.moves.terms import Terms, registration_terms
from registry.models import Person
from registry.persons.details import HouseholdDetails
from registry.persons.subject import subject_of, user_of
from registry.phones.replacements.forms import SeenForm
from registry.phones.selectors import confirmation_contact
from registry.registration.answers import answers_to_details
from registry.registration.returns import with_record
from registry.registration.selectors import draft_of
from registry.registration.wizard import RegistrationWizard

ASKED = "register_confirmation"


def ask_for_confirmation(request: HttpRequest, person_id: int, member: int) -> HttpResponse:
    """Kept in the session, not in the address. ``member`` is the index among those entered."""
    assisted_session = str(cast(AssistedSession, assisted_session_of(request)).pk)
    request.session[ASKED] = {"person": person_id, "member": member, "assisted_session": assisted_session}
    return redirect("registry:register_confirmation")


@official_required
@never_kept
def register_confirmation(request: HttpRequest) -> HttpResponse:
    assisted_session, kept = assisted_session_of(request), request.session.get(ASKED, {})
    person = Person.objects.filter(pk=kept.get("person")).select_related("account").first()
    if assisted_session is None or person is None or kept.get("assisted_session") != str(assisted_session.pk):
        return redirect("registry:register" if assisted_session else "registry:counter")
    member = kept.get("member", 0)
    details = _details(request)
    if details is None or member >= len(details.members):
        return redirect("registry:register")
    terms = registration_terms(details, member, person)
    if services.is_asked_in_person(person):
        return _in_person(request, person, assisted_session, details, member)
    if is_submitted(request) and "send" in request.POST:
        return _send(request, person, assisted_session, terms)
    code_request = _code_request(request, person, assisted_session)
    challenge = code_request.challenge()
    form = bind(CodeForm, request)
    if challenge and is_submitted(request) and form.is_valid():
        try:
            code_request.prove(
                form.cleaned_data["code"],
                then=lambda proved: services.agree_to_registration(
                    person=person,
                    phone=proved.phone,
                    details=details,
                    member=member,
                    shown=str(code_request.also_kept or ""),
                    assisted_session=assisted_session,
                    actor=user_of(request),
                ),
            )
        except OldTerms as problem:
            messages.warning(request, str(problem))
            return redirect("registry:register_confirmation")
        except CodeProblem as problem:
            form.add_error("code", str(problem))
        else:
            return _saved(request)
    code_delay = code_request.delay(challenge.phone) if challenge else None
    read = challenge is not None and code_request.also_kept == terms.shown  # else shown and sent again
    context = {"form": form if read else None, "code_delay": code_delay, "terms": terms}
    return render(request, "registry/registration/register_confirmation.html", context)


def _in_person(
    request: HttpRequest,
    person: Person,
    assisted_session: AssistedSession,
    details: HouseholdDetails,
    member: int,
) -> HttpResponse:
    form = bind(SeenForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            with refusals_recorded(request, "person", person.pk, assisted_session=assisted_session):
                services.agree_to_registration_in_person(
                    person=person,
                    document=form.cleaned_data["document"],
                    details=details,
                    member=member,
                    shown=request.POST.get("shown", ""),
                    assisted_session=assisted_session,
                    actor=user_of(request),
                )
        except (CodeProblem, StepRefused) as problem:
            messages.warning(request, str(problem))
            return redirect("registry:register_confirmation")
        return _saved(request)
    context = {"form": form, "terms": registration_terms(details, member, person)}
    return render(request, "registry/registration/register_in_person.html", context)


def _saved(request: HttpRequest) -> HttpResponse:
    request.session.pop(ASKED, None)
    messages.success(request, _("The confirmation was saved. Now the registration can be sent."))
    return redirect("registry:register_question", CHECK)


def _details(request: HttpRequest) -> HouseholdDetails | None:
    """Details of the current draft; None while an answer is missing."""
    draft = draft_of(user_of(request), assisted_session_of(request))
    wizard = RegistrationWizard(with_record(draft.answers if draft else {}, subject_of(request)))
    return answers_to_details(wizard.answers) if wizard.is_complete else None


def _code_request(request: HttpRequest, person: Person, assisted_session: AssistedSession) -> CodeRequest:
    subject = f"case:{assisted_session.pk}:{person.pk}"
    return CodeRequest(request, purpose=Purpose.MOVE, subject=subject, account=user_of(request))


def _send(
    request: HttpRequest, person: Person, assisted_session: AssistedSession, terms: Terms
) -> HttpResponse:
    phone, language = confirmation_contact(person)
    if is_sent_as_shown(request, terms.shown, str(OldTerms())) and phone:
        code_request = _code_request(request, person, assisted_session)
        try:
            code_request.send(phone, "", language=language, again=True, keep=terms.shown)
        except CodeProblem as problem:
            messages.warning(request, str(problem))
    return redirect("registry:register_confirmation")
