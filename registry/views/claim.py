"""Somebody registered at the commune office signs in for the first time, and says who they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from dsp_platform.accounts.decorators import citizen_required
from dsp_platform.forms import bind, is_submitted
from registry import services
from registry.errors import NotClaimed
from registry.forms.claim import ClaimForm
from registry.views.actor import subject_of, user_of


@sensitive_post_parameters()
@citizen_required
def claim(request: HttpRequest) -> HttpResponse:
    if subject_of(request) is not None:
        return redirect("registry:me")
    form = bind(ClaimForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            services.claim_person(account=user_of(request), spid=form.cleaned_data["spid"])
            return redirect("registry:me")
        except NotClaimed:
            form.add_error(
                "spid",
                _(
                    "No registration has this SPID together with your phone number. "
                    "Check the number on your slip, or ask at the commune office."
                ),
            )
    return render(request, "registry/claim.html", {"form": form})
