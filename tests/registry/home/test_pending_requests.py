"""Pending requests are shown where a person looks first, with how to stop them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit.models import AuditEvent
from registry.models import PhoneReplacement
from registry.registration import members_elsewhere_views
from tests.registry.cast import MALY_PHONE, household_details, person_details
from tests.registry.changes.cast import about, ask, joining
from tests.registry.changes.moves.test_moves import say_yes
from tests.registry.phones.replacements.test_replacements import confirm, request_replacement
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
OLD = "+85512345678"


def text(client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.fixture
def waiting(family_of_one, sokha, commune_clerk):
    return request_replacement(commune_clerk, sokha.person)


@pytest.fixture
def move(family_of_one, maly, sokha):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return ask(sokha, "joins", **joining(maly))


@pytest.mark.parametrize("page", ["/en/", "/en/my/", "/km/", "/km/my/"])
def test_a_move_asked_for_me_stands_on_the_first_pages(move, maly, page):
    assert f"/my/moves/{move.reference}/" in text(browser(maly.account), page)


@pytest.mark.parametrize("page", ["/en/", "/en/my/", "/km/", "/km/my/"])
def test_so_does_a_phone_that_waits(waiting, sokha, page):
    assert f"/my/phones/{waiting.reference}/" in text(browser(sokha), page)


@pytest.mark.parametrize("page", ["/en/", "/km/"])
def test_to_others_the_home_page_says_nothing(move, waiting, client, commune_clerk, page):
    for stranger in (client, browser(commune_clerk)):
        shown = text(stranger, page)
        assert move.reference not in shown
        assert waiting.reference not in shown


@pytest.mark.parametrize(("language", "words"), [("en", "an office put another"), ("km", "ការិយាល័យមួយបានដាក់")])
def test_the_old_number_reads_that_it_was_replaced(waiting, second_clerk, sokha, settings, language, words):
    settings.CONTACT_PHONE = "023 123 456"
    confirm(waiting, second_clerk)
    holder = browser(User.objects.create_citizen(phone=OLD))
    page = text(holder, f"/{language}/my/")
    assert words in page
    assert waiting.reference in page
    assert page.count("023 123 456") == 2  # besides the footer
    assert sokha.person.given_name not in page
    PhoneReplacement.objects.update(
        ended_at=timezone.now() - timedelta(days=31), asked_at=timezone.now() - timedelta(days=40),
        due_at=timezone.now() - timedelta(days=33),
    )  # fmt: skip
    assert words not in text(holder, f"/{language}/my/")


def test_another_number_reads_nothing_of_it(waiting, second_clerk):
    confirm(waiting, second_clerk)
    stranger = browser(User.objects.create_citizen(phone="+85516444555"))
    assert waiting.reference not in text(stranger, "/en/my/")


def test_the_yes_at_the_counter_says_who_moves_and_whereto(maly, other_clerk, monkeypatch):
    """By the names that the official typed, not those of the record."""
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, reason="register", consent_text="x"
    )
    client = browser(other_clerk)
    wife = person_details(given_name="ម៉ាលី", relationship="spouse")
    details = household_details(person_details(given_name="ពៅ"), wife)
    monkeypatch.setattr(members_elsewhere_views, "_details", lambda _request: details)
    session = client.session
    session["register_confirmation"] = {
        "person": maly.pk,
        "assisted_session": str(assisted_session.pk),
        "member": 1,
    }
    session.save()
    page = text(client, "/en/register/yes/")
    assert "ម៉ាលី" in page
    assert "ពៅ" in page
    assert "Husband or wife" in page
    assert "The poverty level of the new household" in page
    assert maly.spid_grouped not in page


def test_who_decides_reads_who_moves_from_where_to_where(
    move, maly, family_of_one, commune_clerk, other_clerk
):
    page = f"/en/counter/changes/{move.reference}/"
    assert maly.name not in text(browser(commune_clerk), page)  # a SPID does not reveal who it is
    say_yes(move, maly.account)
    shown = text(browser(commune_clerk), page)
    assert maly.name in shown
    assert "Khtum Reay Lech" in shown
    assert "Ou Thum" in shown
    assert AuditEvent.objects.filter(action="view", actor=commune_clerk, subject_id=maly.pk).exists()


def test_who_leaves_stands_on_the_decision_too(maly, other_clerk):
    head = User.objects.get(phone="+85512777000")
    request = ask(head, "leaves", who=about(maly), where={"where": "elsewhere"})
    shown = text(browser(other_clerk), f"/en/counter/changes/{request.reference}/")
    assert maly.name in shown
    assert "Khtum Reay Lech" in shown
