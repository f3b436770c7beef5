"""Sign-in of officials: user name, password and the code of their authenticator app, on one form."""

from functools import partial

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access.entry_points import ENDED, NEXT, safe_next_url
from dsp_platform.accounts.acting.form_token import acting_exempt
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.accounts.staff_sign_in.forms import CounterSignInForm
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.web.forms import bind, is_submitted


@acting_exempt
@sensitive_post_parameters("password", "otp_token")
@require_http_methods(["GET", "HEAD", "POST"])
def counter_sign_in(request: HttpRequest) -> HttpResponse:
    target = safe_next_url(request, request.GET.get(NEXT, ""), settings.COUNTER_URL)
    if is_verified_official(request):
        return redirect(target)
    # Django's form takes the request before the data, which ``bind`` passes first.
    form: CounterSignInForm = bind(partial(CounterSignInForm, request), request)  # type: ignore[arg-type]
    if is_submitted(request) and form.is_valid():
        user = form.get_user()
        login(request, user)
        response = redirect(target)
        throttle.remember_browser(request, response, user.get_username())
        return response
    return render(
        request, "accounts/staff_sign_in/counter_sign_in.html", {"form": form, "ended": ENDED in request.GET}
    )
