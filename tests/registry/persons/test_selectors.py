from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.models import LedgerEntry
from registry.areas import selectors as areas_selectors
from registry.areas.selectors import children_of, search_areas
from registry.beneficiaries.enrolment import enrol
from registry.models import Person
from registry.persons.households import members_of
from registry.persons.selectors import person_visible_to, persons_visible_to, subject_of
from registry.persons.services import search_persons
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.khmer.digits import khmer_digits
from tests.registry.cast import CONSENT, child_details, household_details, person_details


@built_once
def household(areas, sokha):
    """Sokha's, in the first commune."""
    head = person_details(phone="012 345 678", document_type="identity_card", document_number="010203040")
    return register_household(actor=sokha, details=household_details(head, child_details()))


@built_once
def elsewhere(areas, other_clerk):
    """A person of the same name in the second commune."""
    details = household_details(person_details(), village_code="01020201")
    return register_household(actor=other_clerk, details=details)


@pytest.fixture
def head(household):
    return household.memberships.get(relationship="head").person


@pytest.fixture
def find(household, elsewhere, commune_clerk):
    return lambda query, user=commune_clerk: search_persons(official=user, query=query)


@pytest.mark.parametrize(
    "query",
    ["សុខ", "ស៊ុខា", "សុខ ស៊ុខា", "ស៊ុខា សុខ", "សុខស៊ុ", "Sokha", "sok sokha", "SOKHA SOK", "ស៊ុខា\u200b"],
)
def test_a_name_is_found_by_either_part_in_either_order(find, head, query):
    assert head in find(query)


@pytest.mark.parametrize(
    "query", ["010203040", "០១០២០៣០៤០", "010 203 040", "012345678", "+855 12 345 678", "០១២ ៣៤៥ ៦៧៨"]
)
def test_numbers_are_found_as_people_type_them(find, head, query):
    assert find(query) == [head]


def test_an_spid_is_found_grouped_and_in_khmer_digits(find, head):
    assert find(head.spid_grouped) == [head]
    assert find(khmer_digits(head.spid)) == [head]


def test_nobody_is_found_outside_the_commune(find, elsewhere, head):
    namesake = elsewhere.memberships.get().person
    assert find("សុខ ស៊ុខា") == [head]
    assert find(namesake.spid) == []


@pytest.mark.parametrize("query", ["", " ", "ក", "😀", "%", "_", "' OR 1=1 --", "9" * 500, "\x00", "\x001"])
def test_searches_that_find_nothing(find, query):
    assert find(query) == []


def test_no_area_no_operator_no_result(find, commune_clerk, nssf_reviewer, sokha, household):
    commune_clerk.area_code = ""
    nssf_reviewer.operator_code = ""
    for user in (commune_clerk, nssf_reviewer, sokha):
        assert find("សុខ", user) == []


def test_a_search_is_noted_without_what_was_searched(find, commune_clerk):
    find("ស៊ុខា")
    event = AuditEvent.objects.get(action="search")
    assert event.actor == commune_clerk
    assert event.details == {"found": 1}


def test_at_most_twenty_are_found(areas, commune_clerk):
    for _ in range(3):
        members = [child_details(given_name="ក" + "ខ" * number) for number in range(9)]
        register_household(actor=commune_clerk, details=household_details(person_details(), *members))
    assert len(search_persons(official=commune_clerk, query="សុខ")) == 20


def test_a_reviewer_sees_whom_the_operator_holds(
    agreements, head, elsewhere, nssf_reviewer, family_package_reviewer
):
    entry = LedgerEntry.objects.create(
        operator_id="nssf",
        kind="person",
        subject_id=head.pk,
        wanted_version=1,
        may_have_copy=True,
        agreement=agreements["nssf", "person"],
    )
    assert list(persons_visible_to(nssf_reviewer)) == [head]
    assert not persons_visible_to(family_package_reviewer).exists()
    entry.agreement = None  # it must be given up
    entry.save()
    assert not persons_visible_to(nssf_reviewer).exists()


def test_a_reviewer_sees_whom_the_operator_enrolled(
    head, nssf_reviewer, family_package, family_package_reviewer
):
    enrol(person=head, programme=family_package, since=date(2026, 11, 1))
    assert list(persons_visible_to(family_package_reviewer)) == [head]
    assert not persons_visible_to(nssf_reviewer).exists()


