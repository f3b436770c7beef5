"""The text messages about a registration. In Khmer each fits one part of 70 characters."""

from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice
from dsp_platform.notifications.sms_templates import SENT_TO
from registry.models import Person
from registry.phones.selectors import proved_numbers


def registered(params: dict[str, Any]) -> str:
    """The SPID is looked up when it is sent, so that no message is stored with it. Nothing where the phone is
    no longer proved."""
    living = Person.objects.current().filter(pk=params["person"])
    person = living.select_related("account").first()
    if person is None or params[SENT_TO] not in proved_numbers(person):
        return ""
    return _("You are registered for social protection. Your SPID: %(spid)s") % {"spid": person.spid_grouped}


def registered_by_office(params: dict[str, Any]) -> str:
    """To a number that an official typed and nobody proved: it says nothing of the person."""
    return notice(_("You are registered. Your SPID is on the slip."), params)
