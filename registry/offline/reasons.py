"""Why a household that was written offline is an unfinished registration, for the official."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label

WHY: dict[str, Label] = {
    "unfinished": _("It was not finished when the device was left."),
    "signed_out": _(
        "Was it you? It was written before you signed in. Look at it and send it if it is right."
    ),
    "incomplete": _("Something is missing or wrong, or is to be asked once more."),
    "consent_changed": _("The text of the consent has changed since. Read it to the person again."),
    "alike": _("Somebody of this name is registered already. Ask whether it is the same person."),
    "registered_already": _("Somebody of the household is registered already."),
    "mover": _("Somebody moves here from another household, and has to say yes."),
    "too_many_lookups": _("It was asked too often today who is registered. Send it tomorrow."),
}