def test_a_citizen_sees_the_own_household_only(household, elsewhere, sokha, head):
    visible = set(persons_visible_to(sokha))
    assert visible == {member.person for member in members_of(household)}
    assert person_visible_to(sokha, head.spid) == head
    assert person_visible_to(sokha, elsewhere.memberships.get().person.spid) is None


def test_who_left_the_household_is_out_of_sight(household, sokha):
    child = household.memberships.get(relationship="child")
    child.ended_on = timezone.localdate()
    child.save()
    assert person_visible_to(sokha, child.person.spid) is None


def test_the_spid_of_a_merged_person_leads_to_the_other(household, head, commune_clerk):
    child = Person.objects.exclude(pk=head.pk).get()
    child.merged_into = head
    child.save()
    assert person_visible_to(commune_clerk, child.spid) == head
    assert search_persons(official=commune_clerk, query=child.spid) == [head]


def test_the_subject_of_a_citizen_is_the_own_person(head, sokha):
    assert subject_of(sokha, None) == head
    assert subject_of(AnonymousUser(), None) is None


def test_the_subject_of_an_official_is_the_person_of_the_open_assisted_session(
    head, commune_clerk, other_clerk
):
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, subject_id=head.pk, reason="look", consent_text=CONSENT
    )
    assert subject_of(commune_clerk, assisted_session) == head
    assert subject_of(commune_clerk, None) is None
    assert subject_of(other_clerk, assisted_session) is None
    assisted_session.ended_at = timezone.now()
    assert subject_of(commune_clerk, assisted_session) is None


def test_an_assisted_session_about_someone_outside_the_commune_shows_nobody(elsewhere, commune_clerk):
    outside = elsewhere.memberships.get().person
    assisted_session = AssistedSession.objects.create(
        official=commune_clerk, subject_id=outside.pk, reason="look", consent_text=CONSENT
    )
    assert subject_of(commune_clerk, assisted_session) is None


def test_members_come_with_the_head_first(household):
    assert [member.relationship for member in members_of(household)] == ["head", "child"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("អូរធំ", ["01020101"]),
        ("ភូមិ អូរធំ", ["01020101"]),
        ("ou thum", ["01020101"]),
        ("OUTHUM", ["01020101"]),
        ("ភ្នំ", ["01020102"]),
        ("pho", []),
        ("01020201", ["01020201"]),
        ("០១០២០២០១", ["01020201"]),
        ("", []),
    ],
)
def test_villages_are_found_in_both_scripts(areas, query, codes):
    assert [area.code for area in search_areas(query)] == codes


def test_the_same_name_comes_before_a_longer_one(areas):
    areas["01020201"].key_latin = "phnumthmei"
    areas["01020201"].save()
    areas["02010101"].key_latin = "banphnum"
    areas["02010101"].save()
    found = [area.code for area in search_areas("Phnum")]
    assert found == ["01020102", "01020201", "02010101"]


def test_areas_are_found_within_an_area_and_with_their_parents(areas, django_assert_num_queries):
    assert search_areas("ភ្នំ", within="02") == []
    with django_assert_num_queries(1):
        (village,) = search_areas("ភ្នំ", within="0102")
        assert village.parent.parent.parent.name_latin == "Banteay Meanchey"


def test_stepping_down_from_the_provinces(areas):
    assert [area.code for area in children_of("")] == ["01", "02"]
    assert [area.code for area in children_of("010201")] == ["01020101", "01020102"]


def test_an_ended_area_is_not_offered(areas):
    areas["01020102"].valid_to = date(2026, 1, 1)
    areas["01020102"].save()
    assert search_areas("ភ្នំ") == []
    assert [area.code for area in children_of("010201")] == ["01020101"]
    assert areas_selectors.village("01020102") is None


@pytest.mark.parametrize("typed", ["\x00", "x" * 500, "01020101'", "٠١", "%"])
def test_what_is_no_code_finds_no_area(areas, typed):
    assert search_areas(typed) == []
    assert search_areas("ភ្នំ", within=typed) == []
    assert children_of(typed) == []
    assert areas_selectors.village(typed) is None
