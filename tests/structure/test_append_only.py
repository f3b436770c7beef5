"""Append-only rows cannot be changed, not even by a query that bypasses the services."""

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from applications.models import Answers, ApplicationEvent
from dsp_platform.accounts.models import User
from dsp_platform.casework.notes import add_note
from registry.models import KeySetup, LostNumber, QuestionsVersion
from tests.roles import as_owner

APPEND_ONLY = {
    "audit.AuditEvent",
    "casework.WorkItemNote",
    "exchange.Attempt",
    "applications.Answers",
    "applications.ApplicationEvent",
    "grievances.GrievanceEvent",
    "registry.ChangeEvent",
    "registry.DuplicateCaseEvent",
    "registry.KeySetup",
    "registry.LostNumber",
    "registry.QuestionsVersion",
    "registry.RuleVersion",
}
STATEMENTS = ["UPDATE {} SET {column} = {column}", "DELETE FROM {}"]


def protected() -> list[type[Model]]:
    return [
        model for model in apps.get_models()
        if any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ()))
    ]  # fmt: skip


def refusal(statement: str, model: type[Model]) -> BaseException | None:
    assert model._base_manager.exists(), f"{model._meta.label}: a trigger for each row needs one"
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table, column=model._meta.pk.column))
    return refused.value.__cause__


def test_these_tables_are_protected_by_the_database():
    assert {model._meta.label for model in protected()} == APPEND_ONLY


@pytest.fixture
def written(filled):
    """A row in each of these tables; for those without a list in the admin, created here."""
    person = filled.family.memberships.earliest("pk").person
    KeySetup.objects.create(person=person, official=User.objects.get(username="clerk.banteay"), kind="phone")
    LostNumber.objects.create(person=person, phone="+85512000222")
    Answers.objects.create(application=filled.application, answers_to=QuestionsVersion.objects.get())
    clerk = User.objects.get(username="clerk.banteay")
    add_note(item=filled.application, author=clerk, text="Look again.")
    ApplicationEvent.objects.create(
        application=filled.application, step="submit", state=filled.application.state, source="portal"
    )


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_runtime_role_may_neither_change_nor_delete_a_row(written, statement):
    wrong = {model._meta.label: refusal(statement, model) for model in protected()}
    assert not {
        label: why
        for label, why in wrong.items()
        if not isinstance(why, psycopg.errors.InsufficientPrivilege)
    }


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nor_may_the_owner_because_of_the_trigger(written, statement):
    wrong = {}
    for model in protected():
        with as_owner():
            why = refusal(statement, model)
        if not isinstance(why, psycopg.errors.RaiseException) or "append_only" not in str(why):
            wrong[model._meta.label] = why
    assert not wrong
