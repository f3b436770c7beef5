"""A kind of record that is built by one statement over its subjects."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from dsp_platform.database.history import history_of
from dsp_platform.exchange.contract import Explainer, Labels, Record, RecordKind, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.fields.table import DAYS, words
from registry.models import Programme
from registry.records.statement import Statement, ids_of_each, records


class StatementKind(RecordKind):
    columns: ClassVar[Mapping[str, str]]
    """The SQL of each field, over the tables of ``statement``."""

    model: ClassVar[type[Model]]
    key_columns: ClassVar[Mapping[str, str]]
    """By field that may be the key at an operator: its column in the model."""

    def __init__(self, explainer: Explainer | None = None) -> None:
        self.explainer = explainer
        self.fields, self.keys = tuple(self.columns), tuple(self.key_columns)

    @property
    def words(self) -> Mapping[str, Labels]:  # type: ignore[override]  # programmes are added while it runs
        named = words(*self.fields)
        if "programme_code" in self.fields:
            named["programme_code"] = {one.code: str(one) for one in Programme.objects.order_by("code")}
        return named

    @property
    def dates(self) -> Collection[str]:  # type: ignore[override]
        return [name for name in self.fields if name in DAYS]

    def everybody(self) -> QuerySet[Any]:
        """The population."""
        return self.model._default_manager.all()

    def statement(self, agreement: Agreement, subjects: Sequence[int]) -> Statement:
        raise NotImplementedError

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return {subject for _agreement, subject in self.concerned_by_each([agreement], subjects)}

    def concerned_by_each(
        self, agreements: Sequence[Agreement], subjects: Sequence[int]
    ) -> list[tuple[Agreement, int]]:
        found = ids_of_each([self.statement(one, subjects) for one in agreements], subjects)
        return [(agreements[number], subject) for number, subject in found]

    def columns_for(self, agreement: Agreement) -> Mapping[str, str]:
        """As this agreement is sent them."""
        return self.columns

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        columns_for = self.columns_for(agreement)
        columns = [columns_for[name] for name in (agreement.layout.key_field, *agreement.fields)]
        built: set[int] = set()
        for item in records(self.statement(agreement, subjects).rows(subjects, columns), agreement.fields):
            built.add(item.subject_id)
            yield item
        if deleted := set(subjects) - built:
            yield from self._of_deleted(agreement, deleted)

    def _of_deleted(self, agreement: Agreement, subjects: Collection[int]) -> Iterator[Withdrawal]:
        """Of an import that was undone: what is left is their history."""
        events = history_of(self.model).filter(pgh_obj__in=subjects, pgh_label="delete")
        key = self.key_columns[agreement.layout.key_field]
        for pk, version, value in events.values_list("pgh_obj", "version", key):
            yield Withdrawal(pk, version + 1, str(value))

    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        rows = self.everybody().filter(pk__gt=after).order_by("pk")
        return list(rows.values_list("pk", "version")[:limit])

    def size(self) -> int:
        return self.everybody().count()

    def subjects_of(self, field: str, keys: Sequence[str]) -> dict[str, int]:
        if field not in self.key_columns:
            raise ValueError(f"not a key of the kind {self.name}: {field}")
        column = self.key_columns[field]
        rows = self.model._default_manager.filter(**{f"{column}__in": keys})
        return dict(rows.values_list(column, "pk"))
