"""The last job of an import: a batch of rows becomes persons, documents, households and enrolments, each
batch in one transaction with the job's cursor.

Nothing that was compared is taken for granted: who came since is compared again, and what a row may fill is
decided anew with the persons locked. So a value that somebody told meanwhile stays.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database import plans
from dsp_platform.database.arrays import numbers_in
from dsp_platform.jobs.kinds import Cursor, JobStep
from registry.imports.comparing.counting import stops_again
from registry.imports.comparing.doubles import note_doubles
from registry.imports.comparing.interests import refuse_own
from registry.imports.comparing.since import leave_out
from registry.imports.planning.filling import beliefs_of
from registry.imports.planning.households import homes_of
from registry.imports.sources.terms import terms_of
from registry.imports.sources.trust import Trust
from registry.imports.writing import batches, joining
from registry.imports.writing.batches import OF_BATCH, Batch
from registry.imports.writing.comparing_again import compare_again
from registry.imports.writing.context import written_by
from registry.imports.writing.telling import tell
from registry.imports.writing.turns import ANOTHER, take_turn
from registry.imports.writing.writing import Touched, fill
from registry.models import ImportRun, Membership, Person, StagedRow
from registry.persons import bulk_writer
from registry.persons.writer import await_match

BATCH = 4000
MOST_ARRIVED = 5000
"""If more came since, every row is compared again instead of those who have a key in common with them."""
LATE = 1000
"""So many persons may have been committed before one whose number is lower."""
APPLIED_COLUMNS = (
    "pk", "number", "outcome", "person_id", "same_row", "made", "household", "relationship", "family_name",
    "given_name", "latin_family_name", "latin_given_name", "sex", "date_of_birth", "birth_precision", "phone",
    "village", "address", "disability_level", "poverty_level", "poverty_valid_to", "doubles",
    "findings", "run_id", "digest", "earlier_digest", "earlier_person",
)  # fmt: skip
Outcome = StagedRow.Outcome

NEXT = """
SELECT max(place) FROM (
    SELECT place FROM registry_stagedrow WHERE run_id = %(run)s AND place > %(after)s
    ORDER BY place LIMIT %(limit)s
) AS next
"""
# Rows that are of the same person as an earlier one, which has its person by now.
SAME_ROWS = f"""
UPDATE registry_stagedrow AS row SET person_id = coalesce(person.merged_into_id, person.id)
FROM registry_stagedrow AS earlier JOIN registry_person AS person ON person.id = earlier.person_id
WHERE {OF_BATCH} AND row.same_row IS NOT NULL AND row.person_id IS NULL
    AND earlier.run_id = row.run_id AND earlier.number = row.same_row
RETURNING row.number
"""  # noqa: S608
# The earlier row did not come in, or comes in later with its household.
SAME_ROWS_ALONE = f"""
UPDATE registry_stagedrow AS row SET same_row = NULL, outcome = 'likely'
WHERE {OF_BATCH} AND row.same_row IS NOT NULL AND row.person_id IS NULL AND NOT EXISTS (
    SELECT FROM registry_stagedrow AS earlier
    WHERE earlier.run_id = row.run_id AND earlier.number = row.same_row AND (
        earlier.person_id IS NOT NULL
        OR earlier.place <= %(upto)s AND earlier.outcome <> 'refused'
    )
)
"""  # noqa: S608
# Looked up one by one: all records of a source are too many to read for each batch.
SAID_BEFORE = f"""
UPDATE registry_stagedrow AS row SET earlier_digest = found.digest, earlier_person = found.person_id,
    earlier_household = found.household, earlier_relationship = found.relationship
FROM (
    SELECT row.number, held.digest, held.person_id, held.household, held.relationship
    FROM registry_stagedrow AS row CROSS JOIN LATERAL (
        SELECT digest, person_id, household, relationship FROM registry_sourcerecord
        WHERE source_id = %(source_id)s AND reference = row.reference OFFSET 0
    ) AS held
    WHERE {OF_BATCH} AND row.outcome NOT IN ('refused', 'known') AND row.person_id IS NOT NULL
) AS found
WHERE row.run_id = %(run)s AND row.number = found.number
"""  # noqa: S608
# A reference that named a record which became an alias of this one stays with the alias.
SOURCE_RECORDS = f"""
INSERT INTO registry_sourcerecord AS held
    (source_id, reference, person_id, digest, household, relationship, at)
