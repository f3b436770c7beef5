"""The interface between the exchange and the domains: records out, reports in.

A domain registers one ``RecordKind`` per kind of record it can be asked for, and one ``ReportKind`` per kind
of report it understands; the exchange never imports a domain.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from dsp_platform.exchange.mapping.columns import Value
from dsp_platform.exchange.models import Agreement, StatusReport
from dsp_platform.translations.label import Label

Labels = Mapping[str, Label]


# Named tuples, because they are made by the million.
class Record(NamedTuple):
    """One subject as one operator may see it. ``values`` has the agreement's fields and no others."""

    subject_id: int
    version: int
    values: Mapping[str, Value]
    consent_id: int | None = None


class Withdrawal(NamedTuple):
    """The operator must no longer have this subject. ``key`` is the value of the mapping's key field."""

    subject_id: int
    version: int
    key: str


class Reason(NamedTuple):
    """One reason for or against delivering a subject to an operator, in words for a steward."""

    speaks_for: bool
    text: str


class Explainer(Protocol):
    """What the preview of an agreement needs to know about one kind of record."""

    @property
    def number_label(self) -> Label:
        """Label of the number by which a subject is found: SPID, household number."""

    def find(self, typed: str) -> int | None: ...

    def accessed(self, subject: int) -> Sequence[tuple[str, int]]:
        """(kind, id) of everyone whose data a preview of this subject may show, as in the access log."""

    def why(self, agreement: Agreement, subject: int) -> Sequence[Reason]: ...

    def words(self, subject: int) -> Mapping[str, str]:
        """By field, the values of this subject that are known less exactly than they are sent."""

    def count(self, agreement: Agreement) -> int | None:
        """How many it would concern now; None where counting takes too long."""


class RecordKind(ABC):
    name: str
    label: Label = ""
    my_data_name: Label = ""
    """What the record is called where a person reads about their own data."""
    labels: Labels = MappingProxyType({})
    """Label of each field, for the person whose data it is."""
    fields: Sequence[str]
    """Every field that an agreement may name."""
    words: Mapping[str, Labels] = MappingProxyType({})
    """By field that has one of a few values: the label of each."""
    dates: Collection[str] = ()
    """Those of the fields that are days."""
    keys: Sequence[str]
    """Fields that may be the key at an operator: their values never change."""
    explainer: Explainer | None = None

    @abstractmethod
    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        """Those whom the agreement concerns now and, where it rests on consent, who have given it."""

    def concerned_by_each(
        self, agreements: Sequence[Agreement], subjects: Sequence[int]
    ) -> Iterable[tuple[Agreement, int]]:
        """The same of several agreements, as a kind may ask in one statement."""
        return [(one, subject) for one in agreements for subject in self.concerned(one, subjects)]

    @abstractmethod
    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterable[Record | Withdrawal]:
        """The latest version of each subject: a Record for the concerned, a Withdrawal for the others."""

    @abstractmethod
    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        """``(subject_id, version)`` by ascending id: the whole population, page by page (first fill)."""

    @abstractmethod
    def size(self) -> int:
        """How many subjects the population has."""

    @abstractmethod
    def subjects_of(self, field: str, keys: Sequence[str]) -> Mapping[str, int]:
        """Subjects by their value of one of ``keys``; unknown values are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    name: str
    label: Label
    handle: Callable[[StatusReport], None]
    """Runs inside a transaction with the report locked; raises ``ReportHeld``."""

    statuses: Labels
    """Label of each status that a report of this kind can have."""


class RuleReader(Protocol):
    """What the exchange shows and logs of the rule of an agreement."""

    def check(self, rule: str) -> None:
        """Raises ValidationError for a rule that cannot be evaluated: it would concern nobody."""

    def in_words(self, rule: str) -> str: ...

    def compare(self, kind: str, before: str, after: str) -> str:
        """How many it adds and removes, in one sentence; ``before`` is empty without an earlier rule."""

    def audit_details(self, rule: str) -> Mapping[str, Any]:
        """Details for the audit when somebody counts by this rule."""


@dataclass(slots=True)
class Registry:
    kinds: dict[str, RecordKind] = field(default_factory=dict)
    reports: dict[str, ReportKind] = field(default_factory=dict)
    rule_reader: RuleReader | None = None


class ReportHeld(Exception):
    """A report cannot be handled and is held; ``reason`` is the short code shown to a steward."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


registered = Registry()


def register_record_kind(kind: RecordKind) -> None:
    registered.kinds[kind.name] = kind


def register_report_kind(kind: ReportKind) -> None:
    registered.reports[kind.name] = kind


def register_rule_reader(reader: RuleReader) -> None:
    registered.rule_reader = reader


def explainer_of(kind: RecordKind) -> Explainer:
    if kind.explainer is None:
        raise LookupError(f"Records of the kind {kind.name} cannot be explained.")
    return kind.explainer


def name_of(kind: str) -> str:
    """The label of a kind of record or of report."""
    known = registered.kinds.get(kind) or registered.reports.get(kind)
    return str(known.label) if known and known.label else kind


def status_name(kind: str, status: str) -> str:
    """The label of a status; an unknown one as the operator wrote it."""
    report = registered.reports.get(kind)
    return str(report.statuses.get(status, status)) if report else status


def find_subjects(typed: str) -> set[tuple[str, int]]:
    """(kind, id) of every subject that has this number."""
    return {
        (name, number)
        for name, kind in registered.kinds.items()
        if kind.explainer and (number := kind.explainer.find(typed)) is not None
    }
