"""A steward invites staff of an operator with a duty."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from dsp_platform.accounts.models import Duty, User
from dsp_platform.audit.models import AuditEvent
from tests.roles import as_owner
from tests.seen import seen

pytestmark = pytest.mark.django_db
NEW = "/en/admin/accounts/user/add/"
TYPED = {"username": "new.one", "full_name": "សុខ ចាន់", "role": "reviewer", "operator_code": "nssf"}


@pytest.fixture
def admin(steward, signing, areas, operators):
    return signing.verified(Client(), steward)


@pytest.mark.parametrize(
    ("language", "words"),
    [("km", "អានតែប៉ុណ្ណោះ៖ អាន និងមិនកែអ្វីឡើយ"), ("en", "Read-only: reads, and changes nothing")],
)
def test_the_form_says_what_each_does(admin, language, words):
    assert words in admin.get(f"/{language}/admin/accounts/user/add/").content.decode()


def test_invited_with_a_duty_which_is_audited(admin):
    assert admin.post(NEW, {**TYPED, "duty": "supervisor"}).context["code"]
    assert User.objects.get(username="new.one").is_supervisor
    assert AuditEvent.objects.get(action="create_account").details["duty"] == "supervisor"


def test_a_reviewer_where_nothing_is_chosen(admin):
    admin.post(NEW, TYPED)
    assert User.objects.get(username="new.one").duty == Duty.REVIEWER


def test_whoever_works_at_no_operator_has_none(admin):
    admin.post(NEW, {**TYPED, "role": "official", "area_code": "010201", "duty": "supervisor"})
    made = User.objects.get(username="new.one")
    assert (made.duty, made.is_supervisor) == (Duty.REVIEWER, False)


def test_the_database_keeps_it_so(commune_clerk):
    with pytest.raises(IntegrityError), transaction.atomic(), as_owner():
        User.objects.filter(pk=commune_clerk.pk).update(duty=Duty.READ_ONLY)


def test_a_steward_changes_it(admin, nssf_reviewer):
    address = f"/en/admin/accounts/user/{nssf_reviewer.pk}/change/"
    typed = {"full_name": nssf_reviewer.full_name, "operator_code": "nssf", "is_active": "on"}
    admin.post(address, {**typed, "duty": "catalogue", "_seen": seen(nssf_reviewer)})
    nssf_reviewer.refresh_from_db()
    assert nssf_reviewer.duty == Duty.CATALOGUE
    assert AuditEvent.objects.get(action="change_account").details["after"] == {"duty": "catalogue"}
