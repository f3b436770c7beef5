"""Every action can be attributed: nobody takes a colleague's name, and user names are shown to staff."""

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import approvals
from dsp_platform.accounts.staff import services as staff
from dsp_platform.audit.models import AuditEvent
from tests.seen import seen
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


def change(actor, user, **typed):
    page = reverse("admin:accounts_user_change", args=[user.pk])
    values = {
        "full_name": user.full_name,
        "area_code": user.area_code,
        "is_active": "on",
        "_seen": seen(user),
    }
    return browser(actor).post(page, {**values, **typed})


@pytest.mark.parametrize("whose", ["second_steward", "auditor"])
@pytest.mark.parametrize("typed", [{"full_name": "x"}, {"username": "x"}, {"spid": ""}])
def test_the_identity_of_a_privileged_account_is_immutable_for_every_steward(request, steward, whose, typed):
    user = request.getfixturevalue(whose)
    before = User.objects.values().get(pk=user.pk)
    change(steward, user, **typed)
    assert User.objects.values().get(pk=user.pk) == before
    for name in staff.IDENTITY:
        with pytest.raises(PermissionDenied):
            staff.change_account(actor=steward, user=user, changed=[name])


def test_nobody_changes_their_own_account(steward, second_steward):
    assert change(steward, steward, full_name="x").status_code == 403
    page = browser(steward).get(reverse("admin:accounts_user_change", args=[steward.pk]))
    assert 'name="_save"' not in page.content.decode()
    for name in ("full_name", "spid", "is_active", "area_code"):
        with pytest.raises(PermissionDenied):
            staff.change_account(actor=steward, user=steward, changed=[name])


def test_the_audit_keeps_what_an_official_was_called(steward, commune_clerk):
    before = commune_clerk.full_name
    assert change(steward, commune_clerk, full_name="ថ្មី").status_code == 302
    details = AuditEvent.objects.get(action="change_account").details
    assert (details["before"], details["after"]) == ({"full_name": before}, {"full_name": "ថ្មី"})


def test_lists_and_audit_distinguish_two_people_of_one_name(steward, second_steward, auditor):
    asked = approvals.propose_for(actor=steward, user=auditor, act=approvals.CLOSE)
    done = AuditEvent.objects.get(action="propose", actor=steward, subject_id=asked.pk)
    named = f"{steward.full_name} ({steward.username})"
    pages = [
        (second_steward, reverse("admin:approval_proposal_changelist")),
        (second_steward, reverse("admin:approval_proposal_change", args=[asked.pk])),
        (auditor, reverse("admin:audit_auditevent_changelist")),
        (auditor, reverse("admin:audit_auditevent_change", args=[done.pk])),
    ]
    for reader, page in pages:
        assert named in browser(reader).get(page).content.decode()


def test_no_page_of_the_admin_names_an_account_by_its_full_name_alone(steward, auditor):
    """Columns and fields that refer to an account are shown by a method that adds the user name."""
    bare = []
    for model, page in admin.site._registry.items():
        pointing = {field.name for field in model._meta.fields if field.related_model is User}
        for reader in (steward, auditor):
            request = RequestFactory().get("/")
            request.user = reader
            shown = set(page.get_list_display(request))
            if type(page).change_view is ModelAdmin.change_view:
                shown |= set(page.get_fields(request, model()))
            bare += [f"{model.__name__}.{name}" for name in shown & pointing]
    assert bare == []
