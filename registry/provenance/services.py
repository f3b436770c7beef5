"""What a source says against the record: noted, and ended where both say the same by now. Stewards decide in
``deciding``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from dsp_platform.database.arrays import array, text_array
from dsp_platform.encryption import crypto
from registry.models import SourceConflict
from registry.provenance.columns import COLUMNS, text_on_record

State = SourceConflict.State


@dataclass(frozen=True, slots=True)
class Difference:
    """``column``: one of ``COLUMNS``. Values as ``text_on_record`` gives them: codes of choices, ISO dates as
    exactly as they are known (``str(PartialDate)``), "" for what is unknown.
    """

    person: int
    column: str
    on_record: str
    in_source: str


OVERTAKEN = """
UPDATE registry_sourceconflict AS held SET state = 'ended'
FROM unnest(%(persons)s::bigint[], %(fields)s::text[], %(digests)s::bytea[]) AS given (person, field, digest)
WHERE held.person_id = given.person AND held.field = given.field AND held.source = %(source)s
    AND held.state = 'open' AND held.digest <> given.digest
"""
NOTE = """
INSERT INTO registry_sourceconflict AS held
    (person_id, field, source, in_source, digest, since, state)
SELECT given.person, given.field, %(source)s, given.in_source, given.digest, now(), 'open'
FROM unnest(
    %(persons)s::bigint[], %(fields)s::text[], %(in_source)s::bytea[], %(digests)s::bytea[]
) AS given (person, field, in_source, digest)
ON CONFLICT (person_id, field, source, digest) DO UPDATE SET
    state = 'open', since = now(), decided_by_id = NULL, decided_at = NULL
WHERE held.state IN ('taken', 'ended')
"""


def note_conflicts(*, source: str, differences: Sequence[Difference]) -> int:
    """For a whole batch of one source, by its code. Returns how many opened: not those that are open already,
    nor those in which a steward kept the value on record. A new value of the source ends the conflict about
    its earlier one.
    """
    if unknown := {one.column for one in differences} - set(COLUMNS):
        raise ValueError(f"no columns that a source may contradict: {sorted(unknown)}")
    # One value for each column of a person: the last.
    rows = list({(one.person, one.column): one for one in differences}.values())
    if not rows:
        return 0
    parameters: dict[str, Any] = {
        "source": source,
        "persons": array(one.person for one in rows),
        "fields": text_array(one.column for one in rows),
        "in_source": [crypto.encrypt(one.in_source) for one in rows],
        "digests": [crypto.digest("source conflict", one.column, one.in_source) for one in rows],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OVERTAKEN, parameters)
        cursor.execute(NOTE, parameters)
        return int(cursor.rowcount)


def end_conflicts(*, source: str, agreeing: Collection[tuple[int, str]]) -> int:
    """The source now says the same as the record, in these columns of these persons: (person, column)."""
    rows = list(agreeing)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_sourceconflict AS held SET state = 'ended'"
            " FROM unnest(%s::bigint[], %s::text[]) AS given (person, field)"
            " WHERE held.person_id = given.person AND held.field = given.field AND held.source = %s"
            " AND held.state = 'open'",
            [array(person for person, _ in rows), text_array(column for _, column in rows), source],
        )
        return int(cursor.rowcount)


PAGE = 1000


def end_agreed() -> int:
    """Those whose record says by now what the source says: a change of the person may have made it so."""
    ended, last = 0, 0
    waiting = SourceConflict.objects.filter(state=State.OPEN).select_related("person").order_by("pk")
    while page := list(waiting.filter(pk__gt=last)[:PAGE]):
        last = page[-1].pk
        agreed = [one.pk for one in page if text_on_record(one.person, one.field) == one.in_source]
        ended += SourceConflict.objects.filter(pk__in=agreed, state=State.OPEN).update(state=State.ENDED)
    return ended
