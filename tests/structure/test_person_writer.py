"""Only ``WRITERS`` write persons, households, memberships and documents.

Looked for in every module: by the names of the models, by the names of fields that no other model has, and,
for the names of other fields, by what a variable is called; and in SQL by the names of the tables, in modules
and in files of migrations.
"""

import ast
import re
from collections.abc import Iterable, Iterator

import pghistory
import pytest
from django.apps import apps
from django.db.models import Model

from registry.models import Household, IdentityDocument, Membership, Person, StagedRow
from tests.packages import BASE, PACKAGES
from tests.structure.test_imports import name_of, sources, tree

WRITERS = {
    "registry.persons.writer": "all but the following",
    "registry.persons.bulk_writer": "imports",
    "registry.persons.taking_back": "imports that are undone",
}
BY_SQL = {
    "registry.persons.bulk_writer": WRITERS["registry.persons.bulk_writer"],
    "registry.persons.taking_back": WRITERS["registry.persons.taking_back"],
    "registry.anonymising.persons": "a restored copy, of which nobody is told",
}
MODELS = (Person, Household, Membership, IdentityDocument)
NAMES = {model.__name__ for model in MODELS}
MANAGERS = {"memberships", "documents"}
WRITES = {"create", "bulk_create", "get_or_create", "update", "bulk_update", "update_or_create", "delete"}
VARIABLES = {
    "child",
    "head",
    "home",
    "household",
    "known",
    "member",
    "membership",
    "mother",
    "mover",
    "person",
}


def fields_of(models: Iterable[type[Model]]) -> set[str]:
    return {
        name for model in models for one in model._meta.concrete_fields for name in (one.name, one.attname)
    }


THEIRS = fields_of(MODELS) - {"id"}
THEIRS_ONLY = THEIRS - fields_of(
    model
    for model in apps.get_models()
    # A row of an import has the columns of the person that it becomes.
    if model._meta.concrete_model not in (*MODELS, StagedRow)
    and not issubclass(model, pghistory.models.Event)
)


def last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return last_name(func)
        case _:
            return ""


def names_in_chain(node: ast.expr) -> Iterator[str]:
    """Of ``Person.objects.filter(...)``: every name from the end to the beginning."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            yield node.attr
        node = node.value if isinstance(node, ast.Attribute) else node.func
    if isinstance(node, ast.Name):
        yield node.id


def is_write(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            return True
        case ast.Call(func=ast.Attribute(attr="save", value=row), keywords=keywords):
            columns = {
                one.value
                for keyword in keywords
                for one in ast.walk(keyword.value)
                if isinstance(one, ast.Constant)
            }
            return last_name(row) in VARIABLES or bool(columns & THEIRS_ONLY)
        case ast.Call(func=ast.Attribute(attr="delete", value=row)) if last_name(row) in VARIABLES:
            return True
        case ast.Call(func=ast.Attribute(attr=name, value=rows), keywords=keywords) if name in WRITES:
            columns = {one.arg for one in keywords}
            return bool(columns & THEIRS_ONLY or {*names_in_chain(rows)} & (NAMES | MANAGERS))
        case ast.Attribute(attr=name, value=row, ctx=ast.Store()):
            return name in THEIRS_ONLY or (name in THEIRS and last_name(row) in VARIABLES)
        case ast.Call(func=ast.Name(id="setattr"), args=[row, *_]):
            return last_name(row) in VARIABLES
        case _:
            return False


@pytest.mark.parametrize(
    "code",
    [
        "Person(spid='1')",
        "Person.objects.create(spid='1')",
        "Household.objects.filter(pk=1).update(version=2)",
        "IdentityDocument.objects.bulk_create(found)",
        "change.person.documents.filter(type='x').delete()",
        "home.memberships.update(ended_on=None)",
        "rows.update(name_key='')",
        "one.name_key = ''",
        "request.person.phone = ''",
        "household.version += 1",
        "row.save(update_fields=['closed_on'])",
        "membership.person.save(update_fields=fields)",
        "member.delete()",
        "setattr(person, field, value)",
    ],
)
def test_a_write_is_seen(code: str):
    assert any(map(is_write, ast.walk(ast.parse(code))))


def test_nobody_else_writes_them():
    found = [
        f"{name_of(path)}:{node.lineno} {ast.unparse(node)}"
        for path in sources(*PACKAGES)
        if name_of(path) not in {*WRITERS, "registry.models.person"}  # which sets its own columns
        for node in ast.walk(tree(path))
        if is_write(node)
    ]
    assert not found, "\n".join(found)


TABLES = "|".join(model._meta.db_table for model in MODELS)
WRITTEN_BY_SQL = re.compile(
    r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(\s+TABLE)?|COPY)\s+(ONLY\s+)?"
    rf"(\"?public\"?\.)?\"?({TABLES})\b",
    re.IGNORECASE,
)


def written_by_sql() -> dict[str, list[str]]:
    """By module or file, the statements."""
    named = {name_of(path): path for path in sources(*PACKAGES)}
    named |= {path.name: path for domain in PACKAGES for path in (BASE / domain).rglob("*.sql")}
    found = {
        name: [statement.group() for statement in WRITTEN_BY_SQL.finditer(path.read_text())]
        for name, path in named.items()
    }
    return {name: statements for name, statements in found.items() if statements}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO registry_person (spid)",
        "UPDATE registry_household AS home SET version = 2",
        'delete from only "registry_membership"',
        "MERGE INTO public.registry_identitydocument AS held",
        "COPY registry_person FROM STDIN",
        "UPDATE\n    registry_person SET spid = NULL",
    ],
)
def test_a_write_by_sql_is_seen(statement: str):
    assert WRITTEN_BY_SQL.search(statement)


def test_only_these_write_them_by_sql():
    assert written_by_sql().keys() == BY_SQL.keys(), written_by_sql()
