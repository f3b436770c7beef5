"""Nobody imports what is about themselves or somebody related to them."""

import pytest
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from registry.imports.runs import services
from registry.imports.runs.preview import findings_in_words
from registry.models import Household, Membership, Person
from tests.registry.imports.conftest import FAMILY, approve, compared, row, sophea, work
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
HEAD = sophea(phone="012345678", poverty_level="level1")
STRANGER = row("9", household="H9", relationship="head", given_name="វិបុល", born="1980-04-05")


@as_owner()
def is_registered_as(user, person):
    user.spid = person.spid
    user.save(update_fields=["spid"])


@pytest.fixture
def head(imported):
    """Sophea, whose household an earlier import brought: by two stewards of whom nobody knew who they are."""
    imported([sophea(), FAMILY[1]])
    return Person.objects.get(given_name="សុភា")


@pytest.fixture
def son(head):
    return Person.objects.get(given_name="ដារ៉ា")


def refused(run):
    return [
        number for code, _column, rows, number in run.findings if code == "own_matter" for _ in range(rows)
    ]


def test_a_row_about_the_uploader_is_refused_with_all_of_their_household(source, steward, head):
    is_registered_as(steward, head)
    run = compared(source, [HEAD, FAMILY[1], FAMILY[2], STRANGER], steward)
    assert run.outcomes == {"refused": 3, "new": 1}
    with translation.override("en"):
        assert "related" in findings_in_words(run, values=False)[0].words


def test_a_row_about_somebody_they_live_with_is_refused(source, steward, head, son):
    is_registered_as(steward, son)
    run = compared(source, [HEAD, STRANGER], steward)
    assert run.outcomes == {"refused": 1, "new": 1}


def test_a_newcomer_with_their_phone_is_refused(source, steward, head):
    Person.objects.filter(pk=head.pk).update(phone="+85512345678")
    is_registered_as(steward, head)
    run = compared(source, [{**STRANGER, "phone": "012345678"}], steward)
    assert run.outcomes == {"refused": 1}


def test_a_likely_double_of_theirs_is_refused(source, steward, son):
    is_registered_as(steward, son)
    run = compared(source, [row("8", household="", relationship="", born="2001-02")], steward)
    assert run.outcomes == {"refused": 1}


def test_the_same_person_under_another_number_is_refused_too(source, steward, head):
    is_registered_as(steward, head)
    rows = [sophea("7", household="H7", phone="012345678"), sophea("8", household="H8", phone="012345679")]
    run = compared(source, rows, steward)
    assert run.outcomes == {"refused": 2}


def test_a_newcomer_whom_the_source_places_with_them_is_refused(source, steward, head):
    is_registered_as(steward, head)
    run = compared(source, [FAMILY[2], STRANGER], steward)
    assert run.outcomes == {"refused": 1, "new": 1}


def test_the_head_with_whom_they_would_be_placed_is_refused(source, steward, imported):
    """Registered without a household, because the source named none of its heads."""
    imported([FAMILY[1]])
    is_registered_as(steward, Person.objects.get())
    run = compared(source, [HEAD, STRANGER], steward)
    assert run.outcomes == {"refused": 1, "new": 1}


def test_other_stewards_import_it(source, steward, second_steward, head, imported):
    run = imported([HEAD, FAMILY[1]])
    assert run.outcomes == {"fills": 1, "known": 1}
    assert Household.objects.get().poverty_level == "level1"


def test_what_is_about_whoever_approves_it_is_not_written(source, steward, second_steward, head):
    run = compared(source, [HEAD, FAMILY[1], FAMILY[2], STRANGER], steward)
    assert run.outcomes["new"] == 2
    is_registered_as(second_steward, head)
    run = work(approve(run, steward, second_steward))
    assert run.outcomes == {"refused": 3, "new": 1}
    head.refresh_from_db()
    assert (head.phone, Household.objects.earliest("pk").poverty_level) == ("", "")
    assert Membership.objects.filter(household=Household.objects.earliest("pk")).count() == 2


def test_nor_what_is_about_whoever_proposes_it(source, steward, second_steward, head):
    with as_owner():
        third = User.objects.create_staff(
            username="steward.three", password="only-for-tests-9182", role="steward"
        )
    is_registered_as(third, head)
    run = compared(source, [HEAD, STRANGER], steward)
    proposal = services.propose(run=run, actor=third)
    approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert work(run).outcomes == {"refused": 1, "new": 1}


def test_who_comes_to_live_with_them_before_it_is_written_is_refused(
    source, steward, second_steward, head, monkeypatch
):
    """Compared anew, because somebody wrote their record in between."""
    is_registered_as(second_steward, head)
    run = approve(compared(source, [HEAD], steward), steward, second_steward)
    Person.objects.filter(pk=head.pk).update(version=head.version + 1)
    assert work(run).outcomes == {"refused": 1}
