"""A number left on a report gets no messages before it is verified by a code."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.notifications.models import Message
from grievances import services
from grievances.models import Grievance
from registry.models import Person
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import fill, follow, url


def texts() -> list[str]:
    return list(
        Message.objects.exclude(template__startswith="registered")
        .order_by("pk")
        .values_list("template", flat=True)
    )


def answer(steward, grievance: Grievance) -> None:
    services.handle_grievance(
        grievance=grievance,
        step="resolve",
        actor=steward,
        expected_version=grievance.version,
        note="យើងបានពិនិត្យហើយ",
    )


def code_for(phone: str) -> str:
    return codes.code_of(PhoneChallenge.objects.get(phone=phone, purpose="contact"))


@pytest.fixture(autouse=True)
def within_one_hour():
    """Budgets are counted by clock hour."""
    with time_machine.travel(datetime(2026, 11, 23, 12, 10, tzinfo=UTC), tick=False):
        yield


def test_120_strangers_get_nothing(operators, tell, steward):
    for count in range(120):
        answer(steward, tell(phone=f"+85512{count:06}"))
    assert not Message.objects.exists()


def test_a_flood_of_these_codes_texts_few_strangers_and_leaves_those_for_signing_in_alone(
    operators, signing_in
):
    for count in range(18):
        browser = Client()
        fill(browser, contact={"phone": f"092 100 {count:03}"})
        grievance = Grievance.objects.latest("pk")
        assert browser.post(url("confirm_phone", grievance.reference)).status_code == 302
    assert Message.objects.filter(state="due").count() == 15
    page = browser.get(url("confirm_phone_code", grievance.reference)).content.decode()
    assert "If none comes, try again after" in page
    assert signing_in("012 345 678").state == "due"


@pytest.fixture
def signing_in(db):
    def ask(typed: str) -> Message:
        Client().post("/en/sign-in/", {"phone": typed})
        return Message.objects.latest("pk")

    return ask


def test_after_the_code_the_number_gets_the_receipt_and_the_news(operators, client, steward):
    fill(client, contact={"phone": "012 000 111"})
    grievance = Grievance.objects.get()
    page = client.get(url("reported")).content.decode()
    address = url("confirm_phone", grievance.reference)
    assert address in page
    assert "012 000 111" in client.get(address).content.decode()
    assert not Message.objects.exists()
    code_page = client.post(address).url
    assert texts() == ["sign_in_code"]
    wrong = client.post(code_page, {"code": "000000"}).content.decode()
    assert "The code is not right" in wrong
    answered = client.post(code_page, {"code": code_for("+85512000111")}, follow=True).content.decode()
    assert "The number is confirmed" in answered
    grievance.refresh_from_db()
    assert grievance.phone_confirmed_at
    answer(steward, grievance)
    assert texts() == ["sign_in_code", "grievance_received", "grievance_changed"]
    # Nothing is left to confirm; the PIN is still shown.
    assert client.get(address).url == url("reported")


def test_the_page_of_the_report_offers_it_too(operators, tell, client):
    grievance = tell(phone="+85512000111")
    assert url("confirm_phone", grievance.reference) in follow(client, grievance).content.decode()
    assert client.get(url("confirm_phone", grievance.reference)).status_code == 200


def test_nobody_else_confirms_it(operators, tell, client):
    grievance = tell(phone="+85512000111")
    for name in ("confirm_phone", "confirm_phone_code"):
        assert client.post(url(name, grievance.reference)).url == url("follow")
    assert not Message.objects.exists()


def test_a_code_for_one_report_confirms_no_other(operators, client):
    fill(client, contact={"phone": "012 000 111"})
    first = Grievance.objects.get()
    client.post(url("confirm_phone", first.reference))
    fill(client, contact={"phone": "012 000 222"})
    second = Grievance.objects.latest("pk")
    code = code_for(first.phone)
    assert client.post(url("confirm_phone_code", second.reference), {"code": code}).status_code == 302
    second.refresh_from_db()
    assert second.phone_confirmed_at is None


def test_the_number_one_signed_in_with_is_confirmed(operators, person, sokha):
    browser = sign_in(sokha)
    fill(browser, contact={"phone": sokha.phone})
    assert texts() == ["grievance_received"]
    fill(browser, contact={"phone": "012 000 111"})
    assert texts() == ["grievance_received"]


def test_at_the_counter_the_number_that_they_sign_in_with_is_confirmed_and_no_other(
    operators, person, commune_clerk, clerk_assisted_session
):
    browser = sign_in(commune_clerk)
    Person.objects.filter(pk=person.pk).update(phone="+85512000111")  # on record: typed by somebody
    fill(browser, contact={"phone": "012 000 111"})
    assert texts() == []
    fill(browser, contact={"phone": person.account.phone})
    assert texts() == ["grievance_received"]


@pytest.mark.parametrize("language", ["km", "en"])
def test_its_pages_stand_in_both_languages(operators, client, language):
    fill(client, contact={"phone": "012 000 111"})
    grievance = Grievance.objects.get()
    address = url("confirm_phone", grievance.reference, language=language)
    assert client.get(address).status_code == 200
    assert client.get(client.post(address).url).status_code == 200
    # Again within a minute: refused on the page.
    again = client.post(url("confirm_phone_code", grievance.reference, language=language), {"resend": "1"})
    assert again.url == url("confirm_phone_code", grievance.reference, language=language)


def test_a_number_that_gets_no_texts_is_refused(operators, client):
    page = fill(client, contact={"phone": "023 430 000"}).content.decode()
    assert "This number gets no text messages" in page


CORRECT = {"en": "Is the number wrong? Write the right one", "km": "លេខខុសមែនទេ? សូមសរសេរលេខត្រឹមត្រូវ"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_mistyped_number_is_corrected_before_it_is_confirmed(operators, client, language):
    fill(client, contact={"phone": "012 000 111"})
    grievance = Grievance.objects.get()
    address = url("confirm_phone", grievance.reference, language=language)
    assert CORRECT[language] in client.get(address).content.decode()
    answered = client.post(address, {"correct": "1", "phone": "012 000 112"}, follow=True).content.decode()
    assert "012 000 112" in answered
    assert not Message.objects.exists()
    code_page = client.post(address).url
    client.post(code_page, {"code": code_for("+85512000112")})
    grievance.refresh_from_db()
    assert (grievance.phone, bool(grievance.phone_confirmed_at)) == ("+85512000112", True)


def test_what_is_no_number_is_told_and_kept(operators, client):
    fill(client, contact={"phone": "012 000 111"})
    grievance = Grievance.objects.get()
    address = url("confirm_phone", grievance.reference)
    html = client.post(address, {"correct": "1", "phone": "12"}).content.decode()
    assert 'class="summary"' in html
    assert 'value="12"' in html
    grievance.refresh_from_db()
    assert grievance.phone == "+85512000111"


def test_the_code_of_the_number_before_confirms_nothing(operators, client):
    fill(client, contact={"phone": "012 000 111"})
    grievance = Grievance.objects.get()
    address = url("confirm_phone", grievance.reference)
    code_page = client.post(address).url
    client.post(address, {"correct": "1", "phone": "012 000 112"})
    assert client.post(code_page, {"code": code_for("+85512000111")}).url == address
    grievance.refresh_from_db()
    assert grievance.phone_confirmed_at is None


def test_a_confirmed_number_and_that_of_another_browser_stay(operators, client):
    fill(client, contact={"phone": "012 000 111"})
    grievance = Grievance.objects.get()
    address = url("confirm_phone", grievance.reference)
    Client().post(address, {"correct": "1", "phone": "012 000 112"})
    client.post(client.post(address).url, {"code": code_for("+85512000111")})
    client.post(address, {"correct": "1", "phone": "012 000 113"})
    grievance.refresh_from_db()
    assert grievance.phone == "+85512000111"


def test_who_handles_it_reads_whether_the_number_gets_messages(tell, steward):
    grievance = tell(phone="+85512888777")
    page = f"/en/admin/grievances/grievance/{grievance.pk}/change/"
    browser = sign_in(steward)
    shown = browser.get(page).content.decode()
    assert "given, and not confirmed" in shown
    assert "gets no messages: reads it with reference and PIN only" in shown
    assert "gets a text message with the news" not in shown
    services.confirm_phone(grievance=grievance, phone=grievance.phone)
    shown = browser.get(page).content.decode()
    assert "gets a text message with the news" in shown
    assert "gets no messages" not in shown
    assert "not confirmed" not in shown
