"""The mapping of a sharing agreement as a type: which field goes to which column of the operator.

Its JSON shape is described in ``docs/reference/agreement-mapping.md``. Tables of a database and services of
CamDX have the same shape.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from dsp_platform.exchange.mapping.columns import AnyColumn, Code, DateColumn, FlagColumn, MappingPart, Name


def _known_field(field: str, info: ValidationInfo) -> str:
    """Where the fields of the agreement are given: one of these."""
    if info.context and field not in info.context["fields"]:
        raise PydanticCustomError("unknown_field", "not a field of the agreement")
    return field


def _one_or_several(entry: Any) -> Any:
    return entry if isinstance(entry, list) else [entry]


def table_parts(table: Any) -> Any:
    return table.split(".") if isinstance(table, str) else table


OurField = Annotated[str, AfterValidator(_known_field)]
Table = Annotated[list[Name], Field(min_length=1, max_length=2), BeforeValidator(table_parts)]
"""``schema.table``, or a list where a name has a dot of its own."""


class Key(MappingPart):
    field: OurField
    column: Name


class Withdrawn(MappingPart):
    """``at`` is a part of the object that describes the flag."""

    flag: FlagColumn
    at: DateColumn | None = None

    @model_validator(mode="before")
    @classmethod
    def split(cls, spec: Any) -> dict[str, Any]:
        if not isinstance(spec, dict):
            return {"flag": spec}
        return {"flag": {name: value for name, value in spec.items() if name != "at"}, "at": spec.get("at")}


class AgreementMapping(MappingPart):
    table: Table
    key: Key
    version: Name
    withdrawn: Withdrawn
    written_at: Name | None = None
    constants: dict[Name, Code] = {}
    removed: list[Name] = []
    columns: dict[OurField, Annotated[list[AnyColumn], Field(min_length=1), BeforeValidator(_one_or_several)]]

    @model_validator(mode="before")
    @classmethod
    def without_empty_parts(cls, mapping: Any) -> Any:
        """A part that must be there and is empty is missing."""
        if not isinstance(mapping, dict):
            return mapping
        needed = {name for name, part in cls.model_fields.items() if part.is_required()}
        return {name: value for name, value in mapping.items() if value or name not in needed}

    @property
    def column_names(self) -> list[str]:
        """In the order of a row; without the one that the operator's clock fills."""
        names = [self.key.column, self.version, self.withdrawn.flag.column]
        names += [self.withdrawn.at.column] if self.withdrawn.at else []
        names += [column.column for columns in self.columns.values() for column in columns]
        return [*names, *self.constants]
