"""The queue of a reviewer: its order, tabs, pages, columns and search."""

import re
from datetime import timedelta

import pgtrigger
import pytest
from django.contrib import admin
from django.db import connection
from django.utils import timezone

from applications import services as applications
from applications.models import Application
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.selectors import latest_closed_first, oldest_due_first
from dsp_platform.database.counts import counts_up_to, in_words
from dsp_platform.exchange.models import Agreement
from grievances.models import Grievance
from registry.consents.services import withdraw_consent
from tests.applications.helpers import agreement, sign_in
from tests.casework.kinds import address
from tests.casework.test_unread import make_relative
from tests.roles import as_owner

KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
LIST = "admin:applications_application_changelist"


def queue(user, query: str = "", language: str = "en", **posted: str):
    url, browser = address(LIST, language=language) + query, sign_in(user)
    return browser.post(url, posted) if posted else browser.get(url)


def references(page) -> list[str]:
    return [row.reference for row in page.context["cl"].result_list]


def agree_on(fields: list[str]) -> None:
    with as_owner(), pgtrigger.ignore("exchange.Agreement:never_edited"):
        Agreement.objects.filter(kind="person").update(fields=fields)


def due(item, days: int) -> None:
    type(item).objects.filter(pk=item.pk).update(due_at=timezone.now() + timedelta(days=days))


def test_the_oldest_due_comes_first_and_then_the_day_it_came(application, second_application, nssf_reviewer):
    assert references(queue(nssf_reviewer)) == [application.reference, second_application.reference]
    due(second_application, -1)
    assert references(queue(nssf_reviewer)) == [second_application.reference, application.reference]
    due(application, -2)
    assert references(queue(nssf_reviewer)) == [application.reference, second_application.reference]


INDEXES = [(Application, "application"), (Grievance, "grievance")]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "name"), INDEXES)
def test_indexes_serve_the_order_of_a_queue(model, name):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    own = model.objects.filter(operator="nssf")
    waiting = oldest_due_first(own.filter(state__in=model.OPEN_STATES[:2])).explain()
    assert f"{name}_queue" in waiting
    ended = latest_closed_first(own.exclude(state__in=model.OPEN_STATES)).explain()
    assert f"{name}_closed" in ended
    assert "Sort" not in waiting + ended


def test_each_tab_holds_its_own_and_counts_them(application, second_application, nssf_reviewer):
    def counts() -> dict[str, str]:
        tabs = queue(nssf_reviewer).context["tabs"]
        return {re.search(r"tab=(\w+)", one.link)[1]: one.count for one in tabs}

    assert counts() == {
        "to_decide": "2",
        "mine": "0",
        "unassigned": "2",
        "waiting": "0",
        "leaving": "0",
        "decided": "0",
    }
    applications.assignment.assign(application, actor=nssf_reviewer)
    assert counts() == {
        "to_decide": "2",
        "mine": "1",
        "unassigned": "1",
        "waiting": "0",
        "leaving": "0",
        "decided": "0",
    }
    applications.decide(
        application=application, decision="ask_more", actor=nssf_reviewer, expected_version=1, note="Which?"
    )
    assert counts() == {
        "to_decide": "1",
        "mine": "1",
        "unassigned": "1",
        "waiting": "1",
        "leaving": "0",
        "decided": "0",
    }
    applications.decide(
        application=second_application, decision="approve", actor=nssf_reviewer, expected_version=1
    )
    assert counts() == {
        "to_decide": "0",
        "mine": "1",
        "unassigned": "0",
        "waiting": "1",
        "leaving": "0",
        "decided": "1",
    }
    for tab, one in (("waiting", application), ("mine", application), ("decided", second_application)):
        assert references(queue(nssf_reviewer, f"?tab={tab}")) == [one.reference]


def test_a_count_ends_at_a_number(application, second_application):
    assert counts_up_to(1, [Application.objects.all(), Application.objects.none()]) == [2, 0]
    assert in_words(2, 1) == "1+"
    assert in_words(1, 1) == "1"


