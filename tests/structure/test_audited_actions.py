"""The actions of stewards are in the audit for auditors, and no other steward can read them."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction

from dsp_platform.audit.models import AuditEvent
from tests.structure.test_stale_forms import address_of, draft, forms, plain_column

__all__ = ["draft"]

# Of these only the action is recorded; the details are in the proposal that it creates or links to.
PROPOSING = ("begin", "end", "renew_credentials", "name_sensitive", "end_sensitive")
# Of this nothing is done before it is confirmed on a page: tests/registry/duplicates/test_bulk.py.
CONFIRMED = ("merge_identical", "hand_over_several")


def test_only_an_auditor_reads_who_changed_a_row_in_the_admin(staff_clients, second_steward):
    for model, page in admin.site._registry.items():
        row = model.objects.order_by("pk").first()
        LogEntry.objects.create(
            user=second_steward, content_type=ContentType.objects.get_for_model(model), object_id=row.pk,
            object_repr="x", action_flag=CHANGE, change_message="done by another steward",
        )  # fmt: skip
        for who, client in staff_clients.items():
            answer = client.get(address_of(row, "history"), follow=True)
            reads = b"done by another steward" in answer.content
            assert not reads or who == "auditor", (who, page)


def test_who_cannot_read_it_is_offered_no_way_to_it(staff_clients):
    row = staff_clients["steward"].get("/en/admin/accounts/user/").context["cl"].queryset.first()
    for who in ("steward", "auditor"):
        page = staff_clients[who].get(address_of(row)).content.decode()
        assert ("historylink" in page) == (who == "auditor")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET action_time = now()", "DELETE FROM {}"])
def test_what_was_noted_in_the_admin_is_neither_changed_nor_deleted(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("django_admin_log"))


def test_every_form_that_a_steward_saves_leaves_a_row_in_the_audit(staff_clients, draft):
    for client, page, row, form in forms({"steward": staff_clients["steward"]}):
        before = AuditEvent.objects.count()
        client.post(address_of(row), {**form, plain_column(page, row, form): "88"})
        noted = AuditEvent.objects.order_by("pk")[before:].values_list("action", flat=True)
        assert set(noted) - {"list", "view"}, row._meta.label


def test_every_action_of_a_steward_leaves_a_row_in_the_audit(staff_clients, draft):
    client, tried = staff_clients["steward"], set()
    for model, page in admin.site._registry.items():
        address = f"/en/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for action in page.actions or ():
            name = action if isinstance(action, str) else action.__name__
            if name in PROPOSING + CONFIRMED:
                continue
            before = AuditEvent.objects.count()
            chosen = [str(row.pk) for row in model.objects.all()]
            seen = client.get(address).context or {}  # hidden fields of the page may be required
            client.post(address, {"action": name, "_selected_action": chosen, "shown": seen.get("shown", [])})
            noted = AuditEvent.objects.order_by("pk")[before:].values_list("action", flat=True)
            assert set(noted) - {"list", "listed", "view"}, (model.__name__, name)
            tried.add(name)
    assert tried >= {"go_on", "pause", "resume", "new_version"}
