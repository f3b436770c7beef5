"""A steward tries out a rule before it is in force."""

import hashlib
import re
from dataclasses import replace
from datetime import date
from threading import Thread

import pytest
from django.db import connection

from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from registry.eligibility import preview
from registry.eligibility.sql import matching
from registry.facts.table import FACTS
from registry.models import Programme
from registry.registration import services
from registry.rules.parse import parse_rule
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.programmes.test_admin import programme_form, sign_in, url
from tests.roles import as_owner


@pytest.fixture
def staff_client(steward):
    return sign_in(steward)


@built_once
def households(areas, sokha):
    """A woman of 42, her father of 71 and her child of 7; their poverty level is not known."""
    return services.register_household(
        actor=sokha,
        details=household_details(
            person_details(),
            person_details(sex="male", relationship="parent", date_of_birth=date(1955, 1, 1)),
            child_details(),
        ),
    )


@pytest.fixture(autouse=True)
def small_numbers(request, monkeypatch):
    """Suppressed in a household of three, shown all the same."""
    if "small_number" not in request.node.name:
        monkeypatch.setattr("dsp_platform.web.small_counts.FEWEST", 0)


def form(programme, **changes):
    return programme_form(programme, **{"_preview": "1", **changes})


def count(page, name):
    return int(re.search(rf'class="rule-{name}">(\d+)<', page)[1])


def test_a_preview_counts_and_saves_nothing(staff_client, family_package, households):
    typed = form(family_package, rule="age >= 60", name_en="Typed so far")
    page = staff_client.post(url("programme_change", family_package.pk), typed).content.decode()
    assert (count(page, "likely"), count(page, "unlikely"), count(page, "unknown")) == (1, 2, 0)
    assert "Typed so far" in page
    family_package.refresh_from_db()
    assert (family_package.rule_version, family_package.benefits.count()) == (1, 0)
    assert "poverty_level" in family_package.rule


def test_it_compares_with_the_rule_in_force(staff_client, family_package, households):
    with as_owner():
        Programme.objects.filter(pk=family_package.pk).update(rule="age >= 60")
    page = staff_client.post(
        url("programme_change", family_package.pk), form(family_package, rule="age < 60")
    )
    assert (count(page.content.decode(), "gained"), count(page.content.decode(), "lost")) == (2, 1)


UNKNOWN, KNOWN = (parse_rule(rule) for rule in ('poverty_level == "level1"', "age >= 60"))


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [(UNKNOWN, KNOWN, (1, 0)), (KNOWN, UNKNOWN, (0, 1)), (UNKNOWN, UNKNOWN, (0, 0))],
    ids=["becomes known", "becomes unknown", "stays unknown"],
)
def test_of_whom_it_was_or_will_be_not_known_they_gain_or_lose(households, before, after, changed):
    found = matching(after, before)
    assert (found.gained, found.lost) == changed


def test_it_says_what_is_not_known_and_names_nobody(staff_client, family_package, households):
    typed = form(family_package, rule='age >= 60 && poverty_level == "level1"')
    page = staff_client.post(url("programme_change", family_package.pk), typed).content.decode()
    row = page.partition("<code>poverty_level</code>")[2].partition("</tr>")[0]
    assert re.findall(r"<td>(\d+)</td>", row) == ["3", "1"]
    assert "ស៊ុខា" not in page


def test_it_is_noted_who_tried(staff_client, family_package, steward):
    staff_client.post(url("programme_change", family_package.pk), form(family_package, rule="true"))
    event = AuditEvent.objects.get(action="preview")
    assert (event.actor, event.subject_id) == (steward, family_package.pk)


HEALTH = 'disability == true && age > 40 && sex == "female"'


@pytest.mark.parametrize("new", [True, False])
def test_it_is_noted_by_which_facts_it_was_counted(staff_client, family_package, steward, new):
    """Also for a programme that does not exist yet: it counts the same people."""
    page = url("programme_add") if new else url("programme_change", family_package.pk)
    staff_client.post(page, form(family_package, rule=HEALTH, code="new" if new else family_package.code))
    event = AuditEvent.objects.get(action="preview")
    assert (event.actor, event.subject_id) == (steward, None if new else family_package.pk)
    digest = hashlib.sha256(HEALTH.encode()).hexdigest()
    assert event.details == {"digest": digest, "facts": ["age", "disability", "sex"]}


