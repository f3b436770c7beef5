"""The short codes of what became of a message, in words. They quote neither phone, text nor answer."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label

REASONS: dict[str, Label] = {
    # The message.
    "expired": _("It was too late to send it."),
    "nothing_to_say": _("There was nothing to say any more."),
    "no_recipient": _("Nobody it was meant for has this number any more."),
    "not_arrived": _("The provider says that it did not arrive."),
    "origin": _("Too many were asked for from one place: it waits."),
    "budget": _("The budget is used up: it waits."),
    "refused": _("The provider refuses this message."),
    "bad_request": _("The provider does not understand this message."),
    "too_long": _("It is too long for the provider."),
    "not_acceptable": _("The provider does not take this message."),
    "number_not_served": _("The provider does not reach this number."),
    "outcome_unknown": _("No answer came: it may have arrived."),
    # The provider.
    "error": _("The provider's program broke down."),
    "unreachable": _("The provider cannot be reached."),
    "settings": _("The provider is not set up."),
    "certificate_file": _("The file with the provider's certificate cannot be read."),
    "no_connection": _("There is no connection to the provider."),
    "no_answer": _("The provider did not answer: it may have arrived."),
    "malformed_answer": _("The provider's answer cannot be understood: it may have arrived."),
    "huge_answer": _("The provider's answer is too large: it may have arrived."),
    "bad_gateway": _("A machine before the provider failed: it may have arrived."),
    "gateway_timeout": _("A machine before the provider waited too long: it may have arrived."),
    "credentials": _("The provider does not accept our name and password."),
    "no_credit": _("Our credit at the provider is used up."),
    "wrong_address": _("The provider's address is wrong."),
    "redirected": _("The provider is at another address now."),
    "busy": _("The provider is busy."),
    "gateway_error": _("The provider reported a failure."),
    "not_accepted": _("The provider did not take it."),
}


def in_words(code: str) -> str:
    return str(REASONS.get(code, code))
