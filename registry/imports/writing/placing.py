"""Whom an import kept out of a household because they may be somebody of it: placed there once it is decided
that they are not, by the rules by which the import would have."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from dsp_platform.database.history_context import history_context
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.jobs.services import create_job
from registry.imports.planning.filling import beliefs_by
from registry.imports.planning.households import HEAD
from registry.imports.sources.terms import terms_today
from registry.imports.writing.context import written_by
from registry.imports.writing.joining import take_in
from registry.imports.writing.turns import ANOTHER, take_turn
from registry.models import DuplicateCase, ImportRun, Membership, SourceRecord, StagedRow

PLACE = "import_place"
State = ImportRun.State
WRITTEN = (State.APPLYING, State.APPLIED, State.UNDOING)


def place_when_decided(case: DuplicateCase) -> None:
    """As a job, for what places them locks households, which is done before the records of a case."""
    persons = [case.first_id, case.second_id]
    if _told(persons).exists():
        create_job(kind=PLACE, parameters={"persons": persons}, created_by=None)


def _told(persons: Collection[int]) -> QuerySet[SourceRecord]:
    """What sources said of those of them who never lived in a household."""
    lived = Membership.objects.filter(person=OuterRef("person"))
    named = SourceRecord.objects.filter(~Exists(lived), person__in=persons).exclude(household="")
    return named.exclude(relationship__in=("", HEAD)).order_by("pk")


def place_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """``cursor``: the last of what sources said that was looked at; each is a step with locks of its own."""
    after = cursor or 0
    told = _told(parameters["persons"]).filter(pk__gt=after).select_related("source").first()
    if told is None:
        return JobStep(cursor=None, done=0)
    if not take_turn():
        return JobStep(cursor=after, done=0, later=ANOTHER)
    return JobStep(cursor=told.pk, done=int(_place(told)))


def _place(told: SourceRecord) -> bool:
    source = told.source
    if not source.is_in_force:
        return False
    beliefs = beliefs_by(terms_today(source))
    with _as_imported(told):
        return take_in(told.person_id, source=source.pk, household=told.household, beliefs=beliefs)


@contextmanager
def _as_imported(told: SourceRecord) -> Iterator[None]:
    """By the run that wrote them, so that it is undone with it; by their source once its rows are deleted."""
    runs = ImportRun.objects.filter(source=told.source_id, state__in=WRITTEN, purged_at=None)
    rows = StagedRow.objects.filter(run__in=runs, reference=told.reference, applied=True)
    row = rows.select_related("run__approved_by").order_by("-run").first()
    with written_by(row.run) if row else history_context("import", source=told.source.code):
        yield
