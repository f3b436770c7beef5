"""What a merge noted of the two records and of all that hangs on them, as they were before and after it."""

from collections.abc import Mapping

from registry.merging.contract import Changes, Pair
from registry.merging.records import MEMBERSHIPS
from registry.merging.values import Row
from registry.models import Merge


def changes_of(merge: Merge) -> Mapping[str, Changes]:
    """By name of the part."""
    parts: Mapping[str, Changes] = merge.snapshot["parts"]
    return parts


def pair_then(merge: Merge) -> Pair:
    return Pair(merge.kept_id, merge.merged_id, tuple(merge.snapshot["households"]))


def lived_then(merge: Merge) -> dict[int, Row]:
    """By key, the memberships that were current when the two were made one, as they were."""
    changes = changes_of(merge).get(MEMBERSHIPS.name, {})
    return {
        int(key): before for key, (before, _after) in changes.items() if before and not before["ended_on"]
    }
