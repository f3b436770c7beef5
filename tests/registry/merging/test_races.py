"""Races on real transactions: two records become one once, and nobody writes to an alias."""

import pytest
from django.db import transaction

from dsp_platform.casework.errors import Overtaken, StepRefused
from registry.errors import MergedMeanwhile, MergeRefused
from registry.merging.services import merge
from registry.models import Merge, Person
from registry.persons.households import home_now
from registry.persons.writer import PersonWriter, lock_person
from tests.registry.merging.test_merge import again
from tests.registry.registration.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_stewards_merge_each_into_the_other(maly, other_maly, steward, second_steward):
    outcomes = at_once(
        lambda: merge(kept=maly, merged=other_maly, actor=steward, approved_by=second_steward),
        lambda: merge(kept=other_maly, merged=maly, actor=second_steward, approved_by=steward),
    )
    refused = [one for one in outcomes if isinstance(one, MergeRefused | Overtaken)]
    assert (len(refused), Merge.objects.count()) == (1, 1)
    assert Person.objects.filter(pk__in=(maly.pk, other_maly.pk), merged_into=None).count() == 1


def test_a_record_that_is_written_while_it_becomes_an_alias(maly, other_maly, two):
    def write():
        with transaction.atomic(), PersonWriter() as writer:
            writer.update_person(lock_person(again(other_maly)), phone="+85512000999")

    outcomes = at_once(lambda: merge(kept=maly, merged=other_maly, **two), write)
    errors = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, MergedMeanwhile | StepRefused) for one in errors)
    assert again(other_maly).merged_into == maly
    assert home_now(again(maly)) is not None
