"""The form of a draft: the fields that the operator receives are ticked, by the kind of record."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.json_rows import RowsField, Sheet
from dsp_platform.exchange.agreements.mapping_rows import sheet_of
from dsp_platform.exchange.contract import RecordKind, name_of, registered
from dsp_platform.exchange.mapping.problems import located_problems
from dsp_platform.exchange.models import Agreement


def _choices() -> list[tuple[str, list[tuple[str, Any]]]]:
    return [(name_of(kind), _of_kind(known)) for kind, known in registered.kinds.items()]


def _of_kind(known: RecordKind) -> list[tuple[str, Any]]:
    labels = known.labels  # reads the questions of the programmes
    return [(f"{known.name}.{field}", labels.get(field, field)) for field in known.fields]


class FieldsField(forms.MultipleChoiceField):
    """Of all kinds, grouped by kind, because the kind is chosen in the same form."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(
            label=capfirst(Agreement._meta.get_field("fields").verbose_name),
            choices=_choices,
            help_text=_("Tick those of the kind of record that is chosen above."),
        )


class MappingField(RowsField):
    def __init__(self) -> None:
        super().__init__(
            label=capfirst(Agreement._meta.get_field("mapping").verbose_name),
            help_text=_(
                "A field without a column is not written. Codes: a number, <code>true</code>, "
                "<code>false</code> and <code>null</code> are written as that; in quotation marks they "
                "are text."
            ),
        )


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreement = self.instance
        if "fields" in self.fields:
            self.initial["fields"] = [f"{agreement.kind}.{name}" for name in agreement.fields]
        if "mapping" in self.fields:
            self.fields["mapping"].use(self._sheet())  # type: ignore[attr-defined]

    def _sheet(self) -> Sheet:
        name = self["kind"].value() if "kind" in self.fields else self.instance.kind
        kind = registered.kinds.get(name or "")
        ticked = self["fields"].value() if "fields" in self.fields else ()
        agreed = [one.partition(".")[2] for one in ticked or () if kind and one.startswith(f"{kind.name}.")]
        return sheet_of(self.instance.mapping, kind, agreed)

    def _post_clean(self) -> None:
        """What is wrong with the mapping stands at its row as well."""
        mapping = self.cleaned_data.get("mapping")
        super()._post_clean()  # type: ignore[misc]
        if "mapping" in self.errors and mapping is not None:
            located = located_problems(mapping, self.cleaned_data.get("fields", []))
            self.fields["mapping"].sheet.place(located)  # type: ignore[attr-defined]

    def clean_fields(self) -> list[str]:
        """In the order of the kind; what is ticked of another kind is another record's."""
        kind = registered.kinds.get(self.cleaned_data.get("kind") or self.instance.kind)
        ticked = set(self.cleaned_data["fields"])
        return [name for name in kind.fields if f"{kind.name}.{name}" in ticked] if kind else []
