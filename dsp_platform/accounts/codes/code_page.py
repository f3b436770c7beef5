"""The page on which a code that was sent is entered, sent again and verified: one for every purpose."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.forms import CodeForm
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.web.forms import bind, is_submitted

Outcome = TypeVar("Outcome")


def code_page(
    code_request: CodeRequest,
    challenge: PhoneChallenge,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    then: Callable[[PhoneChallenge], Outcome],
    done: Callable[[Outcome], HttpResponse],
    refused: Callable[[CodeProblem], HttpResponse | None] = lambda _problem: None,
    language: str = "",
) -> HttpResponse:
    """``then``: as of ``CodeRequest.prove``; ``done`` answers with what it returned.

    A ``CodeProblem`` is shown at the field, unless ``refused`` answers it. ``language``: of a text message
    that is sent again; otherwise the reader's.
    """
    request, phone = code_request.request, challenge.phone
    if is_submitted(request) and "resend" in request.POST:
        return _resend(code_request, phone, language)
    form = bind(CodeForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            outcome = code_request.prove(form.cleaned_data["code"], then=then)
        except CodeProblem as problem:
            if (answer := refused(problem)) is not None:
                return answer
            form.add_error("code", str(problem))
        else:
            return done(outcome)
    shown = {"form": form, "phone": local_form(phone), "code_delay": code_request.delay(phone)}
    return render(request, template, {**shown, **(context or {})})


def _resend(code_request: CodeRequest, phone: str, language: str) -> HttpResponse:
    request = code_request.request
    try:
        code_request.send(phone, code_request.target, language=language, again=True)
    except CodeProblem as problem:
        messages.warning(request, str(problem))
    else:
        if code_request.delay(phone) is None:  # else the page explains the delay
            messages.success(request, _("We sent you a code again."))
    return redirect(request.path)
