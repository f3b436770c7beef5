from django import forms
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.fields import PhoneField
from registry.forms.person import CHOOSE
from registry.models import IdentityDocument

REASONS = [
    ("lost", gettext_lazy("The phone is lost or broken")),
    ("stolen", gettext_lazy("The phone was stolen")),
    ("number_gone", gettext_lazy("The number no longer belongs to the person")),
]
# Many have pawned or lost their card: those who have known the person for long can vouch for them.
DOCUMENTS = [
    *IdentityDocument.Type.choices,
    ("known", gettext_lazy("None: the village chief knows the person and is here")),
]


class FirstPhoneForm(forms.Form):
    """Somebody who has no account gets one, with the phone they hold in the hand."""

    use_required_attribute = False

    document = forms.ChoiceField(
        label=gettext_lazy("Which document did you check?"),
        choices=[("", gettext_lazy("Choose a document")), *DOCUMENTS],
        error_messages=CHOOSE,
    )
    checked = forms.BooleanField(
        label=gettext_lazy("I compared it with the person in front of me"),
        error_messages={"required": gettext_lazy("Compare the document with the person first.")},
    )
    phone = PhoneField(
        gets_texts=True,
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("The phone must be here: we send a code to it."),
        error_messages={"required": gettext_lazy("Enter the phone number.")},
    )


class LostPhoneForm(FirstPhoneForm):
    """The account gets another phone."""

    field_order = ("reason", "document", "checked", "phone")

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is the phone number replaced?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    phone = PhoneField(
        gets_texts=True,
        label=gettext_lazy("New phone number"),
        help_text=gettext_lazy("The phone must be here: we send a code to it."),
        error_messages={"required": gettext_lazy("Enter the new phone number.")},
    )
