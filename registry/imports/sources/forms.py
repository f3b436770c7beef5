"""What a source may write, ticked field by field."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.imports.sources.labels import FIELDS
from registry.imports.sources.trust import FIELDS as FILLED
from registry.imports.sources.trust import REPLACED, STOPS_ABOVE


def _named(fields: Iterable[str]) -> list[tuple[str, Label]]:
    return [(name, FIELDS[name]) for name in fields]


class TrustWidget(forms.MultiWidget):
    template_name = "registry/imports/trust.html"
    use_fieldset = True
    labels: Sequence[Label] = (
        _("Fills where nothing is known"),
        _("May replace what another source said"),
        _("Stops where more percent are refused, or likely doubles"),
    )

    def __init__(self) -> None:
        lists = [forms.CheckboxSelectMultiple(choices=_named(fields)) for fields in (FILLED, REPLACED)]
        super().__init__([*lists, forms.TextInput({"inputmode": "numeric", "class": "vIntegerField"})])

    def decompress(self, value: Any) -> list[Any]:
        """A draft may hold anything: what cannot be read is not ticked."""
        named = value if isinstance(value, dict) else {}
        return [named.get("fill"), named.get("overwrite"), named.get("stop_above", STOPS_ABOVE)]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for widget, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            widget["label"] = label
        return context


class TrustField(forms.MultiValueField):
    widget = TrustWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (
            forms.MultipleChoiceField(choices=_named(FILLED), required=False),
            forms.MultipleChoiceField(choices=_named(REPLACED), required=False),
            forms.IntegerField(min_value=1, max_value=100, required=False),
        )
        super().__init__(fields, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: list[Any]) -> dict[str, Any]:
        fill, overwrite, most = data_list or ([], [], None)
        typed: dict[str, Any] = {"fill": fill, "overwrite": overwrite}
        return typed if most in (None, STOPS_ABOVE) else {**typed, "stop_above": most}