SELECT %(source_id)s, reference, person_id, digest, household, relationship, now()
FROM registry_stagedrow AS row
WHERE {OF_BATCH} AND row.outcome NOT IN ('refused', 'known') AND row.person_id IS NOT NULL
ON CONFLICT (source_id, reference) DO UPDATE
    SET digest = excluded.digest, household = excluded.household, relationship = excluded.relationship,
        at = excluded.at, person_id = coalesce((
            SELECT id FROM registry_person WHERE id = held.person_id AND merged_into_id = excluded.person_id
        ), excluded.person_id)
"""  # noqa: S608
APPLIED = f"""
UPDATE registry_stagedrow AS row SET applied = true, version = person.version
FROM registry_person AS person
WHERE {OF_BATCH} AND row.person_id = person.id AND row.outcome NOT IN ('refused', 'known')
    AND (row.version IS DISTINCT FROM person.version OR NOT row.applied)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Position:
    """``newest`` and ``since``: the last person, and the place, when the batch before the last one began.
    ``arrived``: who was registered by others since the comparison; None if they are too many."""

    place: int = 0
    since: int = 0
    newest: int = 0
    arrived: tuple[int, ...] | None = ()

    @classmethod
    def read(cls, cursor: Cursor) -> "Position":
        place, since, newest, arrived = cursor
        return cls(place, since, newest, None if arrived is None else tuple(arrived))

    @property
    def cursor(self) -> list[Any]:
        return [self.place, self.since, self.newest, None if self.arrived is None else list(self.arrived)]


def apply_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    run = ImportRun.objects.select_related("approved_by").get(pk=parameters["run"])
    if run.state != ImportRun.State.APPLYING:
        return JobStep(cursor=None, done=0)
    cursor = cursor or {"place": 0, "newest": _newest()}
    if not take_turn():
        return JobStep(cursor=cursor, done=0, later=ANOTHER)
    plans.look_up()
    stewards = User.objects.filter(pk__in=parameters["stewards"])
    if isinstance(cursor, dict):
        return _ask_again(run, stewards, **cursor)
    position = Position.read(cursor)
    upto = _next(run, position.place)
    if upto is None:
        return JobStep(cursor=None, done=0)
    newest = _newest()
    position = replace(position, arrived=_arrived(run, position))
    batch = Batch(run.pk, terms_of(run).code, position.place, upto)
    with written_by(run):
        done = apply_batch(run, batch, position.arrived, stewards)
    following = Position(upto, position.place, newest, position.arrived)
    return JobStep(cursor=following.cursor, done=done, total=run.rows)


def _ask_again(run: ImportRun, stewards: Collection[User], *, place: int, newest: int) -> JobStep:
    """Whether the import may still be written: before its first row, with all compared again of whom somebody
    may have come in since the comparison, or was changed. ``newest``: the last person when that began."""
    if not place:
        refuse_own(run, stewards)
    arrived = _arrived(run, Position(newest=run.last_person))
    upto = _next(run, place)
    if upto is not None:
        compare_again(run, Batch(run.pk, terms_of(run).code, place, upto), arrived)
        return JobStep(cursor={"place": upto, "newest": newest}, done=0, total=run.rows)
    run.last_person = max(run.last_person, newest - LATE)
    run.save(update_fields=["last_person"])
    if stops_again(run):
        return JobStep(cursor=None, done=0)
    return JobStep(cursor=Position(newest=run.last_person).cursor, done=0, total=run.rows)


def _newest() -> int:
    return Person.objects.aggregate(last=Max("pk"))["last"] or 0


def _next(run: ImportRun, after: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"run": run.pk, "after": after, "limit": BATCH})
        upto: int | None = cursor.fetchone()[0]
        return upto


