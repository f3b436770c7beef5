"""Who gets several supports, and who gets none though likely: counts by area, and lists for a reason."""

from datetime import date

import pytest
from django.utils import timezone

from dsp_platform.audit.models import AuditEvent
from registry.beneficiaries.enrolment import end_enrolment, enrol
from registry.coverage import admin as desk
from registry.coverage.counting import count_coverage
from registry.coverage.selectors import counts_within, page_of, totals
from registry.models import CoverageCount, Household, Person, Programme
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
DESK = "/en/admin/registry/coveragecount/"
COMMUNE = "010201"
SINCE = date(2026, 1, 5)
SEVERAL, NONE = CoverageCount.Kind.SEVERAL, CoverageCount.Kind.NONE


@pytest.fixture
def pension(operators):
    """For the elderly, of whom there is none in the family."""
    with as_owner():
        return Programme.objects.create(
            code="pension", operator=operators["nssf"], name_km="សោធន", name_en="Pension", state="open",
            rule="age >= 60",
        )  # fmt: skip


@pytest.fixture
def poor(family):
    with as_owner():
        Household.objects.filter(pk=family.pk).update(poverty_level="level1", poverty_valid_to=None)
    return family


@pytest.fixture
def head(family):
    return family.memberships.get(relationship="head").person


def found(kind, programme=None, **page):
    rows = page_of(kind, programme, COMMUNE, **{"after": 0, "most": 50, **page})
    return {one.person.given_name: one.programmes for one in rows}


def count(kind, programme=None, area=""):
    count_coverage()
    return {one.area.code: one.persons for one in counts_within(kind, programme, area)}


def test_whoever_is_in_two_programmes_gets_several(people, head, family_package, pension):
    for programme in (family_package, pension):
        enrol(person=head, programme=programme, since=SINCE)
    enrol(person=people["បុប្ផា"], programme=family_package, since=SINCE)
    assert count(SEVERAL) == {"01": 1}
    assert count(SEVERAL, pension) == {"01": 1}
    assert found(SEVERAL) == {head.given_name: [family_package.name, pension.name]}


def test_a_support_that_ended_is_none_of_several(head, family_package, pension):
    for programme in (family_package, pension):
        enrol(person=head, programme=programme, since=SINCE)
    end_enrolment(person=head, programme=pension, until=date(2026, 5, 1))
    assert count(SEVERAL) == {}
    assert found(SEVERAL) == {}


def test_whoever_is_likely_and_in_no_programme_gets_none(poor, people, head, family_package, pension):
    enrol(person=head, programme=family_package, since=SINCE)
    others = {name: [family_package.name] for name, person in people.items() if person != head}
    assert count(NONE) == {"01": 2}
    assert count(NONE, family_package, "0102") == {COMMUNE: 2}
    assert count(NONE, pension) == {}
    assert found(NONE) == others
    assert found(NONE, family_package) == others
    assert found(NONE, pension) == {}


def test_of_a_household_not_known_to_be_poor_nobody_is_likely(family, family_package):
    assert count(NONE) == {}


@pytest.mark.parametrize("gone", ["died_on", "merged_into"])
def test_the_dead_and_second_records_are_left_out(poor, people, head, family_package, gone):
    value = date(2026, 3, 1) if gone == "died_on" else head
    with as_owner():
        Person.objects.filter(pk=people["បុប្ផា"].pk).update(**{gone: value})
    assert count(NONE) == {"01": 2}
    assert "បុប្ផា" not in found(NONE)


def test_a_closed_programme_is_none_that_somebody_misses(poor, family_package):
    with as_owner():
        Programme.objects.update(state="closed")
    assert count(NONE) == {}


def test_another_commune_lists_its_own_people_only(poor, family_package):
    assert page_of(NONE, None, "010202", after=0, most=50) == []


def test_a_list_goes_on_after_the_last_one_shown(poor, people, family_package):
    first = page_of(NONE, None, COMMUNE, after=0, most=2)
    rest = page_of(NONE, None, COMMUNE, after=first[-1].person.pk, most=2)
    names = [one.person.given_name for one in (*first, *rest)]
    assert sorted(names) == sorted(people)


def test_counting_again_replaces_the_counts(poor, family_package):
    count_coverage()
    before = totals()
    count_coverage()
    assert totals() == before == {(NONE, None): 3, (NONE, family_package.pk): 3}


def test_counts_name_nobody_and_small_ones_are_not_told(poor, people, family_package, steward):
    count_coverage()
    page = browser(steward).get(DESK, {"kind": "none"}).content.decode()
    assert "fewer than 10" in page
    assert "Banteay Meanchey" in page
    assert not any(name in page for name in people)


def test_the_persons_of_a_commune_are_listed_for_a_reason(poor, people, family_package, steward, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 2)
    client, where = browser(steward), {"kind": "none", "area": COMMUNE}
    assert not any(name in client.get(DESK, where).content.decode() for name in people)
    page = client.get(DESK, {**where, "reason": "question"}).content.decode()
    assert sum(name in page for name in people) == 2
    assert "Show more" in page
    looks = AuditEvent.objects.filter(action="listed", actor=steward)
    assert [one.reason for one in looks] == ["question", "question"]


def test_a_relative_of_the_steward_is_not_listed(poor, people, family_package, steward):
    with as_owner():
        steward.spid = people["បុប្ផា"].spid
        steward.save(update_fields=["spid"])
    page = browser(steward).get(DESK, {"kind": "none", "area": COMMUNE, "reason": "question"})
    assert not any(name in page.content.decode() for name in people)
    assert "People whom you are related to are not shown to you." in page.content.decode()


@pytest.mark.parametrize("query", [{"kind": "all"}, {"area": "01020101"}, {"area": "x"}, {"programme": "no"}])
def test_an_address_that_names_nothing_is_not_found(areas, steward, query):
    assert browser(steward).get(DESK, query).status_code == 404


def test_nobody_but_a_steward_reads_it(areas, nssf_reviewer, auditor):
    assert [browser(one).get(DESK).status_code for one in (nssf_reviewer, auditor)] == [403, 403]


@pytest.mark.parametrize(
    ("language", "uncounted", "nobody"),
    [("en", "Not counted yet", "Nobody was found"), ("km", "មិនទាន់បានរាប់", "រកមិនឃើញ")],
)
def test_the_desk_tells_not_counted_from_nobody_found(areas, steward, language, uncounted, nobody):
    client, desk_url = browser(steward), DESK.replace("/en/", f"/{language}/")
    page = client.get(desk_url).content.decode()
    assert uncounted in page
    assert nobody not in page
    count_coverage()
    page = client.get(desk_url).content.decode()
    assert nobody in page
    assert uncounted not in page
    assert f"{timezone.localtime():%Y}" in page
