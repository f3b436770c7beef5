from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_otp import DEVICE_ID_SESSION_KEY

from dsp_platform.accounts.models import TOTPDevice, User
from dsp_platform.audit.models import AuditEvent
from registry.models import Programme
from registry.models.programme import PAGE_FIELDS
from registry.registration import services
from tests.approval.cast import approve_waiting
from tests.built_once import built_once
from tests.registry.cast import household_details
from tests.seen import seen


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def url(name: str, *arguments: object) -> str:
    with translation.override("en"):
        return reverse(f"admin:registry_{name}", args=arguments)


@pytest.fixture
def staff_client(steward) -> Client:
    return sign_in(steward)


@built_once
def head(areas, sokha):
    household = services.register_household(actor=sokha, details=household_details())
    return household.memberships.get(relationship="head").person


def test_persons_are_not_browsed(staff_client, head):
    assert head.spid_grouped not in staff_client.get(url("person_changelist")).content.decode()
    found = staff_client.post(url("person_changelist"), {"q": "ស៊ុខា"}).content.decode()
    assert head.spid_grouped in found
    assert "?q=" not in found


def test_nobody_is_searched_for_in_an_address(staff_client, head):
    """URLs end up in logs and in the browser's history."""
    assert head.spid_grouped not in staff_client.get(url("person_changelist"), {"q": "ស៊ុខា"}).content.decode()


def test_a_record_is_shown_for_a_reason_and_the_look_is_noted(staff_client, head, steward):
    record = url("person_change", head.pk)
    asked = staff_client.get(record).content.decode()
    assert "ស៊ុខា" not in asked
    assert not AuditEvent.objects.filter(action="view").exists()
    shown = staff_client.get(record, {"reason": "question"}).content.decode()
    assert "ស៊ុខា" in shown
    access = AuditEvent.objects.get(action="view")
    assert (access.actor, access.subject_id, access.reason) == (steward, head.pk, "question")


def test_a_record_cannot_be_changed_here(staff_client, head):
    answer = staff_client.post(url("person_change", head.pk) + "?reason=question", {"sex": "male"})
    assert answer.status_code == 403
    head.refresh_from_db()
    assert head.sex == "female"


@pytest.mark.parametrize("name", ["person", "area", "programme", "enrolment"])
def test_reviewers_have_no_business_here(name, nssf_reviewer):
    assert sign_in(nssf_reviewer).get(url(f"{name}_changelist")).status_code == 403


@pytest.mark.parametrize("name", ["person", "area", "programme", "enrolment"])
@pytest.mark.parametrize("query", ["", "ភ្នំ", "123"])
def test_every_list_opens(staff_client, areas, name, query):
    assert staff_client.post(url(f"{name}_changelist"), {"q": query}).status_code == 200


def test_areas_are_found_in_both_scripts(staff_client, areas):
    for query in ("អូរធំ", "ou thum", "០១០២០១០១"):
        assert "01020101" in staff_client.post(url("area_changelist"), {"q": query}).content.decode()


def programme_form(programme: Programme, **changes: str) -> dict[str, str]:
    return {
        "code": programme.code,
        "operator": programme.operator_id,
        "state": "open",
        "takes_applications": "on",
        "position": "1",
        **{name: getattr(programme, name) or "" for name in PAGE_FIELDS},
        "rule": programme.rule,
        "appeal_days": "" if programme.appeal_days is None else str(programme.appeal_days),
        "second_review_share": str(programme.second_review_share),
        "second_review_above": str(programme.second_review_above or ""),
        "reason": "Decree 7",
        "_seen": seen(programme),
        "benefits-TOTAL_FORMS": "1",
        "benefits-INITIAL_FORMS": "0",
        "benefits-0-label_km": "ឧបត្ថម្ភគោល",
        "benefits-0-label_en": "Basic support",
        "benefits-0-amount": "34000",
        "benefits-0-valid_from": "2024-04-01",
        "benefits-0-kind": "gives",
        "benefits-0-precision": "day",
        "programmesituation_set-TOTAL_FORMS": "0",
        "programmesituation_set-INITIAL_FORMS": "0",
        **changes,
    }


def test_a_programme_shows_both_languages(staff_client, family_package):
    page = staff_client.get(url("programme_change", family_package.pk)).content.decode()
    assert "កញ្ចប់គ្រួសារ" in page
    assert "Family Package" in page
    assert 'name="summary_km"' in page
    assert 'name="summary_en"' in page


def test_a_new_rule_is_a_new_version_and_audited(staff_client, family_package, steward, second_steward):
    form = programme_form(family_package, rule="age >= 60")
    assert staff_client.post(url("programme_change", family_package.pk), form).status_code == 302
    approve_waiting(second_steward)
    family_package.refresh_from_db()
    assert (family_package.rule, family_package.rule_version) == ("age >= 60", 2)
    assert family_package.benefits.get().label_en == "Basic support"
    place, agreed = AuditEvent.objects.filter(action="change").order_by("pk")
    assert (place.actor, agreed.actor) == (steward, second_steward)
    assert agreed.details["fields"] == ["rule", "benefits"]


def test_rows_that_nobody_types_are_refused_unread(staff_client, family_package):
    form = programme_form(family_package, **{"benefits-TOTAL_FORMS": "9" * 9})
    answer = staff_client.post(url("programme_change", family_package.pk), form)
    benefits = answer.context["inline_admin_formsets"][0].formset
    assert benefits.total_form_count() == 100
    assert "100" in str(benefits.non_form_errors())


def test_amounts_and_dates_are_typed_in_khmer_digits(staff_client, family_package, second_steward):
    typed = {"benefits-0-amount": "៣៤០០០", "benefits-0-valid_from": "០១/០៤/២០២៤"}
    assert (
        'type="number"' not in staff_client.get(url("programme_change", family_package.pk)).content.decode()
    )
    staff_client.post(url("programme_change", family_package.pk), programme_form(family_package, **typed))
    approve_waiting(second_steward)
    benefit = family_package.benefits.get()
    assert (benefit.amount, benefit.valid_from) == (34000, date(2024, 4, 1))


def test_a_wrong_rule_is_pointed_at(staff_client, family_package):
    form = programme_form(family_package, rule="income > 5")
    page = staff_client.post(url("programme_change", family_package.pk), form)
    assert "income" in page.content.decode()
    family_package.refresh_from_db()
    assert family_package.rule_version == 1
