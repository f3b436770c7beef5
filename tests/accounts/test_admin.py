"""The admin by role, and how staff come to be."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from dsp_platform.accounts import sessions
from dsp_platform.accounts.models import Role, User
from dsp_platform.audit import services as audit
from dsp_platform.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

NEW = "/en/admin/accounts/user/add/"
LIST = "/en/admin/accounts/user/"


@pytest.fixture
def admin(steward, signing):
    return signing.verified(Client(), steward)


def new(admin, **values):
    return admin.post(
        NEW,
        {
            "username": "clerk.new", "full_name": "សុខ ចាន់", "role": "official",
            "area_code": "010201", "operator_code": "", **values,
        },
    )  # fmt: skip


def test_a_steward_sees_what_a_steward_may_without_being_a_superuser(admin, steward):
    assert not steward.is_superuser
    page = admin.get("/en/admin/").content.decode()
    for model in ("accounts/user", "audit/auditevent", "notifications/message"):
        assert f"/en/admin/{model}/" in page
    assert "/en/admin/otp_totp/" not in page


def test_a_reviewer_sees_none_of_it(nssf_reviewer, signing):
    reviewer = signing.verified(Client(), nssf_reviewer)
    assert "accounts/user" not in reviewer.get("/en/admin/").content.decode()
    for model in ("accounts/user", "audit/auditevent", "notifications/message"):
        assert reviewer.get(f"/en/admin/{model}/").status_code == 403


def test_audit_and_messages_are_there_to_be_read(admin, commune_clerk):
    audit.record(actor=commune_clerk, action="view", subject_kind="person", subject_id=1)
    event = AuditEvent.objects.get(actor=commune_clerk)
    assert admin.get(f"/en/admin/audit/auditevent/{event.pk}/change/").status_code == 200
    for path in ("audit/auditevent/add", f"audit/auditevent/{event.pk}/delete", "notifications/message/add"):
        assert admin.get(f"/en/admin/{path}/").status_code == 403


def test_the_admin_is_there_in_khmer(admin):
    assert '<html lang="km"' in admin.get("/km/admin/").content.decode()


def test_a_new_official_can_sign_in_with_what_was_shown(admin, signing):
    response = new(admin)
    shown = response.context["credentials"]
    assert "<svg" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    key = parse_qs(urlsplit(shown.app_address).query)["secret"][0]
    assert key == shown.app_key
    device = TOTPDevice.objects.get(user__username="clerk.new")
    device.key = "3132333435363738393031323334353637383930"
    device.save()
    official = Client()
    official.post(
        "/en/counter/sign-in/",
        {"username": "clerk.new", "password": shown.password, "otp_token": signing.token()},
    )
    assert official.session["otp_device_id"]


def test_a_new_account_is_noted(admin, steward):
    new(admin)
    event = AuditEvent.objects.get(action="create_account")
    assert (event.actor, event.subject_id) == (steward, User.objects.get(username="clerk.new").pk)


@pytest.mark.parametrize(
    "values",
    [
        {"area_code": ""},
        {"area_code": "01"},
        {"role": "reviewer", "area_code": "", "operator_code": ""},
        {"role": "citizen"},
        {"username": "Clerk New"},
        {"username": ""},
        {"full_name": ""},
    ],
)
def test_an_account_without_scope_or_name_is_not_made(admin, values):
    assert new(admin, **values).context["errors"]
    assert not User.objects.filter(role=Role.OFFICIAL).exists()


def test_a_scope_that_does_not_go_with_the_role_is_dropped(admin):
    new(admin, role="reviewer", operator_code="nssf", area_code="010201")
    user = User.objects.get(username="clerk.new")
    assert (user.area_code, user.operator_code) == ("", "nssf")


def test_citizens_are_not_listed(admin, sokha):
    assert sokha.phone not in admin.get(LIST).content.decode()
    assert admin.get(f"{LIST}{sokha.pk}/change/").status_code == 302


def test_new_credentials_end_the_old_ones(admin, commune_clerk, signing):
    official = signing.verified(Client(), commune_clerk)
    response = admin.post(LIST, {"action": "renew_credentials", "_selected_action": [commune_clerk.pk]})
    commune_clerk.refresh_from_db()
    assert commune_clerk.check_password(response.context["credentials"].password)
    assert TOTPDevice.objects.get(user=commune_clerk).key != "3132333435363738393031323334353637383930"
    assert official.get("/en/my/sessions/").status_code == 302


def test_a_closed_account_is_signed_out(admin, commune_clerk, signing):
    signing.verified(Client(), commune_clerk)
    admin.post(
        f"{LIST}{commune_clerk.pk}/change/",
        {"full_name": commune_clerk.full_name, "area_code": "010201", "operator_code": ""},
    )
    commune_clerk.refresh_from_db()
    assert not commune_clerk.is_active
    assert not sessions.sessions_of(commune_clerk)
