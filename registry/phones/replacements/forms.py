from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.phones.fields import PhoneField
from dsp_platform.web.forms import ReferenceField
from registry.models import IdentityDocument
from registry.persons.forms import CHOOSE
from registry.phones.replacements.selectors import replacement_by_reference

REASONS = [
    ("lost", gettext_lazy("The phone is lost or broken")),
    ("stolen", gettext_lazy("The phone was stolen")),
    ("number_gone", gettext_lazy("The number no longer belongs to the person")),
]
# Many people pawned or lost their card: somebody who has known them for long can vouch for them.
DOCUMENTS = [
    *IdentityDocument.Type.choices,
    ("known", gettext_lazy("None: the village chief knows the person and is here")),
]


class PhoneHereForm(forms.Form):
    """The document that was checked, and the phone the person has with them."""

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
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("The phone must be here: we send a code to it."),
        error_messages={"required": gettext_lazy("Enter the phone number.")},
    )


class FirstPhoneForm(PhoneHereForm):
    """To open an account."""

    lost = forms.BooleanField(
        label=gettext_lazy("The person has the phone on record no more"),
        help_text=gettext_lazy("It then says no yes for them any more, once this is confirmed."),
        required=False,
    )


class SeenForm(forms.Form):
    """The confirmation of the second official."""

    use_required_attribute = False

    document = FirstPhoneForm.base_fields["document"]
    checked = FirstPhoneForm.base_fields["checked"]


class StopForm(SeenForm):
    """The confirmation of an official who stops one for a person at the counter."""

    here = forms.BooleanField(
        label=gettext_lazy("The person is here and did not ask for it"),
        error_messages={"required": gettext_lazy("Only for somebody who is here.")},
    )


class ReferenceForm(forms.Form):
    """Search by the reference of the text message, at any office."""

    use_required_attribute = False

    reference = ReferenceField(
        label=gettext_lazy("Reference in the text message"),
        help_text=gettext_lazy("It begins with P. The person may come to any office to object."),
    )

    def clean_reference(self) -> str:
        found = replacement_by_reference(self.cleaned_data["reference"])
        if found is None:
            raise ValidationError(_("There is no such reference. Check it letter by letter."))
        return found.reference


class LostPhoneForm(PhoneHereForm):
    """To replace the phone of an account."""

    field_order = ("reason", "document", "checked", "phone")

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is the phone number replaced?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    phone = PhoneField(
        label=gettext_lazy("New phone number"),
        help_text=gettext_lazy("The phone must be here: we send a code to it."),
        error_messages={"required": gettext_lazy("Enter the new phone number.")},
    )
