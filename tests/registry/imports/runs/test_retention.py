"""Staged rows go when nobody needs them, and never while the import may still be written or undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.approval import services as approval
from dsp_platform.approval.errors import Decided
from registry.imports.runs import services
from registry.imports.runs.retention import purge
from registry.models import ImportRun, Person, StagedRow
from tests.registry.imports.runs.conftest import FAMILY, compared, upload


def uploaded(run, days):
    ImportRun.objects.filter(pk=run.pk).update(uploaded_at=timezone.now() - timedelta(days=days))


def test_of_an_import_that_may_be_undone_they_stay(imported):
    run = imported(FAMILY)
    uploaded(run, 59)
    assert purge() == 0


def test_after_that_they_go(imported):
    run = imported(FAMILY)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=timezone.now() - timedelta(days=15))
    assert purge() == 3
    assert not StagedRow.objects.exists()


def test_what_nobody_approved_is_given_up_first_with_its_proposal(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    proposal = services.propose(run=run, actor=steward)
    uploaded(run, 61)
    purge()
    run.refresh_from_db()
    assert (run.state, StagedRow.objects.count()) == ("given_up", 0)
    with pytest.raises(Decided):
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert not Person.objects.exists()


def test_so_is_what_broke_down_while_it_was_read(source, steward, folder):
    run = upload(source, FAMILY, steward)
    uploaded(run, 61)
    purge()
    run.refresh_from_db()
    assert (run.state, run.file, list(folder.iterdir())) == ("given_up", None, [])
