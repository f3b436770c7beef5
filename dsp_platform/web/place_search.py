"""A place found by the words typed for it: of several one is chosen, and nobody types a code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean
from dsp_platform.translations.label import Label

MOST = 20
Search = Callable[[str], Sequence[tuple[str, str]]]
"""From words to code and name of what they find. A code finds its own."""


class Typed(NamedTuple):
    words: str
    chosen: str
    """Code of one of those that the words found; empty: none yet."""


class PlaceSearchWidget(forms.TextInput):
    """The words; once they find several, these to choose from below them."""

    template_name = "components/place_search.html"

    def __init__(self, search: Search, most: int, least: int) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"})
        self.search, self.most, self.least = search, most, least
        self._found: dict[str, list[tuple[str, str]]] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> "PlaceSearchWidget":
        copied = super().__deepcopy__(memo)
        copied._found = {}  # each form searches for itself
        return copied

    def found(self, words: str) -> list[tuple[str, str]]:
        if words and words not in self._found:
            self._found[words] = list(self.search(words))
        return self._found.get(words, [])

    def name_of(self, code: str) -> str:
        """The code itself where nothing has it any more."""
        return dict(self.found(code)).get(code, code)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        return Typed(clean(data.get(name) or ""), data.get(f"{name}_chosen") or "")

    def format_value(self, value: Any) -> str:
        return value.words if isinstance(value, Typed) else self.name_of(value or "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        found = self.found(value.words) if isinstance(value, Typed) else []
        if len(found) >= self.least:
            radios = forms.RadioSelect(choices=found[: self.most])
            ids = {"id": f"{(attrs or {}).get('id') or name}_chosen"}
            context["choice"] = radios.get_context(f"{name}_chosen", value.chosen, ids)["widget"]
            context["is_one"] = len(found) == 1
            context["is_cut"] = len(found) > self.most
        return context


class PlaceSearchField(forms.CharField):
    """Cleans to the code of the one that is found, or that is chosen of those found.

    ``least``: of how many one is chosen; fewer are taken as they are, and one alone whose code or whole name
    was typed always is. ``kept``: a code that may stay though
    nothing has it any more. ``initial`` is a code.
    """

    widget: PlaceSearchWidget

    def __init__(
        self,
        *,
        search: Search,
        not_found: Label,
        kept: str = "",
        most: int = MOST,
        least: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(max_length=200, widget=PlaceSearchWidget(search, most, least), **kwargs)
        self.not_found, self.kept = not_found, kept

    def clean(self, value: Any) -> str:
        words, chosen = value if isinstance(value, Typed) else Typed(clean(value or ""), "")
        words = super().clean(words)
        if not words or (self.kept and words in (self.kept, self.widget.name_of(self.kept))):
            return self.kept if words else ""
        found = dict(self.widget.found(words)[: self.widget.most])
        if not found:
            raise ValidationError(str(self.not_found))
        [code, name], *others = found.items()
        spelled_out = latin_digits(words) in (code, latin_digits(name))
        if len(found) < self.widget.least or (spelled_out and not others):
            return code
        if chosen not in found:
            if not others:
                raise ValidationError(_("Tick what was found if it is right, or write another name."))
            raise ValidationError(_("Choose one of those found."))
        return chosen

    def has_changed(self, initial: Any, data: Any) -> bool:
        if data == initial:
            return False
        try:
            return self.clean(data) != (initial or "")
        except ValidationError:
            return True
