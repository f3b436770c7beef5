"""Several applications decided together."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from applications import services
from applications.models import HeldDecision
from applications.review import held
from applications.review import second as second_rules
from tests.applications.helpers import let_leave, sign_in
from tests.applications.review.test_held import asks_second

REFUSED = {"decision": "refuse", "reason": "documents", "note_km": "ខ្វះឯកសារ", "note_en": "No card"}


@pytest.fixture
def second(other_citizen, programme, application, household):
    return services.submit_application(
        actor=other_citizen, assisted_session=None, person=other_citizen.person, programme=programme,
        consent=True,
    )  # fmt: skip


@pytest.fixture
def desk(nssf_reviewer):
    return sign_in(nssf_reviewer)


def url(name: str) -> str:
    with translation.override("en"):
        return reverse(f"admin:applications_application_{name}")


def rows(*applications) -> dict[str, list[str]]:
    return {"row": [f"{one.pk}-{one.version}" for one in applications]}


def test_they_are_chosen_in_the_list(application, second, desk):
    chosen = {"action": "decide_several", "index": "0", "_selected_action": [application.pk, second.pk]}
    page = desk.post(url("changelist"), chosen).content.decode()
    assert f'value="{application.pk}-1"' in page
    assert f'value="{second.pk}-1"' in page


def test_the_page_of_several_asks_as_often_as_that_of_one(application, second, desk):
    def asked(*chosen) -> int:
        form = {"action": "decide_several", "index": "0", "_selected_action": [one.pk for one in chosen]}
        with CaptureQueriesContext(connection) as queries:
            assert desk.post(url("changelist"), form).status_code == 200
        return len(queries)

    asked(application)  # fills caches of the process
    assert asked(application, second) == asked(application)


def test_what_will_happen_to_each_is_said_before(application, second, desk, second_nssf_reviewer):
    held.hold(application=second, decision="approve", actor=second_nssf_reviewer, expected_version=1)
    page = desk.post(url("several"), {**REFUSED, **rows(application, second)}).content.decode()
    assert "It leaves in 10 minutes" in page
    assert second_nssf_reviewer.full_name in page  # whose decision on the second came first
    assert HeldDecision.objects.count() == 1


@pytest.mark.parametrize("is_drawn", [False, True])
def test_nobody_reads_beforehand_which_of_them_a_second_reviewer_sees(
    is_drawn, application, programme, desk, monkeypatch
):
    asks_second(programme, second_review_share=50)
    monkeypatch.setattr(second_rules, "_is_drawn", lambda *about: is_drawn)
    page = desk.post(url("several"), {**REFUSED, **rows(application)}).content.decode()
    assert "It leaves in 10 minutes" in page
    assert "Some decisions are drawn" in page
    assert "It was drawn" not in page


def test_confirmed_each_is_held_by_itself(application, second, desk, second_nssf_reviewer):
    held.hold(application=second, decision="approve", actor=second_nssf_reviewer, expected_version=1)
    page = desk.post(url("several"), {**REFUSED, **rows(application, second), "confirmed": "on"})
    assert "Until then it can be undone" in page.content.decode()
    let_leave()
    application.refresh_from_db()
    second.refresh_from_db()
    assert (application.state, second.state) == ("refused", "approved")


def test_each_applicant_reads_their_own_language(application, second, desk):
    type(second).objects.filter(pk=second.pk).update(language="en")
    desk.post(url("several"), {**REFUSED, **rows(application, second), "confirmed": "on"})
    notes = dict(HeldDecision.objects.values_list("application", "note"))
    assert notes == {application.pk: "ខ្វះឯកសារ", second.pk: "No card"}


def test_what_changed_since_the_page_is_left_alone(application, second, desk):
    sent = rows(application, second)
    type(second).objects.filter(pk=second.pk).update(version=2)
    desk.post(url("several"), {**REFUSED, **sent, "confirmed": "on"})
    assert HeldDecision.objects.get().application == application


def test_another_operators_reviewer_decides_none(application, family_package_reviewer):
    desk = sign_in(family_package_reviewer)
    desk.post(url("several"), {**REFUSED, **rows(application), "confirmed": "on"})
    assert not HeldDecision.objects.exists()


@pytest.mark.parametrize("row", ["", "x", "1", "9" * 30 + "-1", "1-x", "-"])
def test_forged_rows_decide_nothing(application, desk, row):
    assert desk.post(url("several"), {**REFUSED, "row": row, "confirmed": "on"}).status_code in (200, 302)
    assert not HeldDecision.objects.exists()
