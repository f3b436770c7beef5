"""Whether anybody else has touched what a run wrote: then it is not undone.

Of who came in with it everything counts: a change, and whatever refers to them by now. Of whom it found here
only the values that it wrote do: what others wrote beside them stays.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from pghistory.models import Context

from dsp_platform.database.arrays import array, numbers_in
from dsp_platform.database.taking_back import Written, pages
from registry.duplicates.selectors import cases_of, touched_by_people
from registry.imports.errors import Against
from registry.models import Enrolment, Household, ImportRun, Merge, Person, SourceConflict
from registry.persons.references import tables_about
from registry.persons.taking_back import WrittenPersons, written_in

APART = {"registry_awaitingmatch", "registry_duplicatecase", "registry_merge", "registry_sourcerecord"}
"""Asked about by statements of their own, or nothing that speaks against it."""
ROWS = {"registry_stagedrow"}
"""Of this import and others, which find out by themselves that somebody is gone."""
# What the source said last, of whom. Another import of it has been there, or has named them otherwise.
NAMED_SINCE = """
SELECT row.person_id FROM registry_stagedrow AS row LEFT JOIN registry_sourcerecord AS held
    ON held.source_id = %(source)s AND held.reference = row.reference
WHERE row.run_id = %(run)s AND row.applied AND row.outcome NOT IN ('refused', 'known')
    AND row.person_id IS NOT NULL
    AND (
        held.digest IS DISTINCT FROM row.digest
        OR held.person_id IS DISTINCT FROM row.person_id AND NOT EXISTS (
            SELECT FROM registry_person WHERE id = held.person_id AND merged_into_id = row.person_id
        )
    )
"""
NAMED_BY_OTHERS = """
SELECT held.person_id FROM registry_sourcerecord AS held
WHERE held.person_id = ANY (%(keys)s::bigint[]) AND NOT EXISTS (
    SELECT FROM registry_stagedrow AS row
    WHERE row.run_id = %(run)s AND row.reference = held.reference AND held.source_id = %(source)s
)
"""


class WrittenByRun:
    """All that a run wrote in tables with a history."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.records: WrittenPersons = written_in(run.context)
        self.enrolments = Written(Enrolment, run.context)
        # One that ends because both say the same by now was decided by nobody.
        self.conflicts = Written(SourceConflict, run.context, free=("state",))

    @property
    def about_persons(self) -> dict[str, Written]:
        """By table, what refers to persons."""
        return {
            "registry_membership": self.records.memberships,
            "registry_identitydocument": self.records.documents,
            "registry_enrolment": self.enrolments,
            "registry_sourceconflict": self.conflicts,
        }

    @property
    def begun_at(self) -> datetime:
        context = Context.objects.filter(pk=self.run.context).first()
        begun: datetime = context.created_at if context else timezone.now()
        return begun

    def persons(self) -> set[int]:
        """Of whom it wrote anything."""
        about = (one.all_of("person_id") for one in self.about_persons.values())
        return {*self.records.persons.made, *self.records.persons.changed}.union(*about)


def against(written: WrittenByRun) -> tuple[Against, Sequence[int]]:
    """With the keys of the persons."""
    run, new = written.run, written.records.persons.made
    persons, households = set(written.records.persons.touched()), set(written.records.households.touched())
    for one in written.about_persons.values():
        persons.update(one.touched("person_id"))
    persons.update(_fetch(NAMED_SINCE, (), run))
    for keys in pages(new):
        persons.update(_fetch(_referred_to(Person, written.about_persons), keys, run))
        persons.update(_fetch(NAMED_BY_OTHERS, keys, run))
    persons.update(_paid(written.enrolments))
    members = {"registry_membership": written.records.memberships}
    for keys in pages(written.records.households.made):
        households.update(_fetch(_referred_to(Household, members), keys, run))
    found = Against(
        persons=len(persons),
        households=len(households),
        cases=sum(touched_by_people(cases_of(keys)).count() for keys in pages(new)),
        merges=_merges(written),
    )
    return found, sorted(persons)


def _referred_to(subject: type[Person | Household], own: dict[str, Written]) -> str:
    """SQL: which of the keys another row refers to than those that the run wrote."""
    tables = [one for one in tables_about(subject) if one[0] not in APART | ROWS]
    others = " OR ".join(
        f"EXISTS (SELECT FROM {table} AS other WHERE other.{column} = given.id"
        + (f" AND {own[table].by_others('other')})" if table in own else ")")
        for table, column in tables
    )
    return f"SELECT given.id FROM unnest(%(keys)s::bigint[]) AS given (id) WHERE {others}"  # noqa: S608


def _paid(enrolments: Written) -> Collection[int]:
    """Persons with payments, or whatever else refers to an enrolment that came with them."""
    found: set[int] = set()
    for table, column in tables_about(Enrolment):
        for keys in pages(enrolments.made):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT enrolment.person_id FROM registry_enrolment AS enrolment"  # noqa: S608
                    f" JOIN {table} AS other ON other.{column} = enrolment.id"
                    " WHERE enrolment.id = ANY (%s::bigint[])",
                    [array(keys)],
                )
                found.update(person for (person,) in cursor.fetchall())
    return found


def _merges(written: WrittenByRun) -> int:
    """Also those undone since: their snapshots hold what the run wrote."""
    persons, begun_at = sorted(written.persons()), written.begun_at
    return sum(
        Merge.objects.filter(
            Q(kept__in=numbers_in(keys)) | Q(merged__in=numbers_in(keys)), at__gte=begun_at
        ).count()
        for keys in pages(persons)
    )


def _fetch(statement: str, keys: Sequence[int], run: ImportRun) -> list[int]:
    names: dict[str, Any] = {"run": run.pk, "source": run.source_id, "context": str(run.context)}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**names, "keys": array(keys)})
        return [key for (key,) in cursor.fetchall()]
