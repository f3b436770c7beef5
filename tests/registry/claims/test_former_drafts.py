"""An account that gets another holder loses the former holder's drafts, and access to their household."""

from datetime import date

import pytest

from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account import services as accounts
from registry.changes.drafts import save_change_draft
from registry.models import ChangeDraft, Draft, Person
from registry.registration.drafts import save_draft
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import about, ask, decide, heard
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@built_once
def husband(areas, operators, sokha):
    draft = save_draft(owner=sokha, assisted_session=None, answers={})
    wife = person_details(given_name="W", relationship="spouse", date_of_birth=date(1990, 1, 1), phone="")
    register_household(actor=sokha, details=household_details(person_details(), wife), draft=draft)
    return sokha.person


@pytest.fixture
def his_account(husband, commune_clerk):
    """He began a change and died."""
    seeing = {"difficulty": "some", "pregnant": ""}
    save_change_draft(
        owner=husband.account,
        assisted_session=None,
        kind="circumstances",
        answers={"who": about(husband), "circumstances": seeing},
    )
    widow = Person.objects.get(given_name="W")
    widow.account = User.objects.create_citizen(phone="+85512777901")
    widow.save(update_fields=["account"])
    died = {"died": "2026-11-20"}
    decide(
        heard(ask(widow.account, "death", died=died, who=about(husband), head=about(widow))), commune_clerk
    )
    return User.objects.get(pk=husband.account_id)


def test_what_the_dead_began_is_gone(his_account):
    assert not ChangeDraft.objects.filter(owner=his_account).exists()
    assert not Draft.objects.filter(owner=his_account).exists()


def test_nor_is_a_change_shown_to_whom_an_account_passes_that_was_begun_in_it(husband, sokha):
    save_change_draft(
        owner=sokha, assisted_session=None, kind="circumstances", answers={"who": about(husband)}
    )
    accounts.change_holder(account=sokha)
    assert not ChangeDraft.objects.exists()


@pytest.fixture
def left_over(his_account, husband):
    """A draft from before drafts belonged to an account."""
    household = husband.memberships.get().household
    Draft.objects.filter(owner=his_account).delete()
    return Draft.objects.create(owner=his_account, household=household)


def test_the_account_of_the_dead_registers_anew(left_over, his_account):
    page = browser(his_account).get("/en/register/", follow=True)
    assert page.status_code == 200
    assert page.redirect_chain[-1][0].startswith("/en/register/")
    draft = save_draft(owner=his_account, assisted_session=None, answers={"place": {"address": "x"}})
    assert draft.answers
    details = household_details(person_details(given_name="New"))
    household = register_household(actor=his_account, details=details, draft=draft)
    assert household.memberships.get().person.given_name == "New"
    assert Draft.objects.get(owner=his_account).household == household


def test_a_page_sent_again_does_not_answer_with_the_household_of_the_dead(left_over, his_account):
    details = household_details(person_details(given_name="New"))
    household = register_household(actor=his_account, details=details, draft=left_over)
    assert household.memberships.get().person.given_name == "New"
