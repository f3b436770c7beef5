from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.forms import LinesField, VersionField
from grievances.workflow import grievance_workflow


class LookAgainForm(forms.Form):
    version = VersionField()
    words = LinesField(
        label=_("What is still wrong?"),
        help_text=_("You need not write. You can send photos or a recording afterwards."),
        max_length=grievance_workflow.note_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
