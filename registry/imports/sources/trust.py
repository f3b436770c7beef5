"""What a source may write of somebody who is registered already.

``{"fill": [...], "overwrite": [...]}``: what it fills where nothing is known, and what it may replace besides
where another source said it. All else it never writes; what people told is never replaced. A village is moved
by a change, which moves the household; an address by a change too.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from annotated_types import Interval
from django.utils.translation import gettext as _
from pydantic import AfterValidator, ValidationError
from pydantic_core import PydanticCustomError

from dsp_platform.exchange.mapping.columns import MappingPart
from registry.models.person_columns import FROM_SOURCES

PLAIN = ("sex", "phone", "disability_level")
KEPT_IF_KNOWN = ("phone",)
"""A means of access: a source gives one to whom has none, and replaces none, not even its own."""
ASSESSED = ("disability_level", "poverty_level")
"""What is found out anew from time to time. All else says who somebody is, or how to reach them."""
REPLACED = (*FROM_SOURCES, "poverty_level")
FIELDS = (*REPLACED, *KEPT_IF_KNOWN, "documents", "members")
"""As ``StagedPerson`` names them; ``documents``: of a type that a person has none of; ``members``: newcomers
join the household of a head who is registered."""
STOPS_ABOVE = 20


def _one_of(fields: Sequence[str]) -> AfterValidator:
    def check(field: str) -> str:
        if field not in fields:
            raise PydanticCustomError("unknown_field", "not a field", {"fields": ", ".join(fields)})
        return field

    return AfterValidator(check)


class Trust(MappingPart):
    fill: list[Annotated[str, _one_of(FIELDS)]] = []
    overwrite: list[Annotated[str, _one_of(REPLACED)]] = []
    stop_above: Annotated[int, Interval(ge=1, le=100)] = STOPS_ABOVE
    """Percent of the rows that are refused, or likely doubles: with more, a human looks at the file first."""

    def may_fill(self, field: str) -> bool:
        return field in self.fill or field in self.overwrite

    def may_overwrite(self, field: str) -> bool:
        return field in self.overwrite

    @property
    def of_an_alias(self) -> "Trust":
        """For what is said of a record that became one with another: who the person is, and how they are
        reached, was decided with that."""
        fill, overwrite = ([one for one in some if one in ASSESSED] for some in (self.fill, self.overwrite))
        return self.model_copy(update={"fill": fill, "overwrite": overwrite})


def trust_of(trust: Any) -> Trust:
    """Of ``ImportSource.trust``. Raises ValueError."""
    return Trust.model_validate(trust)


def trust_problems(trust: Any) -> list[str]:
    try:
        Trust.model_validate(trust)
    except ValidationError as error:
        return list(dict.fromkeys(_sentence(one) for one in error.errors(include_url=False)))
    return []


def _sentence(error: Any) -> str:
    if error["type"] == "unknown_field":
        return _("“%(field)s” is not among what a source may write: %(fields)s.") % {
            "field": error["input"],
            "fields": error["ctx"]["fields"],
        }
    return _(
        "It must be a JSON object with two lists of names, “fill” and “overwrite”, and perhaps “stop_above”, "
        "a percentage."
    )
