"""The district's page of its communes' officials, and what it can do for each."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff.invitation_page import shown_once
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.translations.label import Label
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.areas.labels import area_path
from registry.areas.selectors import office_of
from registry.identity.spid import grouped
from registry.models import OfficialRequest
from registry.officials import services
from registry.officials.errors import (
    NoLongerWaiting,
    OfficialClosed,
    UnknownSpid,
    UserNameClosed,
    UserNameTaken,
)
from registry.officials.forms import CommuneForm, InviteForm, OtherDistrictForm
from registry.officials.selectors import (
    Standing,
    asked_by,
    closed_by,
    communes_of,
    halves_of,
    is_of_district,
    officials_of,
    request_about,
    standing_of,
    stopped_at,
    waiting_for,
    who_may_answer,
)
from registry.persons.subject import user_of

FIELD_OF: dict[type[StepRefused], str] = {
    UserNameTaken: "username",
    UserNameClosed: "username",
    UnknownSpid: "spid",
}
View = Callable[..., HttpResponse]
Kind = OfficialRequest.Kind
CONFIRM: dict[str, Callable[..., str]] = {
    Kind.LOST_DEVICE: services.confirm_lost_device,
    Kind.INVITATION: services.confirm_invitation,
    Kind.RETURN: services.confirm_return,
}
INVITED = gettext_lazy(
    "A second official of the district confirms the invitation. Then each of you has one half of the code."
)
RETURNS = gettext_lazy(
    "A second official of the district confirms; each of you gets one half of the code for a new password "
    "and app."
)
STOPPED = gettext_lazy(
    "Password and app stopped. A second official of the district confirms; then a new code is made."
)
STOPPED_NOW = gettext_lazy("Password and app stopped.")
ALONE = gettext_lazy(
    "Nobody else of your district may confirm it now: the secretariat sees that it waits, and makes the code."
)
STAYS_STOPPED = gettext_lazy("Password and app stay stopped: they work again by a new code only.")


def district_required(view: View) -> View:
    """For an official of a district; to others there is no such page."""

    @account_only
    @official_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_of_district(user_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@district_required
def officials(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    names = {area.code: area for area in communes_of(user)}
    rows = [(one, standing_of(one)) for one in officials_of(user)]
    working = {one.area_code for one, standing in rows if standing == Standing.WORKS}
    audit.record(actor=user, action="list", subject_kind="user", details={"rows": len(rows)})
    context = {
        "district": office_of(user),
        "officials": [
            (one, names.get(one.area_code), standing, standing == Standing.STOPPED and stopped_at(one))
            for one, standing in rows
        ],
        "waiting": waiting_for(user),
        "asked": asked_by(user),
        "halves": [(one, services.first_half(one)) for one in halves_of(user)],
        "page": request.build_absolute_uri(reverse("accounts:join")),
        "without": [area for code, area in names.items() if code not in working],
    }
    return render(request, "registry/officials/officials.html", context)


@district_required
@never_kept
def invite(request: HttpRequest) -> HttpResponse:
    form = bind(InviteForm, request, user=user_of(request))
    if is_submitted(request) and form.is_valid():
        try:
            with refusals_recorded(request, "user", None):
                asked = services.invite_official(actor=user_of(request), **form.cleaned_data)
        except StepRefused as error:
            form.add_error(FIELD_OF.get(type(error)), str(error))
        else:
            return _done(request, asked.official, _words_of(asked, INVITED))
    return render(request, "registry/officials/invite.html", {"form": form})


@district_required
def official(request: HttpRequest, pk: int) -> HttpResponse:
    """Each form names what it does: only that one is looked at."""
    user, shown = user_of(request), _own(request, pk)
    if not shown.is_active:
        return _closed(request, shown)
    act = request.POST.get("act", "") if is_submitted(request) else ""
    left = shown.area_code
    move = CommuneForm(user=user, left=left)
    if act in ("", "move"):
        move = bind(CommuneForm, request, user=user, left=left)
    leave = OtherDistrictForm(own=user.area_code)
    if act == "transfer":
        leave = bind(OtherDistrictForm, request, own=user.area_code)
    try:
        if act == "move" and move.is_valid():
            with refusals_recorded(request, "user", shown.pk):
                services.move_official(actor=user, official=shown, commune=move.cleaned_data["commune"])
            return _done(request, shown, _("The official works for another commune now."))
        if act == "transfer" and leave.is_valid():
            with refusals_recorded(request, "user", shown.pk):
                services.ask_other_district(actor=user, official=shown, **leave.cleaned_data)
            return _done(request, shown, _("The other district is asked. Until it answers nothing changes."))
        if act == "withdraw" and (asked := asked_by(user).filter(official=shown).first()):
            return _withdraw(request, asked)
    except StepRefused as error:
        messages.error(request, str(error))
        return redirect("registry:officials")
    context = {
        "official": shown,
        "commune": office_of(shown),
        "standing": (standing := standing_of(shown)),
        "stopped_at": standing == Standing.STOPPED and stopped_at(shown),
        "request_waiting": request_about(shown),
        "move": move,
        "transfer": leave,
        "form": move if act == "move" else leave if act == "transfer" else None,
    }
    return render(request, "registry/officials/official.html", context)


def _closed(request: HttpRequest, shown: User) -> HttpResponse:
    """Nothing is changed of a closed account, but by two it is taken back into service."""
    act = request.POST.get("act", "") if is_submitted(request) else ""
    asked = request_about(shown)
    try:
        if act == "return":
            with refusals_recorded(request, "user", shown.pk):
                asked = services.ask_return(actor=user_of(request), official=shown)
            return _done(request, shown, _words_of(asked, RETURNS))
        if act == "withdraw" and asked is not None and asked.asked_by_id == user_of(request).pk:
            return _withdraw(request, asked)
        if act not in ("", "withdraw"):
            with refusals_recorded(request, "user", shown.pk):
                raise OfficialClosed
    except StepRefused as error:
        messages.error(request, str(error))
        return redirect("registry:official", shown.pk)
    context = {
        "official": shown,
        "commune": office_of(shown),
        "closed": closed_by(shown),
        "request_waiting": asked,
    }
    return render(request, "registry/officials/closed.html", context)


def _withdraw(request: HttpRequest, asked: OfficialRequest) -> HttpResponse:
    with refusals_recorded(request, "user", asked.official_id):
        services.withdraw_request(actor=user_of(request), request=asked)
    words = _("You have taken back what you asked.")
    if asked.kind == Kind.LOST_DEVICE:
        words = f"{words} {STAYS_STOPPED}"
    return _done(request, asked.official, words)


@district_required
def official_close(request: HttpRequest, pk: int) -> HttpResponse:
    """What will happen, and only then it does."""
    shown = _own(request, pk)
    if is_submitted(request):
        return _try(
            request, shown, services.close_official, _("The account is closed. They sign in no more.")
        )
    return _before(request, shown, "registry/officials/close.html")


@district_required
def official_lost_device(request: HttpRequest, pk: int) -> HttpResponse:
    """As ``official_close``."""
    shown = _own(request, pk)
    if is_submitted(request):
        return _try(request, shown, services.report_lost_device, STOPPED)
    if request_about(shown):
        return redirect("registry:official", shown.pk)
    return _before(request, shown, "registry/officials/lost_device.html")


def _before(request: HttpRequest, shown: User, page: str) -> HttpResponse:
    if not shown.is_active:
        return redirect("registry:official", shown.pk)
    return render(request, page, {"official": shown, "commune": office_of(shown)})


@district_required
@require_POST
@never_kept
def official_invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    return _try(request, _own(request, pk), services.invite_again, INVITED)


@district_required
@sensitive_variables("half")
@never_kept
def official_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked of this district: answered once."""
    user = user_of(request)
    asked = waiting_for(user).filter(pk=pk).first()
    if own := asked_by(user).filter(pk=pk).first():
        messages.info(request, _("You have asked this yourself: somebody else answers it."))
        return redirect("registry:official", own.official_id)
    if asked is None:
        gone = (
            OfficialRequest.objects.filter(pk=pk, district=user.area_code).select_related("official").first()
        )
        messages.info(request, str(services.why_not_waiting(gone) if gone else NoLongerWaiting()))
        return redirect("registry:officials")
    form = bind(CommuneForm, request, user=user)
    act = request.POST.get("act", "") if is_submitted(request) else ""
    try:
        if act == "refuse":
            with refusals_recorded(request, "user", asked.official_id):
                services.refuse_request(actor=user, request=asked)
            stopped = f"{_('Refused.')} {STAYS_STOPPED}"
            words = stopped if asked.kind == Kind.LOST_DEVICE else _("Refused. Nothing changes.")
            return _done(request, asked.official, words)
        if act == "confirm" and asked.kind in CONFIRM:
            with refusals_recorded(request, "user", asked.official_id):
                half = CONFIRM[asked.kind](actor=user, request=asked)
            return _show_once(request, asked.official, half)
        if act == "accept" and asked.kind == Kind.TRANSFER and form.is_valid():
            commune = form.cleaned_data["commune"]
            with refusals_recorded(request, "user", asked.official_id):
                services.accept_transfer(actor=user, request=asked, commune=commune)
            return _done(request, asked.official, _("The official works for your district now."))
    except (StepRefused, invitations.CannotInvite) as error:
        messages.error(request, str(error))
        return redirect("registry:officials")
    office = office_of(asked.official)
    context = {
        "asked": asked,
        "office": area_path(office) if office else "",
        "spid": asked.official.spid and grouped(asked.official.spid),
        "form": form if asked.kind == Kind.TRANSFER else None,
    }
    return render(request, "registry/officials/request.html", context)


def _own(request: HttpRequest, pk: int) -> User:
    found = officials_of(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _try(request: HttpRequest, shown: User, act: Callable[..., Any], words: Label) -> HttpResponse:
    try:
        with refusals_recorded(request, "user", shown.pk):
            done = act(actor=user_of(request), official=shown)
    except (StepRefused, invitations.CannotInvite) as error:
        messages.error(request, str(error))
        return redirect("registry:officials")
    return _done(request, shown, _words_of(done, words) if isinstance(done, OfficialRequest) else words)


def _words_of(asked: OfficialRequest, words: Label) -> Label:
    """What comes next: somebody of the district answers, or the secretariat."""
    if who_may_answer(asked.asked_by, asked.district_id):
        return words
    return f"{STOPPED_NOW} {ALONE}" if asked.kind == Kind.LOST_DEVICE else ALONE


def _done(request: HttpRequest, shown: User, words: Label) -> HttpResponse:
    messages.success(request, f"{shown.staff_name}: {words}")
    return redirect("registry:officials")


@sensitive_variables("half")
def _show_once(request: HttpRequest, invited: User, half: str) -> HttpResponse:
    context = shown_once(request, invited, half)
    return render(request, "registry/officials/invitation.html", context)
