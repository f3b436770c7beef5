"""`insert` stores what `bulk_create` does."""

from datetime import UTC, date, datetime

import pytest
from django.db import DataError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp_platform.audit.models import AuditEvent
from dsp_platform.database.inserts import insert
from dsp_platform.khmer.dates import PartialDate
from registry.models import IdentityDocument, Person

AT = datetime(2026, 11, 30, 1, 2, 3, 456789, tzinfo=UTC)
ODD = ["", "សុខា", "O'Brien", 'a "b" \\c', "{}", "\n\t", "NULL", "%s", "😀"]


def person(spid, **values):
    given = {"family_name": "ចាន់", "sex": "male", "village_id": "01020101", "created_at": AT}
    one = Person(spid=f"{spid:012d}", date_of_birth=date(1980, 1, 31), **given | values)
    one.match_keys = [spid, -spid]
    return one


def stored(model):
    """By all columns but the key, as the database has them."""
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    return sorted(map(repr, model.objects.values_list(*names)))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(blacklist_characters="\0", codec="utf-8"), max_size=40), max_size=5)
)
def test_the_same_rows(areas, texts):
    def rows():
        for number, text in enumerate([*ODD, *texts]):
            yield person(number, given_name=text, origins={text: [text, 1, None]}, working=number % 2 == 0)

    Person.objects.bulk_create(rows())
    expected = stored(Person)
    Person.objects.all().delete()
    insert(list(rows()))
    assert stored(Person) == expected
    Person.objects.all().delete()


def test_rows_get_their_own_keys(areas):
    rows = [person(number) for number in range(50)]
    insert(rows)
    assert {one.pk: one.spid for one in rows} == dict(Person.objects.values_list("pk", "spid"))
    rows[0].born = PartialDate(date(1990, 1, 1), "year")
    rows[0].save(update_fields=["date_of_birth", "birth_precision"])
    assert Person.objects.get(pk=rows[0].pk).born == rows[0].born


def test_what_is_encrypted_or_binary(areas):
    holder = person(1)
    insert([holder])
    insert([IdentityDocument(person=holder, type="passport", number="N 1'", digest=bytes(range(32)))])
    found = IdentityDocument.objects.get()
    assert (found.person, found.number, bytes(found.digest)) == (holder, "N 1'", bytes(range(32)))


def test_what_the_database_fills_in(db):
    insert([AuditEvent(action="view", subject_kind="person", subject_id=number) for number in (1, 2)])
    chain = AuditEvent.objects.order_by("sequence")
    assert [one.sequence for one in chain] == [1, 2]
    assert bytes(chain[0].hash) == bytes(chain[1].previous)


def test_nothing_is_no_statement():
    insert([])  # the database may not be used here


def test_a_text_that_is_too_long_is_refused(areas):
    with pytest.raises(DataError):
        insert([person(1, given_name="x" * 101)])
