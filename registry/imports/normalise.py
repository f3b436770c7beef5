"""From the cells of a row to the values that the registry would store."""

from collections.abc import Sequence
from typing import Any

from registry.imports.mapping.schema import SourceMapping
from registry.imports.staged import Normalised


class Normaliser:
    """Prepared once for a file, because it takes thousands of rows a second. Loads the gazetteer once."""

    def __init__(self, mapping: SourceMapping, columns: Sequence[str]) -> None:
        """Raises ValidationError where the file lacks a column that the mapping names."""

    def normalise(self, cells: Sequence[str]) -> Normalised:
        """Without the database."""
        raise NotImplementedError


def mapping_of(source_mapping: Any) -> SourceMapping:
    """Of ``ImportSource.mapping``. Raises ValueError."""
    return SourceMapping.model_validate(source_mapping)
