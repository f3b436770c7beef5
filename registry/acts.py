"""What was done for a person at the counter, in their own words. An act without words here is not told."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: dict[str, str | Promise] = {
    "register": _("The household was registered"),
    "give_consent": _("A consent was given"),
    "withdraw_consent": _("A consent was taken back"),
    "claim": _("The record was joined to an account"),
    "ask_replacement": _("Another phone was asked for"),
    "agree_to_move": _("A yes to another household was given"),
    "replace_phone": _("The phone number of the account was replaced"),
    "submit": _("An application was made"),
    "answer": _("A question about an application was answered"),
    "withdraw": _("An application was withdrawn"),
    "appeal": _("An appeal was made"),
    "report": _("A grievance was reported"),
    "add": _("Something was added to a grievance"),
    "reopen": _("A grievance was opened again"),
}
