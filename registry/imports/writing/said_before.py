"""What a row may write, by what its source had said under the same reference before."""

from typing import Any

from registry.imports.planning.filling import Beliefs, is_of_alias
from registry.imports.staging.named import told_otherwise


def of_row(row: Any, beliefs: Beliefs, *, had_number: bool = False) -> Beliefs:
    """``row``: with what the source had said, as ``applying`` has noted it."""
    of_alias = is_of_alias(row)
    is_named = row.earlier_person is not None and (of_alias or row.earlier_person == row.person_id)
    changed = told_otherwise(row.earlier_digest, row.digest) if is_named else None
    return beliefs.of_row(is_of_alias=of_alias, told_otherwise=changed, had_number=had_number)
