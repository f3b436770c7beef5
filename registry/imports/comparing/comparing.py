"""The second job of an import: its rows compared with each other and with the registry."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from dsp_platform.database import plans
from dsp_platform.database.arrays import array, bytes_in, numbers_in, text_array, texts_in
from dsp_platform.jobs.kinds import Cursor, JobStep
from registry.imports.comparing.background import background_of
from registry.imports.planning.beside import Beside
from registry.imports.planning.filling import OF_ALIAS, Beliefs, beliefs_of, born_of, filling
from registry.imports.planning.numbers import had_number
from registry.imports.sources.terms import terms_of
from registry.imports.staging.named import Named, named_before, used_again
from registry.matching.background import Background
from registry.matching.features import Features, companion_key
from registry.matching.records import Match, MatchRecord, Outcome, record_from
from registry.matching.scoring import match
from registry.matching.search import candidates_by, matches_among
from registry.matching.within import MOST_PER_DAY, MOST_PER_KEY
from registry.models import IdentityDocument, ImportRun, Person, StagedPair, StagedRow
from registry.persons.origins import names_in_origins
from registry.persons.validation import MEMBERS

BATCH = 2500
COMPARED = (
    "number", "place", "household", "reference", "digest", "outcome", "family_name", "given_name",
    "latin_family_name", "latin_given_name", "sex", "date_of_birth", "birth_precision", "phone",
    "village", "disability_level", "documents", "relationship", "poverty_level", "poverty_valid_to", "since",
    "member_number", "card_number", "level", "findings",
)  # fmt: skip
OF_A_RECORD = (
    "number", "household", "family_name", "given_name", "latin_family_name", "latin_given_name", "sex",
    "date_of_birth", "birth_precision", "phone", "village", "documents",
)  # fmt: skip

PAIRS = """
WITH held AS (
    SELECT number, unnest(match_keys) AS key FROM registry_stagedrow
    WHERE run_id = %(run)s AND outcome <> 'refused'
), written_alike AS (
    SELECT array_agg(number ORDER BY number) AS numbers FROM registry_stagedrow
    WHERE run_id = %(run)s AND outcome <> 'refused'
    GROUP BY name_key, given_key, date_of_birth, birth_precision, village HAVING count(*) > 1
    UNION ALL
    SELECT array_agg(number ORDER BY number)
    FROM registry_stagedrow CROSS JOIN LATERAL jsonb_array_elements(documents) AS document
    WHERE run_id = %(run)s AND outcome <> 'refused'
    GROUP BY document ->> 0, document ->> 2 HAVING count(*) > 1
), blocks AS (
    SELECT array_agg(number) AS numbers, count(*) AS first FROM held
    GROUP BY key HAVING count(*) BETWEEN 2 AND %(most)s
    UNION ALL
    SELECT array_agg(number), count(*) FROM registry_stagedrow
    WHERE run_id = %(run)s AND outcome <> 'refused' AND birth_precision = 'day'
    GROUP BY date_of_birth HAVING count(*) BETWEEN 2 AND %(most_per_day)s
    UNION ALL
    SELECT numbers, CASE WHEN cardinality(numbers) > %(most)s THEN 1 ELSE cardinality(numbers) END
    FROM written_alike
)
INSERT INTO registry_stagedpair (run_id, number, other)
SELECT DISTINCT %(run)s, later, earlier
FROM blocks CROSS JOIN LATERAL unnest(numbers) AS later
    CROSS JOIN LATERAL unnest(numbers[:first]) AS earlier
WHERE later > earlier
"""
# The second of two rows of one reference says the same again, or nobody knows which of them is right.
TWICE = """
UPDATE registry_stagedrow AS row SET
    outcome = 'refused', findings = row.findings || %(finding)s::jsonb
