"""Several items of a list handed over to one colleague."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.utils import timezone

from applications import services as applications
from applications.models import Application
from dsp_platform.accounts.models import Duty
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.casework.queue import hand_over
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.casework.test_unread import make_relative
from tests.duties import of_duty

pytestmark = pytest.mark.django_db
NAME = "admin:applications_application_{}"
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


@pytest.fixture
def supervisor(operators):
    return of_duty(Duty.SUPERVISOR)


@pytest.fixture
def ill(application, second_application, nssf_reviewer):
    """Two cases of a colleague who has fallen ill."""
    for item in (application, second_application):
        applications.assignment.assign(item, actor=nssf_reviewer)
    return application, second_application


def choose(user, *items, language: str = "en") -> str:
    sent = {"action": "hand_over_several", "index": "0", "_selected_action": [one.pk for one in items]}
    return sign_in(user).post(address(NAME.format("changelist"), language=language), sent).content.decode()


def rows_in(page: str) -> list[str]:
    return re.findall(r'name="row" value="([^"]*)"', page)


def send(user, rows: list[str], to, language: str = "en") -> str:
    url = address(NAME.format("hand_over"), language=language)
    return sign_in(user).post(url, {"row": rows, "colleague": getattr(to, "pk", to)}).content.decode()


def holders(*items) -> list:
    return [Application.objects.get(pk=one.pk).assignee for one in items]


def test_every_work_queue_offers_it():
    pages = [page for page in admin.site._registry.values() if isinstance(page, WorkQueueAdmin)]
    assert len(pages) > 2
    assert all("hand_over_several" in page.actions for page in pages)


@LANGUAGES
def test_a_supervisor_hands_over_what_an_ill_colleague_has(ill, supervisor, second_nssf_reviewer, language):
    page = choose(supervisor, *ill, language=language)
    done = send(supervisor, rows_in(page), second_nssf_reviewer, language)
    assert holders(*ill) == [second_nssf_reviewer] * 2
    assert {"km": "បានប្រគល់បន្ត 2 ក្នុងចំណោម 2", "en": "2 of 2 are handed over"}[language] in done
    assert AuditEvent.objects.filter(action="reassign", actor=supervisor).count() == 2


def test_who_has_each_is_shown_before(ill, supervisor, nssf_reviewer):
    table = choose(supervisor, *ill).partition("<tbody>")[2].partition("</tbody>")[0]
    assert table.count(nssf_reviewer.username) == 2


@LANGUAGES
def test_by_what_one_chooses_is_shown_and_the_look_is_noted(ill, supervisor, person, language):
    Application.objects.filter(pk=ill[0].pk).update(due_at=timezone.now() - timedelta(days=1))
    page = choose(supervisor, *ill, language=language)
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert person.family_name in table
    assert {"km": "យឺត", "en": "late"}[language] in table
    looks = AuditEvent.objects.filter(actor=supervisor, subject_kind="person", subject_id=person.pk)
    assert looks.exists()
    assert address(NAME.format("changelist"), language=language) in page.partition("submit-row")[2]


@LANGUAGES
def test_back_to_the_queue_is_a_choice(ill, supervisor, language):
    page = choose(supervisor, *ill, language=language)
    words = {"km": "គ្មាននរណា៖ ត្រឡប់ទៅបញ្ជីការងារ", "en": "nobody: back to the queue"}[language]
    assert words in page
    for _ in range(2):
        done = send(supervisor, rows_in(page), "nobody", language)
        assert {"km": "បានប្រគល់បន្ត 2 ក្នុងចំណោម 2", "en": "2 of 2 are handed over"}[language] in done
    assert holders(*ill) == [None] * 2
    assert AuditEvent.objects.filter(action="reassign", actor=supervisor).count() == 2


@LANGUAGES
def test_it_is_one_on_the_page_of_a_single_one_too(ill, supervisor, nssf_reviewer, language):
    browser, url = sign_in(supervisor), address(NAME.format("change"), ill[0].pk, language=language)
    assert 'value="nobody"' in browser.get(url).content.decode()
    browser.post(url, {"assignment": "hand_over", "colleague": "nobody", "held_by": nssf_reviewer.pk})
    assert holders(*ill) == [None, nssf_reviewer]


@LANGUAGES
def test_who_has_no_colleague_is_offered_no_handing_over(application, nssf_reviewer, language):
    page = sign_in(nssf_reviewer).get(address(NAME.format("changelist"), language=language))
    assert "hand_over_several" not in page.content.decode()


@LANGUAGES
def test_who_has_one_is(application, nssf_reviewer, second_nssf_reviewer, language):
    page = sign_in(nssf_reviewer).get(address(NAME.format("changelist"), language=language))
    assert "hand_over_several" in page.content.decode()


def test_what_somebody_else_has_by_now_stays_and_the_others_go(ill, supervisor, second_nssf_reviewer):
    first, second = ill
    rows = rows_in(choose(supervisor, *ill))
    Application.objects.filter(pk=first.pk).update(assignee=second_nssf_reviewer)
    done = send(supervisor, rows, supervisor)
    assert holders(first, second) == [second_nssf_reviewer, supervisor]
    assert "1 of 2 are handed over" in done
    assert f"assigned to {second_nssf_reviewer.staff_name} already" in done


def test_sent_twice_it_is_handed_over_once(ill, supervisor, second_nssf_reviewer):
    rows = rows_in(choose(supervisor, *ill))
    for _ in range(2):
        assert "2 of 2 are handed over" in send(supervisor, rows, second_nssf_reviewer)
    assert AuditEvent.objects.filter(action="reassign").count() == 2


def test_what_nobody_has_is_shared_out_too(application, supervisor, second_nssf_reviewer):
    send(supervisor, rows_in(choose(supervisor, application)), second_nssf_reviewer)
    assert holders(application) == [second_nssf_reviewer]


def test_a_reviewer_hands_over_their_own_alone(ill, nssf_reviewer, second_nssf_reviewer, supervisor):
    first, second = ill
    applications.assignment.hand_over(second, actor=nssf_reviewer, to=supervisor)
    done = send(nssf_reviewer, rows_in(choose(nssf_reviewer, *ill)), second_nssf_reviewer)
    assert holders(first, second) == [second_nssf_reviewer, supervisor]
    assert "1 of 2 are handed over" in done


@pytest.mark.parametrize("to", ["", "0", "x", "9" * 30])
def test_nobody_is_no_colleague(ill, supervisor, nssf_reviewer, to):
    rows = rows_in(choose(supervisor, *ill))
    page = send(supervisor, rows, to)
    assert "Choose the colleague" in page
    assert rows_in(page) == rows
    assert holders(*ill) == [nssf_reviewer] * 2


def test_nor_is_somebody_of_another_office(ill, supervisor, nssf_reviewer, family_package_reviewer):
    page = send(supervisor, rows_in(choose(supervisor, *ill)), family_package_reviewer)
    assert "Choose the colleague" in page
    assert holders(*ill) == [nssf_reviewer] * 2


def test_another_operators_supervisor_hands_over_none(ill, nssf_reviewer, family_package_reviewer):
    stranger = of_duty(Duty.SUPERVISOR, operator="family_package")
    send(stranger, [f"{one.pk}-{nssf_reviewer.pk}" for one in ill], family_package_reviewer)
    assert holders(*ill) == [nssf_reviewer] * 2


def test_kin_of_the_applicant_get_it_not_and_why_is_not_told(
    ill, supervisor, nssf_reviewer, second_nssf_reviewer, relative
):
    make_relative(second_nssf_reviewer, relative)
    done = send(supervisor, rows_in(choose(supervisor, *ill)), second_nssf_reviewer)
    assert holders(*ill) == [nssf_reviewer, second_nssf_reviewer]
    assert "This colleague may not decide it" in done


def test_whoever_only_reads_hands_over_nothing(ill, nssf_reviewer, second_nssf_reviewer):
    reader = of_duty(Duty.READ_ONLY)
    url = address(NAME.format("hand_over"), language="en")
    sent = {"row": [f"{one.pk}-{nssf_reviewer.pk}" for one in ill], "colleague": second_nssf_reviewer.pk}
    assert sign_in(reader).post(url, sent).status_code == 403
    assert holders(*ill) == [nssf_reviewer] * 2


@pytest.mark.parametrize("row", ["", "x", "1", "9" * 30 + "-1", "1-x", "-"])
def test_forged_rows_lead_back_to_the_list(supervisor, operators, row):
    url = address(NAME.format("hand_over"), language="en")
    answer = sign_in(supervisor).post(url, {"row": row, "colleague": supervisor.pk})
    assert (answer.status_code, answer.url) == (302, address(NAME.format("changelist"), language="en"))


def test_more_than_fit_on_the_page_stay_in_the_list_and_that_is_said(ill, supervisor, monkeypatch):
    monkeypatch.setattr(hand_over, "MOST", 1)
    page = choose(supervisor, *ill)
    assert len(rows_in(page)) == 1
    assert "The others stay in the list" in page
