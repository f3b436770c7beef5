"""Text messages about records that are joined to an account. In Khmer each fits one part of 70 characters."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice
from registry.claims.services import code_of
from registry.models import Claim, Person
from registry.phones.selectors import with_settled_phone


def claim_code(params: dict[str, Any]) -> str:
    """Nothing for a claim that found nobody: this is decided here, in the worker, so the page cannot tell."""
    open_ones = Claim.objects.filter(used_at=None, expires_at__gt=timezone.now())
    claim = open_ones.filter(pk=params["claim"]).exclude(person=None).first()
    # Another number stands on record since: the old one's holder opens nothing any more.
    if claim is None or not with_settled_phone(Person.objects.filter(pk=claim.person_id or 0)).exists():
        return ""
    return _("Somebody opens your record with this code: %(code)s") % {"code": code_of(claim)}


def claimed(params: dict[str, Any]) -> str:
    return notice(_("Your record was joined to an account."), params)


def claimed_beside(params: dict[str, Any]) -> str:
    """To the grown members of the household."""
    return notice(_("Somebody of your household got an account."), params)
