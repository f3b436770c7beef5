"""A whole import taken back by two stewards, while nobody else has touched what it wrote."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from dsp_platform.approval import services as approval
from dsp_platform.exchange.contract import registered
from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs import services
from registry.imports.runs.errors import CannotBeUndone, TooLateToUndo
from registry.models import Household, ImportRun, Person, SourceRecord
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.runs.conftest import FAMILY, row, sophea, work


@pytest.fixture
def undone(steward, second_steward):
    def through(run) -> ImportRun:
        proposal = services.propose_undo(run=run, actor=steward)
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
        return work(run)

    return through


def test_who_came_in_with_it_is_gone_and_can_come_in_again(imported, undone):
    run = undone(imported(FAMILY))
    assert (run.state, Person.objects.count(), Household.objects.count()) == ("undone", 0, 0)
    assert not SourceRecord.objects.exists()
    assert imported(FAMILY).outcomes == {"new": 3}


def test_what_it_filled_is_as_it_was(imported, undone, sokha):
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=PartialDate(date(1970, 5, 6)), document_type="identity_card",
        document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    undone(imported([sophea(phone="012345678")]))
    known = Person.objects.get()
    assert (known.phone, known.origins) == ("", {})


def test_somebody_changed_since_stands_against_it_by_their_number(imported, steward):
    run = imported(FAMILY)
    person = Person.objects.get(given_name="ដារ៉ា")
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(person, phone="+85516000009")
    with pytest.raises(CannotBeUndone) as refused:
        services.propose_undo(run=run, actor=steward)
    assert person.spid in refused.value.spids


def test_after_a_day_it_stays(imported, steward):
    run = imported(FAMILY)
    ImportRun.objects.update(applied_at=run.applied_at - timedelta(days=2))
    with pytest.raises(TooLateToUndo):
        services.propose_undo(run=run, actor=steward)


def test_operators_are_sent_a_withdrawal_of_who_is_gone(imported, undone, agreements):
    run = imported([row("2")])
    person = Person.objects.get()
    undone(run)
    agreement = agreements["idpoor", "person"]
    (withdrawal,) = registered.kinds["person"].build(agreement, [person.pk])
    assert (withdrawal.key, withdrawal.version) == (person.spid, 2)
