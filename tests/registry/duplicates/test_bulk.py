"""Merging in one go: the identical only, shown before, each audited, and none of them silently left."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from dsp_platform.audit.models import AuditEvent
from dsp_platform.khmer.dates import PartialDate
from registry.duplicates import bulk
from registry.duplicates.identical import identical
from registry.duplicates.pairs import note_pairs
from registry.models import DuplicateCase, Enrolment, IdentityDocument, Person
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.duplicates.cast import case_of, decide, match, steps_of
from tests.registry.duplicates.conftest import register_at_office
from tests.registry.duplicates.test_desk import address
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@built_once
def again(elsewhere, other_clerk):
    """Chan Sokha once more, at the same office."""
    details = household_details(person_details(family_name="ចាន់"), village_code="01020201")
    return register_at_office(other_clerk, details)


@pytest.fixture
def one(again) -> Person:
    return Person.objects.filter(family_name="ចាន់").earliest("pk")


@pytest.fixture
def other(again) -> Person:
    return Person.objects.filter(family_name="ចាន់").latest("pk")


@pytest.fixture
def pair(one, other) -> DuplicateCase:
    return case_of(one, other)


def is_identical(case: DuplicateCase) -> bool:
    return identical(DuplicateCase.objects.filter(pk=case.pk)).exists()


def test_the_same_answers_twice_are_identical(pair):
    assert is_identical(pair)


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": "សុខា"},
        {"latin_given_name": "Sukha"},
        {"sex": "male"},
        {"date_of_birth": PartialDate.parse("1984-04-15").first},
        {"birth_precision": "month", "date_of_birth": PartialDate.parse("1984-04").first},
        {"village_id": "01020101"},
        {"working": True},
        {"died_on": PartialDate.parse("2024-01-01").first},
    ],
    ids=lambda changes: "+".join(changes),
)
def test_whatever_differs_is_decided_one_by_one(pair, one, other, changes):
    Person.objects.filter(pk=one.pk).update(working=False)
    assert is_identical(pair)
    Person.objects.filter(pk=other.pk).update(**changes)
    assert not is_identical(pair)


def test_what_only_one_record_says_is_no_difference(pair, other):
    Person.objects.filter(pk=other.pk).update(latin_given_name="", latin_family_name="")
    assert is_identical(pair)


def test_a_number_that_only_one_record_has_is_decided_one_by_one(pair, other):
    """By it the other record could be claimed."""
    Person.objects.filter(pk=other.pk).update(phone="+85512777999")
    assert not is_identical(pair)


def test_what_takes_two_is_not_merged_in_one_go(pair, one, steward):
    """She would come to live in the household of the other record."""
    one.memberships.update(ended_on="2026-01-01")
    assert is_identical(pair)
    with override("en"):
        (left,) = bulk.checked([pair.pk], actor=steward).left
        (refused,) = bulk.merge_identical([pair], actor=steward).refused
    assert "A second steward approves it" in left.why
    assert (refused.case, refused.why) == (pair, left.why)
    assert steps_of(pair) == ["find"]


def test_whoever_has_an_account_is_decided_one_by_one(pair, other, sokha):
    Person.objects.filter(pk=other.pk).update(account=sokha)
    assert not is_identical(pair)


def test_whoever_is_enrolled_is_decided_one_by_one(pair, other, family_package):
    Enrolment.objects.create(person=other, programme=family_package, since="2026-01-01")
    assert not is_identical(pair)


def test_what_the_commune_is_asked_waits_for_it(pair, steward):
    decide(pair, "ask", steward, commune="010202", note="Is this Sokha?")
    assert not is_identical(pair)


def post(client, *cases: DuplicateCase, **more: object):
    ticked = [one.pk for one in cases]
    return client.post(
        address("changelist"), {"action": "merge_identical", "_selected_action": ticked, **more}
    )


def test_a_page_shows_how_many_and_examples_first(pair, case, steward):
    page = post(browser(steward), pair, case).content.decode()
    assert "1 pair can be merged" in page
    assert case.reference in page
    assert "They differ: Full name." in page
    assert pair.first.spid_grouped in page
    assert not Person.objects.exclude(merged_into=None).exists()


def test_confirmed_they_are_merged_each_with_its_audit(pair, case, other, steward):
    client = browser(steward)
    page = post(client, pair, case).content.decode()
    (digest,) = re.findall(r'name="shown" value="(\w+)"', page)
    post(client, pair, case, shown=digest, confirmed="yes")
    other.refresh_from_db()
    assert other.merged_into == pair.first
    assert steps_of(pair) == ["find", "same"]
    assert steps_of(case) == ["find"]
    assert AuditEvent.objects.filter(action="duplicate_same", subject_id=pair.pk).count() == 1


def test_what_has_changed_since_is_shown_again(pair, other, steward):
    client = browser(steward)
    (digest,) = re.findall(r'name="shown" value="(\w+)"', post(client, pair).content.decode())
    Person.objects.filter(pk=other.pk).update(version=9)
    page = post(client, pair, shown=digest, confirmed="yes").content.decode()
    assert "has changed since" in page
    assert not Person.objects.exclude(merged_into=None).exists()


def test_nothing_but_the_identical_is_merged(case, steward):
    page = browser(steward).post(
        address("changelist"), {"action": "merge_identical", "_selected_action": [case.pk]}, follow=True
    )
    assert "None of them can be merged" in page.content.decode()
    assert steps_of(case) == ["find"]


def test_one_that_is_not_identical_any_more_stops_no_other(pair, case, steward):
    outcome = bulk.merge_identical([case, pair], actor=steward)
    assert (outcome.merged, [one.case for one in outcome.refused]) == (1, [case])


def test_that_a_pair_was_compared_anew_meanwhile_stops_nothing(pair, other, steward):
    note_pairs({other.pk: [match(pair.first, weight=20.0)]})
    assert bulk.merge_identical([pair], actor=steward).merged == 1


def test_of_a_decided_pair_it_is_said_how_it_ended(pair, steward):
    decide(pair, "different", steward)
    with override("en"):
        assert [one.why for one in bulk.checked([pair.pk], actor=steward).left] == ["Decided: two persons"]


def test_what_is_refused_among_many_is_recorded(pair, one, steward):
    with as_owner():
        type(steward).objects.filter(pk=steward.pk).update(spid=one.spid)
    steward.refresh_from_db()
    assert [one.case for one in bulk.merge_identical([pair], actor=steward).refused] == [pair]
    event = AuditEvent.objects.get(action="step_refused")
    assert (event.actor, event.subject_kind, event.subject_id) == (steward, "duplicatecase", pair.pk)


@pytest.fixture
def three(pair, one, other, other_clerk) -> list[DuplicateCase]:
    """She stands there three times: each with each."""
    details = household_details(person_details(family_name="ចាន់"), village_code="01020201")
    third = register_at_office(other_clerk, details).memberships.get().person
    return [pair, case_of(one, third), case_of(other, third)]


def test_of_a_person_in_several_pairs_it_is_said_which_is_decided_with_another(three, steward):
    with override("en"):
        found = bulk.checked([one.pk for one in three], actor=steward)
    assert found.cases == three[:2]
    (left,) = found.left
    assert left.case == three[2]
    assert "another one of these pairs" in left.why


def test_of_many_a_few_are_merged_at_each_press(three, steward, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    client, sent = browser(steward), {}
    for merged in (0, 1, 2):
        page = post(client, *three, **sent).content.decode()
        assert Person.objects.exclude(merged_into=None).count() == merged
        sent = dict(re.findall(r'name="(shown|confirmed|merged)" value="(\w+)"', page))
        three = [one for one in three if f'name="_selected_action" value="{one.pk}"' in page]
    assert "2 pairs were merged." in page
    assert (sent, three) == ({}, [])


@pytest.fixture
def twins(areas) -> list[DuplicateCase]:
    """Three women of Bat Trang, each of whom a source named twice."""
    found = []
    with as_owner():
        for name in ("សុភា", "ចន្ថា", "ម៉ាលី"):
            number = len(found) * 2
            both = [
                Person.objects.create(
                    spid=f"{900000000000 + one}",
                    family_name="ចាន់",
                    given_name=name,
                    sex="female",
                    village_id="01020201",
                    born=PartialDate.parse("1984-04-14"),
                    origins={"*": "idpoor"},
                    verification="source",
                )
                for one in (number, number + 1)
            ]
            found.append(case_of(*both))
    return found


def test_of_those_that_are_merged_later_nothing_is_asked_yet(twins, steward, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    costs = []
    for ticked in (twins[:2], twins):
        with CaptureQueriesContext(connection) as queries:
            found = bulk.checked([one.pk for one in ticked], actor=steward)
        assert (found.cases, found.later, found.left) == (ticked[:1], ticked[1:], [])
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_of_pairs_that_differ_nothing_more_is_asked(twins, steward):
    Person.objects.filter(pk__in=[one.second_id for one in twins]).update(sex="male")
    costs = []
    for ticked in (twins[:1], twins):
        with CaptureQueriesContext(connection) as queries:
            assert len(bulk.checked([one.pk for one in ticked], actor=steward).left) == len(ticked)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_page_says_how_many_more_are_identical(twins, steward, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    page = post(browser(steward), *twins).content.decode()
    assert "1 pair can be merged" in page
    assert "2 more identical pairs" in page


def test_a_document_that_would_pass_takes_two_also_among_many(pair, one, other, steward):
    for person, type, number in ((one, "passport", "N0101"), (other, "identity_card", "010203111")):
        IdentityDocument.objects.create(person=person, type=type, number=number)
    assert is_identical(pair)
    with override("en"):
        (left,) = bulk.checked([pair.pk], actor=steward).left
    assert "an identity document" in left.why


def test_a_household_that_was_registered_twice_is_merged_its_head_last(home, commune_clerk, steward):
    details = household_details(person_details(), child_details())
    second = register_at_office(commune_clerk, details)
    heads, children = (
        case_of(*(one.memberships.get(relationship=which).person for one in (home, second)))
        for which in ("head", "child")
    )
    (left,) = bulk.checked([heads.pk], actor=steward).left
    assert second.number in left.why
    found = bulk.checked([heads.pk, children.pk], actor=steward)
    assert found.cases == [children, heads]
    assert bulk.merge_identical(found.cases, actor=steward).merged == 2
    second.refresh_from_db()
    assert second.closed_on


def test_whose_household_is_concerned_decides_none_of_them(pair, one, steward):
    with as_owner():
        type(steward).objects.filter(pk=steward.pk).update(spid=one.spid)
    steward.refresh_from_db()
    found = bulk.checked([pair.pk], actor=steward)
    assert (found.cases, len(found.left)) == ([], 1)
