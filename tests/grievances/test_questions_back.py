"""A question of whoever handles a grievance, and its answer."""

import pytest

from dsp_platform.casework import errors as casework
from dsp_platform.notifications.models import Message
from grievances import services
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import follow, url


@pytest.fixture
def asked(tell, steward):
    """By somebody without an account, who proved a number."""
    grievance = tell(phone="+85512000111")
    services.confirm_phone(grievance=grievance, phone=grievance.phone)
    return ask(grievance, steward)


def ask(grievance, actor, note="តើនៅថ្ងៃណា?"):
    return services.handle_grievance(
        grievance=grievance, step="ask_more", actor=actor, expected_version=grievance.version, note=note
    )


def words(grievance, text="ថ្ងៃច័ន្ទ", actor=None):
    return services.add_words(grievance=grievance, actor=actor, assisted_session=None, text=text)


def test_it_waits_for_the_person_who_gets_a_text_without_the_question(asked):
    assert asked.state == "more_asked"
    message = Message.objects.get(template="grievance_asked")
    assert message.params == {"reference": asked.reference}


def test_a_question_needs_words(tell, steward):
    with pytest.raises(casework.NoteMissing):
        ask(tell(), steward, note=" ")


def test_words_are_the_answer_and_it_is_looked_into_further(asked):
    answered = words(asked)
    assert (answered.state, answered.events.last().step) == ("in_review", "answer")
    assert words(asked).events.filter(step="answer").count() == 1  # sent twice


def test_a_second_question_may_follow(asked, steward):
    assert ask(asked, steward, note="ហើយនៅម៉ោងណា?").state == "more_asked"


@pytest.mark.parametrize(
    ("language", "title", "button"),
    [("en", "A question for you", "Send the answer"), ("km", "សំណួរ", "ផ្ញើចម្លើយ")],
)
def test_it_is_answered_with_reference_and_pin(asked, client, language, title, button):
    follow(client, asked)
    address = url("grievance", asked.reference, language=language)
    page = client.get(address).content.decode()
    assert title in page
    assert "តើនៅថ្ងៃណា?" in page
    assert button in page
    client.post(address, {"words": "ថ្ងៃច័ន្ទ", "version": asked.version})
    asked.refresh_from_db()
    assert asked.state == "in_review"
    assert title not in client.get(address).content.decode().split("</h1>")[1].split("timeline")[0]


def test_it_is_answered_in_the_account(tell, steward, sokha, person):
    grievance = ask(tell(actor=sokha), steward)
    address = url("grievance", grievance.reference)
    sign_in(sokha).post(address, {"words": "ថ្ងៃច័ន្ទ", "version": grievance.version})
    assert grievance.events.last().actor == sokha


@pytest.mark.parametrize("language", ["en", "km"])
def test_it_is_to_do_on_the_own_page_until_it_is_answered(tell, steward, sokha, person, language):
    grievance = ask(tell(actor=sokha), steward)
    browser, address = sign_in(sokha), url("grievance", grievance.reference, language=language)
    to_do = browser.get(f"/{language}/my/").content.decode().split('<ul class="to-do">')[1].split("</ul>")[0]
    assert f'href="{address}"' in to_do
    words(grievance, actor=sokha)
    assert 'class="to-do"' not in browser.get(f"/{language}/my/").content.decode()


def test_the_official_who_writes_the_answer_is_named_to_the_reporter(
    tell, steward, commune_clerk, clerk_assisted_session, sokha
):
    grievance = ask(tell(actor=commune_clerk, assisted_session=clerk_assisted_session), steward)
    services.add_words(
        grievance=grievance, actor=commune_clerk, assisted_session=clerk_assisted_session, text="ថ្ងៃច័ន្ទ"
    )
    page = sign_in(sokha).get(url("grievance", grievance.reference)).content.decode()
    assert f"Added by the official {commune_clerk}" in page
