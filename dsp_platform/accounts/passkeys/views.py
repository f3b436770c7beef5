"""Views of passkeys: a page's script fetches the options and posts the browser's answer as a form."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from fido2.server import Fido2Server

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.decorators import citizen_required, step_up_required
from dsp_platform.accounts.access.entry_points import NEXT, safe_next_url
from dsp_platform.accounts.acting.form_token import acting_exempt
from dsp_platform.accounts.errors import PasskeyRefused
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.accounts.passkeys.forms import PasskeyForm
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import browsers
from dsp_platform.accounts.sign_in.backends import PHONE_BACKEND
from dsp_platform.accounts.visitors import is_citizen
from dsp_platform.web.forms import bind, is_submitted, never_kept

STATE = "passkey"
ADDING, SIGNING_IN, PROVING = "adding", "signing_in", "proving"


@acting_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET returns the options for the script, POST signs in."""
    target = request.POST.get(NEXT, "")
    if is_citizen(request):
        return redirect(safe_next_url(request, target, settings.LOGIN_REDIRECT_URL))
    if request.method != "POST":
        return _options(request, SIGNING_IN, passkeys.begin_proving(fido=_server(request)))
    try:
        user = passkeys.prove(
            fido=_server(request), state=_state(request, SIGNING_IN), answer=_answer(request)
        )
    except PasskeyRefused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({NEXT: target})}")
    login(request, user, backend=PHONE_BACKEND)
    return redirect(safe_next_url(request, target, settings.LOGIN_REDIRECT_URL))


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@never_kept
def prove(request: SignedInRequest) -> HttpResponse:
    """Step-up authentication with a passkey."""
    if request.method != "POST":
        begun = passkeys.begin_proving(fido=_server(request), user=request.user)
        return _options(request, PROVING, begun)
    target = request.POST.get(NEXT, "")
    try:
        passkeys.prove(
            fido=_server(request),
            state=_state(request, PROVING),
            answer=_answer(request),
            user=request.user,
        )
    except PasskeyRefused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('accounts:step_up')}?{urlencode({NEXT: target})}")
    step_up.record(request)
    return redirect(safe_next_url(request, target, "accounts:account"))


@require_http_methods(["GET", "HEAD"])
@citizen_required
@step_up_required
@never_kept
def adding_options(request: SignedInRequest) -> HttpResponse:
    return _options(request, ADDING, passkeys.begin_adding(fido=_server(request), user=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@step_up_required
@never_kept
def add(request: SignedInRequest) -> HttpResponse:
    name = browsers.name_of(request.META.get("HTTP_USER_AGENT", ""))
    form = bind(PasskeyForm, request, initial={"name": name})
    if is_submitted(request) and form.is_valid():
        try:
            passkeys.add(
                fido=_server(request),
                user=request.user,
                state=_state(request, ADDING),
                answer=_answer(request),
                name=form.cleaned_data["name"],
            )
        except PasskeyRefused:
            form.add_error(None, _("The passkey could not be added. Try again."))
        else:
            messages.success(request, _("The passkey was added. You can sign in with it now."))
            return redirect("accounts:account")
    return render(request, "accounts/passkeys/passkey_add.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@step_up_required
@never_kept
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    passkey = request.user.passkeys.filter(pk=pk).first()
    if is_submitted(request):
        passkeys.remove(user=request.user, passkey_id=pk)  # idempotent
        messages.success(request, _("The passkey was removed."))
        return redirect("accounts:account")
    if passkey is None:
        raise Http404
    return render(request, "accounts/passkeys/passkey_remove.html", {"passkey": passkey})


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host()
    return passkeys.server(origin=f"{request.scheme}://{host}", host=host, name=str(settings.SITE_NAME))


def _options(request: HttpRequest, ceremony: str, begun: tuple[dict[str, Any], Any]) -> HttpResponse:
    options, state = begun
    request.session[STATE] = {"ceremony": ceremony, "state": state}
    return JsonResponse(options)


def _state(request: HttpRequest, ceremony: str) -> Any:
    """The state from the begin of this ceremony; it serves one answer only."""
    kept = request.session.pop(STATE, None) or {}
    return kept.get("state") if kept.get("ceremony") == ceremony else None


def _answer(request: HttpRequest) -> Any:
    try:
        return json.loads(request.POST.get("credential", ""))
    except (ValueError, RecursionError):
        return None
