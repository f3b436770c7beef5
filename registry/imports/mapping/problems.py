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
    "no_sex": gettext_lazy("Name the column of the sex, or choose it under “The same in every row”."),
    "no_village": gettext_lazy("The village needs the column of its code or of its name."),
}

# Of what concerns several parts: where it can be mended.
_PLACES = {
    "no_name": ("columns", "name"),
    "name_twice": ("columns", "name"),
    "no_sex": ("columns", "sex"),
}


def mapping_problems(mapping: Any) -> list[str]:
    """Each once. None for a mapping that can be used."""
    return list(dict.fromkeys(text for _path, text in located_problems(mapping)))


def located_problems(mapping: Any) -> list[tuple[tuple[str, ...], str]]:
    """The same, each with the path of the part that it is about."""
    try:
        SourceMapping.model_validate(mapping)
    except ValidationError as error:
        return [(_path(one), _sentence(one)) for one in error.errors(include_url=False)]
    return []


def _path(error: ErrorDetails) -> tuple[str, ...]:
    path = tuple(str(part) for part in error["loc"])
    return _PLACES.get(error["type"], path)


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
