"""A whole import taken back, within a day and while nobody else has touched what it wrote.

Who came in with it is deleted: the history of the tables keeps that they were there, and operators are sent a
withdrawal. Of whom it changed, the values that stood there before are put back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dsp_platform.database import plans
from dsp_platform.database.history_context import history_context
from dsp_platform.database.locks import LockName, lock
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs.errors import CannotBeUndone, TooLateToUndo
from registry.models import Enrolment, ImportRun, Person, SourceConflict, SourceRecord, StagedRow
from registry.persons import bulk_writer
from registry.persons.references import tables_about_persons

BATCH = 2000
WITHIN = timedelta(days=1)
SHOWN = 10
OWN = {
    "registry_awaitingmatch",
    "registry_enrolment",
    "registry_identitydocument",
    "registry_membership",
    "registry_person",
    "registry_sourceconflict",
    "registry_sourcerecord",
    "registry_stagedrow",
}
"""What an import writes itself. The version of a person grows with what others write of these."""

TOUCHED = """
WITH written AS (
    SELECT person_id, max(version) AS version, bool_or('person' = ANY (made)) AS is_new
    FROM registry_stagedrow WHERE run_id = %(run)s AND applied AND person_id IS NOT NULL
        AND place > %(after)s AND place <= %(upto)s
    GROUP BY person_id
)
SELECT person.id, person.spid FROM written JOIN registry_person AS person ON person.id = written.person_id
WHERE person.version > written.version OR is_new AND (person.account_id IS NOT NULL {references})
ORDER BY person.id
"""
LAST = 2**31 - 1


def require_untouched(run: ImportRun) -> None:
    """Raises TooLateToUndo, CannotBeUndone."""
    if run.applied_at is None or run.applied_at < timezone.now() - WITHIN:
        raise TooLateToUndo
    if found := touched(run.pk, 0, LAST):
        raise CannotBeUndone(len(found), [spid for _pk, spid in found[:SHOWN]])


def touched(run: int, after: int, upto: int) -> list[tuple[int, str]]:
    """Key and SPID of those whom somebody changed since, or of whom something else tells by now."""
    references = " ".join(
        f"OR EXISTS (SELECT FROM {table} AS other WHERE other.{column} = person.id)"
        for table, column in tables_about_persons()
        if table not in OWN
    )
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED.format(references=references), {"run": run, "after": after, "upto": upto})
        return [(pk, spid) for pk, spid in cursor.fetchall()]


def undo_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """The last rows first. ``cursor``: the place from which all rows are undone."""
    run = ImportRun.objects.select_related("source", "approved_by").get(pk=parameters["run"])
    if run.state != ImportRun.State.UNDOING:
        return JobStep(cursor=None, done=0)
    lock(LockName.IMPORTS, timeout="60s")
    plans.look_up()
    before = LAST if cursor is None else int(cursor)
    rows = StagedRow.objects.filter(run=run, place__lt=before).order_by("-place")
    places = list(rows.values_list("place", flat=True)[:BATCH])
    if not places:
        return JobStep(cursor=None, done=0)
    first = places[-1]
    with history_context("undo_import", actor=run.approved_by, run=str(run.pk), source=run.source.code):
        done = _undo(run, first, before)
    return JobStep(cursor=first, done=done, total=run.rows)


def _undo(run: ImportRun, first: int, before: int) -> int:
    rows = list(
        StagedRow.objects.filter(
            run=run, place__gte=first, place__lt=before, applied=True, person__isnull=False
        )
        .defer("cells", "match_keys", "doubles", "findings")
        .order_by("place", "number")
    )
    # Whoever was touched since the two stewards agreed stays as they are.
    kept = {pk for pk, _spid in touched(run.pk, first - 1, before - 1)}
    rows = [row for row in rows if row.person_id not in kept]
    new = {row.person_id for row in rows if row.person_id and "person" in row.made}
    changed = _put_back([row for row in rows if row.person_id not in new])
    _take_back_enrolments([row for row in rows if "enrolment" in row.made], run)
    SourceRecord.objects.filter(source=run.source, reference__in=[row.reference for row in rows]).delete()
    SourceConflict.objects.filter(person__in=new).delete()
    spids = bulk_writer.remove_persons(new)
    bulk_writer.bump(persons=changed, households=())
    bulk_writer.announce(persons=changed, households=())
    bulk_writer.announce_removed(spids)
    StagedRow.objects.filter(run=run, number__in=[row.number for row in rows]).update(
        applied=False, person=None
    )
    return len(rows)


def _put_back(rows: Sequence[StagedRow]) -> set[int]:
    """The values of those who were registered before."""
    persons = Person.objects.select_for_update(of=("self",), no_key=True).in_bulk(
        {row.person_id for row in rows if row.person_id}
    )
    changes = []
    for row in rows:
        person = persons.get(row.person_id or 0)
        if person is not None and "values" in row.made and row.before:
            changes.append((person, _values(row.before["values"]), row.before["origins"]))
    bulk_writer.update_persons(changes)
    with_documents = [row for row in rows if "documents" in row.made]
    bulk_writer.remove_documents(
        (row.person_id or 0, kind, bytes.fromhex(digest))
        for row in with_documents
        for kind, _number, digest in row.documents
    )
    return {person.pk for person, _values_, _origins in changes} | {
        row.person_id for row in with_documents if row.person_id
    }


def _values(stored: Mapping[str, str]) -> dict[str, Any]:
    return {name: PartialDate.parse(text) if name == "born" else text for name, text in stored.items()}


def _take_back_enrolments(rows: Iterable[StagedRow], run: ImportRun) -> None:
    persons = [row.person_id for row in rows]
    Enrolment.objects.filter(person__in=persons, programme=run.source.programme_id).delete()


def finish(run: ImportRun) -> None:
    run.state, run.undone_at = ImportRun.State.UNDONE, timezone.now()
    run.save(update_fields=["state", "undone_at"])
