"""The form of a draft: the fields that the operator receives are ticked, by the kind of record."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.contract import RecordKind, name_of, registered
from dsp_platform.exchange.models import Agreement


def _choices() -> list[tuple[str, list[tuple[str, Any]]]]:
    return [(name_of(kind), _of_kind(known)) for kind, known in registered.kinds.items()]


def _of_kind(known: RecordKind) -> list[tuple[str, Any]]:
    return [(f"{known.name}.{field}", known.labels.get(field, field)) for field in known.fields]


class FieldsField(forms.MultipleChoiceField):
    """Of all kinds, grouped by kind, because the kind is chosen in the same form."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(
            label=capfirst(Agreement._meta.get_field("fields").verbose_name),
            choices=_choices,
            help_text=_("Tick those of the kind of record that is chosen above."),
        )


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "fields" in self.fields:
            agreement = self.instance
            self.initial["fields"] = [f"{agreement.kind}.{name}" for name in agreement.fields]

    def clean_fields(self) -> list[str]:
        """In the order of the kind; what is ticked of another kind is another record's."""
        kind = registered.kinds.get(self.cleaned_data.get("kind") or self.instance.kind)
        ticked = set(self.cleaned_data["fields"])
        return [name for name in kind.fields if f"{kind.name}.{name}" in ticked] if kind else []
