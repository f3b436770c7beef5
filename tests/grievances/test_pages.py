import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dsp_platform.notifications.models import Message
from grievances import pins, services
from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.registry.pages import asked_on


def url(name: str, *arguments: object, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"grievances:{name}", args=arguments)


def fill(browser: Client, category="payment", text="ប្រាក់មិនមកដល់", where=None, contact=None):
    browser.post(url("report"), {"category": category})
    browser.post(url("report_question", "what"), {"text": text})
    browser.post(url("report_question", "where"), where or {})
    return send(browser, contact)


def send(browser: Client, contact=None, language: str = "en"):
    """The last page, as it is shown."""
    address = url("report_question", "contact", language=language)
    return browser.post(address, {**(contact or {}), **asked_on(browser, address)})


def pin_of(grievance: Grievance) -> str:
    return pins.new_pin(grievance.reference, grievance.submission)


def follow(browser: Client, grievance: Grievance, pin: str = ""):
    return browser.post(
        url("follow"), {"reference": grievance.reference, "pin": pin or pin_of(grievance)}, follow=True
    )


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("step", ["", "what"])
def test_the_first_pages_open_for_everybody(db, client, language, step):
    address = url("report_question", step, language=language) if step else url("report", language=language)
    assert client.get(address).status_code == 200


def test_report_without_an_account(areas, operators, client):
    answer = fill(client, where={"operator": "nssf", "area": "បន្ទាយនាង"}, contact={"phone": "០១២ ០០០ ១១១"})
    assert answer.url == url("reported")
    grievance = Grievance.objects.get()
    assert (grievance.operator_id, grievance.area_id, grievance.phone) == ("nssf", "010201", "+85512000111")
    assert grievance.reported_by is None
    page = client.get(url("reported")).content.decode()
    assert grievance.reference in page
    assert pins.grouped(pin_of(grievance)) in page
    assert not Message.objects.exists()
    again = client.get(url("reported")).content.decode()  # the answer may be lost on the line
    assert pins.grouped(pin_of(grievance)) in again
    client.post(url("reported"))
    # Noted: the next user of this computer does not find the PIN.
    assert client.get(url("reported")).url == url("follow")


def test_the_language_switch_does_not_lose_the_pin(operators, client):
    fill(client)
    client.get(url("reported"))
    khmer = client.post(url("reported", language="km"), {"_switch": "km"}).content.decode()
    assert pins.grouped(pin_of(Grievance.objects.get())) in khmer


def test_answers_are_kept_on_the_way_back_and_not_readable_in_the_session(operators, client):
    client.post(url("report"), {"category": "staff"})
    client.post(url("report_question", "what"), {"text": "secret words"})
    assert "secret words" in client.get(url("report_question", "what")).content.decode()
    assert "checked" in client.get(url("report")).content.decode()
    assert "secret words" not in str(dict(client.session))


def test_the_last_page_sent_twice_is_one_grievance(operators, client):
    first = fill(client)
    second = client.post(url("report_question", "contact"), {})
    assert (first.url, second.url) == (url("reported"), url("reported"))
    assert Grievance.objects.count() == 1


def test_steps_are_not_skipped(operators, client):
    assert client.get(url("report_question", "contact")).url == url("report")
    assert client.get(url("report_question", "nonsense")).status_code == 404


@pytest.mark.parametrize(
    ("step", "data", "words"),
    [
        ("category", {}, "Choose what it is about."),
        ("category", {"category": "holiday"}, "Select a valid choice"),
        ("what", {"text": " \u200b"}, "Write what happened."),
        ("where", {"area": "Atlantis"}, "We do not find this commune."),
        ("contact", {"phone": "999"}, "Enter a Cambodian phone number"),
    ],
)
def test_mistakes_are_named_and_kept(areas, operators, client, step, data, words):
    client.post(url("report"), {"category": "payment"})
    client.post(url("report_question", "what"), {"text": "text"})
    address = url("report_question", step) if step != "category" else url("report")
    page = client.post(address, {**data, **asked_on(client, address)})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "<title>Error:" in page.content.decode()


def test_of_several_communes_one_is_chosen(areas, operators, client):
    client.post(url("report"), {"category": "payment"})
    client.post(url("report_question", "what"), {"text": "text"})
    where = url("report_question", "where")
    page = client.post(where, {"area": "ba"}).content.decode()
    assert "010201" in page
    assert "010202" in page
    assert client.post(where, {"area": "ba", "area_chosen": "010202"}).status_code == 302


def test_follow_by_reference_and_pin_then_read_the_answer(tell, steward, client):
    grievance = tell(text="<script>alert(1)</script>")
    services.handle_grievance(
        grievance=grievance, step="resolve", actor=steward, expected_version=1, note="<b>ចម្លើយ</b>"
    )
    page = follow(client, grievance).content.decode()
    assert "ចម្លើយ" in page
    assert "<script>alert" not in page
    assert "<b>ចម្លើយ" not in page
    assert steward.full_name not in page
    answer = client.post(url("grievance", grievance.reference), {"words": "no"})
    assert answer.status_code == 302
    grievance.refresh_from_db()
    assert grievance.state == "reported"


def test_wrong_and_unknown_look_the_same_and_both_wait(tell, client):
    grievance = tell()
    for reference in (grievance.reference, "G-0000-0000"):
        data = {"reference": reference, "pin": "0" * 12}
        pages = [client.post(url("follow"), data).content.decode() for _ in range(6)]
        assert all("do not fit together" in page for page in pages[:5])
        assert "Wait 15 seconds" in pages[5]
    assert client.get(url("grievance", grievance.reference)).url == url("follow")
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert follow(other, grievance).wsgi_request.path == url("grievance", grievance.reference)


def test_the_proof_is_for_one_browser_one_grievance_and_half_an_hour(tell, client):
    grievance, other = tell(), tell()
    follow(client, grievance)
    assert client.get(url("grievance", grievance.reference)).status_code == 200
    assert client.get(url("grievance", other.reference)).status_code == 302
    assert Client().get(url("grievance", grievance.reference)).status_code == 302
    session = client.session
    session["grievances_followed"] = {str(grievance.pk): 1}
    session.save()
    assert client.get(url("grievance", grievance.reference)).status_code == 302


def test_who_reported_by_name_sees_it_signed_in(sokha, person, operators):
    browser = sign_in(sokha)
    fill(browser)
    grievance = Grievance.objects.get()
    assert grievance.person == person
    assert browser.get(url("grievance", grievance.reference)).status_code == 200


def test_at_the_counter_it_belongs_to_the_person_unless_unnamed(
    commune_clerk, clerk_assisted_session, person
):
    browser = sign_in(commune_clerk)
    fill(browser, contact={"unnamed": "on"})
    assert Grievance.objects.get().person is None
    fill(browser)
    assert Grievance.objects.latest("pk").person == person


def test_an_official_without_an_assisted_session_reports_without_a_name(commune_clerk, operators):
    fill(sign_in(commune_clerk))
    assert Grievance.objects.get().reported_by is None


def test_a_stranger_signed_in_sees_nothing(tell, sokha, person, other_clerk):
    grievance = tell(actor=sokha)
    assert sign_in(other_clerk).get(url("grievance", grievance.reference)).status_code == 302
