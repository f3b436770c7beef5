"""Why an official is not the second one, or stops nothing, besides kin and what they asked for themselves."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.errors import InConflict


class AccountTooNew(InConflict):
    """Otherwise whoever creates accounts of officials could be both officials."""

    words = _("Your account is less than 30 days old, so another official must be the second one.")


class AskerTooNew(InConflict):
    """Who is new counts as alone: a second official does not shorten the waiting time."""

    words = _(
        "The account of whoever asked is less than 30 days old, so nobody confirms it early: "
        "it waits, or another official asks for it."
    )


class TookPart(InConflict):
    words = _(
        "You asked for a phone of this person less than 30 days ago, or confirmed one, "
        "so another official must stop it."
    )
