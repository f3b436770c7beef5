"""What is known about a grievance stands in one place: the admin and the counter say the same."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from grievances.about import SIGNS_SHOWN, first_words, lines
from grievances.models import Grievance, Team
from grievances.reach import what_asking_does
from registry.models import Enrolment, Payment, Programme
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.grievances.routing.test_routing import team
from tests.grievances.test_pages import url
from tests.grievances.test_services import handle
from tests.roles import as_owner

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
COMMUNE = "010201"


@pytest.fixture
def told(tell, areas, commune_clerk, sokha, person, enrolment):
    """Of a payment that did not come, with the commune's team; the number gets the news."""
    commune = team(Team.Kind.COMMUNE, commune_clerk, area=areas[COMMUNE])
    found = tell(actor=sokha, category="payment", enrolment=enrolment, phone=sokha.phone, area=areas[COMMUNE])
    Grievance.objects.filter(pk=found.pk).update(team=commune)
    return Grievance.objects.get(pk=found.pk)


@pytest.fixture
def enrolment(person, operators):
    with as_owner():
        programme = Programme.objects.create(
            code="cash", operator=operators["nssf"], name_km="សាច់ប្រាក់", name_en="Cash", state="open"
        )
    found = Enrolment.objects.create(person=person, programme=programme, since=date(2026, 1, 1))
    Payment.objects.create(enrolment=found, paid_on=date(2026, 10, 5), amount=34000, operator_reference="1")
    return found


def shown(grievance, reader, language="en") -> dict[str, list[str]]:
    with translation.override(language):
        rows = lines(grievance, reader, lambda one: f"/{one.reference}/")
        return {row.label: [str(one.words) for one in row.said] for row in rows}


@LANGUAGES
def test_the_official_and_the_admin_read_the_same(told, commune_clerk, steward, person, language):
    pages = [
        sign_in(commune_clerk).get(url("desk_grievance", told.reference, language=language)),
        sign_in(steward).get(address("admin:grievances_grievance_change", told.pk, language=language)),
    ]
    official, admin = [
        [(row.label, [one.words for one in row.said]) for row in page.context["lines"]] for page in pages
    ]
    assert official == admin
    for page in pages:
        words = page.content.decode()
        assert "34,000" in words
        assert person.spid_grouped in words
        assert {"km": "ឆ្លើយ យ៉ាងយូរត្រឹម", "en": "Answer until"}[language] in words


def test_a_confirmed_number_gets_the_news_and_is_not_shown(told, steward):
    assert shown(told, steward)["News"] == ["gets a text message with the news"]
    assert "Phone number" not in shown(told, steward)


def test_a_caller_may_be_called(tell, commune_clerk, steward):
    called = tell(actor=commune_clerk, channel="phone", category="other", phone="+85512345678")
    said = shown(called, steward)["Phone number"]
    assert said == ["+85512345678", "given, and not confirmed"]


NOBODY_TOLD = {
    "km": ("មិនទទួលសារទេ៖ អានតាមលេខយោង និងលេខសម្ងាត់ប៉ុណ្ណោះ", "គ្មានអ្នកណាត្រូវបានប្រាប់ទេ", "ផ្អាករហូតដល់"),
    "en": ("gets no messages: reads it with reference and PIN only", "nobody is told", "are paused until"),
}


@LANGUAGES
def test_both_desks_say_whom_no_message_reaches_and_what_asking_does(
    tell, areas, commune_clerk, steward, language
):
    commune = team(Team.Kind.COMMUNE, commune_clerk, area=areas[COMMUNE])
    found = tell(category="other", area=areas[COMMUNE])
    Grievance.objects.filter(pk=found.pk).update(team=commune)
    for page in (
        sign_in(commune_clerk).get(url("desk_grievance", found.reference, language=language)),
        sign_in(steward).get(address("admin:grievances_grievance_change", found.pk, language=language)),
    ):
        said = page.content.decode()
        for words in NOBODY_TOLD[language]:
            assert words in said


def test_the_day_that_the_question_names_is_the_one_until_which_it_waits(tell, steward):
    found = tell(category="other")
    with translation.override("en"):
        promised = what_asking_does(found)[0]
        handle(found, steward, step="ask_more")
        until = localtime(found.deadlines.get(due_for="person", ended_at=None).due_at)
        assert date_format(until, "SHORT_DATE_FORMAT") in promised
        assert what_asking_does(Grievance.objects.get(pk=found.pk))[0] == promised  # asked twice


def test_whose_page_shows_it_reads_it_there_and_is_not_told(tell, sokha, person, steward):
    named = tell(actor=sokha, category="payment")
    assert shown(named, steward)["News"] == [
        "gets no messages: reads it in their account, or with reference and PIN"
    ]
    assert len(what_asking_does(named)) == 2


def test_whom_messages_reach_is_told_of_the_question(told):
    assert len(what_asking_does(told)) == 1


def test_what_it_repeats_is_a_link(told, tell, steward):
    first = tell(category="payment")
    Grievance.objects.filter(pk=told.pk).update(repeat_of=first)
    told = Grievance.objects.get(pk=told.pk)
    for one, other in ((told, first), (first, told)):
        rows = lines(one, steward, lambda other: f"/{other.reference}/")
        assert f"/{other.reference}/" in [said.url for row in rows for said in row.said]


@LANGUAGES
def test_what_is_late_says_so_to_whoever_answers(told, steward, language):
    told.deadlines.update(due_at=timezone.now() - timedelta(days=1))
    (label, said), *_rest = shown(told, steward, language).items()
    assert label == {"km": "ថ្ងៃផុតកំណត់", "en": "Deadline"}[language]
    assert all(one.startswith({"km": "យឺត៖", "en": "Late:"}[language]) for one in said)


def test_only_the_first_words_and_none_of_a_sensitive_one(tell, steward):
    assert first_words(tell(text="One two three four five six seven eight nine")).startswith("One two three")
    assert "nine" not in first_words(tell(text="One two three four five six seven eight nine"))
    assert len(first_words(tell(text="ប្រាក់មិនមកដល់" * 20))) < 2 * SIGNS_SHOWN  # it has no spaces
    assert first_words(tell(category="abuse", text="secret")) == ""
