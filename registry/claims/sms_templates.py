"""Text messages about records linked to an account. In Khmer each fits one part of 70 characters."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice
from registry.claims.selectors import claimable
from registry.claims.services import code_of
from registry.models import Claim, Person


def claim_code(params: dict[str, Any]) -> str:
    """Empty without a match: decided here, in the worker, so that the page takes the same time."""
    open_ones = Claim.objects.filter(used_at=None, expires_at__gt=timezone.now(), person__merged_into=None)
    claim = open_ones.filter(pk=params["claim"]).exclude(person=None).first()
    # The number on record was changed meanwhile: the holder of the old one must not open the record.
    if claim is None or not claimable(Person.objects.filter(pk=claim.person_id or 0)).exists():
        return ""
    return _("Somebody opens your record with this code: %(code)s") % {"code": code_of(claim)}


def claimed(params: dict[str, Any]) -> str:
    return notice(_("Your record was joined to an account."), params)


def claimed_beside(params: dict[str, Any]) -> str:
    """To the adult members of the household."""
    return notice(_("Somebody of your household got an account."), params)
