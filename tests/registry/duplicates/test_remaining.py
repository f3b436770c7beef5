"""Which of two records is chosen already when a steward opens the page."""

import pytest

from registry.duplicates.remaining import suggested_of
from registry.models import Enrolment, IdentityDocument, Person
from tests.registry.duplicates.cast import case_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(first, second) -> Person:
    return min((first, second), key=lambda one: one.pk)


@pytest.fixture
def newer(first, second) -> Person:
    return max((first, second), key=lambda one: one.pk)


def remains(one: Person, other: Person) -> Person:
    return suggested_of(case_of(one, other))[0]


def test_the_older_one_remains_where_nothing_else_tells_them_apart(older, newer):
    assert remains(older, newer) == older


@pytest.mark.parametrize(
    ("worse", "better"), [("self", "source"), ("source", "commune"), ("commune", "document")]
)
def test_the_better_checked_remains_though_the_other_has_an_account(older, newer, sokha, worse, better):
    Person.objects.filter(pk=older.pk).update(verification=worse, account=sokha)
    Person.objects.filter(pk=newer.pk).update(verification=better)
    assert remains(older, newer) == newer


def test_of_two_checked_alike_the_enrolled_remains(older, newer, family_package, sokha):
    Person.objects.filter(pk=older.pk).update(account=sokha)
    Enrolment.objects.create(person=newer, programme=family_package, since="2026-01-01")
    assert remains(older, newer) == newer


def test_of_two_checked_alike_that_with_an_account_remains(older, newer, sokha):
    Person.objects.filter(pk=newer.pk).update(account=sokha)
    assert remains(older, newer) == newer


def test_of_two_checked_alike_that_with_a_document_remains(older, newer):
    """None passes then."""
    IdentityDocument.objects.create(person=newer, type="identity_card", number="010203111")
    assert remains(older, newer) == newer
