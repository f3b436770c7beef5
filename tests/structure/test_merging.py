"""Whatever hangs on a person is moved when two records become one, or it is said why it stays."""

import re
from collections.abc import Iterator
from dataclasses import fields

import pghistory
from django.apps import apps

from registry.merging.contract import PARTS, Part
from registry.models import Person
from tests.packages import BASE

STAYS = {
    "registry.person.merged_into": "PersonPart: a chain is one step long, every alias leads to what remains",
    "registry.household.payee": "written with the household: registry.merging.homes",
    "registry.consent.given_by": "a consent is never rewritten; who gave it is found through the alias",
    "registry.keysetup.person": "never rewritten; read with the aliases: registry.models.keys.of_person",
    "registry.lostnumber.person": "never rewritten; read with the aliases: registry.models.keys.of_person",
    "registry.claim.person": "ends: nobody opens a record by the phone of another one",
    "registry.moverconfirmation.person": "ends: who agreed for the alias did not agree for the other record",
    "registry.sourcerecord.person": "whom the source meant; read with the aliases: imports.staging.named",
    "registry.stagedrow.person": "whom a file was found to mean; read with the aliases: imports.runs",
    "registry.duplicatecase.held_back": "the newcomer of a file; read with the aliases: duplicates.selectors",
    "registry.awaitingmatch.person": "work that waits: both are compared anew",
    "registry.merge.kept": "what was decided of which two",
    "registry.merge.merged": "what was decided of which two",
}


def foreign_keys() -> Iterator[tuple[str, str]]:
    """To a person, of every table but those of the history."""
    for model in apps.get_models():
        if model._meta.proxy or issubclass(model, pghistory.models.Event):
            continue
        for field in model._meta.concrete_fields:
            if field.related_model is Person:
                yield model._meta.label_lower, field.name


def test_every_row_of_a_person_is_moved_or_said_to_stay():
    moved = {
        f"{name}.{one.removesuffix('_id')}"
        for name, part in PARTS.items()
        for one in part.persons
        if part.moves
    }
    found = {f"{model}.{name}" for model, name in foreign_keys()}
    assert found - moved - STAYS.keys() == set()
    assert STAYS.keys() - found == set()
    assert moved & STAYS.keys() == set()
    assert len(found) > 20


def test_the_page_names_all_that_a_part_says():
    page = (BASE / "docs" / "reference" / "merging.md").read_text()
    table = page.split("A part says\n", 1)[1].split("\nLocks:", 1)[0]
    cells = (row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    attributes = {field.name for field in fields(Part)}
    assert attributes - named == set()
    assert named - attributes == {"go_home", "made_one", "made_two"}


def test_what_a_part_moves_is_a_reference_to_a_person():
    named = {(name, one.removesuffix("_id")) for name, part in PARTS.items() for one in part.persons}
    assert named <= {*foreign_keys()}
