"""The text messages of the registry. In Khmer each fits the 70 characters of one part."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice
from registry.models import PhoneReplacement


def account_open(params: dict[str, Any]) -> str:
    """To the account's own phone, where the person was signed out by the hand-over."""
    return notice(_("Your account is open: sign in with this number."), params)


def death_undone(params: dict[str, Any]) -> str:
    """To the number on record of somebody who was recorded as dead, and to the household."""
    return _("A record of your household was closed wrongly and is open again. The SPID is the same.")


def number_lost(params: dict[str, Any]) -> str:
    """To a number reported as lost, which can consent for another 7 days."""
    return notice(_("Your number is reported as lost."), params)


def replacement_asked(params: dict[str, Any]) -> str:
    """To the phones on record that are to be replaced, with the reference for an objection."""
    return notice(_("Somebody asks for another phone in place of yours: %(reference)s.") % params, params)


def replacement_stopped(params: dict[str, Any]) -> str:
    return _("The request for another phone was stopped. Your number stays: %(reference)s") % params


def replacement_ended(params: dict[str, Any]) -> str:
    """To both phones, old and new: why the replacement was not applied."""
    cause = PhoneReplacement.Cause(params["cause"]).label
    return _("New phone %(reference)s not put in place: %(cause)s.") % (params | {"cause": cause})


def replacement_waits(params: dict[str, Any]) -> str:
    """To the new, proved number, with which no new registration must be begun meanwhile."""
    until = date_format(date.fromisoformat(params["until"]), "SHORT_DATE_FORMAT")
    if params.get("second_only"):
        words = _("New phone %(reference)s waits for a second official, until %(date)s.")
    elif params.get("is_first"):
        words = _("Account %(reference)s: a second official opens it, or it opens on %(date)s.")
    else:
        words = _("New phone %(reference)s: a second official confirms, or it holds on %(date)s.")
    return words % {"reference": params["reference"], "date": until}


def account_asked(params: dict[str, Any]) -> str:
    """To the number on record of a person who is to get an account with another number."""
    return notice(_("An account for you with another phone: %(reference)s.") % params, params)


def account_beside(params: dict[str, Any]) -> str:
    """To the household, without a name: the page shows it to those who may know."""
    return notice(_("Somebody of your household gets an account: %(reference)s.") % params, params)


def account_ended(params: dict[str, Any]) -> str:
    cause = PhoneReplacement.Cause(params["cause"]).label
    return _("Account %(reference)s was not opened: %(cause)s.") % (params | {"cause": cause})
