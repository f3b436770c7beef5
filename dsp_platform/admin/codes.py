"""Codes that nobody has to think of: made of the English name of what is new."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

CODE_FROM_NAME = _("Leave it empty: it is made of the English name.")


class CodeFromName(forms.ModelForm):
    """Of a model with a unique ``code`` and a ``name_en``. Put first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = CODE_FROM_NAME

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "code" in self.fields and "code" not in self.errors and not self.cleaned_data.get("code"):
            self.cleaned_data["code"] = self.instance.code or self._free(
                self.cleaned_data.get("name_en") or ""
            )
        return cleaned

    def _free(self, name: str) -> str:
        """Two who name theirs alike at once: the second is told that the code is taken."""
        rows, longest = self._meta.model._default_manager, self._meta.model._meta.get_field("code").max_length
        stem = slugify(name)[: longest - 4].strip("-") or "new"
        taken = set(rows.filter(code__startswith=stem).values_list("code", flat=True))
        names = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
        return next((one for one in names if one not in taken), "")
