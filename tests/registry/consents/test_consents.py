import pytest

from dsp_platform.exchange.models import Agreement, Operator
from registry.models import Consent, Household
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import details_of_one
from tests.registry.pages import confirm, shown_on
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


@built_once
def household(areas, consent_agreements, sokha):
    """IDPoor may hold it, NSSF may not."""
    return register_household(actor=sokha, details=details_of_one())


@pytest.fixture
def registered(household, registering_family):
    return registering_family


def open_consents() -> set[str]:
    return set(Consent.objects.filter(withdrawn_at=None).values_list("operator_code", flat=True))


def test_one_is_taken_back(registered):
    version = Household.objects.get().version
    answer = confirm(registered.client, "/km/my/consents/idpoor/withdraw/")
    assert answer["Location"] == "/km/my/data/"
    assert open_consents() == {""}
    assert Household.objects.get().version > version


def test_a_second_click_finds_it_done(registered):
    for _ in range(2):
        answer = confirm(registered.client, "/km/my/consents/idpoor/withdraw/")
        assert answer["Location"] == "/km/my/data/"
    assert Consent.objects.exclude(withdrawn_at=None).count() == 1


def test_another_is_given_once(registered):
    shown = shown_on(registered.client, "/km/my/consents/nssf/give/")
    for _ in range(2):
        registered.client.post("/km/my/consents/nssf/give/", shown)
    assert open_consents() == {"", "idpoor", "nssf"}
    assert Consent.objects.filter(operator_code="nssf").count() == 1


def test_a_purpose_that_two_agreements_share_is_read_once(registered):
    second = Agreement.objects.get(operator="nssf")
    second.pk, second.kind = None, "household"
    with as_owner():
        second.save(force_insert=True)
    page = registered.client.get("/km/my/consents/nssf/give/").content.decode()
    assert page.count(f"<p>{second.purpose}</p>") == 1


@pytest.mark.parametrize("path", ["nssf/give/", "idpoor/withdraw/"])
@pytest.mark.parametrize("sent", [{}, {"shown": "0" * 64}])
def test_what_was_not_shown_is_neither_given_nor_taken_back(registered, path, sent):
    page = registered.client.post(f"/en/my/consents/{path}", sent).content.decode()
    assert "Nothing was done yet" in page
    assert open_consents() == {"", "idpoor"}


def test_another_name_of_the_operator_is_shown_before_it_is_agreed_to(registered):
    page = "/km/my/consents/nssf/give/"
    shown = shown_on(registered.client, page)
    with as_owner():  # not by two people
        Operator.objects.filter(pk="nssf").update(name_km="ប.ស.ស. ថ្មី", name_en="New NSSF", name="New NSSF")
    assert registered.client.post(page, shown).status_code == 200
    assert open_consents() == {"", "idpoor"}


def test_what_it_changes_is_told_before(registered):
    page = registered.client.get("/en/my/consents/idpoor/withdraw/").content.decode()
    assert "What happens then" in page
    assert "You can agree again at any time" in page
    assert open_consents() == {"", "idpoor"}


def test_the_list_shows_what_is_agreed_and_how(registered):
    page = registered.client.get("/en/my/consents/").content.decode()
    assert "/en/my/consents/idpoor/withdraw/" in page
    assert "/en/my/consents/nssf/give/" in page


@pytest.mark.parametrize("path", ["nobody/give/", "nobody/withdraw/", "nssf/withdraw/", "pmrs/give/"])
def test_what_is_not_asked_is_not_there(registered, path):
    assert registered.client.get(f"/en/my/consents/{path}").status_code == 404


def test_the_language_switch_changes_no_consent(registered):
    registered.client.post("/en/my/consents/idpoor/withdraw/", {"_switch": "en"})
    assert open_consents() == {"", "idpoor"}
