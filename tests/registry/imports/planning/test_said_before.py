"""Two rows of one source tell of Sophea, and each otherwise. What counted once does not turn because
something else changed in the other row."""

import pytest

from registry.models import Person, SourceConflict
from tests.registry.imports.conftest import sophea

FIRST = sophea("1", family_name="សុខ")
SECOND = sophea("9", family_name="សុក", born="1971-05-06", household="", relationship="")


def known():
    person = Person.objects.get()
    return person.family_name, str(person.born)


@pytest.fixture
def twice(imported):
    assert imported([FIRST, SECOND]).outcomes == {"new": 1, "twice": 1}
    assert known() == ("សុខ", "1970-05-06")


@pytest.mark.parametrize("with_first", [True, False])
def test_the_second_row_with_something_new_asks_a_steward(twice, imported, with_first):
    imported([{**SECOND, "phone": "012666001"}, *([FIRST] if with_first else [])])
    assert known() == ("សុខ", "1970-05-06")
    assert Person.objects.get().phone == "+85512666001"
    fields = SourceConflict.objects.filter(state="open").values_list("field", flat=True)
    assert sorted(fields) == ["date_of_birth", "family_name"]


def test_nor_does_a_third_row_that_is_new(twice, imported):
    imported([{**SECOND, "reference": "12"}, FIRST])
    assert known() == ("សុខ", "1970-05-06")


def test_the_first_row_corrects_what_it_said(twice, imported):
    imported([sophea("1", family_name="សុខា", born="1970-05-07")])
    assert known() == ("សុខា", "1970-05-07")
