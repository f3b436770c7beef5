"""Which source a value has, and that what people told since then is theirs."""

import pytest
from django.db import transaction

from registry.persons.origins import source_of, with_values_of
from registry.persons.writer import PersonWriter


def test_a_value_told_by_people_has_no_source():
    origins = with_values_of({"sex": "nssf-members", "given_name": "nssf-members"}, "", ["given_name"])
    assert origins == {"sex": "nssf-members"}


def test_a_column_told_after_an_import_of_the_whole_record_stands_apart():
    origins = with_values_of({"*": "idpoor"}, "", ["born"])
    assert origins == {"*": "idpoor", "date_of_birth": ""}
    assert [source_of(origins, column) for column in ("date_of_birth", "sex")] == ["", "idpoor"]


def test_a_column_taken_back_from_the_source_of_the_rest_is_named_no_longer():
    assert with_values_of({"*": "idpoor", "sex": ""}, "idpoor", ["sex"]) == {"*": "idpoor"}


@pytest.mark.parametrize("origin", ["", "nssf-members"])
def test_the_writer_notes_from_where_a_value_comes(family, origin):
    head = family.memberships.get(relationship="head").person
    head.origins = {"*": "idpoor"}
    with transaction.atomic(), PersonWriter() as write:
        write.update_person(head, origin=origin, given_name="សុភា")
    head.refresh_from_db()
    assert head.origins == {"*": "idpoor", "given_name": origin}
