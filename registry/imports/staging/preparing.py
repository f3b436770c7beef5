"""Rows of a file as lines that PostgreSQL copies into staged rows. Needs no database: a share of it is done
in a second process."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from dsp_platform.database.arrays import array
from dsp_platform.encryption import crypto
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.text import search_key
from registry.identity.documents import document_digest
from registry.identity.name_keys import name_keys
from registry.identity.spid import new_spid
from registry.imports.findings import Finding
from registry.imports.mapping.schema import SourceMapping
from registry.imports.normalise import Normaliser
from registry.imports.reading.sheet import Row
from registry.imports.staged import StagedPerson
from registry.imports.staging.named import Digests
from registry.imports.values.places import Places
from registry.matching.features import Features
from registry.matching.keys import keys_of, names_alone
from registry.matching.records import MatchRecord, record_from
from registry.models import StagedRow

COLUMNS = (
    "run_id", "number", "reference", "household", "digest", "outcome", "findings", "cells", "spid",
    "relationship", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key",
    "given_key", "latin_key", "latin_given_key", "match_keys", "names_alone", "sex", "date_of_birth",
    "birth_precision", "phone", "village", "address", "disability_level", "poverty_level",
    "poverty_valid_to", "documents", "member_number", "card_number", "level", "since", "applied", "doubles",
    "made", "place",
)  # fmt: skip
COPY = f"COPY registry_stagedrow ({', '.join(COLUMNS)}) FROM STDIN"
_SAYS = attrgetter(*(one.name for one in fields(StagedPerson)))
_WHO_IT_IS = attrgetter(
    "family_name", "given_name", "latin_family_name", "latin_given_name", "born", "village"
)
# Surnames and given names come again and again.
_name_key = lru_cache(100_000)(search_key)
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Prepared(NamedTuple):
    """A row, and what of it is judged with the others of its household."""

    line: str
    """Without its last column, the place: it depends on the rows before."""
    household: str
    family_name: str
    given_name: str
    sex: str
    born: PartialDate | None
    relationship: str


class Preparation:
    """Of the rows of one file, one for each process."""

    def __init__(self, run: int, mapping: SourceMapping, columns: Sequence[str], places: Places) -> None:
        """Raises Unreadable where the file lacks a column that the mapping names."""
        self._given = run, mapping, columns, places
        self._normaliser = Normaliser(mapping, columns, places)
        self._digest_of = crypto.digester("import")
        self._digests = Digests(self._digest_of)

    def __reduce__(self) -> tuple[type["Preparation"], tuple[Any, ...]]:
        return Preparation, self._given

    def __call__(self, rows: Iterable[Row]) -> list[Prepared]:
        return [self.prepare(row) for row in rows]

    def prepare(self, row: Row, more: Sequence[Finding] = ()) -> Prepared:
        """``more``: what was found of it beside the others of its household."""
        one, findings = self._normaliser.normalise(row)
        values = self._values(row, one, [*findings, *more])
        return Prepared(
            _line(values),
            one.household,
            one.family_name,
            one.given_name,
            one.sex,
            one.born,
            one.relationship,
        )

    def _values(self, row: Row, one: StagedPerson, findings: Sequence[Finding]) -> list[Any]:
        """In the order of ``COLUMNS``."""
        digest_of = self._digest_of
        refused = any(finding.is_refusal for finding in findings)
        digests = [(kind, document_digest(kind, number), number) for kind, number in one.documents]
        # What a source without numbers calls a person: who they are.
        reference = one.reference or "~" + digest_of(
            [*_WHO_IT_IS(one), *(number for _kind, number in one.documents)]
        )
        cells = "\\x" + crypto.encrypt(json.dumps(list(row.cells))).hex() if refused else None
        features = None if refused else Features(_record(one, digests))
        keys, alone = (keys_of(features), names_alone(features)) if features else ((), ())
        born = one.born
        return [
            self._given[0], row.number, reference, one.household, self._digests.of(one, _SAYS(one)),
            StagedRow.Outcome.REFUSED.value if refused else StagedRow.Outcome.NEW.value,
            _findings(findings) if findings else "[]", cells, new_spid(), one.relationship,
            one.family_name, one.given_name, one.latin_family_name, one.latin_given_name,
            *name_keys(one.family_name, one.given_name, _name_key),
            *name_keys(one.latin_family_name, one.latin_given_name, _name_key),
            array(keys), array(alone), one.sex, born.first if born else None, born.precision if born else "",
            one.phone, one.village, one.address, one.disability_level, one.poverty_level,
            one.poverty_valid_to, _documents(digests) if digests and not refused else "[]",
            one.member_number, one.card_number, one.level, one.since, "f", "[]", "{}",
        ]  # fmt: skip


def _findings(findings: Iterable[Finding]) -> str:
    return json.dumps([[each.code, each.column, dict(each.params)] for each in findings])


def _documents(digests: Sequence[tuple[str, bytes, str]]) -> str:
    return json.dumps(
        [[kind, crypto.encrypt(number).decode(), digest.hex()] for kind, digest, number in digests]
    )


def _record(one: StagedPerson, digests: Sequence[tuple[str, bytes, str]]) -> MatchRecord:
    documents = frozenset((kind, digest) for kind, digest, _number in digests)
    return record_from(one, born=one.born, village=one.village, documents=documents)


def _line(values: Iterable[Any]) -> str:
    texts = [None if value is None else str(value) for value in values]
    written = "".join(filter(None, texts))
    if not written.isprintable() or "\\" in written:
        texts = [text and text.translate(_ESCAPES) for text in texts]
    return "\t".join([_NULL if text is None else text for text in texts])
