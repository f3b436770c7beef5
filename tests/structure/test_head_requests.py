"""A HEAD request has no side effects: a later GET finds what was there."""

import pytest
from django.test import Client
from django.utils import timezone

from grievances.models import Grievance
from grievances.pin_session import REPORTED
from tests.structure.conftest import browser, calm
from tests.structure.test_access import addresses

pytestmark = pytest.mark.django_db
PAGE = "/en/grievances/reported/"


@pytest.fixture
def reporter(house):
    """Somebody has just submitted a report in this browser."""
    client = Client()
    report(client, house.strange_grievance)
    return client


def report(client: Client, grievance: Grievance, user: str = "") -> None:
    session = client.session
    session[REPORTED] = [grievance.pk, int(timezone.now().timestamp()), user, ""]
    session.save()


def test_the_page_of_the_pin_is_still_there_for_who_reads_it(reporter, house):
    assert reporter.head(PAGE).status_code == 200
    assert house.strange_grievance.reference in reporter.get(PAGE).content.decode()
    assert reporter.get(PAGE).status_code == 200  # until it is noted


def test_so_is_what_a_page_would_say_once(sokha, house):
    client = browser(sokha)
    assert client.post("/en/my/account/", {"language": "km"}).status_code == 302
    client.head("/en/my/account/")
    assert "Your choice was saved." in client.get("/en/my/account/").content.decode()


@pytest.mark.parametrize("who", ["citizen", "official"])
def test_no_page_of_the_site_keeps_anything_for_a_head(house, sokha, commune_clerk, who):
    user = sokha if who == "citizen" else commune_clerk
    client = calm(browser(user))
    report(client, house.strange_grievance, str(user.pk))
    before = kept(client)
    for name, path in addresses(house).items():
        client.head(path)
        assert kept(client) == before, name


def kept(client: Client) -> tuple[dict[str, object], dict[str, str]]:
    return dict(client.session), {name: one.value for name, one in client.cookies.items()}
