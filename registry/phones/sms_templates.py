"""The text messages of the registry. In Khmer each fits the 70 characters of one part."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice
from registry.models import PhoneReplacement


def account_open(params: dict[str, Any]) -> str:
    """To the account's own phone, whose sessions were ended while the account was waiting."""
    return notice(_("Your account is open: sign in with this number."), params)


def number_lost(params: dict[str, Any]) -> str:
    """To the number that its holder is said to have no more; it says yes for another week."""
    return notice(_("Your number is reported as lost."), params)


def replacement_asked(params: dict[str, Any]) -> str:
    """To the phones on record, before another takes their place: with the reference to object by."""
    return notice(_("Somebody asks for another phone in place of yours: %(reference)s.") % params, params)


def replacement_stopped(params: dict[str, Any]) -> str:
    return _("The request for another phone was stopped. Your number stays: %(reference)s") % params


def replacement_ended(params: dict[str, Any]) -> str:
    """To both phones, old and new: why the new one did not take the place of the old."""
    cause = PhoneReplacement.Cause(params["cause"]).label
    return _("New phone %(reference)s not put in place: %(cause)s.") % (params | {"cause": cause})


def replacement_waits(params: dict[str, Any]) -> str:
    """To the new number, which was proved: with it nothing is registered anew meanwhile."""
    until = date_format(date.fromisoformat(params["until"]), "SHORT_DATE_FORMAT")
    if params.get("second_only"):
        words = _("New phone %(reference)s waits for a second official, until %(date)s.")
    elif params.get("is_first"):
        words = _("Account %(reference)s: a second official opens it, or it opens on %(date)s.")
    else:
        words = _("New phone %(reference)s: a second official confirms, or it holds on %(date)s.")
    return words % {"reference": params["reference"], "date": until}


def account_asked(params: dict[str, Any]) -> str:
    """To the number on record of somebody who gets an account by another one."""
    return notice(_("An account for you with another phone: %(reference)s.") % params, params)


def account_beside(params: dict[str, Any]) -> str:
    """To a household: whose account it is stands on the page, for those alone who may know."""
    return notice(_("Somebody of your household gets an account: %(reference)s.") % params, params)


def account_ended(params: dict[str, Any]) -> str:
    cause = PhoneReplacement.Cause(params["cause"]).label
    return _("Account %(reference)s was not opened: %(cause)s.") % (params | {"cause": cause})
