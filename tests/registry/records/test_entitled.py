"""Whom an agreement concerns and what is sent about them, in the difficult assisted sessions."""

from datetime import date

import pytest
from django.utils import timezone

from dsp_platform.exchange.contract import Record, Withdrawal, registered
from registry.identity.spid import new_spid
from registry.models import IdentityDocument, Membership, Person
from registry.records import entitled
from registry.records.entitled import register_applicants
from registry.registration import services
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details

persons, households = registered.kinds["person"], registered.kinds["household"]


@built_once
def family(areas, agreements, commune_clerk):
    old = person_details(relationship="parent", date_of_birth=date(1950, 1, 1))
    details = household_details(
        person_details(phone="012345678"), old, child_details(), operators=("idpoor",)
    )
    return services.register_household(actor=commune_clerk, details=details)


@pytest.fixture
def members(family):
    found = Membership.objects.filter(household=family).select_related("person")
    return {one.relationship: one.person for one in found}


def statement_of(agreement, person, **changes):
    for name, value in changes.items():
        setattr(agreement, name, value)
    (item,) = persons.build(agreement, [person.pk])
    return item


@pytest.mark.parametrize("gone", ["died", "merged", "left"])
def test_the_gone_are_withdrawn_under_their_own_number_whatever_the_rule(agreements, members, gone):
    child = members["child"]
    match gone:
        case "died":
            child.died_on = timezone.localdate()
        case "merged":
            child.merged_into = members["head"]
        case "left":
            child.memberships.update(ended_on=timezone.localdate())
    child.save()
    agreement = agreements["idpoor", "person"]
    assert persons.concerned(agreement, [child.pk, members["head"].pk]) == {members["head"].pk}
    assert statement_of(agreement, child) == Withdrawal(child.pk, 1, child.spid)


def test_where_a_law_is_the_basis_somebody_without_a_household_is_concerned(agreements, members):
    child = members["child"]
    child.memberships.update(ended_on=timezone.localdate())
    item = statement_of(
        agreements["idpoor", "person"], child, basis="law", fields=["spid", "household_number", "is_head"]
    )
    assert item.values == {"spid": child.spid, "household_number": None, "is_head": None}


@pytest.mark.parametrize("rule", ["children_under_18 == 1", "elders_60 == 1 && household_size == 3"])
def test_a_household_is_counted_whole_for_each_of_its_members(agreements, members, rule):
    agreement = agreements["idpoor", "person"]
    agreement.rule = rule
    asked = members["head"].pk
    assert persons.concerned(agreement, [asked]) == {asked}


def test_a_name_of_one_part_has_no_space(agreements, members):
    head = members["head"]
    Person.objects.filter(pk=head.pk).update(family_name="", latin_given_name="")
    item = statement_of(agreements["idpoor", "person"], head, fields=["full_name", "latin_name"])
    assert item.values == {"full_name": "ស៊ុខា", "latin_name": "Sok"}


def test_the_first_document_of_the_list_is_told_also_without_its_number(agreements, members):
    head = members["head"]
    for place, (kind, number) in enumerate([("passport", "N0012345"), ("identity_card", "010203040")]):
        IdentityDocument.objects.create(person=head, type=kind, number=number, digest=bytes([place]))
    agreement = agreements["idpoor", "person"]
    assert statement_of(agreement, head, fields=["document_type"]).values == {
        "document_type": "identity_card"
    }
    both = ["document_type", "document_number"]
    assert statement_of(agreement, head, fields=both).values == {
        "document_type": "identity_card",
        "document_number": "010203040",
    }
    assert statement_of(agreement, members["child"], fields=both).values == dict.fromkeys(both)


def test_a_household_that_everybody_left_is_withdrawn(agreements, family):
    Membership.objects.update(ended_on=timezone.localdate())
    agreement = agreements["idpoor", "household"]
    assert list(households.build(agreement, [family.pk])) == [Withdrawal(family.pk, 1, family.number)]


def test_a_household_without_a_head_is_told_without_one(agreements, family, members, monkeypatch):
    applied = f"(VALUES ({members['child'].pk})) AS applied (person_id)"
    monkeypatch.setattr(entitled, "_applicants", [])
    register_applicants(f"SELECT applied.person_id FROM {applied} WHERE %(operator)s = 'idpoor'")
    members["head"].memberships.update(ended_on=timezone.localdate())
    agreement = agreements["idpoor", "household"]
    assert households.concerned(agreement, [family.pk]) == set()
    agreement.concerns = "applicants_or_rule"
    agreement.fields = ["head_spid", "head_name", "phone", "member_count"]
    (item,) = households.build(agreement, [family.pk])
    assert isinstance(item, Record)
    assert item.values == {"head_spid": None, "head_name": None, "phone": "", "member_count": 2}


def test_subjects_are_found_by_their_lasting_number_only(family, members):
    head = members["head"]
    assert persons.subjects_of("spid", [head.spid, new_spid()]) == {head.spid: head.pk}
    assert households.subjects_of("household_number", [family.number]) == {family.number: family.pk}
    with pytest.raises(ValueError, match="not a key"):
        persons.subjects_of("phone", ["+85512345678"])


@pytest.mark.parametrize("kind", ["person", "household"])
def test_a_batch_is_one_question(agreements, family, members, django_assert_num_queries, kind):
    agreement = agreements["idpoor", kind]
    agreement.rule = "household_size > 1 && poverty_level != 'level1' || age > 1"
    agreement.fields = list(registered.kinds[kind].fields)
    asked = [person.pk for person in members.values()] if kind == "person" else [family.pk]
    with django_assert_num_queries(1):
        assert len(list(registered.kinds[kind].build(agreement, asked))) == len(asked)
    with django_assert_num_queries(1):
        assert registered.kinds[kind].concerned(agreement, asked) == set(asked)
