"""A mapping made ready for writing rows."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from dsp_platform.exchange.mapping.columns import Value
from dsp_platform.exchange.mapping.schema import AgreementMapping


class Layout:
    """A row has the key, the version, the withdrawn flag and its date, the fields, the constants."""

    def __init__(self, mapping: AgreementMapping) -> None:
        self.mapping = mapping
        self.table = tuple(mapping.table)
        self.key_field, self.key_column = mapping.key.field, mapping.key.column
        self.version_column, self.written_at = mapping.version, mapping.written_at
        self.column_names = mapping.column_names
        self.columns = [(field, column) for field, entry in mapping.columns.items() for column in entry]
        # Prepared once, because a row is made for every record.
        flag, at = mapping.withdrawn.flag.encoder("withdrawn"), mapping.withdrawn.at
        self.flags = [flag(False) if flag else False, flag(True) if flag else True]
        self.withdrawn_at = (at.encoder("withdrawn") or str) if at else None
        self.of_record = [self.flags[False], *([None] if at else [])]
        fields = [field for field, _column in self.columns]
        # ``itemgetter`` is the fastest, but gives a single item bare.
        self.take: Callable[[Mapping[str, Value]], Iterable[Value]] = (
            itemgetter(*fields) if len(fields) > 1 else lambda values: [values[field] for field in fields]
        )
        self.encoders = [
            (place, encode)
            for place, (field, column) in enumerate(self.columns, start=2 + len(self.of_record))
            if (encode := column.encoder(field))
        ]
        self.blanks = [column.blank for _field, column in self.columns]
        self.constants = list(mapping.constants.values())

    def record_row(self, version: int, values: Mapping[str, Value]) -> list[Value]:
        """Raises NoCode."""
        row = [values[self.key_field], version, *self.of_record, *self.take(values), *self.constants]
        for place, encode in self.encoders:
            row[place] = encode(row[place])
        return row

    def tombstone_row(self, version: int, key: str, on: date) -> list[Value]:
        """Everything the operator knew of the subject is blanked; only the key and the fact remain."""
        row: list[Value] = [key, version, self.flags[True]]
        if self.withdrawn_at:
            row.append(self.withdrawn_at(on.isoformat()))
        return [*row, *self.blanks, *self.constants]


def layout_of(mapping: Any) -> Layout:
    """Of a mapping in JSON. Raises ValueError where it cannot be read."""
    return _parsed(json.dumps(mapping))


@lru_cache(maxsize=256)
def _parsed(mapping: str) -> Layout:
    return Layout(AgreementMapping.model_validate(json.loads(mapping)))
