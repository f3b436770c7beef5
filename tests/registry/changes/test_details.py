"""Corrections and changes of details: what is written, at once or after the decision."""

import pytest
from django.core.exceptions import PermissionDenied

from registry.errors import ChangeError, Outdated
from registry.models import Person
from registry.persons import services
from tests.registry.changes.cast import NAME, about, ask, decide, entry, heard, settle

pytestmark = pytest.mark.django_db


def test_a_phone_and_an_address_are_changed_at_once(family, people, sokha):
    settle()
    mother = people["ស៊ុខា"]
    done = ask(sokha, "phone", who=about(mother), phone={"phone": "+85515222333"})
    ask(sokha, "address", address={"address": "ផ្ទះលេខ ៩"})
    mother.refresh_from_db()
    family.refresh_from_db()
    assert (done.state, mother.phone, family.address) == ("applied", "+85515222333", "ផ្ទះលេខ ៩")
    row = entry("person", mother.pk)
    assert (row.state, row.wanted_version) == ("due", mother.version)


def test_of_other_adults_neither_phone_nor_health_is_told(family, people, sokha):
    son = people["ពិសិដ្ឋ"]
    for kind, answers in (("phone", {"phone": "+85515222333"}), ("circumstances", {"difficulty": "none"})):
        with pytest.raises(ChangeError):
            ask(sokha, kind, who=about(son), **{kind: answers})
    ask(sokha, "circumstances", who=about(people["បុប្ផា"]), circumstances={"studying": "yes"})
    assert Person.objects.get(given_name="បុប្ផា").studying is True


def test_unknown_becomes_unknown_and_nothing_stays_as_it_was(people, sokha):
    mother = people["ស៊ុខា"]
    Person.objects.filter(pk=mother.pk).update(seeing=3, hearing=2)
    each = {"seeing": "unknown", "hearing": ""}
    ask(sokha, "circumstances", who=about(mother), circumstances={"difficulty": "some"}, difficulties=each)
    mother.refresh_from_db()
    assert (mother.seeing, mother.hearing) == (None, 2)


def test_a_correction_of_what_changed_meanwhile_is_told(family, people, sokha, commune_clerk):
    child = people["បុប្ផា"]
    request = ask(sokha, "name", who=about(child), name=NAME)
    Person.objects.filter(pk=child.pk).update(given_name="ចន្ថា")
    with pytest.raises(Outdated):
        decide(request, commune_clerk)
    request.refresh_from_db()
    assert request.state == "waiting"
    decide(request, commune_clerk, "refuse", "ឈ្មោះត្រូវបានកែរួចហើយ")
    assert Person.objects.get(pk=child.pk).given_name == "ចន្ថា"


def test_names_are_found_by_their_new_spelling(people, sokha, commune_clerk):
    decide(ask(sokha, "name", who=about(people["បុប្ផា"]), name=NAME), commune_clerk)
    found = services.search_persons(official=commune_clerk, query="ថ្មី")
    assert [person.pk for person in found] == [people["បុប្ផា"].pk]


def test_the_household_moves_and_the_new_commune_decides(family, people, sokha, commune_clerk, other_clerk):
    place = {"village_code": "01020201", "address": "ផ្ទះលេខ ១"}
    request = ask(sokha, "move", place=place)
    with pytest.raises(PermissionDenied):
        decide(request, commune_clerk)
    decide(heard(request), other_clerk)
    family.refresh_from_db()
    assert family.village_id == "01020201"
    assert set(Person.objects.values_list("village_id", flat=True)) == {"01020201"}