@pytest.mark.parametrize(("language", "words"), [("en", "fewer than 10"), ("km", "តិចជាង 10")])
def test_a_small_number_is_not_told(staff_client, family_package, households, language, words):
    page = url("programme_change", family_package.pk).replace("/en/", f"/{language}/")
    shown = staff_client.post(page, form(family_package, rule="age >= 60")).content.decode()
    preview = shown.partition("rule-preview-title")[2].partition("</section>")[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", preview)
    assert len(cells) >= 5
    assert set(cells) == {words}


def test_a_rule_of_a_programme_not_yet_added_can_be_tried(staff_client, family_package, households):
    typed = form(family_package, rule="true", code="new")
    page = staff_client.post(url("programme_add"), typed).content.decode()
    assert count(page, "likely") == 3
    assert "rule-gained" not in page
    assert Programme.objects.count() == 1


@pytest.mark.parametrize("save", [{}, {"_preview": "1"}])
def test_a_mistake_is_marked_at_its_place(staff_client, family_package, save):
    typed = form(family_package, rule="age >= 60 &&\r\n  income > 5", **save)
    page = staff_client.post(url("programme_change", family_package.pk), typed).content.decode()
    assert "  <mark>i</mark>ncome &gt; 5</code>" in page
    assert "rule-likely" not in page
    family_package.refresh_from_db()
    assert family_package.rule_version == 1


def test_a_count_that_takes_too_long_is_stopped(staff_client, family_package, households, monkeypatch):
    monkeypatch.setattr(preview, "LONGEST", "50ms")
    slow = replace(FACTS["age"], sql="(SELECT 5 FROM pg_sleep(0.2) WHERE person.id > 0)")
    monkeypatch.setitem(FACTS, "age", slow)
    page = staff_client.post(url("programme_change", family_package.pk), form(family_package, rule="age > 5"))
    assert "errornote" in page.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() != ("50ms",)


def test_the_facts_and_examples_stand_beside_the_rule(staff_client, family_package):
    page = staff_client.get(url("programme_change", family_package.pk)).content.decode()
    assert page.count("<code>elders_60</code>") == 1
    assert "&quot;level1&quot;" in page


def test_line_ends_of_a_browser_are_no_new_rule(staff_client, second_steward, family_package):
    with as_owner():
        Programme.objects.filter(pk=family_package.pk).update(rule="age > 5 &&\nage < 9")
    typed = form(family_package, rule="age > 5 &&\r\nage < 9")
    del typed["_preview"]
    assert staff_client.post(url("programme_change", family_package.pk), typed).status_code == 302
    family_package.refresh_from_db()
    assert (family_package.rule, family_package.rule_version) == ("age > 5 &&\nage < 9", 1)


def test_the_second_of_two_stewards_is_told(staff_client, second_steward, family_package):
    typed = form(family_package, rule="age >= 60")
    del typed["_preview"]
    other = sign_in(second_steward)
    assert (
        other.post(url("programme_change", family_package.pk), {**typed, "rule": "true"}).status_code == 302
    )
    answer = staff_client.post(url("programme_change", family_package.pk), typed)
    assert answer.status_code == 200
    assert "age &gt;= 60" in answer.content.decode()
    assert Proposal.objects.get().payload["rule"] == "true"


def test_a_changed_benefit_is_told_too(staff_client, family_package):
    typed = form(family_package, rule="true")
    del typed["_preview"]
    with as_owner():
        family_package.benefits.create(label_km="ប", amount=5, valid_from="2026-01-01")
    assert staff_client.post(url("programme_change", family_package.pk), typed).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins(steward, second_steward, family_package):
    staff_clients = [sign_in(steward), sign_in(second_steward)]
    typed = form(family_package)
    del typed["_preview"]
    answers = []

    def save(client, rule):
        answers.append(client.post(url("programme_change", family_package.pk), {**typed, "rule": rule}))
        connection.close()

    threads = [Thread(target=save, args=(client, f"age > {age}")) for age, client in enumerate(staff_clients)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert Proposal.objects.count() == 1
