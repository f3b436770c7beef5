"""What is wrong with a mapping, in words that name the place."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from registry.imports.mapping.schema import SourceMapping

_WHOLE = {
    "no_name": gettext_lazy("The columns name no name of a person."),
    "name_twice": gettext_lazy("A name stands in one column or in two, not both."),
    "no_sex": gettext_lazy("Name the column of the sex, or write it under “constants”."),
    "no_village": gettext_lazy("The village needs the column of its code or of its name."),
}


def mapping_problems(mapping: Any) -> list[str]:
    """Each once. None for a mapping that can be used."""
    try:
        SourceMapping.model_validate(mapping)
    except ValidationError as error:
        return list(dict.fromkeys(map(_sentence, error.errors(include_url=False))))
    return []


def mapping_of(mapping: Any) -> SourceMapping:
    """Of ``ImportSource.mapping``. Raises ValueError."""
    return SourceMapping.model_validate(mapping)


def _sentence(error: ErrorDetails) -> str:
    # Without the names of types, which begin with a capital letter.
    place = ".".join(str(part) for part in error["loc"] if not str(part)[:1].isupper())
    kind = error["type"]
    if kind in _WHOLE:
        return str(_WHOLE[kind])
    if not place:
        return _("The mapping must be a JSON object.")
    if kind == "missing":
        return _("The mapping lacks “%(part)s”.") % {"part": place}
    if kind == "extra_forbidden":
        return _("The mapping has no part “%(part)s”.") % {"part": place}
    if kind == "unknown_value":
        value = {"part": place, "value": error["input"]}
        return _("“%(part)s”: the registry has no value “%(value)s”.") % value
    return _("“%(part)s” cannot be read.") % {"part": place}
