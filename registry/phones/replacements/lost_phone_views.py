"""Asking at the counter to replace the lost phone of an account, with a document and the new phone.

The request waits for a second official (``registry.phones.replacements.views``).
"""

from typing import cast

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
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.models import Person, PhoneReplacement
from registry.persons.subject import subject_required, user_of
from registry.phones.replacements import services
from registry.phones.replacements.forms import LostPhoneForm
from registry.phones.replacements.requests import refusal
from registry.phones.replacements.selectors import needs_second, waiting_for


@sensitive_post_parameters()
@official_required
@subject_required(otherwise="registry:counter")
def lost_phone(request: HttpRequest, person: Person) -> HttpResponse:
    """A person without an account is redirected to opening one."""
    if person.account is None:
        return redirect("registry:first_phone")
    if waits := waiting_for(person):
        return redirect("registry:counter_phone", waits.reference)
    refused = refusal(user_of(request), person)
    code_request = _code_request(request, person.account)
    form = bind(LostPhoneForm, request)
    if not refused and is_submitted(request) and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("reason", "document")}
        try:
            code_request.send(form.cleaned_data["phone"], "", language=person.account.language, keep=answers)
            return redirect("registry:lost_phone_code")
        except CodeProblem as problem:
            form.add_error("phone", str(problem))
    context = {"person": person, "form": form, "refused": refused, "second_only": needs_second(person)}
    context["days"] = settings.PHONE_REPLACEMENT_DAYS
    return render(request, "registry/phones/replacements/lost_phone.html", context)


@official_required
@subject_required(access=False, otherwise="registry:lost_phone")
@never_kept
def lost_phone_code(request: HttpRequest, person: Person) -> HttpResponse:
    """The person reads the code from the new phone, the official types it."""
    if person.account is None:
        return redirect("registry:lost_phone")
    if waits := waiting_for(person):  # a double click, or Back
        return redirect("registry:counter_phone", waits.reference)
    code_request = _code_request(request, person.account)
    challenge = code_request.challenge()
    if challenge is None or challenge.phone == person.account.phone:  # a double click, or Back
        return redirect("registry:me" if challenge else "registry:lost_phone")

    def done(asked: PhoneReplacement) -> HttpResponse:
        messages.success(request, _("The new phone was proved. It waits for a second official."))
        return redirect("registry:counter_phone", asked.reference)

    answers = code_request.also_kept
    return code_page(
        code_request,
        challenge,
        "registry/phones/replacements/lost_phone_code.html",
        {"person": person},
        then=lambda proved: services.ask_replacement(
            official=user_of(request),
            assisted_session=cast(AssistedSession, assisted_session_of(request)),
            person=person,
            phone=proved.phone,
            reason=answers["reason"],
            document=answers["document"],
        ),
        done=done,
        language=person.account.language,
    )


def _code_request(request: HttpRequest, account: User) -> CodeRequest:
    return CodeRequest(request, purpose=Purpose.LOST_PHONE, account=account)