def test_pages_follow_each_other_whatever_comes_meanwhile(
    application, second_application, nssf_reviewer, monkeypatch
):
    monkeypatch.setattr(admin.site.get_model_admin(Application), "list_per_page", 1)
    first = queue(nssf_reviewer)
    assert references(first) == [application.reference]
    assert not first.context["cl"].previous_link
    assert 'rel="next"' in first.content.decode()
    # What was shown is decided before the page is turned: nothing is passed over.
    applications.decide(application=application, decision="approve", actor=nssf_reviewer, expected_version=1)
    second = queue(nssf_reviewer, first.context["cl"].next_link)
    assert references(second) == [second_application.reference]
    assert second.context["cl"].page_num == 2
    assert not second.context["cl"].next_link
    assert references(queue(nssf_reviewer, second.context["cl"].previous_link)) == []


def test_a_page_is_turned_back(application, second_application, nssf_reviewer, monkeypatch):
    monkeypatch.setattr(admin.site.get_model_admin(Application), "list_per_page", 1)
    second = queue(nssf_reviewer, queue(nssf_reviewer).context["cl"].next_link)
    back = queue(nssf_reviewer, second.context["cl"].previous_link)
    assert references(back) == [application.reference]
    assert back.context["cl"].next_link
    assert not back.context["cl"].previous_link


@pytest.mark.parametrize("place", ["x", "1", "1.x", "99999999999999999999.1", "-1.1"])
def test_a_place_that_no_page_named_is_refused(application, nssf_reviewer, place):
    assert queue(nssf_reviewer, f"?after={place}").status_code == 400


@LANGUAGES
def test_a_late_one_says_so_in_words(application, nssf_reviewer, language):
    late = {"km": "យឺត", "en": "late"}[language]
    due(application, 1)
    assert f"<strong>{late}</strong>" not in queue(nssf_reviewer, language=language).content.decode()
    due(application, -1)
    assert f"<strong>{late}</strong>" in queue(nssf_reviewer, language=language).content.decode()
    assert references(queue(nssf_reviewer, "?due=late")) == [application.reference]
    assert references(queue(nssf_reviewer, "?due=today")) == []


def test_it_names_the_applicant_and_the_village(application, person, nssf_reviewer):
    page = rows_of(queue(nssf_reviewer))
    assert person.name in page
    assert AuditEvent.objects.filter(action="listed", subject_kind="person", subject_id=person.pk).exists()


def test_but_not_without_consent_or_an_agreement_on_it(application, person, household, sokha, nssf_reviewer):
    agree_on(["spid", "sex"])
    assert person.name not in rows_of(queue(nssf_reviewer))
    agree_on(["spid", "full_name"])
    assert person.name in rows_of(queue(nssf_reviewer))
    # Which closes the application.
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    assert application.reference in rows_of(queue(nssf_reviewer, "?tab=decided"))
    assert person.name not in rows_of(queue(nssf_reviewer, "?tab=decided"))
    assert references(queue(nssf_reviewer, q=person.spid)) == []
    assert references(queue(nssf_reviewer, q=application.reference)) == [application.reference]


def test_nor_to_kin(application, person, household, nssf_reviewer):
    make_relative(nssf_reviewer, household.memberships.exclude(person=person).get().person)
    page = rows_of(queue(nssf_reviewer))
    assert application.reference in page
    assert person.name not in page
    assert references(queue(nssf_reviewer, q=person.name)) == []


def rows_of(page) -> str:
    text = page.content.decode()
    return text[text.index('id="result_list"') :].split("</table>")[0]


def test_it_is_searched_by_reference_spid_and_name(application, second_application, person, nssf_reviewer):
    spid = person.spid
    grouped = f"{spid[:4]} {spid[4:8]} {spid[8:]}"
    for typed in (application.reference, spid, grouped, spid.translate(KHMER), person.name):
        page = queue(nssf_reviewer, "?tab=decided", q=typed)
        assert references(page) == [application.reference], typed
        links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
        assert not [link for link in links if typed in link]
    assert references(queue(nssf_reviewer, q="no such name")) == []


def test_by_a_phone_only_where_the_agreement_has_it(application, person, nssf_reviewer):
    assert references(queue(nssf_reviewer, q=person.phone)) == []
    agree_on(["spid", "full_name", "phone"])
    assert references(queue(nssf_reviewer, q=person.phone)) == [application.reference]


def test_in_the_own_operators_only(application, person, family_package_reviewer):
    for typed in (application.reference, person.spid, person.name):
        assert references(queue(family_package_reviewer, q=typed)) == []


