"""Each row that a statement inserts, changes or deletes has its event, however many they are."""

import json
from contextlib import nullcontext

import pghistory
import pytest
from django.apps import apps
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp_platform.database.history import history_of
from dsp_platform.database.roles import is_history
from registry.models import Area, Person

HISTORIES = [model for model in apps.get_models() if is_history(model)]
MANY = 3000
CODES = [f"9{number:07d}" for number in range(4)]
NAMES = ["ភូមិថ្មី", "ភូមិចាស់"]
# The columns that the tests set; the others of an area are the same for all.
INSERT = (
    "INSERT INTO registry_area (code, level, name_km, name_latin, key_km, key_latin, address_keys)"
    " SELECT unnest(%s::text[]), 'village', unnest(%s::text[]), '', '', '', '{}'"
)


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def copied(number):
    """Persons by COPY in one statement, as an import writes them."""
    columns = [field for field in Person._meta.concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        names = ", ".join(field.column for field in columns)
        with cursor.copy(f"COPY registry_person ({names}) FROM STDIN") as rows:
            for spid in range(number):
                person = Person(
                    spid=f"{spid:012d}", family_name="ចាន់", sex="male", date_of_birth="1980-01-01",
                    village_id="01020101",
                )  # fmt: skip
                written = [getattr(person, field.attname) for field in columns]
                rows.write_row([json.dumps(one) if one == {} else one for one in written])


def written(label=None):
    """What the events of the tests' areas say, in their order."""
    events = history_of(Area).filter(code__startswith="9").order_by("pgh_id")
    return list(events.filter(pgh_label=label or "insert").values_list("code", "name_km"))


@pytest.mark.parametrize("history", HISTORIES, ids=lambda model: model.__name__)
def test_one_trigger_for_each_kind_of_statement_writes_it(db, history):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgtype & 1 FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND tgname LIKE 'pgtrigger\\_history\\_%%' AND tgenabled = 'O'",
            [history.pgh_tracked_model._meta.db_table],
        )
        found = {name.split("_")[2]: for_each_row for name, for_each_row in cursor.fetchall()}
    assert found == {"insert": 0, "update": 0, "delete": 0}


def test_the_context_is_read_without_a_subtransaction(db):
    """It would be one for each statement, and search all events that are due when it is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = '_pgh_attach_context'")
        assert "EXCEPTION" not in cursor.fetchone()[0].upper()


@pytest.mark.parametrize("why", ["import", None])
def test_each_copied_row_has_its_event_with_the_context(areas, why):
    with pghistory.context(why=why) if why else nullcontext():
        run("UPDATE registry_area SET name_latin = name_latin || '.' WHERE code = '01020101'")
        copied(MANY)
    events = history_of(Person).filter(pgh_label="insert")
    assert events.count() == events.values("pgh_obj").distinct().count() == MANY
    assert set(events.values_list("pgh_context__metadata__why", flat=True)) == {why}
    assert events.values("pgh_context").distinct().count() == 1


def test_the_events_of_copied_rows_equal_them(areas):
    copied(MANY)
    columns = ", ".join(field.column for field in Person._meta.concrete_fields if field.name != "match_keys")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {columns} FROM registry_person"
            f" INTERSECT SELECT {columns} FROM registry_personevent) AS same"
        )
        assert cursor.fetchone() == (MANY,)


def test_what_follows_from_other_columns_makes_no_event(areas):
    copied(2)
    run("UPDATE registry_person SET match_keys = '{1}'")
    assert not history_of(Person).filter(pgh_label="update").exists()


def test_only_rows_that_changed_have_an_event(db):
    run(INSERT, CODES, [NAMES[0], NAMES[0], NAMES[1], NAMES[1]])
    run("UPDATE registry_area SET name_km = %s WHERE code LIKE '9%%'", NAMES[1])
    assert sorted(written("update")) == [(CODES[0], NAMES[1]), (CODES[1], NAMES[1])]


def test_a_row_whose_key_changes_has_its_event(db):
    run(INSERT, CODES[:2], NAMES)
    run("UPDATE registry_area SET code = %s WHERE code = %s", CODES[3], CODES[0])
    assert written("update") == [(CODES[3], NAMES[0])]


def test_a_row_that_is_there_already_is_updated_in_the_history_too(db):
    run(INSERT, CODES[:1], NAMES[:1])
    run(
        INSERT + " ON CONFLICT (code) DO UPDATE SET name_km = excluded.name_km",
        CODES[:2], [NAMES[1], NAMES[1]],
    )  # fmt: skip
    assert written("insert") == [(CODES[0], NAMES[0]), (CODES[1], NAMES[1])]
    assert written("update") == [(CODES[0], NAMES[1])]


def test_deleted_rows_leave_what_they_were(db):
    run(INSERT, CODES[:2], NAMES)
    run("DELETE FROM registry_area WHERE code LIKE '9%%'")
    assert sorted(written("delete")) == [(CODES[0], NAMES[0]), (CODES[1], NAMES[1])]


@pytest.mark.parametrize("where", ["code LIKE '9%'", "false"])
def test_a_statement_that_changes_nothing_leaves_no_context(db, where):
    run(INSERT, CODES[:2], NAMES)
    with pghistory.context(why="nothing"):
        run(f"UPDATE registry_area SET name_km = name_km WHERE {where}".replace("%", "%%"))
        run("DELETE FROM registry_area WHERE false")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pghistory_context WHERE metadata ->> 'why' = 'nothing'")
        assert cursor.fetchone() == (0,)


def test_a_context_that_is_none_refuses_the_change(db):
    """Rather than to keep the event and lose who it was."""
    with pytest.raises(DataError, match="uuid"):
        run(
            "SELECT set_config('pghistory.context_id', 'me', true),"
            " set_config('pghistory.context_metadata', '{}', true);" + INSERT,
            CODES[:1], NAMES[:1],
        )  # fmt: skip


CODE = st.sampled_from(CODES)
STEP = st.one_of(
    st.tuples(st.just("put"), st.dictionaries(CODE, st.sampled_from(NAMES), min_size=1)),
    st.tuples(st.just("rename"), st.sets(CODE), st.sampled_from(NAMES)),
    st.tuples(st.just("remove"), st.sets(CODE)),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8))
def test_the_history_is_what_happened(db, steps):
    """Followed from the first event to the last one, it leads to the rows that are there."""
    with transaction.atomic():
        for what, on, *name in steps:
            if what == "put":
                run(
                    INSERT + " ON CONFLICT (code) DO UPDATE SET name_km = excluded.name_km",
                    list(on), list(on.values()),
                )  # fmt: skip
            elif what == "rename":
                run("UPDATE registry_area SET name_km = %s WHERE code = ANY(%s)", *name, list(on))
            else:
                run("DELETE FROM registry_area WHERE code = ANY(%s)", list(on))
        told: dict[str, str] = {}
        for event in history_of(Area).filter(code__startswith="9").order_by("pgh_id"):
            assert (event.code in told) == (event.pgh_label != "insert")
            assert event.pgh_label != "update" or told[event.code] != event.name_km
            told[event.code] = event.name_km
            if event.pgh_label == "delete":
                del told[event.code]
        assert told == dict(Area.objects.filter(code__startswith="9").values_list("code", "name_km"))
        transaction.set_rollback(True)
