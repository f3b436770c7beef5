"""The terms of a source, as an import keeps them from its upload on.

Only this copy is read: two stewards approve the import with what the source said then, and a draft that one
of them saves later changes nothing of it. Where the source is stopped, or says something else, the import
ends.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from registry.models import ImportRun, ImportSource


@dataclass(frozen=True, slots=True)
class Terms:
    code: str
    operator: str
    programme: int | None
    rank: int
    mapping: Any
    trust: Any
    ranks: Mapping[str, int]
    """By code, of all sources that were in force then. Nothing replaces what one without a rank said."""


def copied(source: ImportSource) -> dict[str, Any]:
    """For ``ImportRun.terms``."""
    approved = ImportSource.objects.filter(state=ImportSource.State.APPROVED)
    ranks = dict(approved.order_by("code").values_list("code", "rank"))
    return asdict(
        Terms(
            code=source.code,
            operator=source.operator_id,
            programme=source.programme_id,
            rank=source.rank,
            mapping=source.mapping,
            trust=source.trust,
            ranks=ranks,
        )
    )


def terms_today(source: ImportSource) -> Terms:
    """Of what is done without a file."""
    return Terms(**copied(source))


def terms_of(run: ImportRun) -> Terms:
    return Terms(**run.terms)


def are_in_force(run: ImportRun) -> bool:
    """Today, and as they were copied. Of other sources the ranks may have changed since."""
    source = ImportSource.objects.get(pk=run.source_id)
    return source.is_in_force and copied(source) | {"ranks": None} == run.terms | {"ranks": None}
