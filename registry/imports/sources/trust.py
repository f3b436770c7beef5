"""What a source may write of somebody who is registered already.

``{"fill": [...], "overwrite": [...]}``: what it fills where nothing is known, and what it may replace besides
where another source said it. All else it never writes; what people told is never replaced.
"""

from typing import Annotated, Any

from annotated_types import Interval
from django.utils.translation import gettext as _
from pydantic import AfterValidator, ValidationError
from pydantic_core import PydanticCustomError

from dsp_platform.exchange.mapping.columns import MappingPart

OF_A_PERSON = (
    "family_name", "given_name", "latin_family_name", "latin_given_name", "sex", "born", "phone", "village",
    "documents", "disability_level",
)  # fmt: skip
OF_A_HOUSEHOLD = ("address", "poverty_level", "members")
STOPS_ABOVE = 20
FIELDS = (*OF_A_PERSON, *OF_A_HOUSEHOLD)
"""As ``StagedPerson`` names them; ``members``: newcomers join the household of a head who is registered."""


def _known(field: str) -> str:
    if field not in FIELDS:
        raise PydanticCustomError("unknown_field", "not a field")
    return field


Field = Annotated[str, AfterValidator(_known)]


class Trust(MappingPart):
    fill: list[Field] = []
    overwrite: list[Field] = []
    stop_above: Annotated[int, Interval(ge=1, le=100)] = STOPS_ABOVE
    """Percent of the rows that are refused, or likely doubles: with more, a human looks at the file first."""

    def may_fill(self, field: str) -> bool:
        return field in self.fill or field in self.overwrite

    def may_overwrite(self, field: str) -> bool:
        return field in self.overwrite


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
            "fields": ", ".join(FIELDS),
        }
    return _(
        "It must be a JSON object with two lists of names, “fill” and “overwrite”, and perhaps “stop_above”, "
        "a percentage."
    )
