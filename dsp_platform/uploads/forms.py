from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.text import clean

OTHER = "other"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if files else []


class FilesField(forms.FileField):
    """One file or several. The service checks each of them."""

    widget = FilesInput
    answer_expected = True  # required by ``DocumentForm`` unless a file was refused on the way in

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return list(data or [])


class DocumentForm(forms.Form):
    """Which document, and the photos of its pages. The language switch cannot carry files along."""

    document = forms.ChoiceField(
        label=_("Which document is it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which document it is.")},
    )
    other = forms.CharField(
        label=_("Name of the document, if it is another one"), max_length=100, required=False
    )
    files = FilesField(  # type: ignore[assignment]  # Django keeps fields apart from its own ``files``
        label=_("Photos or PDF"),
        help_text=_("Take a photo of each page, or choose photos or PDF files."),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,application/pdf", "multiple": True}),
    )

    def __init__(self, *args: Any, titles: Sequence[str], refused: Sequence[object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused
        self.fields["other"].answer_expected = True  # type: ignore[attr-defined]  # its label says when
        self.titles = list(titles)
        # Values are numbers, because the language of the titles may be switched in between.
        asked = [(str(number), title) for number, title in enumerate(self.titles, start=1)]
        document = cast(forms.ChoiceField, self.fields["document"])
        if asked:
            document.choices = [*asked, (OTHER, _("Another document"))]
        else:
            del self.fields["document"]
            self.fields["other"].label = _("Name of the document")
            self.fields["other"].required = True
            self.fields["other"].error_messages["required"] = str(_("Write what document it is."))

    def clean_other(self) -> str:
        return clean(self.cleaned_data["other"])

    def clean(self) -> None:
        """Files are taken even without a title: a form that is shown again cannot contain files."""
        chosen = self.cleaned_data.get("document")
        if self.cleaned_data.get("files"):
            for name in ("document", "other"):
                self.errors.pop(name, None)
        elif chosen == OTHER and not self.cleaned_data.get("other"):
            self.add_error("other", _("Write what document it is."))
        if not self.cleaned_data.get("files") and not self.refused:
            self.add_error("files", _("Choose a photo or a file."))

    def title(self) -> str:
        chosen = self.cleaned_data.get("document", OTHER)
        if chosen != OTHER:
            return self.titles[int(chosen) - 1]
        return self.cleaned_data.get("other") or str(_("Another document"))
