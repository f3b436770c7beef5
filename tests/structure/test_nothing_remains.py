"""At a counter nothing of the last person remains: of every page in a case, neither what was typed nor the
page, nor a file."""

from html.parser import HTMLParser

import pytest

from dsp_platform.accounts.models import AssistedSession
from tests.crawl import pages
from tests.registry.pages import begin_household

pytestmark = pytest.mark.django_db

TYPED = {"input", "textarea", "select"}
NOT_FILLED_IN = {"hidden", "checkbox", "radio", "submit", "button", "file"}
MORE = ("apply/health/", "my/consents/nssf/give/", "my/changes/phone/phone/", "counter/lost-phone/")


class Fields(HTMLParser):
    """The fields into which a browser may fill what somebody else typed, by name. A row to be copied takes
    what its form says."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.filled_in = 0, []
        self._off = self._in_template = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "form":
            self._off = values.get("autocomplete") == "off"
        elif tag == "template":
            self._in_template = True
        elif self._in_template:
            assert values.get("autocomplete", "off") == "off"
        elif tag in TYPED and values.get("type") not in NOT_FILLED_IN and values.get("name") != "_switch":
            self.count += 1
            if values.get("autocomplete", "off" if self._off else "on") != "off":
                self.filled_in.append(values.get("name"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._off = False
        elif tag == "template":
            self._in_template = False


def walked(client, more=MORE) -> int:
    fields = 0
    for address, answer in pages(client, "en", more, ("help/", "programmes/?")):
        found = Fields()
        found.feed(answer.content.decode())
        assert not found.filled_in, f"{address}: {found.filled_in}"
        assert "no-store" in answer["Cache-Control"], address
        assert not answer.get("Content-Disposition", "").startswith("attachment"), address
        fields += found.count
    return fields


def test_no_field_of_a_case_is_filled_in_and_no_page_or_file_stays(browsers, sharing):
    assert walked(browsers["assisted_session"]) > 20


def test_nor_of_the_counter_without_a_case(browsers):
    assert walked(browsers["official"], ()) > 3


@pytest.fixture
def begun(browsers):
    begin_household(browsers["official"], "en")
    browsers["official"].post("/en/register/consent/", {"agree": "on"})
    return browsers["official"]


def test_nor_of_a_household_that_is_being_written(begun):
    for address in ("register/household/", "register/consent/", "register/health/"):
        answer = begun.get(f"/en/{address}", follow=True)
        found = Fields()
        found.feed(answer.content.decode())
        assert not found.filled_in, f"{address}: {found.filled_in}"


def test_ending_a_case_clears_the_pages_but_not_what_waits_to_be_sent(browsers):
    answer = browsers["assisted_session"].post("/en/counter/end/")
    assert AssistedSession.objects.get().ended_at is not None
    assert answer["Clear-Site-Data"] == '"cache"'


def test_a_case_that_another_one_ends_is_cleared_too(browsers, sokha):
    laptop = browsers["assisted_session"]
    laptop.post("/en/counter/", {"query": "nobody of this name"})
    laptop.post("/en/counter/", {"new": "yes"})
    answer = laptop.post("/en/counter/open/", {"reason": "register", "agree": "on"})
    assert AssistedSession.objects.filter(ended_at=None).count() == 1
    assert answer["Clear-Site-Data"] == '"cache"'


def test_a_file_of_data_is_refused_on_a_shared_laptop(browsers):
    answer = browsers["assisted_session"].get("/en/my/data/everything.json")
    assert answer.status_code == 302
    assert "Content-Disposition" not in answer
