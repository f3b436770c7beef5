"""What is written down once is changed by nobody, not even by a query past the services."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from dsp_platform.audit.models import AuditEvent

APPEND_ONLY = {
    "audit.AuditEvent",
    "exchange.Attempt",
    "applications.ApplicationEvent",
    "grievances.GrievanceEvent",
    "registry.ChangeEvent",
    "registry.KeySetup",
    "registry.LostNumber",
}


def test_these_tables_are_protected_by_the_database():
    protected = {
        model._meta.label for model in apps.get_models()
        if any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ()))
    }  # fmt: skip
    assert protected == APPEND_ONLY


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["audit_auditevent", "grievances_grievanceevent"])
def test_a_row_is_neither_changed_nor_deleted(house, act, table):
    assert AuditEvent.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))