FROM (
    SELECT number, lag(number) OVER (PARTITION BY reference ORDER BY number) AS earlier
    FROM registry_stagedrow
    WHERE run_id = %(run)s AND outcome <> 'refused'
) AS found
WHERE row.run_id = %(run)s AND row.number = found.number AND found.earlier IS NOT NULL
"""
WITHOUT_ONE_HEAD = """
UPDATE registry_stagedrow AS row SET findings = row.findings || %(finding)s::jsonb
FROM (
    SELECT household FROM registry_stagedrow
    WHERE run_id = %(run)s AND household <> ''
    GROUP BY household
    HAVING count(*) FILTER (WHERE relationship = 'head' AND outcome <> 'refused') > 1
        OR count(*) FILTER (WHERE relationship = 'head') > 0
            AND count(*) FILTER (WHERE relationship = 'head' AND outcome <> 'refused') = 0
        OR count(*) FILTER (WHERE relationship = 'head') = 0 AND NOT EXISTS (
            SELECT FROM registry_sourcerecord AS head
            WHERE head.source_id = %(source)s AND head.household = registry_stagedrow.household
                AND head.household <> '' AND head.relationship = 'head'
        )
) AS found
WHERE row.run_id = %(run)s AND row.household = found.household AND row.outcome <> 'refused'
"""
# A number that so many have is none of a household: it stands where the source knows none.
TOO_LARGE = """
UPDATE registry_stagedrow AS row SET
    household = '', place = row.number, findings = row.findings || %(finding)s::jsonb
