"""A new column of a person, household, membership or document, or of a row that becomes one, is classified:
each list of columns names it, or says here why it does not."""

import re

import pytest
from django.db.models import Model

from registry.facts.table import CIRCUMSTANCES as ASKED
from registry.history import events
from registry.imports.sources import trust
from registry.imports.staged import StagedPerson
from registry.imports.staging import preparing
from registry.matching.records import MatchRecord
from registry.merging import records
from registry.models import Household, IdentityDocument, Membership, Person, StagedRow
from registry.models.person_columns import (
    CIRCUMSTANCES,
    COMPARED,
    DATES,
    DETAILS,
    FOLLOWING,
    FROM_SOURCES,
    KEPT,
    columns_of,
)
from registry.persons import bulk_writer
from registry.provenance.columns import OF_A_PERSON

TOLD = columns_of(name for names in DETAILS.values() for name in names)


def attnames(model: type[Model]) -> set[str]:
    return {field.attname for field in model._meta.concrete_fields}


def test_each_column_of_a_person_has_one_place():
    assert sorted([*TOLD, *FOLLOWING, *KEPT]) == sorted(attnames(Person))


def test_the_circumstances_are_what_the_forms_ask():
    assert set(CIRCUMSTANCES) == ASKED.keys()


INSERTED = re.search(r"INSERT INTO registry_person \((.*?)\)", bulk_writer.ADD_PERSONS, re.DOTALL)
assert INSERTED
ROW = {"id": "names the row"}
OWN = ROW | {"version": "grows with every change"}
FOLLOWS = dict.fromkeys(FOLLOWING, "follows from the others")
SINCE = "says when and by whom the row was made, which stays true"

LISTS = {
    "merging: what of a person is put together and put back": (
        Person,
        records.PERSONS.all_columns,
        OWN
        | FOLLOWS
        | {"created_at": SINCE, "registered_by_id": SINCE}
        | {"spid": "both keep theirs", "language": "each record keeps its own"},
    ),
    "merging: what of a household is put back": (
        Household,
        records.HOUSEHOLDS.all_columns,
        OWN
        | {"created_at": SINCE, "number": "names the household"}
        | dict.fromkeys(("village_id", "address"), "a household stays where it is"),
    ),
    "merging: what of a membership is put back": (
        Membership,
        records.MEMBERSHIPS.all_columns,
        ROW | dict.fromkeys(("household_id", "started_on"), "a new membership is made instead"),
    ),
    "merging: what of a document is put back": (
        IdentityDocument,
        records.DOCUMENTS.all_columns,
        ROW | {"created_at": SINCE, "digest": "follows from the number"},
    ),
    "history of a person": (
        Person,
        events.PERSON.columns.values(),
        OWN
        | FOLLOWS
        | {"created_at": SINCE, "registered_by_id": SINCE}
        | {"spid": "never changes", "origins": "told beside each value: registry.provenance"},
    ),
    "history of a household": (
        Household,
        events.HOUSEHOLD.columns.values(),
        OWN
        | {"created_at": SINCE, "number": "never changes"}
        | {"poverty_source": "told beside the level: registry.provenance"},
    ),
    "history of a membership": (Membership, events.MEMBERSHIP.columns.values(), ROW),
    "history of a document": (
        IdentityDocument,
        events.DOCUMENT.columns.values(),
        ROW | {"created_at": SINCE, "person_id": "whose history it is"},
    ),
    "new persons of an import": (
        Person,
        [name.strip() for name in INSERTED[1].split(",")],
        dict.fromkeys(CIRCUMSTANCES, "no source tells it: unknown")
        | dict.fromkeys(("died_on", "account_id", "merged_into_id"), "nobody comes in with one")
        | {"registered_by_id": "by no member of staff: the run names who approved it"},
    ),
    "rows of an import as they are copied": (
        StagedRow,
        preparing.COLUMNS,
        {"id": "given by the database"}
        | dict.fromkeys(("same_row", "person_id", "version"), "found when the rows are compared")
        | dict.fromkeys(
            ("earlier_digest", "earlier_household", "earlier_person", "earlier_relationship"),
            "looked up once the rows are there",
        ),
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_each_column_or_says_why_not(name: str):
    model, named, left_out = LISTS[name]
    wanted = attnames(model)
    unknown = wanted - {*named} - left_out.keys()
    assert not unknown, f"{name}: add {sorted(unknown)} to the list, or to the reasons here"
    assert {*named, *left_out} <= wanted, "a column that there is none of"
    assert not {*left_out} & {*named}, "a reason for a column that the list names"


def test_what_sources_say_can_be_staged_written_and_contradicted():
    """By the names that each of these uses."""
    assert set(FROM_SOURCES) <= StagedPerson.__dataclass_fields__.keys()
    assert {*columns_of(FROM_SOURCES)} <= attnames(StagedRow)
    assert {*columns_of(FROM_SOURCES)} <= {*bulk_writer.WRITTEN, "date_of_birth"}
    assert {DATES.get(name, (name,))[0] for name in FROM_SOURCES} <= {*OF_A_PERSON}
    assert {*trust.PLAIN} <= {*FROM_SOURCES, *trust.KEPT_IF_KNOWN}


def test_what_is_compared_has_a_place_in_the_record_that_is_matched():
    plain = {*COMPARED} - {*DATES["born"], "village_id", "phone"}
    assert plain | {"born", "villages", "phones"} <= MatchRecord.__dataclass_fields__.keys()
