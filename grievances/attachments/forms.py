from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.uploads.forms import FilesField, FilesInput


class FilesForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]  # Django keeps fields apart from its own ``files``
        label=_("Photos, PDF or a voice recording"),
        help_text=_("Take a photo, choose files, or record what you want to say with your phone."),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,application/pdf,audio/*", "multiple": True}),
    )

    def __init__(self, *args: Any, refused: Sequence[object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused

    def clean(self) -> None:
        if not self.cleaned_data.get("files") and not self.refused:
            self.add_error("files", _("Choose a photo or a file."))
