"""A phone number opens a record: Sophea's that was taken off, lost or left out does not come back alone."""

import pytest
from django.db import transaction

from dsp_platform.database.history_context import history_context
from registry.imports.planning.numbers import had_number
from registry.imports.undoing.undoing import undo_step
from registry.models import LostNumber, Person, SourceConflict
from registry.persons.writer import PersonWriter
from tests.registry.imports.conftest import sophea

PHONE = {"phone": "012777001"}


def tell(person, **values):
    with transaction.atomic(), history_context("correct"), PersonWriter() as writer:
        writer.update_person(person, **values)


@pytest.fixture
def known(imported):
    """Imported without a number."""
    imported([sophea()])
    return Person.objects.get()


def test_a_number_that_was_taken_off_is_not_filled_again(imported):
    imported([sophea(**PHONE)])
    tell(Person.objects.get(), phone="")
    run = imported([sophea(**PHONE, poverty_level="level1")])
    assert run.outcomes == {"conflict": 1}
    assert Person.objects.get().phone == ""
    assert SourceConflict.objects.get().field == "phone"


def test_also_where_people_told_all_of_the_record(imported, known):
    tell(known, phone="+85512777001")
    tell(known, phone="")
    Person.objects.update(origins={})
    imported([sophea(**PHONE)])
    assert Person.objects.get().phone == ""


def test_nor_to_whom_lost_one(imported, known):
    LostNumber.objects.create(person=known, phone="+85512777009")
    imported([sophea(**PHONE)])
    assert Person.objects.get().phone == ""


def test_nor_to_a_record_that_another_one_was_merged_into(known, rith):
    assert had_number([known.pk]) == set()
    Person.objects.filter(pk=rith.pk).update(merged_into=known)
    assert had_number([known.pk]) == {known.pk}


def test_what_came_with_an_import_that_was_undone_is_filled_by_the_next_one(imported, known):
    run = imported([sophea(**PHONE)])
    assert had_number([known.pk]) == {known.pk}
    type(run).objects.filter(pk=run.pk).update(state="undoing")
    undo_step({"run": run.pk}, None)
    assert Person.objects.get().phone == ""
    type(run).objects.filter(pk=run.pk).update(state="undone")
    imported([sophea(**PHONE)])
    assert Person.objects.get().phone == "+85512777001"
