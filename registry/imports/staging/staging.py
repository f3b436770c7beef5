"""The first job of an import: rows of the file, normalised, into staged rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from dsp_platform.background.second_process import SecondProcess
from dsp_platform.database import locks, plans
from dsp_platform.jobs.kinds import Cursor, JobStep
from registry.imports.mapping.problems import mapping_of
from registry.imports.mapping.schema import SourceMapping
from registry.imports.reading.opening import open_sheet
from registry.imports.reading.sheet import Row, Sheet, Unreadable
from registry.imports.reading.table import copied, open_copy
from registry.imports.sources.terms import terms_of
from registry.imports.staging import store
from registry.imports.staging.members import earlier_members, implausible
from registry.imports.staging.preparing import COPY, Preparation, Prepared
from registry.imports.values.places import Places
from registry.models import ImportRun, StagedRow
from registry.plausibility.situation import Member

BATCH = 5000
BESIDE = 0.6
"""The share of them that the second process prepares: this one writes them all too."""
WORTH_A_PROCESS = 1000
"""Rows: fewer are done before a second process has started."""
COPIED_WITHIN = "60min"
"""So long a table may take: each pack of its rows has a limit of its own."""
JUDGED = (
    "number",
    "household",
    "relationship",
    "family_name",
    "given_name",
    "sex",
    "date_of_birth",
    "birth_precision",
)
# Members of a household that stand apart in the file are applied together.
EARLIER = """
SELECT given.household, earlier.place
FROM unnest(%(households)s::text[]) AS given (household) CROSS JOIN LATERAL (
    SELECT place FROM registry_stagedrow AS row
    WHERE row.run_id = %(run)s AND row.household = given.household LIMIT 1
) AS earlier
"""


_Begun = tuple[list[Row], Callable[[], list[Prepared]]]


@dataclass
class _Reader:
    """The open file, kept between two steps so that each row is read once. A worker that begins in the middle
    opens it anew and skips what is staged."""

    at: int
    sheet: Sheet
    prepare: Preparation
    opened: ExitStack
    beside: SecondProcess | None = None
    begun: _Begun | None = None
    """Rows of the next step."""

    def take(self) -> tuple[list[Row], list[Prepared]]:
        """The next rows, prepared: if there are many, most of them in a second process, which goes on with
        the next ones while these are written."""
        first, begun = self.begun or self._begin()
        second = list(islice(self.sheet.rows, BATCH - len(first)))
        prepared = self.prepare(second)
        # They are read whether or not the step is committed: one that is repeated opens the file anew.
        self.at += len(first) + len(second)
        is_last = len(first) + len(second) < BATCH
        self.begun = None if is_last or not self._has_second_process else self._begin()
        return first + second, begun() + prepared

    def _begin(self) -> _Begun:
        rows = list(islice(self.sheet.rows, int(BATCH * BESIDE)))
        if len(rows) < WORTH_A_PROCESS:
            return rows, partial(self.prepare, rows)
        return rows, self._second_process.begin(rows)

    @property
    def _has_second_process(self) -> bool:
        return self.beside is not None and self.beside.is_ready

    @property
    def _second_process(self) -> SecondProcess:
        if self.beside is None:
            self.beside = SecondProcess(self.prepare)
            self.opened.callback(self.beside.close)
        return self.beside

    @property
    def expected(self) -> int | None:
        """More rows than are read by now, as far as the file tells."""
        return self.sheet.expected and max(self.sheet.expected, self.at)

    def close(self) -> None:
        self.opened.close()


_open: dict[int, _Reader] = {}


def stage_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """``cursor``: how many rows of the file are staged."""
    run = ImportRun.objects.get(pk=parameters["run"])
    if run.state != ImportRun.State.READING:
        close(run.pk)
        return JobStep(cursor=None, done=0)
    if cursor is None and run.is_of_table:
        return _copied(run)
    at = int(cursor or 0)
    reader = None
    try:
        reader = _reader(run, at)
        rows, prepared = reader.take()
    except Unreadable as error:
        close(run.pk)
        _refuse(run, error)
        return JobStep(cursor=None, done=0)
    except BaseException:
        close(run.pk)
        raise
    _stage(run, rows, prepared, reader.prepare)
    if len(rows) == BATCH:
        return JobStep(cursor=reader.at, done=len(rows), total=reader.expected)
    notes = [[note.code, dict(note.params)] for note in reader.sheet.notes]
    close(run.pk)
    columns = list(reader.sheet.columns)
    ImportRun.objects.filter(pk=run.pk).update(notes=notes, columns=columns, rows=at + len(rows))
    return JobStep(cursor=None, done=len(rows), total=at + len(rows))


def _copied(run: ImportRun) -> JobStep:
    """Of a source that is a table: what stands in it now, to a file from which it is read."""
    locks.limit_idle(COPIED_WITHIN)
    mapping = mapping_of(terms_of(run).mapping)
    try:
        pieces = copied(terms_of(run).operator, mapping.table or (), wanted=mapping.column_names)
        stored = store.write(pieces)
    except Unreadable as error:
        _refuse(run, error)
        return JobStep(cursor=None, done=0)
    except OSError:
        _refuse(run, Unreadable("no_room"))
        return JobStep(cursor=None, done=0)
    ImportRun.objects.filter(pk=run.pk).update(file=stored.file, digest=stored.digest)
    return JobStep(cursor=0, done=0)


def close(run: int) -> None:
    if reader := _open.pop(run, None):
        reader.close()


def _reader(run: ImportRun, at: int) -> _Reader:
    known = _open.get(run.pk)
    if known is not None and known.at == at:
        return known
    close(run.pk)
    opened = ExitStack()
    try:
        mapping = mapping_of(terms_of(run).mapping)
        sheet = _opened(run, mapping, opened)
        prepare = Preparation(run.pk, mapping, sheet.columns, Places.load())
        for _row in islice(sheet.rows, at):
            pass
    except BaseException:
        opened.close()
        raise
    _open[run.pk] = _Reader(at, sheet, prepare, opened)
    return _open[run.pk]


def _opened(run: ImportRun, mapping: SourceMapping, opened: ExitStack) -> Sheet:
    if run.file is None:
        raise Unreadable("file_lost")
    try:
        path = opened.enter_context(store.decrypted(UUID(str(run.file))))
    except OSError:
        raise Unreadable("file_lost") from None
    if run.is_of_table:
        return opened.enter_context(open_copy(path, mapping.table or (), wanted=mapping.column_names))
    return opened.enter_context(open_sheet(path, wanted=mapping.column_names, sheet=mapping.sheet))


def _refuse(run: ImportRun, error: Unreadable) -> None:
    reason = {"code": error.code, "params": dict(error.params)}
    reading = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.READING)
    reading.update(state=ImportRun.State.REFUSED, reason=reason)


def _stage(run: ImportRun, rows: Sequence[Row], prepared: Sequence[Prepared], prepare: Preparation) -> None:
    places = _places_of(run, {one.household for one in prepared} - {""})
    extra = implausible(prepared, _earlier(run, places))
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(COPY) as copy:
        lines = []
        for at, (row, one) in enumerate(zip(rows, prepared, strict=True)):
            line = prepare.prepare(row, extra[at]).line if at in extra else one.line
            place = places.setdefault(one.household, row.number) if one.household else row.number
            lines.append(f"{line}\t{place}\n")
        copy.write("".join(lines))


def _places_of(run: ImportRun, households: Collection[str]) -> dict[str, int]:
    """Of households whose first row was staged before."""
    plans.look_up()
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, {"run": run.pk, "households": list(households)})
        return dict(cursor.fetchall())


def _earlier(run: ImportRun, households: Collection[str]) -> dict[str, list[Member]]:
    """Members of them whose rows were staged before."""
    if not households:
        return {}
    rows = StagedRow.objects.filter(run=run, household__in=households).only(*JUDGED).order_by("number")
    return earlier_members(rows.exclude(outcome=StagedRow.Outcome.REFUSED))
