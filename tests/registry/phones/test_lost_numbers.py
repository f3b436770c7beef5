"""A number reported as lost, by a verified person or two officials, can no longer agree to anything."""

import pytest
from django.core.exceptions import PermissionDenied

from dsp_platform.accounts.models import AssistedSession, User
from registry.changes.selectors import OLD_COMMUNE, waits_for
from registry.models import Person
from registry.phones.keys import report_lost
from registry.phones.replacements.services import open_account
from registry.phones.selectors import confirmation_phone
from tests.registry.cast import MALY_PHONE, OWN_SIM
from tests.registry.changes.cast import ask, joining
from tests.registry.phones.replacements.test_replacements import assisted_session_of, confirm, proved
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
PAGE = "/en/my/lost-number/"


def first_account(clerk, person: Person, *, lost: bool):
    return proved(
        OWN_SIM,
        None,
        lambda number: open_account(
            official=clerk, assisted_session=assisted_session_of(clerk, person), person=person, phone=number,
            document="identity_card", lost=lost,
        ),
    )  # fmt: skip


@pytest.fixture
def opened(maly, other_clerk, district):
    """An account with a new phone, while the number on record can still agree."""
    confirm(first_account(other_clerk, maly, lost=False), district)
    maly.refresh_from_db()
    assert confirmation_phone(maly) == MALY_PHONE
    return maly


def test_two_officials_note_that_the_number_on_record_is_lost(
    maly, family_of_one, sokha, other_clerk, district
):
    asked = first_account(other_clerk, maly, lost=True)
    assert confirmation_phone(maly) == MALY_PHONE  # one official alone cannot disable a number
    assert "no more" in browser(district).get(f"/en/counter/phones/{asked.reference}/").content.decode()
    confirm(asked, district)
    maly.refresh_from_db()
    assert confirmation_phone(maly) == ""
    assert waits_for(ask(sokha, "joins", **joining(maly))) == OLD_COMMUNE


def test_the_page_of_the_counter_asks_it(maly, other_clerk):
    AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    assert 'name="lost"' in browser(other_clerk).get("/en/counter/first-phone/").content.decode()


@pytest.fixture
def claimed(maly):
    """Joined by a code to the number on record, to an account with another number."""
    maly.account = User.objects.create_citizen(phone=OWN_SIM)
    maly.save(update_fields=["account"])
    return maly


@pytest.mark.parametrize(("language", "words"), [("en", "7 days after that"), ("km", "7 ថ្ងៃក្រោយមក")])
def test_the_person_says_it_in_the_account(claimed, language, words):
    client, page = browser(claimed.account), f"/{language}/my/lost-number/"
    assert "012 777 001" in client.get(page).content.decode()
    assert client.post(page, {"lost": "1"}).status_code == 302
    assert claimed.lost_numbers.get().phone == MALY_PHONE
    page_text = client.get(page).content.decode()
    assert words in page_text
    assert 'name="lost"' not in page_text


@pytest.mark.parametrize(("language", "words"), [("en", "lost or stolen"), ("km", "ត្រូវគេលួច")])
def test_the_way_there_stands_among_the_changes(opened, language, words):
    page = browser(opened.account).get(f"/{language}/my/changes/").content.decode()
    assert words in page
    assert "/my/lost-number/" in page


def test_only_proved_anew(opened):
    client = browser(opened.account)
    session = client.session
    session["proved_at"] = 0
    session.save()
    for answer in (client.get(PAGE), client.post(PAGE, {"lost": "1"})):
        assert "/my/lost-number/" not in answer.url.partition("?")[0]
    assert confirmation_phone(opened) == MALY_PHONE


def test_nobody_says_it_without_a_person(db):
    with pytest.raises(PermissionDenied):
        report_lost(account=User.objects.create_citizen(phone=OWN_SIM))


def test_an_account_of_ones_own_silences_not_itself(maly):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    assert not report_lost(account=maly.account)
    assert confirmation_phone(maly) == MALY_PHONE
