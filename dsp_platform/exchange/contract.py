"""What the exchange and the domains agree on: records out, reports in.

A domain registers one ``RecordKind`` per kind of record it can be asked for, and one ``ReportKind`` per kind
of report it understands; the exchange never imports a domain.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise

from dsp_platform.exchange.models import Agreement, StatusReport

Value = str | int | bool | None
Label = str | Promise
Labels = Mapping[str, Label]


# Named tuples, because they are made by the million.
class Record(NamedTuple):
    """One subject as one operator may see it. ``values`` holds the agreement's fields and no others."""

    subject_id: int
    version: int
    values: Mapping[str, Value]
    consent_id: int | None = None


class Withdrawal(NamedTuple):
    """The operator must no longer hold this subject. ``key`` is the value of the mapping's key field."""

    subject_id: int
    version: int
    key: str


class Reason(NamedTuple):
    """One thing that speaks for or against telling an operator of a subject, in words for a steward."""

    speaks_for: bool
    text: str


class Explainer(Protocol):
    """What the preview of an agreement asks about one kind of record."""

    @property
    def asks(self) -> Label:
        """By what a subject is found: SPID, household number."""

    def find(self, typed: str) -> int | None: ...

    def looks(self, subject: int) -> Sequence[tuple[str, int]]:
        """(kind, id) of all whose data a preview of this subject may show, as the audit names them."""

    def why(self, agreement: Agreement, subject: int) -> Sequence[Reason]: ...

    def count(self, agreement: Agreement) -> int | None:
        """How many it would concern now; None where counting takes too long."""


class RecordKind(ABC):
    name: str
    label: Label = ""
    my_data_name: Label = ""
    """To the person whose data it is."""
    labels: Labels = MappingProxyType({})
    """What a person calls each field: how they are shown what an operator holds."""
    fields: Sequence[str]
    """Every field that an agreement may name."""
    keys: Sequence[str]
    """Those by which an operator may know a subject: they never change."""
    explainer: Explainer | None = None

    @abstractmethod
    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        """Those whom the agreement concerns now and, where it rests on consent, who have given it."""

    @abstractmethod
    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterable[Record | Withdrawal]:
        """The latest version of each subject: a Record for the concerned, a Withdrawal for the others."""

    @abstractmethod
    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        """``(subject_id, version)`` by ascending id: the whole population, page by page (first fill)."""

    @abstractmethod
    def size(self) -> int:
        """How many the population is."""

    @abstractmethod
    def subjects_of(self, field: str, keys: Sequence[str]) -> Mapping[str, int]:
        """Who has these values of one of ``keys``; those nobody has are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    name: str
    label: Label
    handle: Callable[[StatusReport], None]
    """Runs inside a transaction with the report locked; raises ``ReportHeld``."""

    statuses: Labels
    """What a person calls each status that a report of this kind can have."""


class RuleReader(Protocol):
    """What the exchange shows and notes of the rule of an agreement."""

    def check(self, rule: str) -> None:
        """Raises ValidationError for a rule that nobody could judge: it would concern nobody."""

    def in_words(self, rule: str) -> str: ...

    def compared(self, kind: str, before: str, after: str) -> str:
        """How many gain and lose, in one sentence; ``before`` is empty where no rule was in force."""

    def noted(self, rule: str) -> Mapping[str, Any]:
        """What the audit keeps of a count by this rule."""


class Outcome(NamedTuple):
    """What became of one record. ``reason`` is a short code, never words of the operator's database.

    ``delivered``: the operator holds it, or something newer. ``refused`` and ``invalid``: held for a
    person. ``unknown``: nobody can tell, tried again later.
    """

    subject_id: int
    status: str
    reason: str = ""
    receipt: str = ""


class OperatorUnavailable(Exception):
    """The operator as a whole cannot be reached or is misconfigured: ``reason`` is a short code.

    ``sent`` says whether anything may have reached it all the same (a connection lost at COMMIT).
    """

    def __init__(self, reason: str, *, sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


@dataclass(slots=True)
class Registry:
    kinds: dict[str, RecordKind] = field(default_factory=dict)
    reports: dict[str, ReportKind] = field(default_factory=dict)
    rule_reader: RuleReader | None = None


class ReportHeld(Exception):
    """A handler cannot act on a report; ``reason`` is the short code shown to a steward."""

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
    """An operator's own word, where it is none of ours."""
    report = registered.reports.get(kind)
    return str(report.statuses.get(status, status)) if report else status


def known_as(typed: str) -> set[tuple[str, int]]:
    """By whatever each domain knows its subjects by."""
    return {
        (name, number)
        for name, kind in registered.kinds.items()
        if kind.explainer and (number := kind.explainer.find(typed)) is not None
    }
