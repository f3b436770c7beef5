"""Whoever holds a paper with the number of a record that was merged reads where it leads, and since when."""

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localdate

from registry.identity.spid import grouped
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import Person
from registry.persons.earlier_numbers import earlier_numbers, why_found
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(steward, second_steward):
    return {"actor": steward, "approved_by": second_steward}


@pytest.fixture
def done(maly, rith, two):
    return merge(kept=maly, merged=rith, **two)


@pytest.fixture
def words(done, maly, rith):
    with translation.override("en"):
        day = date_format(localdate(), "SHORT_DATE_FORMAT")
    return f"SPID {rith.spid_grouped} leads to SPID {maly.spid_grouped} since {day}"


def test_it_is_said_since_when_and_of_which_merge(done, maly, rith):
    (found,) = earlier_numbers([maly.pk])
    assert (found.spid, found.leads_to, found.since, found.merge_id) == (
        rith.spid, maly.spid, done.at, done.pk,
    )  # fmt: skip


def test_undone_it_leads_there_no_more(done, maly, two):
    unmerge(merge=done, **two)
    assert earlier_numbers([maly.pk]) == []


def test_each_number_of_a_chain_leads_to_the_last_record(done, maly, heng, rith, two):
    merge(kept=heng.person, merged=Person.objects.get(pk=maly.pk), **two)
    assert {(one.spid, one.leads_to) for one in earlier_numbers([heng.person.pk])} == {
        (rith.spid, heng.person.spid),
        (maly.spid, heng.person.spid),
    }


@pytest.mark.parametrize(("typed", "says"), [("alias", True), ("own", False), ("Maly", False)])
def test_only_a_search_for_the_number_says_why_it_finds_another(done, maly, rith, typed, says):
    query = {"alias": grouped(rith.spid), "own": maly.spid}.get(typed, typed)
    assert bool(why_found(query, [maly.pk])) is says


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_stewards_read_it_in_the_search_on_the_record_and_in_its_history(words, done, maly, rith, steward):
    reader = browser(steward)
    assert words in text_of(reader.post("/en/admin/registry/person/", {"q": rith.spid}))
    assert words not in text_of(reader.post("/en/admin/registry/person/", {"q": maly.spid}))
    page = text_of(reader.get(f"/en/admin/registry/person/{maly.pk}/change/?reason=duplicate"))
    assert words in page
    with translation.override("en"):
        assert reverse("admin:registry_merge_change", args=[done.pk]) in page
    assert words in text_of(
        reader.get(f"/en/admin/registry/personhistory/{maly.pk}/change/?reason=duplicate")
    )


def test_officials_read_it_in_their_search(words, rith, other_clerk):
    assert words in text_of(browser(other_clerk).post("/en/counter/", {"query": rith.spid}))


@pytest.mark.parametrize("page", ["me", "slip", "card", "my_data_history"])
def test_citizens_read_it_on_their_pages(words, maly_at_home, page):
    with translation.override("en"):
        address = reverse(f"registry:{page}")
    assert words in text_of(browser(maly_at_home).get(address))


def test_the_heading_of_a_record_has_its_number_in_groups(maly, steward):
    page = text_of(browser(steward).get(f"/en/admin/registry/person/{maly.pk}/change/?reason=duplicate"))
    assert f"<h2>{maly.spid_grouped}</h2>" in page
    assert f">{maly.spid}<" not in page
