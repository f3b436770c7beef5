"""All that an import writes has one context in the history, by which it is told of and undone."""

from collections.abc import Iterator
from contextlib import contextmanager

from dsp_platform.database.history_context import history_context
from registry.imports.sources.terms import terms_of
from registry.models import ImportRun


@contextmanager
def written_by(run: ImportRun) -> Iterator[None]:
    facts = {"run": str(run.pk), "source": terms_of(run).code}
    with history_context("import", actor=run.approved_by, pk=run.context, **facts):
        yield
