from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.approval.models import Proposal
from dsp_platform.casework.forms import LinesField


class UndoForm(forms.Form):
    reason = LinesField(
        label=_("Why the record is wrong"),
        help_text=_("Who came, which document was shown, what the commune says. Without names."),
        max_length=Proposal._meta.get_field("reason").max_length,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write why: whoever approves it reads it.")},
    )
