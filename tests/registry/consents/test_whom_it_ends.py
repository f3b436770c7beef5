"""The page before a consent is taken back says whose applications it ends; whoever is concerned is told."""

import pytest
from django.utils import translation

from applications.services import submit_application
from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from registry.consents.services import give_consent, withdraw_consent
from registry.models import Programme
from registry.my_data.sections import affected_by_withdrawal
from registry.my_data.selectors import data_subject
from registry.persons.households import household_of
from tests.registry.cast import CONSENT, HEAD_PHONE, MALY_PHONE
from tests.registry.pages import confirm
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(maly):
    return household_of(maly)


@pytest.fixture
def programme(operators, consent_agreements):
    with as_owner():
        return Programme.objects.create(
            code="voluntary", operator=operators["nssf"], name_km="ធានារ៉ាប់រង", name_en="Health insurance",
            state="open", rule="true",
        )  # fmt: skip


@pytest.fixture
def hers(maly, maly_at_home, home, programme, heng):
    """Maly's application, which rests on the consent that the head gave."""
    give_consent(
        household=home, given_by=heng.person, operator_code="nssf", purpose="x", text=CONSENT, language="km",
        actor=heng, assisted_session=None,
    )  # fmt: skip
    return submit_application(
        actor=maly_at_home, assisted_session=None, person=maly, programme=programme, consent=True
    )


@pytest.mark.parametrize(("language", "of"), [("en", "of {}"), ("km", "របស់ {}")])
def test_the_page_names_whose_applications_it_ends(hers, heng, maly, language, of):
    page = browser(heng).get(f"/{language}/my/consents/nssf/withdraw/").content.decode()
    assert hers.reference in page
    assert of.format(maly.name) in page


def test_of_what_a_reader_may_not_see_only_that_there_is_one(hers, maly, monkeypatch):
    """An official who is related to the household."""
    about = data_subject(maly)
    monkeypatch.setattr("applications.my_data.listed_for", lambda *_args: [])
    with translation.override("en"):
        (words,) = affected_by_withdrawal(about, "nssf")
    assert words == "The application of another member of the household is closed."


def texted(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("phone", flat=True))


def test_whose_application_ends_is_told_by_text(hers, heng):
    confirm(browser(heng), "/en/my/consents/nssf/withdraw/")
    hers.refresh_from_db()
    assert not hers.is_open
    assert texted("application_closed") == {MALY_PHONE}
    assert texted("consent_withdraw") == set()  # who gave it took it back


def test_whoever_gave_it_is_told_where_another_member_takes_it_back(hers, maly_at_home, home):
    withdraw_consent(household=home, operator_code="nssf", actor=maly_at_home, assisted_session=None)
    assert User.objects.get(phone=HEAD_PHONE).person == home.consents.get(operator_code="nssf").given_by
    assert texted("consent_withdraw") == {HEAD_PHONE}
