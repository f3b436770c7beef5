"""A living person was recorded as dead: their account says so, and does not ask them to register again."""

from datetime import date

import pgtrigger
import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.models import ChangeRequest, Draft, Person
from registry.registration.closed_records import closed_record_of
from registry.registration.drafts import save_draft
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import about, ask, decide, heard
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
HEAD_PHONE = "+85512777000"


@pytest.fixture
def declared(heng, maly_at_home, maly, rith, other_clerk) -> ChangeRequest:
    """Heng lives; his wife reported that he died."""
    asked = ask(
        maly_at_home,
        "death",
        who=about(heng.person),
        died={"died": "2026-11-20"},
        head=about(maly),
        relationships={rith.spid: "child"},
    )
    return decide(heard(asked), other_clerk)


@pytest.fixture
def account(declared) -> User:
    return User.objects.get(phone=HEAD_PHONE)


WORDS = {
    "en": ("the record of this account was closed", "You need not register again."),
    "km": ("កំណត់ត្រារបស់គណនីនេះត្រូវបានបិទ", "អ្នកមិនចាំបាច់ចុះបញ្ជីម្តងទៀតទេ។"),
}


def says_so(page: str, declared: ChangeRequest, language: str) -> bool:
    with translation.override(language):
        day = date_format(timezone.localtime(declared.decided_at), "SHORT_DATE_FORMAT")
    return all(words in page for words in (*WORDS[language], day, declared.reference))


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("page", ["my/", "register/", "register/consent/", "my/claim/"])
def test_whoever_was_recorded_as_dead_reads_where_to_go(account, declared, page, language):
    read = browser(account).get(f"/{language}/{page}", follow=True).content.decode()
    assert says_so(read, declared, language)
    assert f'href="/{language}/register/"' not in read.split("<main")[1].split("<form")[0]


@pytest.mark.parametrize("language", ["km", "en"])
def test_also_where_they_name_their_own_number_and_no_code_comes(account, declared, language):
    person, client = declared.person, browser(account)
    born = person.date_of_birth
    answers = {"kind": "spid", "number": person.spid}
    answers |= {"born_day": born.day, "born_month": born.month, "born_year": born.year}
    page = client.post(f"/{language}/my/claim/", answers, follow=True)
    assert page.redirect_chain
    assert says_so(page.content.decode(), declared, language)


def test_nothing_else_of_the_record_is_told_for_the_phone_may_be_somebody_else_s(account, declared):
    page = browser(account).get("/km/my/").content.decode()
    person = declared.person
    for one in (person.given_name, person.spid, person.spid_grouped, "20/11/2026"):
        assert one not in page


def test_somebody_else_with_this_phone_registers(account, declared):
    client = browser(account)
    page = client.post("/en/my/", {"begin": "1"}, follow=True)
    assert page.redirect_chain[-1][0].startswith("/en/register/consent")
    assert client.get("/en/register/consent/").status_code == 200
    newcomer = person_details(given_name="ថ្មី", latin_given_name="Thmey", born=PartialDate(date(1991, 2, 3)))
    details = household_details(newcomer)
    register_household(actor=account, details=details, draft=Draft.objects.get(owner=account))
    assert closed_record_of(account) is None
    assert "was closed" not in client.get("/en/my/").content.decode()


def test_a_second_click_keeps_what_was_begun(account):
    client = browser(account)
    client.post("/en/my/", {"begin": "1"})
    save_draft(owner=account, assisted_session=None, answers={"place": {"address": "x"}})
    client.post("/en/my/", {"begin": "1"})
    assert Draft.objects.get(owner=account).answers == {"place": {"address": "x"}}


def test_an_account_that_was_the_person_s_no_more_is_told_nothing(maly, maly_at_home):
    Person.objects.filter(pk=maly.pk).update(account=None)
    Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 11, 20))
    assert closed_record_of(maly_at_home) is None


def test_nor_is_one_that_had_no_record(heng, declared):
    stranger = User.objects.create_citizen(phone="+85516999002")
    page = browser(stranger).get("/en/my/").content.decode()
    assert "was closed" not in page
    assert 'href="/en/register/"' in page


def test_nor_does_a_row_without_its_history_break_the_page(maly, maly_at_home):
    with as_owner(), pgtrigger.ignore():
        Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 11, 20))
    assert "was closed" in browser(maly_at_home).get("/en/my/").content.decode()


def test_a_death_that_nobody_asked_for_here_closes_it_too(maly, maly_at_home):
    Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 11, 20))
    closed = closed_record_of(maly_at_home)
    assert closed is not None
    assert closed.reference == ""
    assert "was closed" in browser(maly_at_home).get("/en/my/").content.decode()
