"""A new member of staff joins: the code of the invitation, then their own password and authenticator app.

The link carries the code in its fragment (``#``), which browsers do not send; the page posts it as a form. So
it appears in no log, and link scanners of mail programs do not consume it.
"""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access.entry_points import staff_home_url
from dsp_platform.accounts.models import Invitation
from dsp_platform.accounts.sign_in.backends import STAFF_BACKEND
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff.credential_forms import InvitationForm, JoinForm
from dsp_platform.accounts.staff_sign_in import authenticator, proof, throttle
from dsp_platform.web.forms import bind, is_submitted, never_kept

JOINING = "joining"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_kept
def join(request: HttpRequest) -> HttpResponse:
    form = bind(InvitationForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            invitation = _find(request, form.cleaned_data["code"])
        except (invitations.CannotJoin, throttle.NetworkLimitReached) as problem:
            form.add_error("code", str(problem))
        else:
            if not request.user.is_authenticated:
                # Against session fixation.
                request.session.cycle_key()
            request.session[JOINING] = bytes(invitation.digest).hex()
            return redirect("accounts:join_set_up")
    return render(request, "accounts/staff/join.html", {"form": form})


@sensitive_post_parameters("new_code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@never_kept
def set_up(request: HttpRequest) -> HttpResponse:
    try:
        invitation = invitations.open_invitation(bytes.fromhex(request.session.get(JOINING, "")))
        key = authenticator.new_key(request, invitation.user)
        form = bind(JoinForm, request, user=invitation.user, key=key)
        if is_submitted(request) and form.is_valid():
            user = invitations.join(
                invitation=invitation,
                password=form.cleaned_data["password"],
                key=key,
                code=form.cleaned_data["new_code"],
            )
            del request.session[JOINING]
            authenticator.discard_key(request)
            login(request, user, backend=STAFF_BACKEND)
            messages.success(request, _("Your password and authenticator app are set. You are signed in."))
            response = redirect(staff_home_url(user.role))
            throttle.remember_browser(request, response, user.get_username())
            return response
    except invitations.CannotJoin as refused:
        if request.session.pop(JOINING, ""):
            _record_refusal(request, refused)
            messages.warning(request, str(refused))
        return redirect("accounts:join")
    except staff.WrongCode as wrong:
        form.add_error("new_code", str(wrong))
    context = {"form": form, "invited": invitation.user, **authenticator.shown(invitation.user, key)}
    return render(request, "accounts/staff/join_set_up.html", context)


def _find(request: HttpRequest, code: str) -> Invitation:
    """A wrong code counts as a failed sign-in of the network: a rate limit on guesses and audit rows."""
    with throttle.attempt(request, username="") as attempt:
        try:
            return invitations.invitation_of(code)
        except invitations.CannotJoin as refused:
            attempt.failed = True
            _record_refusal(request, refused)
            raise


def _record_refusal(request: HttpRequest, refused: invitations.CannotJoin) -> None:
    proof.note_failure(request, refused.user, refused.reason, action="join_refused")
