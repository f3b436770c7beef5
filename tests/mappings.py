"""Mappings for agreements of which nothing is delivered."""

from typing import Any


def short_mapping(key: str) -> dict[str, Any]:
    return {
        "table": "person",
        "key": {"field": key, "column": "number"},
        "version": "version",
        "withdrawn": "withdrawn",
        "columns": {key: "number_again"},
    }
