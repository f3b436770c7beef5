"""What a search of staff finds, by which look-ups, and what it says of those who live elsewhere."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsp_platform.audit.models import AuditEvent
from registry.areas.gazetteer import GazetteerEntry
from registry.areas.services import load_areas
from registry.models import Membership, Person
from registry.persons import admin, search
from registry.persons.search import found_persons
from registry.persons.services import known_elsewhere, search_persons
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.conftest import PLACES
from tests.registry.cast import household_details, person_details
from tests.roles import as_owner
from tests.structure.conftest import browser


def named(family_name, given_name, village_code="01020101", **details):
    latin = {"latin_family_name": "", "latin_given_name": ""}
    details = person_details(**{"family_name": family_name, "given_name": given_name, **latin, **details})
    return household_details(details, village_code=village_code)


@built_once
def villagers(areas, commune_clerk):
    """Two of one name in two villages, and one whose whole name has two letters."""
    for family_name, given_name, village in (
        ("សុខ", "សុខា", "01020101"),
        ("សុខ", "សុខា", "01020102"),
        ("", "លី", "01020101"),
        ("", "លីណា", "01020101"),
    ):
        register_household(actor=commune_clerk, details=named(family_name, given_name, village))
    return list(Person.objects.order_by("pk"))


@built_once
def stranger(areas, other_clerk):
    """Of another commune, with an identity card."""
    document = {"document_type": "identity_card", "document_number": "010203040"}
    register_household(actor=other_clerk, details=named("កែវ", "ណារី", "01020201", **document))
    return Person.objects.latest("pk")


def test_fewer_than_three_characters_are_a_whole_name_only(villagers, commune_clerk):
    assert search_persons(official=commune_clerk, query="លី") == [villagers[2]]
    assert search_persons(official=commune_clerk, query="លីណ") == [villagers[3]]


@pytest.mark.parametrize(
    ("place", "found"),
    [("", 2), ("អូរធំ", 1), ("Ou Thum", 1), ("01020102", 1), ("Banteay Neang", 2), ("Bat Trang", 0)],
)
def test_a_search_by_name_is_narrowed_to_a_village_or_commune(villagers, commune_clerk, place, found):
    assert len(search_persons(official=commune_clerk, query="សុខ សុខា", place=place)) == found


def test_a_number_is_found_whatever_the_place(stranger, other_clerk):
    assert search_persons(official=other_clerk, query=stranger.spid, place="Ou Thum") == [stranger]


def test_a_place_outside_the_area_widens_nothing(villagers, stranger, commune_clerk):
    assert search_persons(official=commune_clerk, query="កែវ", place="Bat Trang") == []


def test_a_steward_finds_them_in_the_whole_country(villagers, stranger, steward):
    assert search_persons(official=steward, query="កែវ ណារី") == [stranger]
    assert len(search_persons(official=steward, query="សុខ", place="អូរធំ")) == 1


def test_each_way_to_find_somebody_reads_so_many_rows_at_most(villagers, steward, monkeypatch):
    monkeypatch.setattr(search, "WINDOW", 1)
    assert len(found_persons(steward, "សុខ សុខា")) == 1


@pytest.mark.parametrize(
    ("query", "place", "indexes"),
    [
        ("010203040", "", {"document_digest"}),
        ("012 345 678", "", {"person_phone", "document_digest"}),
        ("សុខា", "", {"person_name_key", "person_given_key", "person_latin_key", "person_latin_given_key"}),
        ("សុខា", "Ou Thum", {"person_village", "person_village_latin"}),
    ],
)
def test_each_look_up_is_by_an_index(villagers, stranger, steward, query, place, indexes):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = 200000, relpages = 1"
            " WHERE oid IN ('registry_person'::regclass, 'registry_identitydocument'::regclass)"
        )
    with CaptureQueriesContext(connection) as asked:
        found_persons(steward, query, place)
    (lookup,) = [one["sql"] for one in asked if "UNION ALL" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + lookup.replace("%", "%%"), [])
        plan = json.dumps(cursor.fetchone()[0])
    assert "Seq Scan" not in plan
    assert {index for index in indexes if f'"{index}"' not in plan} == set()


@pytest.mark.parametrize("query", ["010203040", "{spid}"])
def test_a_number_of_another_commune_says_which_and_the_person_reads_that_it_was_asked(
    stranger, commune_clerk, query
):
    told = known_elsewhere(official=commune_clerk, query=query.format(spid=stranger.spid_grouped))
    assert told.commune.code == "010202"
    seen = AuditEvent.objects.filter(action="listed", subject_kind="person", subject_id=stranger.pk)
    assert seen.get().actor == commune_clerk
    assert AuditEvent.objects.filter(action="document_lookup", actor=commune_clerk).exists()


@pytest.mark.parametrize("became", [{}, {"died_on": "2026-11-01"}])
def test_it_is_not_said_what_became_of_them(stranger, commune_clerk, became):
    Membership.objects.update(ended_on="2026-11-01")
    Person.objects.filter(pk=stranger.pk).update(**became)
    assert known_elsewhere(official=commune_clerk, query=stranger.spid).commune.code == "010202"


def test_a_number_that_nobody_has_leads_nowhere(stranger, commune_clerk):
    assert known_elsewhere(official=commune_clerk, query="010203049") is None
    assert not AuditEvent.objects.filter(action="listed").exists()


@pytest.mark.parametrize("query", ["សុក សុខា", "Soka Sok", "Sok Sohka", "Sokhar"])
def test_a_near_spelling_is_found_in_either_script(villagers, commune_clerk, query):
    assert villagers[0] in search_persons(official=commune_clerk, query=query)


def test_a_steward_finds_a_whole_name_in_a_near_spelling_in_the_country(villagers, steward):
    assert villagers[0] in search_persons(official=steward, query="Sok Sokhar")


def test_a_near_spelling_comes_after_the_name_as_typed(villagers, commune_clerk):
    register_household(actor=commune_clerk, details=named("សុក", "សុខា"))
    names = [person.name for person in search_persons(official=commune_clerk, query="សុក សុខា")]
    assert names == ["សុក សុខា", "សុខ សុខា", "សុខ សុខា"]


def test_a_place_brings_those_of_the_village_so_named_first(areas, commune_clerk):
    """Before those of a village whose longer name begins so, whoever's name is nearer."""
    villages = [*PLACES, ("01020103", "village", "ភ្នំធំ", "Phnum Thum")]
    load_areas(entries=[GazetteerEntry(code, km, latin) for code, _level, km, latin in villages])
    for given_name, village in (("សុខា", "01020103"), ("សុខាវី", "01020102")):
        register_household(actor=commune_clerk, details=named("សុខ", given_name, village))
    found = search_persons(official=commune_clerk, query="សុខា", place="ភ្នំ")
    assert [person.village_id for person in found] == ["01020102", "01020103"]


