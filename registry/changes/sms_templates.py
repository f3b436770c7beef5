"""Text messages about a change. They say neither what nor who, because phones are shared."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.sms_templates import notice
from dsp_platform.notifications.sms_templates import SENT_TO
from registry.models import ChangeRequest
from registry.phones.selectors import proved_numbers

TITLE = gettext_lazy("A change you asked for")


def approved(params: dict[str, Any]) -> str:
    """The SPID of a newcomer is looked up when it is sent, so that no message is stored with it. It is told
    only where the number is by then one that whoever asked has proved (docs/adr/0014)."""
    requests = ChangeRequest.objects.select_related("registered", "asked_for__account")
    request = requests.filter(reference=params["reference"]).first()
    if not (request and request.registered and request.registered.is_current):
        return _("The change was made: %(reference)s") % params
    if params[SENT_TO] not in proved_numbers(request.asked_for):
        return _("The change was made: %(reference)s. The SPID is on its page or at the office.") % params
    words = _("The change was made: %(reference)s. SPID of the new member: %(spid)s")
    return words % {**params, "spid": request.registered.spid_grouped}


def refused(params: dict[str, Any]) -> str:
    return _("The change was not made. See why: %(reference)s") % params


def more_asked(params: dict[str, Any]) -> str:
    return _("Please show a document for your request: %(reference)s") % params


def unreadable(params: dict[str, Any]) -> str:
    return _("A document you sent could not be read. Please send it again: %(reference)s") % params


def withdrawn(params: dict[str, Any]) -> str:
    """To whoever asked, where somebody else withdrew it for them."""
    return notice(_("Taken back: what you asked for, %(reference)s.") % params, params)


def ended(params: dict[str, Any]) -> str:
    """To whoever asked, where life went on and it cannot be done any more."""
    return _("What you asked for has ended. See why: %(reference)s") % params


def other_successor(params: dict[str, Any]) -> str:
    """To whoever told of a death, and who leads the household now."""
    return _("Please tell who leads your household now, and how all are related: %(reference)s") % params


def details_changed(params: dict[str, Any]) -> str:
    """To whom a change is about, when it was asked for by somebody else or at the counter."""
    return notice(_("Your registration was changed."), params)


def registration_taken_back(params: dict[str, Any]) -> str:
    """To all members, where the head took back the whole registration."""
    return notice(_("The registration of your household was taken back."), params)


def about_ended(params: dict[str, Any]) -> str:
    """To whom a request was about that their former household had made."""
    return _("A change of your record was not made, for you left the household. You can ask for it.")


def move_asked(params: dict[str, Any]) -> str:
    """To whoever would be moved to another household, who must confirm it."""
    return notice(_("Somebody asks that you change household: %(reference)s.") % params, params)


def household_asked(params: dict[str, Any]) -> str:
    """To those whom a change of the whole household concerns, before it is decided."""
    words = _(
        "A change of your household is asked for: %(reference)s."
        " Sign in and answer, or tell the district office."
    )
    if settings.CONTACT_PHONE:
        words = _(
            "A change of your household is asked for: %(reference)s. Sign in and answer, or call %(phone)s"
        )
    return words % {"reference": params["reference"], "phone": settings.CONTACT_PHONE}


TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "change_approve": approved,
    "change_refuse": refused,
    "change_ask_more": more_asked,
    "change_unreadable": unreadable,
    "change_withdraw": withdrawn,
    "change_ended": ended,
    "change_successor": other_successor,
}
