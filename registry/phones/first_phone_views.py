"""Opening an account at the counter for a registered person, with the phone they have with them."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.models import Person, PhoneReplacement
from registry.persons.subject import log_access, subject_required, user_of
from registry.phones.replacements import services
from registry.phones.replacements.forms import FirstPhoneForm
from registry.phones.replacements.requests import opens_at_once, phones_to_notify, refusal, registered_in
from registry.phones.replacements.selectors import needs_second, waiting_for


@sensitive_post_parameters()
@official_required
@subject_required(access=False, otherwise="registry:counter")
def first_phone(request: HttpRequest, person: Person) -> HttpResponse:
    if person.account is not None:
        return redirect("registry:me")
    if waits := waiting_for(person):
        return redirect("registry:counter_phone", waits.reference)
    log_access(request, person)
    refused = refusal(user_of(request), person)
    code_request = _code_request(request, person)
    form = bind(FirstPhoneForm, request, initial={"phone": local_form(person.phone) if person.phone else ""})
    if not refused and is_submitted(request) and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("document", "lost")}
        try:
            code_request.send(form.cleaned_data["phone"], "", language=person.language, keep=answers)
            return redirect("registry:first_phone_code")
        except CodeProblem as problem:
            form.add_error("phone", str(problem))
    context = {
        "person": person,
        "form": form,
        "refused": refused,
        "registered_now": registered_in(_assisted_session(request), person),
        "at_once": bool(person.phone) and opens_at_once(_assisted_session(request), person, person.phone),
        "on_record": local_form(person.phone) if person.phone else "",
        **_conditions(person, ""),
    }
    return render(request, "registry/phones/first_phone.html", context)


@official_required
@subject_required(access=False, otherwise="registry:counter")
@never_kept
def first_phone_code(request: HttpRequest, person: Person) -> HttpResponse:
    """The person reads the code from their phone, the official types it."""
    if person.account is not None:  # a double click, or Back
        return redirect("registry:me")
    if waits := waiting_for(person):
        return redirect("registry:counter_phone", waits.reference)
    code_request = _code_request(request, person)
    challenge = code_request.challenge()
    if challenge is None:  # asked for in another assisted session
        return redirect("registry:first_phone")

    def done(opened: User | PhoneReplacement) -> HttpResponse:
        if isinstance(opened, PhoneReplacement):
            messages.success(request, _("The new phone was proved. It waits for a second official."))
            return redirect("registry:counter_phone", opened.reference)
        messages.success(request, _("The person now has an account. They sign in with this phone."))
        return redirect("registry:me")

    context = {
        "person": person,
        "at_once": opens_at_once(_assisted_session(request), person, challenge.phone),
        **_conditions(person, challenge.phone),
    }
    return code_page(
        code_request,
        challenge,
        "registry/phones/first_phone_code.html",
        context,
        then=lambda proved: services.open_account(
            official=user_of(request),
            assisted_session=_assisted_session(request),
            person=person,
            phone=proved.phone,
            document=code_request.also_kept["document"],
            lost=code_request.also_kept.get("lost", False),
        ),
        done=done,
        language=person.language,
    )


def _assisted_session(request: HttpRequest) -> AssistedSession:
    return cast(AssistedSession, assisted_session_of(request))


def _conditions(person: Person, phone: str) -> dict[str, Any]:
    """How an account that does not open at once takes effect, and whether anybody is notified."""
    return {
        "second_only": needs_second(person),
        "days": settings.PHONE_REPLACEMENT_DAYS,
        "none_to_notify": not phones_to_notify(person, phone),
    }


def _code_request(request: HttpRequest, person: Person) -> CodeRequest:
    subject = f"person:{person.pk}"
    return CodeRequest(request, purpose=Purpose.FIRST_PHONE, subject=subject, account=user_of(request))