def test_those_of_the_village_so_named_are_found_however_many_live_elsewhere(
    areas, commune_clerk, monkeypatch
):
    monkeypatch.setattr(search, "WINDOW", 1)
    villages = [*PLACES, ("01020103", "village", "ភ្នំធំ", "Phnum Thum")]
    load_areas(entries=[GazetteerEntry(code, km, latin) for code, _level, km, latin in villages])
    for given_name, village in (("សុខា", "01020103"), ("សុខាវី", "01020102")):
        register_household(actor=commune_clerk, details=named("សុខ", given_name, village))
    (first, *_rest) = search_persons(official=commune_clerk, query="សុខ", place="ភ្នំ")
    assert first.village_id == "01020102"


@pytest.mark.parametrize(("language", "more"), [("en", "There may be more."), ("km", "អាចមានច្រើនជាងនេះ")])
def test_the_stewards_list_says_that_there_may_be_more_and_offers_no_empty_list(
    villagers, steward, monkeypatch, language, more
):
    client, address = browser(steward), f"/{language}/admin/registry/person/"
    for most, is_cut in ((20, False), (2, True)):
        monkeypatch.setattr(search, "MOST", most)
        monkeypatch.setattr(admin, "MOST", most)
        page = client.post(address, {"q": "សុខ សុខា"}).content.decode()
        assert villagers[0].spid_grouped in page
        assert (more in page) == is_cut
        assert '<a href="?">' not in page
