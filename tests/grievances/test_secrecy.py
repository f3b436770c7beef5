"""What was told in secret stays so for whoever does not answer it, whatever it turns out to be about."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from grievances import errors, selectors, services
from grievances.actors import looked_at
from grievances.categories import CHOSEN, SENSITIVE
from grievances.delivery.records import GrievanceKind
from grievances.models import Grievance
from grievances.repeats.repeats import check_original
from grievances.secrecy import Secrecy
from tests.applications.helpers import sign_in
from tests.grievances.routing.test_routing import Kind, team
from tests.grievances.test_pages import follow, url
from tests.grievances.test_services import handle
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
WORDS = "My husband beats me"
OPEN = [code for code in CHOSEN if code not in SENSITIVE]
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


@pytest.fixture
def named(steward) -> User:
    """For sensitive reports."""
    with as_owner():
        User.objects.filter(pk=steward.pk).update(answers_sensitive=True)
    steward.refresh_from_db()
    return steward


@pytest.fixture(params=SENSITIVE)
def told(request, tell, sokha, person, areas, operators):
    return tell(
        actor=sokha, category=request.param, text=WORDS, area=areas["010201"], operator=operators["nssf"]
    )


def becomes(grievance, category, by):
    sent = {"step": "recategorise", "category": category, "note": "x", "version": grievance.version}
    return handle(grievance, by, **sent, confirmed=True)


def readers(grievance, session) -> dict[str, bool]:
    """Beside whoever answers it."""
    own, clerk = grievance.person.account, session.official
    listed = GrievanceKind().everybody()
    return {
        "account": bool(selectors.grievance_visible_to(own, None, grievance.reference)),
        "list of the account": selectors.grievances_of(grievance.person, own).exists(),
        "case": bool(selectors.grievance_visible_to(clerk, session, grievance.reference)),
        "access log": bool(looked_at(grievance)),
        "operator": listed.filter(pk=grievance.pk).exists(),
    }


def test_nobody_beside_its_team_reads_more_of_it_than_before(told, named, clerk_assisted_session):
    before = readers(told, clerk_assisted_session)
    for category in OPEN:
        told = becomes(told, category, named)
        assert readers(told, clerk_assisted_session) == before


def test_violence_that_is_called_something_else_is_not_in_the_account(
    tell, sokha, person, named, clerk_assisted_session
):
    """Though the account reads what it reported of that other kind."""
    changed = becomes(tell(actor=sokha, category="abuse", text=WORDS), "money_asked", named)
    assert not any(readers(changed, clerk_assisted_session).values())
    assert readers(tell(actor=sokha, category="money_asked"), clerk_assisted_session)["account"]


def test_what_becomes_sensitive_is_kept_from_them_and_stays_so(
    tell, sokha, person, named, clerk_assisted_session
):
    harmless = tell(actor=sokha, category="other")
    assert all(readers(harmless, clerk_assisted_session)[one] for one in ("account", "case", "access log"))
    for category in ("abuse", "other"):
        harmless = becomes(harmless, category, named)
        assert not any(readers(harmless, clerk_assisted_session).values())


@LANGUAGES
def test_neither_the_shared_phone_nor_the_case_shows_it(
    tell, sokha, person, named, commune_clerk, clerk_assisted_session, areas, language
):
    told = becomes(tell(actor=sokha, category="abuse", text=WORDS), "other", named)
    for reader in (sokha, commune_clerk):
        browser = sign_in(reader)
        assert told.reference not in browser.get(f"/{language}/my/").content.decode()
        answer = browser.get(url("grievance", told.reference, language=language), follow=True)
        assert WORDS not in answer.content.decode()
    assert WORDS in follow(Client(), told).content.decode()


def test_its_new_team_answers_it_and_no_list_names_who_told_it(
    told, named, commune_clerk, areas, second_steward
):
    team(Kind.COMMUNE, commune_clerk, area=areas["010201"])
    Grievance.objects.update(operator=None)
    told.refresh_from_db()
    changed = becomes(told, "other", named)
    assert selectors.may_handle(commune_clerk, changed)
    page = sign_in(named).get("/en/admin/grievances/grievance/").content.decode()
    assert changed.reference in page
    assert changed.person.spid_grouped not in page
    assert areas["010201"].name not in page


def test_a_lost_pin_of_violence_is_not_made_anew_by_the_phone(tell, sokha, person, named):
    told = tell(actor=sokha, category="abuse", phone=sokha.phone)
    assert told.phone_confirmed_at
    told = becomes(told, "other", named)
    assert services.renew_pin(reference=told.reference, phone=sokha.phone) is None


def test_it_is_joined_with_no_other(tell, told, named):
    changed = becomes(told, "payment", named)
    with pytest.raises(errors.NoOriginal):
        check_original(tell(category="payment"), changed, named)
    assert "mark_repeat" not in {one.name for one in services.grievance_workflow.allowed(changed, "handler")}


def test_an_operator_that_has_only_a_system_of_its_own_does_not_get_it(told, named):
    """That would never hear of it."""
    assert becomes(told, "payment", named).team.kind == Kind.SECRETARIAT


def test_nothing_is_opened_that_was_not_confirmed(told, named):
    with pytest.raises(errors.NotConfirmed):
        handle(told, named, step="recategorise", category="other", note="x")
    told.refresh_from_db()
    assert told.category != "other"


@LANGUAGES
def test_a_page_says_first_who_would_read_it(tell, named, language):
    told = tell(category="abuse")
    address = f"/{language}/admin/grievances/grievance/{told.pk}/handle/"
    sent = {"step": "recategorise", "category": "other", "note": "Not about that", "version": told.version}
    browser = sign_in(named)
    page = browser.post(address, sent).content.decode()
    assert {"km": "អ្នកណានឹងអាន", "en": "Who will read it"}[language] in page
    assert "Not about that" in page
    told.refresh_from_db()
    assert told.category != "other"
    changed = browser.post(address, {**sent, "change": "1"}).content.decode()
    assert "Not about that" in changed
    assert browser.post(address, {**sent, "confirmed": "on"}).status_code == 302
    told.refresh_from_db()
    assert (told.category, told.told_in_secret) == ("other", Secrecy.PIN)


def test_no_page_comes_between_what_opens_nothing(tell, named):
    told = tell(category="payment")
    sent = {"step": "recategorise", "category": "other", "note": "x", "version": told.version}
    address = f"/en/admin/grievances/grievance/{told.pk}/handle/"
    assert sign_in(named).post(address, sent).status_code == 302
    assert Grievance.objects.get().category == "other"


def test_the_database_has_no_sensitive_one_that_was_promised_nothing(tell):
    told = tell(category="abuse")
    for secrecy in ("", "account"):
        with as_owner(), pytest.raises(IntegrityError), transaction.atomic():
            Grievance.objects.filter(pk=told.pk).update(told_in_secret=secrecy)


def test_the_migration_trusts_no_report_that_was_changed_before(tell, named):
    """What it was about first is not recorded."""
    changed = becomes(tell(category="data"), "other", named)
    rows = {"abuse": tell(category="abuse"), "staff": tell(category="staff"), "other": tell(category="other")}
    migration = importlib.import_module("grievances.migrations.0012_told_in_secret")
    Grievance.objects.filter(category="other").update(told_in_secret="")
    migration.promised(apps, None)
    found = dict(Grievance.objects.values_list("pk", "told_in_secret"))
    assert found[changed.pk] == "pin"
    assert {name: found[one.pk] for name, one in rows.items()} == {
        "abuse": "pin",
        "staff": "account",
        "other": "",
    }


def test_who_looked_at_what_is_called_otherwise_now_is_not_told(told, named, person):
    changed = becomes(told, "payment", named)
    browser = sign_in(named)
    assert browser.get(f"/en/admin/grievances/grievance/{changed.pk}/change/").status_code == 200
    assert browser.get("/en/admin/grievances/grievance/").status_code == 200
    assert not AuditEvent.objects.filter(subject_kind="person", subject_id=person.pk, actor=named).exists()
