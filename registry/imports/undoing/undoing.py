"""A whole import taken back, within a day and while nobody else has touched what it wrote.

Who came in with it is deleted: the history of the tables keeps that they were there, and operators are sent a
withdrawal. Of whom and of which households it changed, the values that stood there before are put back. All
in one transaction, with all of it locked: either everything is as it was before the import, or nothing has
changed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dsp_platform.database import plans
from dsp_platform.database.history_context import history_context
from dsp_platform.database.taking_back import pages
from dsp_platform.jobs.kinds import Cursor, JobStep
from registry.duplicates.selectors import cases_of
from registry.imports.errors import CannotBeUndone, TooLateToUndo
from registry.imports.undoing.untouched import WrittenByRun, against
from registry.imports.writing.turns import ANOTHER, take_turn
from registry.models import ImportRun, Person
from registry.persons.taking_back import lock_written, take_back

WITHIN = timedelta(days=1)
SHOWN = 10
LOOKED_AT_FIRST = 50_000
"""Of larger runs the job alone finds out whether somebody touched them: a page does not wait so long."""
State = ImportRun.State

# What the source said before, where it had said anything.
SAID_BEFORE = """
UPDATE registry_sourcerecord AS held SET
    digest = row.earlier_digest, person_id = row.earlier_person, household = row.earlier_household,
    relationship = row.earlier_relationship
FROM registry_stagedrow AS row
WHERE row.run_id = %(run)s AND row.applied AND row.earlier_person IS NOT NULL
    AND held.source_id = %(source)s AND held.reference = row.reference
"""
SAID_NOTHING = """
DELETE FROM registry_sourcerecord AS held USING registry_stagedrow AS row
WHERE row.run_id = %(run)s AND row.applied AND row.earlier_person IS NULL
    AND row.outcome NOT IN ('refused', 'known') AND row.person_id IS NOT NULL
    AND held.source_id = %(source)s AND held.reference = row.reference
"""


def is_in_time(run: ImportRun) -> bool:
    return run.applied_at is not None and timezone.now() - run.applied_at <= WITHIN


def require_untouched(run: ImportRun) -> None:
    """Raises TooLateToUndo, CannotBeUndone."""
    if not is_in_time(run):
        raise TooLateToUndo
    if run.rows > LOOKED_AT_FIRST:
        return
    found, persons = against(WrittenByRun(run))
    if found:
        shown = Person.objects.filter(pk__in=persons[:SHOWN]).order_by("pk").values_list("spid", flat=True)
        raise CannotBeUndone(found, list(shown))


def undo_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """One step: a worker that dies in it leaves everything as it was, and the next one begins anew."""
    run = ImportRun.objects.select_related("source", "approved_by").get(pk=parameters["run"])
    if run.state != State.UNDOING:
        return JobStep(cursor=None, done=0)
    if not take_turn():
        return JobStep(cursor=0, done=0, later=ANOTHER)
    plans.look_up()
    with connection.cursor() as statement:
        # Checked by each statement: at the end of the transaction they would be too many to remember.
        statement.execute("SET CONSTRAINTS ALL IMMEDIATE")
    written = WrittenByRun(run)
    concerned = written.persons()
    lock_written(written.records, concerned)
    found, _persons = against(written)
    if found:
        _stays(run, found.counts)
        return JobStep(cursor=None, done=0)
    with history_context("undo_import", actor=run.approved_by, run=str(run.pk), source=run.source.code):
        _undo(written, concerned)
    return JobStep(cursor=None, done=run.rows, total=run.rows)


def _stays(run: ImportRun, counts: Mapping[str, int]) -> None:
    """Somebody was there since the two stewards agreed."""
    run.state, run.reason = State.APPLIED, {"code": "not_undone", "params": dict(counts)}
    run.save(update_fields=["state", "reason"])


def _undo(written: WrittenByRun, concerned: set[int]) -> None:
    for keys in pages(written.records.persons.made):
        cases_of(keys).delete()
    with connection.cursor() as cursor:
        for statement in (SAID_BEFORE, SAID_NOTHING):
            cursor.execute(statement, {"run": written.run.pk, "source": written.run.source_id})
    for one in (written.conflicts, written.enrolments):
        one.put_back()
        one.delete()
    take_back(written.records, concerned)


def finish(run: ImportRun) -> None:
    run.state, run.undone_at, run.reason = State.UNDONE, timezone.now(), {}
    run.save(update_fields=["state", "undone_at", "reason"])
