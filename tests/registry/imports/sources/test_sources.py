"""A source is drafted by one steward and put in force by another."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import ProgrammingError, transaction
from django.utils import timezone, translation

from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.errors import ChangedSinceRead, NobodyCanApprove, ProposalOutdated, SamePerson
from dsp_platform.approval.models import Proposal
from registry.imports.sources import services
from registry.imports.sources.approvals import propose_begin, text_read
from registry.imports.sources.trust import FIELDS, trust_of, trust_problems
from registry.imports.staged import StagedPerson
from registry.models import ImportSource
from tests.registry.imports.cast import unsaved_source
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


def proposed(source, actor):
    return propose_begin(source=source, actor=actor, read=text_read(source))


def approved(source, proposer, approver):
    proposal = proposed(source, proposer)
    approval.approve(proposal=proposal, actor=approver, digest=proposal.digest)
    source.refresh_from_db()
    return source


@pytest.fixture
def in_force(source, steward, second_steward):
    return approved(source, steward, second_steward)


def test_two_stewards_put_it_in_force(in_force, second_steward):
    assert in_force.is_in_force
    assert (in_force.state, in_force.approved_by) == ("approved", second_steward)


def test_a_draft_is_not_in_force(source):
    assert not source.is_in_force


@pytest.mark.parametrize(
    ("begins", "ends", "holds"), [(0, None, True), (1, None, False), (-9, -1, False), (-9, 0, True)]
)
def test_it_is_in_force_from_its_first_day_to_its_last(in_force, begins, ends, holds):
    today = timezone.localdate()
    in_force.valid_from = today + timedelta(days=begins)
    in_force.valid_to = None if ends is None else today + timedelta(days=ends)
    assert in_force.is_in_force == holds


def test_whoever_proposes_does_not_approve(source, steward, second_steward):
    proposal = proposed(source, steward)
    with pytest.raises(SamePerson):
        approval.approve(proposal=proposal, actor=steward, digest=proposal.digest)


def test_whoever_wrote_a_part_of_it_does_not_approve(source, steward, second_steward):
    source.rank = 5
    services.save_draft(source=source, actor=second_steward)
    with pytest.raises(NobodyCanApprove):
        proposed(source, steward)


def test_its_approval_is_not_titled_as_an_import_of_a_file(source, steward, second_steward):
    proposal = proposed(source, steward)
    with translation.override("en"):
        assert kind_of(proposal).name(proposal) == f"Source of imports “{source.name_en}”: to be put in force"


def test_what_was_read_is_what_is_proposed(source, steward, second_steward):
    read = text_read(source)
    ImportSource.objects.filter(pk=source.pk).update(rank=5)
    with pytest.raises(ChangedSinceRead):
        propose_begin(source=source, actor=steward, read=read)


def test_a_changed_draft_is_not_what_waits_for_approval(source, steward, second_steward):
    proposal = proposed(source, steward)
    source.rank = 5
    services.save_draft(source=source, actor=steward)
    assert Proposal.objects.get().state == Proposal.State.OVERTAKEN
    proposal = proposed(source, steward)
    ImportSource.objects.filter(pk=source.pk).update(rank=6)
    with pytest.raises(ProposalOutdated):
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "approved"},
        {"state": "approved", "approved_at": timezone.now()},
        {"approved_at": timezone.now()},
    ],
)
def test_the_database_puts_nothing_in_force_without_two_people(source, second_steward, changes):
    with pytest.raises(ProgrammingError, match="two people"), transaction.atomic():
        ImportSource.objects.filter(pk=source.pk).update(approved_by=second_steward, **changes)


@pytest.mark.parametrize("changes", [{"rank": 1}, {"mapping": {}}, {"valid_to": date(2099, 1, 1)}])
def test_the_database_keeps_what_is_in_force(in_force, changes):
    with pytest.raises(ProgrammingError, match="two people"), transaction.atomic():
        ImportSource.objects.filter(pk=in_force.pk).update(**changes)


def test_any_steward_stops_it_and_it_is_a_draft_again(in_force, steward):
    services.stop(source=in_force, actor=steward)
    in_force.refresh_from_db()
    assert (in_force.state, in_force.approved_by, in_force.is_in_force) == ("draft", None, False)
    assert in_force.approved_at


def test_its_code_stays_once_it_was_approved(in_force, steward):
    services.stop(source=in_force, actor=steward)
    with pytest.raises(ProgrammingError, match="two people"), transaction.atomic():
        ImportSource.objects.filter(pk=in_force.pk).update(code="other")


def test_it_is_kept_once_it_was_approved(in_force):
    with pytest.raises(ProgrammingError), transaction.atomic():
        in_force.delete()


def test_the_first_steward_approves_what_the_second_one_changed_later(in_force, steward, second_steward):
    services.stop(source=in_force, actor=second_steward)
    in_force.refresh_from_db()
    in_force.rank = 7
    services.save_draft(source=in_force, actor=second_steward)
    assert approved(in_force, second_steward, steward).is_in_force


def test_a_change_is_shown_as_the_difference_from_what_was_approved(in_force, steward, second_steward):
    services.stop(source=in_force, actor=second_steward)
    in_force.refresh_from_db()
    in_force.rank = 7
    services.save_draft(source=in_force, actor=second_steward)
    proposal = proposed(in_force, second_steward)
    with translation.override("en"):
        lines = kind_of(proposal).difference(proposal)
    assert [tuple(line) for line in lines] == [("Rank among the sources", "100", "7")]


def test_a_draft_that_cannot_be_used_is_not_saved(operators, steward):
    draft = unsaved_source(mapping={}, trust={"fill": ["spid"]}, valid_to=date(2025, 1, 1))
    with pytest.raises(ValidationError):
        services.save_draft(source=draft, actor=steward)
    assert not ImportSource.objects.exists()


def test_trust_names_what_may_be_written():
    trust = trust_of({"fill": ["phone"], "overwrite": ["poverty_level"]})
    assert {field for field in FIELDS if trust.may_fill(field)} == {"phone", "poverty_level"}
    assert [field for field in FIELDS if trust.may_overwrite(field)] == ["poverty_level"]


@pytest.mark.parametrize("trust", [[], {"fill": "phone"}, {"fill": ["spid"]}, {"never": ["sex"]}])
def test_what_trust_cannot_be_read_is_said(trust):
    assert trust_problems(trust)


def test_every_field_of_trust_is_one_of_a_staged_person():
    assert set(FIELDS) - {"members"} <= set(StagedPerson.__dataclass_fields__)


@as_owner()
def test_the_examples_are_loaded_once_and_as_drafts(operators):
    entries = [entry for entry in services.seeds() if entry["operator"] in operators]
    assert services.load_sources(sources=entries, approved=False) == len(entries) > 0
    assert services.load_sources(sources=entries, approved=False) == 0
    assert set(ImportSource.objects.values_list("state", flat=True)) == {"draft"}


def test_there_is_an_example_for_each_kind_of_source():
    assert len(services.seeds()) == 5
    for entry in services.seeds():
        draft = ImportSource(mapping=entry["mapping"], trust=entry["trust"])
        assert services.problems_of(draft) == {}, entry["code"]


def test_the_demonstration_has_the_examples_in_force_with_their_programmes():
    for command in ("load_operators", "load_catalogue"):
        call_command(command, verbosity=0)
    call_command("load_import_sources", "--approved", verbosity=0)
    sources = ImportSource.objects.order_by("code")
    assert [source.code for source in sources if source.is_in_force] == sorted(
        entry["code"] for entry in services.seeds()
    )
    with_members = {entry["code"] for entry in services.seeds() if "programme" in entry}
    assert {source.code for source in sources if source.programme} == with_members
