import pytest

from dsp_platform.exchange.ledger import services
from dsp_platform.exchange.models import LedgerEntry, Operator
from tests.exchange.conftest import agree, announce, entry
from tests.roles import as_owner


def test_a_change_makes_a_row_due_for_the_operator_entitled(people, family_package):
    other = Operator.objects.create(code="nssf", name_en="NSSF")
    agree(other, state="draft")
    announce(people.add(1))
    row = LedgerEntry.objects.get()
    assert (row.operator_id, row.state, row.wanted_version) == ("family_package", "due", 1)


def test_later_changes_go_into_the_same_row(people, family_package):
    announce(people.add(1))
    announce(people.change(1))
    announce(people.change(1))
    assert LedgerEntry.objects.get().wanted_version == 3


def test_an_older_version_announced_late_changes_nothing(people, family_package):
    people.add(1)
    announce((1, 5))
    before = entry(1).revision
    announce((1, 4))
    assert (entry(1).wanted_version, entry(1).revision) == (5, before)


def test_an_equal_version_is_not_due_again(people, family_package):
    announce(people.add(1))
    LedgerEntry.objects.update(state="delivered")
    announce((1, 1))
    assert entry(1).state == "delivered"


def test_the_same_version_is_due_again_when_the_consent_is_gone(people, family_package):
    announce(people.add(1))
    LedgerEntry.objects.update(state="delivered")
    people.rows[1].concerned = False
    announce((1, 1))
    assert (entry(1).state, entry(1).agreement) == ("due", None)


def test_nobody_entitled_leaves_no_row(people, family_package):
    announce(people.add(1))
    people.add(2)
    people.rows[2].concerned = False
    announce((2, 1))
    assert not LedgerEntry.objects.filter(subject_id=2).exists()


def test_a_new_agreement_makes_the_same_version_due(people, family_package):
    announce(people.add(1))
    LedgerEntry.objects.update(state="delivered")
    with as_owner():
        family_package.agreements.update(state="ended")
    following = agree(family_package, number=2)
    announce((1, 1))
    assert (entry(1).state, entry(1).agreement) == ("due", following)


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_run_outside_a_transaction(people, family_package):
    with pytest.raises(RuntimeError):
        services.announce(kind="person", subjects=[people.add(1)])


def test_thousands_of_subjects_take_as_many_queries_as_one(people, family_package, django_assert_num_queries):
    subjects = [people.add(number) for number in range(1, 3001)]
    with django_assert_num_queries(4):  # savepoint, agreements, upsert, release
        announce(*subjects)
    assert LedgerEntry.objects.count() == 3000
