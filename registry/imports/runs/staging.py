"""The first job of an import: rows of the file, normalised, into staged rows."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection

from dsp_platform.database import plans
from dsp_platform.database.arrays import array
from dsp_platform.encryption import crypto
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.khmer.text import search_key
from registry.identity.documents import document_digest
from registry.identity.name_keys import name_keys
from registry.identity.spid import new_spid
from registry.imports.findings import Finding
from registry.imports.mapping.problems import mapping_of
from registry.imports.mapping.schema import SourceMapping
from registry.imports.normalise import Normaliser
from registry.imports.reading.opening import open_sheet
from registry.imports.reading.sheet import Row, Sheet, Unreadable
from registry.imports.reading.table import open_table
from registry.imports.runs import store
from registry.imports.runs.households import earlier_members, implausible
from registry.imports.staged import StagedPerson
from registry.matching.keys import match_keys
from registry.matching.records import MatchRecord
from registry.models import ImportRun, StagedRow
from registry.plausibility.situation import Member

BATCH = 5000
COLUMNS = (
    "run_id", "number", "place", "reference", "household", "digest", "outcome", "findings", "cells", "spid",
    "relationship", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key",
    "given_key", "latin_key", "latin_given_key", "match_keys", "sex", "date_of_birth", "birth_precision",
    "phone", "village", "address", "disability_level", "poverty_level", "poverty_valid_to", "documents",
    "member_number", "card_number", "level", "since", "applied", "doubles", "made",
)  # fmt: skip
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
COPY = f"COPY registry_stagedrow ({', '.join(COLUMNS)}) FROM STDIN"
# Members of a household that stand apart in the file are applied together.
EARLIER = """
SELECT given.household, earlier.place
FROM unnest(%(households)s::text[]) AS given (household) CROSS JOIN LATERAL (
    SELECT place FROM registry_stagedrow AS row
    WHERE row.run_id = %(run)s AND row.household = given.household LIMIT 1
) AS earlier
"""
_SAYS = attrgetter(*(one.name for one in fields(StagedPerson)))
_WHO_IT_IS = attrgetter(
    "family_name", "given_name", "latin_family_name", "latin_given_name", "born", "village"
)
# Surnames and given names come again and again.
_name_key = lru_cache(100_000)(search_key)
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass
class _Reader:
    """The open file, kept between two steps so that each row is read once. A worker that begins in the middle
    opens it anew and skips what is staged."""

    run: int
    at: int
    sheet: Sheet
    normaliser: Normaliser
    opened: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        self.opened.close()


_open: dict[int, _Reader] = {}


def stage_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """``cursor``: how many rows of the file are staged."""
    run = ImportRun.objects.select_related("source").get(pk=parameters["run"])
    if run.state != ImportRun.State.READING:
        close(run.pk)
        return JobStep(cursor=None, done=0)
    at = int(cursor or 0)
    reader = None
    try:
        reader = _reader(run, at)
        rows = list(islice(reader.sheet.rows, BATCH))
    except (Unreadable, ValidationError) as error:
        close(run.pk)
        _refuse(run, error)
        return JobStep(cursor=None, done=0)
    except BaseException:
        close(run.pk)
        raise
    _stage(run, rows, reader.normaliser)
    # Taken out until the step is committed: a step that is rolled back begins anew from its cursor.
    reader.at = at + len(rows)
    if len(rows) == BATCH:
        return JobStep(cursor=reader.at, done=len(rows))
    notes = [[note.code, dict(note.params)] for note in reader.sheet.notes]
    close(run.pk)
    columns = list(reader.sheet.columns)
    ImportRun.objects.filter(pk=run.pk).update(notes=notes, columns=columns, rows=at + len(rows))
    return JobStep(cursor=None, done=len(rows), total=at + len(rows))


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
        mapping = mapping_of(run.source.mapping)
        sheet = _opened(run, mapping, opened)
        normaliser = Normaliser(mapping, sheet.columns)
        for _row in islice(sheet.rows, at):
            pass
    except BaseException:
        opened.close()
        raise
    _open[run.pk] = _Reader(run.pk, at, sheet, normaliser, opened)
    return _open[run.pk]


def _opened(run: ImportRun, mapping: SourceMapping, opened: ExitStack) -> Sheet:
    if run.file is None:
        if not mapping.table:
            raise Unreadable("file_lost")
        table = open_table(run.source.operator_id, mapping.table, wanted=mapping.column_names)
        return opened.enter_context(table)
    try:
        path = opened.enter_context(store.decrypted(UUID(str(run.file))))
    except OSError:
        raise Unreadable("file_lost") from None
    return opened.enter_context(open_sheet(path, wanted=mapping.column_names, sheet=mapping.sheet))


def _refuse(run: ImportRun, error: Unreadable | ValidationError) -> None:
    if isinstance(error, Unreadable):
        reason = {"code": error.code, "params": dict(error.params)}
    else:
        reason = {"code": "mapping", "params": {"words": " ".join(error.messages)}}
    reading = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.READING)
    reading.update(state=ImportRun.State.REFUSED, reason=reason)


def _stage(run: ImportRun, rows: Sequence[Row], normaliser: Normaliser) -> None:
    digest_of = crypto.digester("import")
    staged = [(row, normaliser.normalise(row)) for row in rows]
    places = _places_of(run, {one.person.household for _row, one in staged} - {""})
    extra = implausible([one.person for _row, one in staged], _earlier(run, places))
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(COPY) as copy:
        lines = []
        for at, (row, one) in enumerate(staged):
            findings = [*one.findings, *extra.get(at, ())]
            household = one.person.household
            place = places.setdefault(household, row.number) if household else row.number
            lines.append(_line(_values(str(run.pk), row, one.person, findings, place, digest_of)))
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


def _values(
    run: str, row: Row, one: StagedPerson, findings: Sequence[Finding], place: int, digest_of: Any
) -> list[Any]:
    """In the order of ``COLUMNS``."""
    refused = any(finding.is_refusal for finding in findings)
    digests = [(kind, document_digest(kind, number), number) for kind, number in one.documents]
    # What a source without numbers calls a person: who they are.
    reference = one.reference or "~" + digest_of(
        [*_WHO_IT_IS(one), *(number for _kind, number in one.documents)]
    )
    cells = "\\x" + crypto.encrypt(json.dumps(list(row.cells))).hex() if refused else None
    keys = () if refused else match_keys(_record(one, digests))
    born = one.born
    return [
        run, row.number, place, reference, one.household, digest_of(_SAYS(one)),
        StagedRow.Outcome.REFUSED.value if refused else StagedRow.Outcome.NEW.value,
        json.dumps([[each.code, each.column, dict(each.params)] for each in findings]) if findings else "[]",
        cells, new_spid(), one.relationship,
        one.family_name, one.given_name, one.latin_family_name, one.latin_given_name,
        *name_keys(one.family_name, one.given_name, _name_key),
        *name_keys(one.latin_family_name, one.latin_given_name, _name_key),
        array(keys), one.sex, born.first if born else None, born.precision if born else "",
        one.phone, one.village, one.address, one.disability_level, one.poverty_level, one.poverty_valid_to,
        _documents(digests) if digests and not refused else "[]",
        one.member_number, one.card_number, one.level, one.since, "f", "[]", "{}",
    ]  # fmt: skip


def _documents(digests: Sequence[tuple[str, bytes, str]]) -> str:
    return json.dumps(
        [[kind, crypto.encrypt(number).decode(), digest.hex()] for kind, digest, number in digests]
    )


def _record(one: StagedPerson, digests: Sequence[tuple[str, bytes, str]]) -> MatchRecord:
    return MatchRecord(
        family_name=one.family_name,
        given_name=one.given_name,
        latin_family_name=one.latin_family_name,
        latin_given_name=one.latin_given_name,
        sex=one.sex,
        born=one.born,
        villages=frozenset({one.village} - {""}),
        phones=frozenset({one.phone} - {""}),
        documents=frozenset((kind, digest) for kind, digest, _number in digests),
    )


def _line(values: Iterable[Any]) -> str:
    texts = [None if value is None else str(value) for value in values]
    written = "".join(filter(None, texts))
    if not written.isprintable() or "\\" in written:
        texts = [text and text.translate(_ESCAPES) for text in texts]
    return "\t".join([_NULL if text is None else text for text in texts]) + "\n"
