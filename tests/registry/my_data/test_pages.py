import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from dsp_platform.accounts.access.step_up import PROVED
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from dsp_platform.audit.services import record
from dsp_platform.exchange.models import Operator
from registry.models import Person
from tests.roles import as_owner

pytestmark = pytest.mark.django_db

PAGES = ["my/data/", "my/data/access-log/", "my/data/help/", "my/data/download/", "my/data/everything/"]


@pytest.fixture
def registered(registered_head, phone_of_sokha):
    assert registered_head.memberships.count() == 1
    return phone_of_sokha


def age_proof(client, minutes: int) -> None:
    session = client.session
    session[PROVED] = int((timezone.now() - timedelta(minutes=minutes)).timestamp())
    session.save()


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_the_pages_open_in_both_languages(registered, path, language):
    age_proof(registered, 0)
    assert registered.get(f"/{language}/{path}").status_code == 200


def test_the_operator_that_waits_is_shown_with_fields_and_consent(registered):
    page = registered.get("/en/my/data/").content.decode()
    assert "will receive it" in page
    assert "SPID" in page


def test_two_systems_of_one_ministry_are_told_apart(registered):
    with as_owner():
        Operator.objects.filter(pk="idpoor").update(system_en="Identification of the poor")
    for path in ("my/data/", "registered/"):
        page = registered.get(f"/en/{path}").content.decode()
        assert "Ministry of Planning – Identification of the poor" in page


@pytest.mark.parametrize("path", ["my/data/everything/", "my/data/everything.json"])
def test_everything_asks_for_a_fresh_proof(registered, path):
    age_proof(registered, 11)
    answer = registered.get(f"/en/{path}")
    assert answer.status_code == 302
    assert "/my/data/" not in answer["Location"].partition("?")[0]


def test_the_file_is_kept_by_no_cache_and_names_nobody(registered):
    age_proof(registered, 0)
    answer = registered.get("/km/my/data/everything.json")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'attachment; filename="my-social-protection-data.json"'
    document = json.loads(answer.content)
    assert document["schema_version"] == 1
    assert document["person"]["spid"] == Person.objects.get().spid
    assert document["documents"][0]["number"] == "010203045"
    assert AuditEvent.objects.filter(action="own_export").exists()


def test_an_official_prints_it_masked_and_takes_no_file(new_assisted_session):
    new_assisted_session.register()
    page = new_assisted_session.client.get("/km/my/data/everything/").content.decode()
    assert "010203045" not in page
    assert "•••• 3045" in page
    assert new_assisted_session.client.get("/km/my/data/everything.json").status_code == 302
    assert AuditEvent.objects.filter(action="print", subject_kind="person").exists()


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "nan", "1e400", "٣"])
def test_a_page_that_is_no_page_is_harmless(registered, before):
    for path in ("access-log", "help"):
        assert registered.get(f"/km/my/data/{path}/?before={before}").status_code == 200


def test_few_queries(registered, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        registered.get("/km/my/data/")


def test_a_look_of_who_decides_on_a_change_says_why(registered, commune_clerk):
    person = Person.objects.get()
    for reason in ("change", "delivery"):
        record(actor=commune_clerk, action="view", subject_kind="person", subject_id=person.pk, reason=reason)
    page = registered.get("/en/my/data/access-log/").content.decode()
    assert "To decide on a change" in page
    assert "To check what operators were told" in page


def test_an_assisted_session_keeps_its_reason_beside_the_same_code_of_others(registered, commune_clerk):
    """Staff open a grievance, and an official helps to report one: the same code with two reasons."""
    person = Person.objects.get()
    access = {
        "actor": commune_clerk,
        "subject_kind": "person",
        "subject_id": person.pk,
        "reason": "grievance",
    }
    record(**access, action="view")
    record(**access, action="open_case", assisted_session_id=uuid4())
    age_proof(registered, 0)
    for path in ("access-log", "everything"):
        page = registered.get(f"/en/my/data/{path}/").content.decode()
        assert "A complaint is being looked into" in page
        assert "To report a grievance" in page


def test_a_change_at_the_counter_is_not_told_as_nothing(registered, commune_clerk):
    person = Person.objects.get()
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="tell_change", consent_text="read"
    )
    record(
        actor=commune_clerk,
        action="change_ask",
        subject_kind="person",
        subject_id=person.pk,
        reason="joins",
        assisted_session_id=assisted_session.pk,
    )
    page = registered.get("/en/my/data/help/").content.decode()
    assert "A change was asked for" in page
    assert "Nothing was changed" not in page
