"""When a document could not be read before the submit, the person is notified after it."""

import pytest
from django.urls import reverse
from django.utils import translation

from applications import services as applications
from applications.documents import APPLICATION
from applications.models import Application
from dsp_platform.notifications.models import Message
from tests.applications.helpers import sign_in
from tests.uploads.test_reading import DAMAGED

pytestmark = pytest.mark.django_db
TO_DO = {
    "en": "Send a document again that could not be read",
    "km": "សូមផ្ញើឯកសារដែលមិនអាចអានបាន ម្តងទៀត",
}
WARNING = {"en": "A document you sent could not be read.", "km": "មិនអាចអានឯកសារមួយដែលអ្នកបានផ្ញើទេ។"}


@pytest.fixture
def submit(sokha, person, programme):
    def now() -> Application:
        return applications.submit_application(
            actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
        )

    return now


def warnings_sent() -> int:
    return Message.objects.filter(template="application_unreadable").count()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_person_is_told_by_text_on_the_page_and_among_what_is_to_do(send, submit, sokha, language):
    send(DAMAGED)
    with translation.override(language):
        application = submit()
        page = reverse("applications:application", args=[application.reference])
    text = Message.objects.get(template="application_unreadable")
    assert (text.language, text.params) == (language, {"reference": application.reference})
    browser = sign_in(sokha)
    assert WARNING[language] in browser.get(page).content.decode()
    assert TO_DO[language] in browser.get(f"/{language}/my/").content.decode()


def test_what_was_sent_anew_under_the_same_name_needs_no_warning(send, submit, sokha):
    send(DAMAGED)
    send()
    submit()
    assert warnings_sent() == 0
    assert TO_DO["en"] not in sign_in(sokha).get("/en/my/").content.decode()


def test_each_document_counts_by_itself(send, submit):
    send(DAMAGED, title="Family book")
    send()
    submit()
    assert warnings_sent() == 1


def test_once_sent_anew_it_is_to_do_no_more(send, submit, sokha):
    send(DAMAGED)
    application = submit()
    send(kind=APPLICATION, key=str(application.pk))
    assert TO_DO["en"] not in sign_in(sokha).get("/en/my/").content.decode()


def test_a_withdrawn_application_asks_for_nothing(send, submit, sokha):
    send(DAMAGED)
    applications.withdraw(application=submit(), actor=sokha, assisted_session=None)
    assert TO_DO["en"] not in sign_in(sokha).get("/en/my/").content.decode()
