"""Linking an account to a record: a person registered at the commune office signs in for the first time.

Both pages are the same whether a person matches or not.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.decorators import citizen_required
from dsp_platform.accounts.codes.forms import CodeForm
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.notifications import code_delays
from dsp_platform.notifications.models import MessageKind
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.claims import services
from registry.claims.forms import ClaimForm
from registry.claims.selectors import claim_of
from registry.errors import NotClaimed, NumberTooNew, PlacedLately, TooManyClaims
from registry.persons.subject import subject_of, user_of
from registry.registration.closed_records import closed_record_of
from registry.registration.selectors import draft_of


@sensitive_post_parameters()
@citizen_required
@never_kept
def claim(request: HttpRequest) -> HttpResponse:
    if subject_of(request) is not None:
        return redirect("registry:me")
    form = bind(ClaimForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            begun = services.begin_claim(
                account=user_of(request),
                identity=form.identity,
                proved=step_up.is_phone_fresh(request),
                keep=request.session.session_key,
            )
        except TooManyClaims:
            problem = _(
                "You have tried as often as you may in one day. Try tomorrow, or go to your commune office."
            )
            form.add_error(None, problem)
        except NumberTooNew:
            form.add_error(
                None,
                _("Your number is new on your record. Ask at your commune office for an account."),
            )
        except PlacedLately:
            form.add_error(
                None,
                _(
                    "A list of an authority put you into a household, or two records of yours were made one, "
                    "less than 30 days ago. Ask at your commune office for an account."
                ),
            )
        except NotClaimed:  # a double click: the first one linked record and account
            return redirect("registry:me")
        else:
            return _joined(request) if begun.used_at else redirect("registry:claim_code")
    context = {"form": form, "closed": closed_record_of(user_of(request))}
    return render(request, "registry/claims/claim.html", context)


@sensitive_post_parameters()
@citizen_required
@never_kept
def code(request: HttpRequest) -> HttpResponse:
    if subject_of(request) is not None:
        return redirect("registry:me")
    begun = claim_of(user_of(request))
    if begun is None:
        return redirect("registry:claim")
    form = bind(CodeForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            services.confirm_claim(
                account=user_of(request),
                claim=begun,
                typed=form.cleaned_data["code"],
                keep=request.session.session_key,
            )
        except CodeProblem as problem:
            form.add_error("code", str(problem))
        except NotClaimed:
            if subject_of(request) is not None:  # a double click: the first one succeeded
                return redirect("registry:me")
            form.add_error(
                None, _("The record could not be joined to your account. Ask at your commune office.")
            )
        else:
            return _joined(request)
    context = {
        "form": form,
        "code_delay": code_delays.expected_delay(kind=MessageKind.CODE, known=False),
        # Depends on the account only: it does not reveal whether the details match.
        "closed": closed_record_of(user_of(request)),
    }
    return render(request, "registry/claims/claim_code.html", context)


def _joined(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Your registration now belongs to your account."))
    # The page of the registration explains what happens to an unfinished one.
    return redirect("registry:register" if draft_of(user_of(request), None) else "registry:me")
