"""Text messages to applicants. They name neither person nor programme, because phones are shared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.sms_templates import notice
from dsp_platform.translations.label import Label


def received(params: Mapping[str, Any]) -> str:
    return _("We received your application. Reference: %(reference)s") % params


def more_asked(params: Mapping[str, Any]) -> str:
    return _("Please answer a question about your application: %(reference)s") % params


def approved(params: Mapping[str, Any]) -> str:
    return _("Your application was approved: %(reference)s") % params


def refused(params: Mapping[str, Any]) -> str:
    return _("Your application was not approved. See why: %(reference)s") % params


def referred(params: Mapping[str, Any]) -> str:
    return _("About your application %(reference)s: another programme may fit you. See which.") % params


def unreadable(params: Mapping[str, Any]) -> str:
    return _("A document you sent could not be read. Please send it again: %(reference)s") % params


def withdrawn(params: dict[str, Any]) -> str:
    """Where an official withdrew it for the applicant."""
    return notice(_("Withdrawn: your application %(reference)s.") % params, params)


def closed(params: Mapping[str, Any]) -> str:
    """By what became known in the registry, not by the applicant."""
    return _("Closed: application %(reference)s. Sign in to see why, or ask at the commune.") % params


TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "application_received": received,
    "application_ask_more": more_asked,
    "application_approve": approved,
    "application_refuse": refused,
    "application_refer": referred,
    "application_unreadable": unreadable,
    "application_withdraw": withdrawn,
    "application_closed": closed,
}

# The title of each in the list of one's own messages.
TITLES: dict[str, Label] = {
    "application_received": gettext_lazy("We received your application"),
    "application_ask_more": gettext_lazy("A question about your application"),
    "application_approve": gettext_lazy("Your application was approved"),
    "application_refuse": gettext_lazy("Your application was not approved"),
    "application_refer": gettext_lazy("Another programme may fit you"),
    "application_unreadable": gettext_lazy("A document could not be read"),
    "application_withdraw": gettext_lazy("Your application was withdrawn"),
    "application_closed": gettext_lazy("An application was closed"),
}
