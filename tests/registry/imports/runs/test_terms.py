"""An import does what two stewards read: its source as it was when the file came, while that holds."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import kinds
from registry.imports import runs
from registry.imports.errors import SourceChanged, SourceNotInForce
from registry.imports.planning.filling import beliefs_of
from registry.imports.runs import services
from registry.imports.runs.preview import reason_in_words
from registry.imports.sources.services import stop
from registry.imports.sources.terms import are_in_force
from registry.imports.writing import applying
from registry.models import ImportRun, ImportSource, Person
from tests.registry.imports.conftest import FAMILY, MAPPING, TRUST, approve, compared, many, upload, work
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


@as_owner()
def changed(source, **values):
    ImportSource.objects.filter(pk=source.pk).update(**values)


def yesterday():
    return timezone.localdate() - timedelta(days=1)


@pytest.mark.parametrize(
    "values",
    [
        {"mapping": {**MAPPING, "constants": {"sex": "male"}}},
        {"trust": {**TRUST, "overwrite": ["sex"]}},
        {"rank": 1},
        {"state": "draft", "approved_by": None},
        {"valid_to": yesterday()},
    ],
)
def test_it_holds_only_while_its_source_says_the_same(source, steward, values):
    run = upload(source, FAMILY, steward)
    assert are_in_force(run)
    changed(source, **values)
    assert not are_in_force(run)


def test_another_programme_or_operator_is_another_source(source, steward, operators, family_package):
    run = upload(source, FAMILY, steward)
    for values in ({"programme": family_package}, {"operator": operators["nssf"]}):
        changed(source, programme=None, operator=operators["idpoor"])
        assert are_in_force(run)
        changed(source, **values)
        assert not are_in_force(run)


def test_a_rank_that_another_source_gets_later_changes_nothing_of_it(source, steward):
    run = upload(source, FAMILY, steward)
    changed(source, rank=1)
    assert beliefs_of(run).ranks == {"idpoor-households": 100}


def test_nothing_but_the_copy_is_read():
    """Of the source itself only what never changes, and what tells people its name."""
    live = re.compile(r"source\.(mapping|trust|programme|operator|rank|state)")
    for path in Path(runs.__file__).parent.glob("*.py"):
        if path.name != "terms.py":
            assert not live.search(path.read_text()), path.name


def test_all_of_it_stands_in_what_is_approved(source, steward):
    run = compared(source, FAMILY, steward)
    assert kinds["import"].state("apply", str(run.pk))["terms"] == {
        "code": "idpoor-households", "operator": "idpoor", "programme": None, "rank": 100,
        "mapping": MAPPING, "trust": TRUST, "ranks": {"idpoor-households": 100},
    }  # fmt: skip


def test_what_the_uploader_saw_in_force_may_be_stopped_by_now(source, steward):
    seen = ImportSource.objects.get(pk=source.pk)
    stop(source=source, actor=steward)
    with pytest.raises(SourceNotInForce):
        upload(seen, FAMILY, steward)


def test_nothing_is_proposed_from_a_source_that_was_stopped(source, steward):
    run = compared(source, FAMILY, steward)
    stop(source=source, actor=steward)
    with pytest.raises(SourceChanged):
        services.propose(run=run, actor=steward)


def test_nor_approved(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    proposal = services.propose(run=run, actor=steward)
    stop(source=source, actor=steward)
    with pytest.raises(SourceChanged):
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    run.refresh_from_db()
    assert run.state == "ready"


@pytest.mark.parametrize("state", ["reading", "matching"])
def test_the_work_on_it_ends_with_a_reason(source, steward, state, folder):
    run = upload(source, FAMILY, steward)
    while ImportRun.objects.get(pk=run.pk).state != state:
        services.jobs.staging.stage_step({"run": run.pk}, None)
        services.jobs._staged(ImportRun.objects.get(pk=run.pk))
    stop(source=source, actor=steward)
    work(run)
    assert run.state == "given_up"
    with translation.override("en"):
        assert "stopped" in reason_in_words(run.reason)
    assert list(folder.iterdir()) == []


def test_what_is_approved_and_not_yet_written_is_not_written(source, steward, second_steward):
    run = approve(compared(source, FAMILY, steward), steward, second_steward)
    stop(source=source, actor=steward)
    work(run)
    assert (run.state, Person.objects.count()) == ("given_up", 0)


def test_what_was_written_before_stays_and_can_be_undone(source, steward, second_steward, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 4)
    run = approve(compared(source, many(4), steward), steward, second_steward)
    whole = applying.bulk_writer.announce

    def stops_meanwhile(**written):
        whole(**written)
        stop(source=source, actor=steward)

    monkeypatch.setattr(applying.bulk_writer, "announce", stops_meanwhile)
    work(run)
    assert (run.state, Person.objects.count()) == ("applied", 4)
    with translation.override("en"):
        assert "4 of its rows" in reason_in_words(run.reason)
    assert services.propose_undo(run=run, actor=steward)
