"""The citizens' one door: a phone number, then the code that was sent to it."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts import alerts, codes
from dsp_platform.accounts.doors import ENDED, NEXT, way_back
from dsp_platform.accounts.errors import CodeProblem, TooManySent
from dsp_platform.accounts.forms import CodeForm, PhoneForm
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.accounts.phones import local_form
from dsp_platform.forms import bind, is_submitted

# What the session keeps between the two pages: references only, never the code.
SESSION = "sign_in"
BACKEND = "dsp_platform.accounts.backends.PhoneBackend"
AFTER = "registry:home"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if _is_citizen(request):
        return redirect(way_back(request, request.GET.get(NEXT, ""), AFTER))
    # The browser's secret is there from the first look at the page, so that both clicks of a double click
    # belong to one browser and meet one challenge.
    request.session.setdefault(SESSION, {"browser": codes.new_browser_secret()})
    form = bind(PhoneForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            _send(request, form.cleaned_data["phone"], request.GET.get(NEXT, ""))
        except CodeProblem as problem:
            form.add_error("phone", str(problem))
        else:
            return redirect("accounts:code")
    return render(request, "accounts/sign_in.html", {"form": form, "ended": ENDED in request.GET})


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(SESSION, {})
    if _is_citizen(request):  # a double click, or Back after signing in
        return redirect(way_back(request, kept.get(NEXT, ""), AFTER))
    challenge = _challenge(request)
    if challenge is None:
        return redirect("accounts:sign_in")
    if is_submitted(request) and "resend" in request.POST:
        return _resend(request, challenge)
    form = bind(CodeForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            user = codes.confirm(
                challenge_id=str(challenge.pk),
                browser=kept["browser"],
                typed=form.cleaned_data["code"],
                language=get_language() or "km",
            )
        except CodeProblem as problem:
            form.add_error("code", str(problem))
        else:
            return _signed_in(request, user, kept.get(NEXT, ""))
    return render(request, "accounts/code.html", {"form": form, "phone": local_form(challenge.phone)})


def _resend(request: HttpRequest, challenge: PhoneChallenge) -> HttpResponse:
    try:
        _send(request, challenge.phone, request.session[SESSION].get(NEXT, ""), again=True)
    except CodeProblem as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("We sent you a code again."))
    return redirect("accounts:code")


def _signed_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    request.session.pop(SESSION, None)
    login(request, user, backend=BACKEND)
    return redirect(way_back(request, target, AFTER))


def _send(request: HttpRequest, phone: str, target: str, *, again: bool = False) -> None:
    """Send a code, unless this browser has just had one for this phone and comes back to the first page."""
    kept = request.session.get(SESSION, {})
    browser = kept.get("browser") or codes.new_browser_secret()
    address = alerts.address_digest(request)
    try:
        challenge = codes.send_code(
            phone=phone, browser=browser, language=get_language() or "km", address_digest=address
        )
        alerts.look(address)
    except TooManySent:
        open_one = None if again else codes.open_challenge(phone=phone, browser=browser)
        if open_one is None:
            raise
        challenge = open_one
    request.session[SESSION] = {"challenge": str(challenge.pk), "browser": browser, NEXT: target}


def _challenge(request: HttpRequest) -> PhoneChallenge | None:
    kept = request.session.get(SESSION, {})
    return codes.challenge_of(challenge_id=kept.get("challenge", ""), browser=kept.get("browser", ""))


def _is_citizen(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_citizen
