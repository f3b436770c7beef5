"""The mapping of a source as a type: from which columns of its file each value is read.

Its JSON shape is described in ``docs/guides/imports.md``.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from dsp_platform.exchange.mapping.columns import MappingPart, spelled_out
from dsp_platform.exchange.mapping.schema import Table
from registry.models import Household, IdentityDocument, Membership, Person

Order = Literal["family_first", "given_first"]
DateOrder = Literal["day_first", "month_first"]

MOST_COLUMNS = 200
LONGEST_HEADING = 200
Heading = Annotated[str, Field(min_length=1, max_length=LONGEST_HEADING)]


def _one_of(values: list[str]) -> Any:
    def checked(value: str) -> str:
        if value not in values:
            raise PydanticCustomError("unknown_value", "not a value of the registry")
        return value

    return AfterValidator(checked)


Sex = Annotated[str, _one_of(Person.Sex.values)]
Relationship = Annotated[str, _one_of(Membership.Relationship.values)]
DisabilityLevel = Annotated[str, _one_of(Person.DisabilityLevel.values)]
PovertyLevel = Annotated[str, _one_of(Household.PovertyLevel.values)]
DocumentType = Annotated[str, _one_of(IdentityDocument.Type.values)]


class TextColumn(MappingPart):
    column: Heading

    def headings(self) -> list[str]:
        return [self.column]


class NameColumn(TextColumn):
    """Both names in one column."""

    order: Order = "family_first"


class CodedColumn(TextColumn):
    """``values``: by what the source writes, what the registry has for it."""


class SexColumn(CodedColumn):
    values: dict[str, Sex] = {}


class RelationshipColumn(CodedColumn):
    values: dict[str, Relationship] = {}


class DisabilityColumn(CodedColumn):
    values: dict[str, DisabilityLevel] = {}


class PovertyColumn(CodedColumn):
    values: dict[str, PovertyLevel] = {}


class DateColumn(TextColumn):
    order: DateOrder = "day_first"
    """Of 03/04/1990."""
    january_first_is_year: bool = False
    """Where the source writes the first of January for "only the year is known"."""


class DateParts(MappingPart):
    """A date in several columns."""

    year: Heading
    month: Heading | None = None
    day: Heading | None = None

    def headings(self) -> list[str]:
        return [name for name in (self.year, self.month, self.day) if name]


class VillageColumns(MappingPart):
    """By code, by names, or by names where the code is unknown."""

    code: Heading | None = None
    village: Heading | None = None
    commune: Heading | None = None
    district: Heading | None = None
    province: Heading | None = None

    @model_validator(mode="after")
    def names_something(self) -> "VillageColumns":
        if not self.code and not self.village:
            raise PydanticCustomError("no_village", "neither a code nor a village")
        return self

    def headings(self) -> list[str]:
        names = (self.code, self.village, self.commune, self.district, self.province)
        return [name for name in names if name]


class DocumentColumn(TextColumn):
    type: DocumentType


def _whole_or_parts(spec: Any) -> str:
    return "Parts" if isinstance(spec, dict | DateParts) and "year" in dict(spec) else "Whole"


def _as_code(spec: Any) -> Any:
    return {"code": spec} if isinstance(spec, str) else spec


Text = Annotated[TextColumn, BeforeValidator(spelled_out)]
Name = Annotated[NameColumn, BeforeValidator(spelled_out)]
Day = Annotated[
    Annotated[DateColumn, Tag("Whole")] | Annotated[DateParts, Tag("Parts")],
    Discriminator(_whole_or_parts),
    BeforeValidator(spelled_out),
]


class Columns(MappingPart):
    """By the value, where it is read. What a source does not have is left out."""

    reference: Text | None = None
    household: Text | None = None
    relationship: Annotated[RelationshipColumn, BeforeValidator(spelled_out)] | None = None
    name: Name | None = None
    family_name: Text | None = None
    given_name: Text | None = None
    latin_name: Name | None = None
    latin_family_name: Text | None = None
    latin_given_name: Text | None = None
    sex: Annotated[SexColumn, BeforeValidator(spelled_out)] | None = None
    born: Day
    phone: Text | None = None
    village: Annotated[VillageColumns, BeforeValidator(_as_code)]
    address: Text | None = None
    documents: list[DocumentColumn] = []
    disability_level: Annotated[DisabilityColumn, BeforeValidator(spelled_out)] | None = None
    poverty_level: Annotated[PovertyColumn, BeforeValidator(spelled_out)] | None = None
    poverty_valid_to: Day | None = None
    member_number: Text | None = None
    card_number: Text | None = None
    level: Text | None = None
    since: Day | None = None

    @model_validator(mode="after")
    def names_somebody(self) -> "Columns":
        for both, *parts in (
            ("name", "family_name", "given_name"),
            ("latin_name", "latin_family_name", "latin_given_name"),
        ):
            if getattr(self, both) and any(getattr(self, part) for part in parts):
                raise PydanticCustomError("name_twice", "a name in one column and in two")
        names = ("name", "family_name", "given_name", "latin_name", "latin_family_name", "latin_given_name")
        if not any(getattr(self, name) for name in names):
            raise PydanticCustomError("no_name", "no column of a name")
        return self

    def parts(self) -> Iterator[tuple[str, Any]]:
        for name in type(self).model_fields:
            entry = getattr(self, name)
            yield from ((name, part) for part in (entry if isinstance(entry, list) else [entry]) if part)


class Constants(MappingPart):
    """What is the same for every row, where no column says it or its cell is empty."""

    sex: Sex | None = None
    relationship: Relationship | None = None
    disability_level: DisabilityLevel | None = None
    poverty_level: PovertyLevel | None = None
    level: Annotated[str, Field(max_length=32)] | None = None


class SourceMapping(MappingPart):
    sheet: Annotated[str, Field(max_length=100)] = ""
    """Of a workbook that has several; empty is the first that has anything."""
    table: Table | None = None
    """In the operator's database, where it is read and no file is sent."""
    columns: Columns
    constants: Constants = Constants()

    @model_validator(mode="after")
    def tells_the_sex(self) -> "SourceMapping":
        if not self.columns.sex and not self.constants.sex:
            raise PydanticCustomError("no_sex", "no column of the sex")
        return self

    @property
    def column_names(self) -> list[str]:
        """All that it names, each once."""
        named = (heading for _name, part in self.columns.parts() for heading in part.headings())
        return list(dict.fromkeys(named))
