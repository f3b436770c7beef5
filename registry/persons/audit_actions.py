"""What was done for a person at the counter, in their own words. An act without words here is not told."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
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

# Why staff looked at a record, in the words of whoever reads who looked at them.
STAFF_REASONS: dict[str, str | Promise] = {
    "review": _("To decide on an application"),
    "answer": _("To answer a grievance"),
    "change": _("To decide on a change"),
    "account": _("To decide on a phone or an account"),
    "question": _("The person asked a question"),
    "correction": _("Something must be corrected"),
    "duplicate": _("The person may be registered twice"),
    "grievance": _("A complaint is being looked into"),
    "document": _("To look at a document"),
    "agreement": _("To check what an operator would be told"),
}


REASONS = [
    ("register", gettext_lazy("To register the household")),
    ("apply", gettext_lazy("To apply for a programme")),
    ("follow", gettext_lazy("To follow an application")),
    ("check", gettext_lazy("To check the details")),
    ("tell_change", gettext_lazy("To tell a change in the household")),
    ("account", gettext_lazy("For the phone number or the account")),
    ("grievance", gettext_lazy("To report a grievance")),
]
