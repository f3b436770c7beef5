"""In a copy that was made unrecognisable nothing of anybody is left, in any table; its shape is as it was."""

import json
import os
import re
from datetime import date
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, models

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.database import anonymising, roles
from dsp_platform.database.history import history_of
from dsp_platform.encryption import crypto
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.management.commands import anonymise
from registry.anonymising import names
from registry.beneficiaries.enrolment import enrol
from registry.identity.spid import is_valid
from registry.models import Household, IdentityDocument, Membership, Person
from registry.persons.households import members_of
from registry.persons.reported import set_poverty_level
from registry.persons.search import found_persons
from registry.persons.writer import PersonWriter
from registry.provenance.services import Difference, note_conflicts
from tests.registry.changes.cast import about, ask
from tests.roles import as_owner
from tests.stack import database_url

pytestmark = pytest.mark.django_db
OTHERS = anonymise.OTHERS
MARK = "Zq9"
TOKEN = re.compile(r"\\\\x(67414141[0-9a-f]*)")


@pytest.fixture
def folder(tmp_path, settings):
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    (tmp_path / "uploads" / "ab").mkdir(parents=True)
    (tmp_path / "uploads" / "ab" / "page").write_bytes(b"a photo")
    return Path(settings.UPLOADS_FOLDER)


@pytest.fixture
def copy(people, family, sokha, steward, family_package, folder):
    """With something in many tables, also in their history."""
    head = family.memberships.get(relationship="head").person
    with PersonWriter() as write:
        write.update_person(head, phone="+85512999123", given_name="សុភាព")
        write.replace_document(head, "identity_card", "010203045")
        write.replace_document(head, "identity_card", "010203046")
        for person in people.values():
            write.replace_document(person, "family_book", "77665544")
    set_poverty_level(household=family, level="level1", valid_to=None)
    ask(sokha, "phone", who=about(head), phone={"phone": "+85516999222"})
    enrol(person=head, programme=family_package, since=date(2026, 2, 1), operator_reference="FP-1")
    note_conflicts(source="nssf", differences=[Difference(head.pk, "sex", "female", "male")])
    audit.record(actor=steward, action="view", subject_kind="person", subject_id=head.pk)
    return head


