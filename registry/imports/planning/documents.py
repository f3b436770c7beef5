"""Documents of rows, and who else has their numbers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dsp_platform.database.arrays import bytes_in
from registry.models import IdentityDocument

COLUMN = "document_number"
"""Filled with the types of them that are written."""
OF_ANOTHER: list[Any] = ["number_of_another", "", {}]


def without_types(findings: Iterable[Any], types: Collection[str]) -> list[list[Any]]:
    """Findings of which none says that a document of these types is filled."""
    left: list[list[Any]] = []
    for code, column, params in findings:
        if (code, column) != ("fills", COLUMN):
            left.append([code, column, params])
        elif more := [kind for kind in params["types"] if kind not in types]:
            left.append([code, column, {"types": more}])
    return left


def holders_of(rows: Iterable[Any]) -> dict[str, set[int]]:
    """By digest, who holds a document that is one person's only."""
    digests = [bytes.fromhex(digest) for row in rows for _kind, _number, digest in row.documents]
    held = IdentityDocument.objects.filter(digest__in=bytes_in(digests)).exclude(
        type__in=IdentityDocument.SHARED_TYPES
    )
    found: dict[str, set[int]] = defaultdict(set)
    for digest, person in held.values_list("digest", "person"):
        found[bytes(digest).hex()].add(person)
    return found


def of_others(row: Any, taken: Mapping[str, set[int]], person: int = 0) -> set[str]:
    """Digests of those in the row that somebody else than this person has. ``taken``: by digest, by whom."""
    return {digest for _kind, _number, digest in row.documents if taken.get(digest, set()) - {person}}
