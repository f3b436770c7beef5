import pytest

from registry.models import Consent, Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(family):
    """IDPoor may hold the household, NSSF may not."""
    family.register()
    return family


def open_consents() -> set[str]:
    return set(Consent.objects.filter(withdrawn_at=None).values_list("operator_code", flat=True))


def test_one_is_taken_back_and_another_given(registered):
    version = Household.objects.get().version
    registered.client.post("/km/my/consents/", {"operators": ["nssf"]})
    assert open_consents() == {"", "nssf"}
    assert Household.objects.get().version > version


def test_the_page_shows_what_is_agreed(registered):
    page = registered.client.get("/en/my/consents/").content.decode()
    assert 'value="idpoor" checked' in page.replace('id="id_operators_0" ', "")
    assert 'value="nssf" checked' not in page


def test_the_language_switch_changes_no_consent(registered):
    registered.client.post("/en/my/consents/", {"_switch": "en"})
    assert open_consents() == {"", "idpoor"}