def run(folder: Path, **changes: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    call_command("anonymise", **{"database": name, "uploads": str(folder), **changes})


@pytest.fixture(autouse=True)
def owner(monkeypatch):
    """The command signs in anew; a test stays in its transaction."""
    monkeypatch.setattr(roles, "owner", as_owner)
    monkeypatch.setattr(anonymise, "OTHERS", "SELECT 0")
    for name in [name for name in os.environ if name.startswith(("OPERATOR_", "CAMDX_"))]:
        monkeypatch.delenv(name)


def mark(model) -> None:
    """In each column that may hold text and is not said to be harmless; also in the history."""
    kept = anonymising._said.kept.get(model._meta.label, set())
    fields = {one.column: one for one in model._meta.local_concrete_fields}
    unique = {one.column for one in fields.values() if one.unique}
    for table in filter(None, (model._meta.db_table, anonymising.history_table(model))):
        with connection.cursor() as cursor:
            there = {one.name for one in connection.introspection.get_table_description(cursor, table)}
            for column in anonymising.columns_of(model):
                if column in there and column not in unique | kept:
                    value = marked(fields[column])
                    if value is not None:
                        cursor.execute(f'UPDATE "{table}" SET "{column}" = %s', [value])


def marked(field):
    if isinstance(field, models.JSONField):
        return json.dumps({"said": MARK})
    if isinstance(field, models.BinaryField):
        return crypto.encrypt(MARK) if field.column != "digest" else None
    if isinstance(field, models.CharField | models.TextField) and field.column != "phone":
        return MARK
    return None


def everything() -> str:
    """All rows of all tables, encrypted texts in clear."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        texts = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(held)::text FROM "{table}" AS held')
            texts += [f"{table}: {text}" for (text,) in cursor.fetchall()]

    def clear(found: re.Match[str]) -> str:
        return crypto.decrypt(bytes.fromhex(found[1]))

    return "\n".join(TOKEN.sub(clear, text) for text in texts)


def test_nothing_of_anybody_is_left_in_any_table(copy, people, family, folder, settings):
    """Nor anything that is encrypted with the keys of the registry."""
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        anonymising._triggers("DISABLE")
        for model in anonymising.tables():
            if model not in (Person, IdentityDocument) and model._meta.label not in anonymising._said.emptied:
                mark(model)
        anonymising._triggers("ENABLE")
    old = {
        MARK,
        family.number,
        "010203045",
        "010203046",
        "77665544",
        *(value for one in Person.objects.all() for value in (one.spid, one.phone, one.given_name)),
        *(value for one in history_of(Person) for value in (one.phone, one.given_name, one.latin_given_name)),
        *User.objects.exclude(phone=None).values_list("phone", flat=True),
        *User.objects.exclude(username=None).values_list("full_name", flat=True),
    } - {""}
    with as_owner():
        before = everything()
    assert {one for one in old if one not in before} == set()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    run(folder)
    with as_owner():
        after = everything()
    made_up = {name for pair in (*names.FEMALE, *names.MALE) for name in pair}  # which may come again
    assert {one for one in old - made_up if one in after} == set()


def test_the_shape_stays(copy, people, family, folder):
    def shape():
        return [
            sorted(Person.objects.values_list("pk", "sex", "village", "birth_precision", "version")),
            sorted(Household.objects.values_list("pk", "village", "poverty_level", "poverty_valid_to")),
            sorted(Membership.objects.values_list("person", "household", "relationship", "started_on")),
            history_of(Person).count(),
            list(copy.enrolments.values_list("programme", "state", "since")),
            sorted(one.born.first.year for one in Person.objects.all()),
        ]

    before = shape()
    run(folder)
    assert shape() == before


def test_a_household_keeps_one_surname_and_its_people_are_found_by_the_new_ones(
    copy, family, folder, steward
):
    run(folder)
    members = [one.person for one in members_of(Household.objects.get(pk=family.pk))]
    assert len({one.family_name for one in members}) == 1
    one = Person.objects.get(pk=copy.pk)
    assert is_valid(one.spid)
    for typed in (one.spid, one.name, one.latin_name, one.phone):
        assert one in found_persons(steward, typed), typed


def test_documents_that_were_shared_are_shared_again_and_found(copy, people, folder, steward):
    run(folder)
    books = {one.number for one in IdentityDocument.objects.filter(type="family_book")}
    assert len(books) == 1
    assert len(found_persons(steward, books.pop())) == len(people)


def test_the_history_tells_the_new_name(copy, folder):
    run(folder)
    copy.refresh_from_db()
    told = set(history_of(Person).filter(pgh_obj=copy).values_list("given_name", flat=True))
    assert told == {copy.given_name}


def test_photos_are_deleted_and_nothing_waits_for_an_operator(copy, folder):
    run(folder)
    assert list(folder.iterdir()) == []
    assert not LedgerEntry.objects.exists()


def test_nobody_signs_in_with_an_old_password(copy, steward, folder):
    run(folder)
    steward.refresh_from_db()
    assert not steward.has_usable_password()
    assert steward.username == f"staff-{steward.pk}"


def test_the_history_is_kept_by_the_database_again(copy, folder):
    run(folder)
    events = history_of(Person).filter(pgh_obj=copy).count()
    with PersonWriter() as write:
        write.update_person(Person.objects.get(pk=copy.pk), pregnant=True)
    assert history_of(Person).filter(pgh_obj=copy).count() > events


def test_every_column_that_may_hold_text_is_spoken_of():
    assert anonymising.unsaid() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"database": "dspp"}, "another database"),
        ({"uploads": "/somewhere/else"}, "--uploads"),
    ],
)
def test_what_is_not_typed_as_it_is_stops_it(copy, folder, change, why):
    with pytest.raises(CommandError, match=why):
        run(folder, **change)
    assert (folder / "ab" / "page").exists()


def test_production_is_refused(copy, folder, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        run(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPERATOR_IDPOOR_DATABASE_URL", "postgresql://idpoor"),
        ("CAMDX_SECURITY_SERVER", "https://security.example"),
    ],
)
def test_a_platform_that_reaches_an_operator_is_refused(copy, folder, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=name):
        run(folder)


@pytest.mark.parametrize("name", ["SMS_PROVIDER", "SMS_SECOND_PROVIDER"])
def test_a_platform_that_sends_text_messages_is_refused(copy, folder, settings, name):
    setattr(settings, name, "http_gateway")
    with pytest.raises(CommandError, match=name):
        run(folder)


def test_a_database_in_use_is_refused(copy, folder, monkeypatch):
    monkeypatch.setattr(anonymise, "OTHERS", OTHERS)
    monkeypatch.setattr(anonymise, "TIMES_ASKED", 1)
    with psycopg.connect(database_url()), pytest.raises(CommandError, match="other sessions"):
        run(folder)
    assert (folder / "ab" / "page").exists()


def test_a_column_of_which_nothing_is_said_stops_it(copy, folder, monkeypatch):
    monkeypatch.setattr(anonymising, "unsaid", lambda: ["registry.Person.nickname"])
    with pytest.raises(CommandError, match="nickname"):
        run(folder)