FROM (
    SELECT household FROM registry_stagedrow WHERE run_id = %(run)s AND household <> ''
    GROUP BY household HAVING count(*) > %(most)s
) AS found
WHERE row.run_id = %(run)s AND row.household = found.household
"""
KEYS = """
SELECT number AS place, match_keys AS keys FROM registry_stagedrow
WHERE run_id = %(run)s AND number = ANY (%(numbers)s::int[])
"""
DOCUMENTS = """
SELECT number AS place, decode(document ->> 2, 'hex') AS digest
FROM registry_stagedrow CROSS JOIN LATERAL jsonb_array_elements(documents) AS document
WHERE run_id = %(run)s AND number = ANY (%(numbers)s::int[])
"""


@dataclass(slots=True)
class Decision:
    """Of one row."""

    outcome: str
    person: int | None = None
    version: int | None = None
    same_row: int | None = None
    doubles: list[dict[str, Any]] = field(default_factory=list)
    findings: list[list[Any]] = field(default_factory=list)


NOTHING_FOUND = Decision(StagedRow.Outcome.NEW)
"""As every row stands until it is compared."""


def begin(run: ImportRun) -> None:
    """Which rows have a key in common, and what the rows of one household or reference contradict."""
    last = Person.objects.aggregate(last=Max("pk"))["last"] or 0
    ImportRun.objects.filter(pk=run.pk).update(last_person=last)
    StagedPair.objects.filter(run=run).delete()
    plans.read_all()
    with connection.cursor() as cursor:
        cursor.execute(TWICE, {"run": run.pk, "finding": '[["reference_twice", "", {}]]'})
        finding = '[["household_too_large", "", {}]]'
        cursor.execute(TOO_LARGE, {"run": run.pk, "most": MEMBERS, "finding": finding})
        finding = '[["not_one_head", "", {}]]'
        cursor.execute(WITHOUT_ONE_HEAD, {"run": run.pk, "source": run.source_id, "finding": finding})
        most = {"most": MOST_PER_KEY, "most_per_day": MOST_PER_DAY}
        cursor.execute(PAIRS, {"run": run.pk, **most})
        # Last: the table is locked against its being counted for others until the transaction ends.
        cursor.execute("SELECT dspp_analyze_staged_rows()")


def compare_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """``cursor``: None before ``begin``, then the number of the last row that was compared."""
    run = ImportRun.objects.get(pk=parameters["run"])
    if run.state != ImportRun.State.MATCHING:
        return JobStep(cursor=None, done=0)
    if cursor is None:
        begin(run)
        return JobStep(cursor=0, done=0, total=run.rows)
    plans.look_up()
    rows = list(rows_to_compare(run.pk).filter(number__gt=cursor)[:BATCH])
    if not rows:
        return JobStep(cursor=None, done=0)
    compare(run, [row for row in rows if row.outcome != StagedRow.Outcome.REFUSED])
    return JobStep(cursor=rows[-1].number, done=len(rows))


def rows_to_compare(run: int, *more: str) -> QuerySet[StagedRow, Any]:
    """As named tuples, which cost a tenth of what objects do. ``more`` columns than are compared."""
    return StagedRow.objects.filter(run=run).order_by("number").values_list(*COMPARED, *more, named=True)


def compare(run: ImportRun, rows: Sequence[StagedRow], *, within: bool = True) -> None:
    """Writes to each row who it is. ``within``: also who of the earlier rows."""
    decided = decide(run, rows, within=within)
    write(run, {number: one for number, one in decided.items() if one != NOTHING_FOUND})


def decide(run: ImportRun, rows: Sequence[StagedRow], *, within: bool = True) -> dict[int, Decision]:
    """By the number of the row."""
    beliefs = beliefs_of(run)
    named = named_before(run, rows)
    told_anew = {number: one for number, one in named.items() if one.changed_parts}
    again = used_again(told_anew, features_of_those(run, rows, told_anew))
    named = {number: one for number, one in named.items() if number not in again}
    others = array(row.number for row in rows if row.number not in named)
    candidates = candidates_by(KEYS, DOCUMENTS, {"run": run.pk, "numbers": others})
    pairs = _pairs(run, rows) if within else []
    features = features_of_those(run, rows, {*candidates, *chain.from_iterable(pairs)})
    matches = matches_among(candidates, features)
    within_file = inside(pairs, features, background_of(run.pk)) if pairs else {}
    taken = _holders(rows)
    who = {number: one.person for number, one in named.items()}
    who |= {number: some[0].person_id for number, some in matches.items() if some}
    wanted = set(who.values())
    persons = Person.objects.in_bulk(wanted)
    beside = Beside.of(wanted, terms_of(run).programme)
    called = {who[row.number] for row in rows if row.phone and row.number in who}
    numbered = had_number([pk for pk in called if not persons[pk].phone])
    return {
        row.number: _decided(
            row,
            beliefs=beliefs,
            named=named.get(row.number),
            again=again.get(row.number),
            found=matches.get(row.number, ()),
            inside=within_file.get(row.number, ()),
            persons=persons,
            beside=beside,
            numbered=numbered,
            taken=taken,
        )
        for row in rows
    }


def _decided(
    row: StagedRow,
    *,
    beliefs: Beliefs,
    named: Named | None,
    again: Match | None,
    found: Sequence[Match],
    inside: Sequence[tuple[int, Match]],
    persons: Mapping[int, Person],
    beside: Beside,
    numbered: Collection[int],
    taken: Mapping[str, set[int]],
) -> Decision:
    if named:
        person = persons[named.person]
        if named.is_known and not beside.waits_for_enrolment(person.pk):
            would_move = named.is_alias and row.household and person.pk not in beside.lived
            noted = [OF_ALIAS] if would_move else []
            return Decision(StagedRow.Outcome.KNOWN, person.pk, person.version, findings=noted)
        return _of_somebody(row, person, beliefs, beside, numbered, named)
    if found and found[0].outcome is Outcome.SAME:
        return _of_somebody(row, persons[found[0].person_id], beliefs, beside, numbered)
    same = [number for number, one in inside if one.outcome is Outcome.SAME]
    if same:
        return Decision(StagedRow.Outcome.TWICE, same_row=min(same))
    doubles = [double({"person": one.person_id}, one) for one in (*filter(None, [again]), *found)]
    doubles += [double({"row": number}, one) for number, one in inside]
    findings: list[list[Any]] = [["reference_again", "", {}]] if again else []
    if any(taken.get(digest) for _kind, _number, digest in row.documents):
        findings.append(["number_of_another", "", {}])
    outcome = StagedRow.Outcome.LIKELY if doubles else StagedRow.Outcome.NEW
    return Decision(outcome, doubles=doubles, findings=findings)


def _of_somebody(
    row: StagedRow,
    person: Person,
    beliefs: Beliefs,
    beside: Beside,
    numbered: Collection[int],
    named: Named | None = None,
) -> Decision:
    if person.died_on is not None:
        return Decision(StagedRow.Outcome.REFUSED, findings=[["person_died", "", {}]])
    is_of_alias = named is not None and named.is_alias
    beliefs = beliefs.of_row(
        is_of_alias=is_of_alias,
        told_otherwise=named.told_otherwise if named else None,
        had_number=person.pk in numbered,
    )
    filled = filling(person, row, beliefs)
    written: list[list[Any]] = [["fills", names_in_origins([name])[0], {}] for name in filled.values]
    otherwise: list[list[Any]] = [["says_otherwise", one.column, {}] for one in filled.differences]
    more_written, more_otherwise = beside.added(person.pk, row, beliefs)
    written += more_written
    otherwise += more_otherwise
    outcome = StagedRow.Outcome.FILLS if written else StagedRow.Outcome.AGREES
    if otherwise:
        outcome = StagedRow.Outcome.CONFLICT
    findings = [*written, *otherwise, *([OF_ALIAS] if is_of_alias else [])]
    return Decision(outcome, person.pk, person.version, findings=findings)


def double(who: dict[str, int], one: Match) -> dict[str, Any]:
    evidence = [[each.comparison, each.level, each.weight] for each in one.evidence]
    return {**who, "weight": round(one.weight, 2), "evidence": evidence}


def features_of_those(
    run: ImportRun, rows: Iterable[StagedRow], numbers: Collection[int]
) -> dict[int, Features]:
    """Of the rows with these numbers, also of those that stood in the file before ``rows``; not of rows that
    are refused. Most rows have nothing in common with anybody, and are not read again."""
    wanted = [row for row in rows if row.number in numbers]
    earlier = set(numbers) - {row.number for row in wanted}
    if earlier:
        known = StagedRow.objects.filter(run=run, number__in=numbers_in(earlier))
        known = known.exclude(outcome=StagedRow.Outcome.REFUSED)
        wanted += known.values_list(*OF_A_RECORD, named=True)
    companions = _companions(run, {row.household for row in wanted} - {""})
    return {row.number: Features(_record(row, companions.get(row.household, ()))) for row in wanted}


def _record(row: StagedRow, companions: Collection[tuple[int, str]]) -> MatchRecord:
    return record_from(
        row,
        born=born_of(row),
        village=row.village,
        documents=frozenset((kind, bytes.fromhex(digest)) for kind, _number, digest in row.documents),
        household=frozenset(key for number, key in companions if number != row.number),
    )


def _companions(run: ImportRun, households: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """By household, the number of each row and the key of its name."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = StagedRow.objects.filter(run=run, household__in=texts_in(households))
    for household, number, *names in rows.values_list(
        "household", "number", "family_name", "given_name", "latin_family_name", "latin_given_name"
    ):
        found[household].append((number, companion_key(*names)))
    return found


