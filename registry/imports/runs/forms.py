from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.forms import LinesField
from registry.models import ImportSource

LONGEST_REASON = 300


class UploadForm(forms.Form):
    source = forms.ModelChoiceField(
        label=_("source"),
        queryset=ImportSource.objects.none(),
        help_text=_("Only sources that two stewards have put in force for today."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = [source.pk for source in ImportSource.objects.all() if source.is_in_force]
        field: Any = self.fields["source"]
        field.queryset = ImportSource.objects.filter(pk__in=in_force)
        self.fields["file"].help_text = gettext(
            "CSV or XLSX, up to %(megabytes)s MB; what is larger comes in by the command line. "
            "None, where the source is a table of the operator's database."
        ) % {"megabytes": settings.IMPORT_MEGABYTES}


class ReasonForm(forms.Form):
    reason = LinesField(
        label=_("Why"), max_length=LONGEST_REASON, required=False, widget=forms.Textarea({"rows": 3})
    )