def test_the_operator_of_an_application_is_that_of_its_programme(application, other_programme):
    assert application.operator_id == "nssf"
    with as_owner():
        Application.objects.filter(pk=application.pk).update(programme=other_programme, operator="nssf")
    application.refresh_from_db()
    assert application.operator_id == "family_package"


@pytest.fixture
def of_family_package(other_citizen, other_programme, operators):
    """Of an operator whose agreement about households has place and phone, and that about persons neither."""
    agreement(operators["family_package"], "household", ["household_number", "village_code", "phone"])
    agreement(operators["family_package"], "person", ["spid", "full_name"])
    return applications.submit_application(
        actor=other_citizen, assisted_session=None, person=other_citizen.person, programme=other_programme,
        consent=True,
    )  # fmt: skip


def agree_on_households(fields: list[str]) -> None:
    with as_owner(), pgtrigger.ignore("exchange.Agreement:never_edited"):
        Agreement.objects.filter(kind="household").update(fields=fields)


def test_the_area_is_that_of_the_household_where_that_is_agreed(of_family_package, family_package_reviewer):
    village = of_family_package.person.village
    assert village.name_latin in rows_of(queue(family_package_reviewer))
    agree_on_households(["household_number", "commune_code"])
    page = rows_of(queue(family_package_reviewer))
    assert f">{village.parent.name_latin}<" in page
    assert f">{village.name_latin}<" not in page
    agree_on_households(["household_number", "address"])
    assert f">{village.parent.name_latin}<" not in rows_of(queue(family_package_reviewer))


def test_nor_the_village_of_a_person_where_only_the_commune_is_agreed(application, person, nssf_reviewer):
    agree_on(["spid", "commune_code"])
    page = rows_of(queue(nssf_reviewer))
    assert f">{person.village.parent.name_latin}<" in page
    assert f">{person.village.name_latin}<" not in page


def test_the_area_of_a_household_goes_with_its_consent(
    of_family_package, other_citizen, family_package_reviewer
):
    home, village = other_citizen.person.memberships.get().household, of_family_package.person.village
    withdraw_consent(
        household=home, operator_code="family_package", actor=other_citizen, assisted_session=None
    )
    page = rows_of(queue(family_package_reviewer, "?tab=decided"))
    assert of_family_package.reference in page
    assert village.name_latin not in page
    assert references(queue(family_package_reviewer, q=other_citizen.person.phone)) == []


def test_the_phone_of_the_head_finds_who_lives_there(
    of_family_package, other_citizen, other_programme, family_package_reviewer
):
    child = other_citizen.person.memberships.get().household.memberships.exclude(relationship="head").get()
    childs = applications.submit_application(
        actor=other_citizen, assisted_session=None, person=child.person, programme=other_programme,
        consent=True,
    )  # fmt: skip
    found = references(queue(family_package_reviewer, q="016 222 333"))
    assert found == [of_family_package.reference, childs.reference]
    agree_on_households(["household_number", "village_code"])
    assert references(queue(family_package_reviewer, q="016 222 333")) == []


def test_a_latin_name_finds_only_where_it_is_agreed(application, person, nssf_reviewer):
    type(person).objects.filter(pk=person.pk).update(
        latin_family_name="Sok", latin_given_name="Sokha", latin_key="soksokha", latin_given_key="sokhasok"
    )
    agree_on(["spid", "full_name"])
    assert references(queue(nssf_reviewer, q="Sok Sokha")) == []
    agree_on(["spid", "full_name", "latin_name"])
    assert references(queue(nssf_reviewer, q="Sok Sokha")) == [application.reference]


NOT_SEARCHED = {
    "km": ("លេខទូរសព្ទរបស់មេគ្រួសារ", "ឈ្មោះជាអក្សរឡាតាំង"),
    "en": ("phone number of the head of household", "name in Latin letters"),
}


@LANGUAGES
def test_where_nothing_is_found_it_is_said_what_was_searched(
    of_family_package, family_package_reviewer, language
):
    page = queue(family_package_reviewer, language=language, q="Chan")
    searched, (phone, latin) = page.context["nothing_found"], NOT_SEARCHED[language]
    text = page.content.decode()
    assert phone in searched.by
    assert [latin] == list(searched.not_by)
    assert phone in text
    assert latin in text
    assert queue(family_package_reviewer, q="016 222 333").context["nothing_found"] is None
    assert queue(family_package_reviewer, "?tab=waiting").context["nothing_found"] is None
