"""Every outcome that a row may have is told wherever outcomes are told, in both languages."""

import pytest
from django.utils import translation

from registry.imports.comparing.counting import outcomes_of
from registry.imports.runs import services
from registry.imports.runs.approvals import ImportKind
from registry.imports.runs.preview import outcomes_in_words
from registry.imports.runs.selectors import examples_of
from registry.models import ImportRun, StagedRow
from tests.registry.imports.conftest import compared, many

OUTCOMES = list(StagedRow.Outcome)


@pytest.fixture
def run(source, steward):
    """One row of each."""
    run = compared(source, many(len(OUTCOMES))[: len(OUTCOMES)], steward)
    for row, outcome in zip(StagedRow.objects.filter(run=run).order_by("number"), OUTCOMES, strict=True):
        StagedRow.objects.filter(pk=row.pk).update(outcome=outcome)
    ImportRun.objects.filter(pk=run.pk).update(outcomes=outcomes_of(run.pk))
    run.refresh_from_db()
    return run


def test_each_is_counted_has_an_example_and_is_read_by_who_approves(run, steward, second_steward):
    proposal = services.propose(run=run, actor=steward)
    told = {}
    for language in ("en", "km"):
        with translation.override(language):
            labels = [str(outcome.label) for outcome in OUTCOMES]
            assert [label for label, _count in outcomes_in_words(run)] == labels
            assert [label for label, _rows in examples_of(run)] == labels
            lines = {line.label for line in ImportKind().difference(proposal)}
            assert lines.issuperset(labels)
        told[language] = labels
    assert len(set(told["en"])) == len(set(told["km"])) == len(OUTCOMES)
    assert not set(told["en"]) & set(told["km"])


def test_each_either_comes_in_is_of_somebody_or_is_not_written():
    written = [*StagedRow.COMES_IN, *StagedRow.OF_SOMEBODY]
    assert sorted([*written, StagedRow.Outcome.KNOWN, StagedRow.Outcome.REFUSED]) == sorted(OUTCOMES)
