"""What is wrong with a mapping, in words."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dsp_platform.exchange.mapping.schema import AgreementMapping

# By the part of the mapping that the error is in.
_CANNOT_BE_READ = {
    "table": gettext_lazy("The name of the table cannot be read."),
    "key": gettext_lazy("The key must name a field and a column."),
    "version": gettext_lazy("The column of the version cannot be read."),
    "withdrawn": gettext_lazy("The column of the withdrawal cannot be read."),
    "written_at": gettext_lazy("The column of the time of writing cannot be read."),
    "constants": gettext_lazy(
        "The constants must be names of columns, each with one word, number, true, false or null."
    ),
    "removed": gettext_lazy("The columns that are gone must be a list of names."),
}


def mapping_problems(mapping: Any, fields: Sequence[str]) -> list[str]:
    """Of an agreement that has these ``fields``. Where parts are missing or unknown only this is said."""
    return list(dict.fromkeys(text for _path, text in located_problems(mapping, fields)))


def located_problems(mapping: Any, fields: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    """The same, each with the path of the part that it is about."""
    try:
        parsed = AgreementMapping.model_validate(mapping, context={"fields": fields})
    except ValidationError as error:
        errors = error.errors(include_url=False)
        parts = [
            each
            for each in errors
            if len(each["loc"]) == 1 and each["type"] in ("missing", "extra_forbidden")
        ]
        return [(tuple(map(str, each["loc"])), _sentence(each)) for each in parts or errors]
    named = list(_named_columns(parsed))
    names = [name for _path, name in named]
    return [
        (path, _("The column “%(column)s” is filled twice.") % {"column": name})
        for path, name in sorted(named, key=itemgetter(1))
        if names.count(name) > 1
    ]


def _named_columns(mapping: AgreementMapping) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("key",), mapping.key.column
    yield ("version",), mapping.version
    yield ("withdrawn",), mapping.withdrawn.flag.column
    if mapping.withdrawn.at:
        yield ("withdrawn",), mapping.withdrawn.at.column
    if mapping.written_at:
        yield ("written_at",), mapping.written_at
    for field, columns in mapping.columns.items():
        yield from ((("columns", field), column.column) for column in columns)
    yield from ((("constants", name), name) for name in mapping.constants)


def _sentence(error: ErrorDetails) -> str:
    match error["type"], error["loc"]:
        case _type, ():
            return _("The mapping must be a JSON object.")
        case "missing", (part,):
            return _("The mapping lacks “%(part)s”.") % {"part": part}
        case "extra_forbidden", (part,):
            return _("The mapping has no part “%(part)s”.") % {"part": part}
        case "unknown_field", ("key", *_rest):
            return _("The key field “%(field)s” is not in the agreement.") % {"field": error["input"]}
        case "unknown_field", ("columns", field, *_rest):
            return _("The field “%(field)s” is not in the agreement.") % {"field": field}
        case _type, ("columns", field, *_rest):
            return _("The column of “%(field)s” cannot be read.") % {"field": field}
        case _type, ("columns",):
            return _("The columns must be a JSON object.")
        case _type, ("constants",):
            return _("The constants must be a JSON object.")
    return str(_CANNOT_BE_READ[str(error["loc"][0])])
