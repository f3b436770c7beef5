"""How an official finds a request for a change."""

from django import forms
from django.utils.translation import gettext_lazy

from dsp_platform.web.forms import ReferenceField


class ChangeReferenceForm(forms.Form):
    """A request for a change that somebody asks about at the counter."""

    use_required_attribute = False

    reference = ReferenceField(
        label=gettext_lazy("Reference of the change"), help_text=gettext_lazy("It begins with C.")
    )
