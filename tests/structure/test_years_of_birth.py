"""Who is known to be born in a year, or to have died in one, is nowhere shown with a day of it."""

import re

import pgtrigger
import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from dsp_platform.accounts.access import step_up
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.digits import latin_digits
from registry.models import Membership, Person
from tests.crawl import LEFT_OUT, is_page, pages
from tests.registry.changes.cast import about, ask
from tests.roles import as_owner
from tests.structure.test_admin_crawl import visits

BORN, DIED = PartialDate.parse("1957"), PartialDate.parse("2024")
MONTHS = "Jan|Dec|មករា|ធ្នូ"
A_DAY = re.compile(
    rf"\d[/.]\d+[/.](1957|2024)|(1957|2024)-\d\d|({MONTHS})[^\d\n]*(\d\d?,?\s)?[^\d\n]*(1957|2024)"
)


@pytest.fixture
def known_to_the_year(house, sharing, sokha):
    """Everybody; a member who died; and a correction that shows what is on record."""
    with as_owner(), pgtrigger.ignore():
        type(sharing).objects.update(fields=["spid", "date_of_birth"], basis="law")
    ask(sokha, "birth-date", who=about(sokha.person), birth={"born": "1983"})
    for person in Person.objects.all():
        person.born = BORN
        person.save()
    dead = Membership.objects.filter(household=house.family).exclude(person=sokha.person).get().person
    dead.died = DIED
    dead.save()


def with_a_day(address: str, answer) -> list[str]:
    text = latin_digits(strip_tags(answer.content.decode()))
    return [f"{address}: {found[0]}" for found in A_DAY.finditer(text)]


def test_such_a_day_is_recognised():
    shown = ("01/01/1957", "1.1.1957", "1957-01-01", "1 January 1957", "Jan. 1, 1957", "ថ្ងៃទី១ ខែមករា ឆ្នាំ១៩៥៧")
    assert all(A_DAY.search(latin_digits(one)) for one in shown)
    assert not A_DAY.search("born 1957, on 21/11/2026, 012 345 1957")


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("known_to_the_year")
def test_no_page_of_a_citizen_shows_a_day(browsers):
    client = browsers["citizen"]
    session = client.session
    session[step_up.PROVED] = int(timezone.now().timestamp())
    session.save()
    found, years = [], 0
    for address, answer in pages(client, "km", ["my/data/everything/"], LEFT_OUT["citizen"]):
        found += with_a_day(address, answer)
        years += BORN.written in latin_digits(answer.content.decode())
    file = client.get("/km/my/data/everything.json")
    assert f'"{BORN}"' in file.content.decode()
    assert not [*found, *with_a_day("file", file)]
    assert years


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("known_to_the_year")
@pytest.mark.parametrize("who", ["official", "assisted_session"])
def test_nor_one_at_the_counter(browsers, who):
    found = []
    for address, answer in pages(browsers[who], "en", left_out=LEFT_OUT[who]):
        found += with_a_day(address, answer)
    assert not found


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("staff_clients", "known_to_the_year")  # in this order: the staff's work comes first
@pytest.mark.parametrize("who", ["steward", "reviewer nssf"])
def test_nor_a_page_of_the_admin(staff_clients, sokha, who):
    found, years = [], 0
    for address, answer in visits(who, staff_clients[who], "en", sokha.person, narrowed=False):
        if is_page(answer):
            found += with_a_day(address, answer)
            years += BORN.written in answer.content.decode()
    assert not found
    assert years