def _arrived(run: ImportRun, position: Position) -> tuple[int, ...] | None:
    """Asked from the last person of the batch before the last one, because a transaction that drew a lower
    number may have been committed later."""
    if position.arrived is None:
        return None
    newest = Person.objects.filter(pk__gt=position.newest, merged_into=None)
    own = StagedRow.objects.filter(run=run, place__gt=position.since, place__lte=position.place)
    found = set(newest.values_list("pk", flat=True)) - set(own.values_list("person", flat=True))
    found |= set(position.arrived)
    return tuple(sorted(found)) if len(found) <= MOST_ARRIVED else None


def apply_batch(
    run: ImportRun, batch: Batch, arrived: Sequence[int] | None, stewards: Collection[User]
) -> int:
    """Returns how many rows the batch has."""
    beliefs, touched = beliefs_of(run), Touched()
    trust = beliefs.trust
    compare_again(run, batch, arrived)
    leave_out(run.pk, after=batch.after, upto=batch.upto)
    _execute(SAME_ROWS, batch)
    _execute(SAME_ROWS_ALONE, batch)
    refuse_own(run, stewards, after=batch.after, upto=batch.upto)
    matched = batch.rows.exclude(outcome=Outcome.REFUSED).exclude(person=None)
    households = set(batch.rows.exclude(household="").values_list("household", flat=True))
    persons, earlier = joining.lock(set(matched.values_list("person", flat=True)), run.source_id, households)
    batches.add_persons(batch)
    _execute(SAME_ROWS, batch)
    _execute(SAID_BEFORE, batch, source_id=run.source_id)
    rows = rows_of(batch)
    touched.new_persons = {row.person_id for row in rows if row.person_id and "person" in row.made}
    fill(batch, rows, persons, beliefs, touched)
    note_doubles(run, batch.rows)
    joining.join(rows, source=run.source_id, earlier=earlier, beliefs=beliefs, touched=touched)
    tell(run, touched.came_in | touched.numbers)
    _documents(batch, trust, touched)
    if programme := terms_of(run).programme:
        batches.enrol(batch, programme=programme)
    likely = {row.person_id for row in rows if row.outcome == Outcome.LIKELY and row.person_id}
    await_match(touched.identified | likely, backlog=True)
    _execute(SOURCE_RECORDS, batch, source_id=run.source_id)
    _announce(touched)
    _execute(APPLIED, batch)
    return len(rows)


def rows_of(batch: Batch) -> list[Any]:
    """Those known already too: their households are known by them."""
    return list(batch.rows.order_by("place", "number").values_list(*APPLIED_COLUMNS, named=True))


def _execute(statement: str, batch: Batch, **more: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**batch.parameters, **more})


def _documents(batch: Batch, trust: Trust, touched: Touched) -> None:
    outcomes = [*StagedRow.COMES_IN]
    if trust.may_fill("documents"):
        outcomes += StagedRow.OF_SOMEBODY
    holders = batches.add_documents(batch, outcomes=outcomes) - touched.new_persons
    touched.persons |= holders
    touched.identified |= holders


def _announce(touched: Touched) -> None:
    """A new version for each who was changed, of a household also for its members; then all at once."""
    homes = homes_of(touched.persons)
    touched.households |= {home for home, _how in homes.values()} - touched.new_households
    lives = Membership.objects.current().filter(household__in=numbers_in(touched.households))
    touched.persons |= set(lives.values_list("person", flat=True))
    touched.persons -= touched.new_persons
    bulk_writer.bump(persons=touched.persons, households=touched.households)
    bulk_writer.announce(
        persons=touched.persons | touched.new_persons,
        households=touched.households | touched.new_households,
    )


def finish(run: ImportRun) -> None:
    # Also of rows that may be of somebody of a later batch.
    note_doubles(run, StagedRow.objects.filter(run=run))
    ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.APPLYING).update(
        state=ImportRun.State.APPLIED, applied_at=timezone.now()
    )