def _pairs(run: ImportRun, rows: Sequence[StagedRow]) -> list[tuple[int, int]]:
    """A row and an earlier one that have a key in common."""
    if not rows:
        return []
    numbers = {row.number for row in rows}
    pairs = StagedPair.objects.filter(run=run, number__range=(rows[0].number, rows[-1].number))
    return [pair for pair in pairs.values_list("number", "other") if pair[0] in numbers]


def inside(
    pairs: Iterable[tuple[int, int]], features: Mapping[int, Features], background: Background
) -> dict[int, list[tuple[int, Match]]]:
    """By row, which earlier rows are of the same person, certainly or likely; the best first."""
    found: dict[int, list[tuple[int, Match]]] = defaultdict(list)
    for number, other in pairs:
        if other in features and (one := match(features[number], features[other], background)):
            found[number].append((other, one))
    for matches in found.values():
        matches.sort(key=lambda each: (-each[1].weight, each[0]))
    return found


def _holders(rows: Iterable[StagedRow]) -> dict[str, set[int]]:
    """By digest, who holds a document that is one person's only."""
    digests = [bytes.fromhex(digest) for row in rows for _kind, _number, digest in row.documents]
    held = IdentityDocument.objects.filter(digest__in=bytes_in(digests)).exclude(
        type__in=IdentityDocument.SHARED_TYPES
    )
    found: dict[str, set[int]] = defaultdict(set)
    for digest, person in held.values_list("digest", "person"):
        found[bytes(digest).hex()].add(person)
    return found


WRITE = """
UPDATE registry_stagedrow AS row SET
    outcome = given.outcome, person_id = given.person, version = given.version, same_row = given.same_row,
    doubles = given.doubles::jsonb, findings = row.findings || given.findings::jsonb
FROM unnest(
    %(numbers)s::int[], %(outcomes)s::text[], %(persons)s::bigint[], %(versions)s::bigint[],
    %(same_rows)s::int[], %(doubles)s::text[], %(findings)s::text[]
) AS given (number, outcome, person, version, same_row, doubles, findings)
WHERE row.run_id = %(run)s AND row.number = given.number
"""


def write(run: ImportRun, decisions: Mapping[int, Decision]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "run": run.pk,
                "numbers": array(decisions),
                "outcomes": array(one.outcome for one in decisions.values()),
                "persons": array(one.person for one in decisions.values()),
                "versions": array(one.version for one in decisions.values()),
                "same_rows": array(one.same_row for one in decisions.values()),
                "doubles": text_array(json.dumps(one.doubles) for one in decisions.values()),
                "findings": text_array(json.dumps(one.findings) for one in decisions.values()),
            },
        )
