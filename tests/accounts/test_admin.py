"""Access to the admin by role, and how staff accounts are created."""

import pytest
from django.test import Client

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.staff import approvals, invitations
from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from dsp_platform.audit.models import AuditEvent
from registry.models import Area
from registry.registration.services import register_household
from tests.registry.cast import household_details
from tests.roles import as_owner
from tests.seen import seen

pytestmark = pytest.mark.django_db

NEW = "/en/admin/accounts/user/add/"
LIST = "/en/admin/accounts/user/"

ADDRESS = {
    "km": "បន្ទាយនាង, មង្គលបូរី, បន្ទាយមានជ័យ",
    "en": "Banteay Neang, Mongkol Borey, Banteay Meanchey",
}


@pytest.fixture
def admin(steward, signing, areas, operators):
    return signing.verified(Client(), steward)


def new(admin, at=NEW, **values):
    return admin.post(
        at,
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


def test_a_new_official_gets_a_link_and_nobody_sees_more(admin):
    response = new(admin)
    page = response.content.decode()
    assert response.context["link"] == f"http://testserver/en/staff/join/#{response.context['code']}"
    assert response.context["link"] in page
    assert "otpauth" not in page
    assert "no-store" in response["Cache-Control"]
    made = User.objects.get(username="clerk.new")
    assert not made.has_usable_password()
    assert not made.totpdevice_set.exists()
    assert Client().post("/en/staff/join/", {"code": response.context["code"]}).status_code == 302


@pytest.mark.parametrize(
    ("role", "scope"), [("official", {}), ("reviewer", {"operator_code": "nssf"}), ("steward", {})]
)
def test_the_spid_is_entered_when_the_account_is_created(admin, areas, sokha, second_steward, role, scope):
    person = register_household(actor=sokha, details=household_details()).memberships.first().person
    new(admin, role=role, spid=person.spid, **scope)
    if proposal := Proposal.objects.first():
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert User.objects.get(username="clerk.new").spid == person.spid


def test_what_was_changed_is_audited_with_codes_and_flags_but_no_number(admin, areas, sokha, commune_clerk):
    person = register_household(actor=sokha, details=household_details()).memberships.first().person
    typed = {"full_name": commune_clerk.full_name, "area_code": "0102", "spid": person.spid}
    admin.post(f"{LIST}{commune_clerk.pk}/change/", {**typed, "_seen": seen(commune_clerk)})
    event = AuditEvent.objects.get(action="change_account")
    assert event.details == {
        "changed": ["area_code", "is_active", "spid"],
        "before": {"area_code": "010201", "is_active": True, "spid": False},
        "after": {"area_code": "0102", "is_active": False, "spid": True},
    }


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("role", ["nssf_reviewer", "second_steward"])
def test_the_auditor_sees_whether_there_is_a_spid_and_not_which(
    request, auditor, signing, areas, sokha, role, language
):
    """Nothing about the number, whatever the role of its account."""
    person = register_household(actor=sokha, details=household_details()).memberships.first().person
    account = request.getfixturevalue(role)
    client = signing.verified(Client(), auditor)
    address = f"/{language}/admin/accounts/user/{account.pk}/change/"
    without = client.get(address).content.decode()
    with as_owner():
        User.objects.filter(pk=account.pk).update(spid=person.spid)
    page = client.get(address).content.decode()
    for written in (person.spid, person.spid_grouped):
        assert written not in page
    assert "icon-no" in without.partition("has_spid")[2].partition("</div>")[0]
    assert "icon-yes" in page.partition("has_spid")[2].partition("</div>")[0]


def test_a_steward_reads_and_types_the_spid(admin, areas, sokha, nssf_reviewer):
    person = register_household(actor=sokha, details=household_details()).memberships.first().person
    User.objects.filter(pk=nssf_reviewer.pk).update(spid=person.spid)
    assert person.spid in admin.get(f"/en/admin/accounts/user/{nssf_reviewer.pk}/change/").content.decode()


def test_a_new_account_is_audited(admin, steward):
    new(admin)
    event = AuditEvent.objects.get(action="create_account")
    assert (event.actor, event.subject_id) == (steward, User.objects.get(username="clerk.new").pk)


@pytest.mark.parametrize(
    "values",
    [
        {"area_code": ""},
        {"area_code": "01"},
        {"area_code": "010299"},  # no such commune
        {"area_code": "01020101"},  # a village
        {"area_code": "អូរធំ"},  # a village's name
        {"role": "reviewer", "area_code": "", "operator_code": ""},
        {"role": "reviewer", "area_code": "", "operator_code": "nsfs"},
        {"role": "citizen"},
        {"username": "Clerk New"},
        {"username": ""},
        {"full_name": ""},
    ],
)
def test_an_account_without_scope_or_name_is_not_made(admin, values):
    assert new(admin, **values).context["errors"]
    assert not User.objects.filter(role=Role.OFFICIAL).exists()


@pytest.mark.parametrize(
    ("language", "values", "words"),
    [
        ("en", {"area_code": "Nowhere"}, "No commune and no district is called so."),
        ("km", {"area_code": "Nowhere"}, "គ្មានឃុំ/សង្កាត់ ឬស្រុក/ខណ្ឌណាមានឈ្មោះនេះទេ។"),
        ("en", {"role": "reviewer", "operator_code": "nsfs"}, "Choose the reviewer&#x27;s operator."),
        ("km", {"role": "reviewer", "operator_code": "nsfs"}, "សូមជ្រើសរើសប្រតិបត្តិកររបស់អ្នកពិនិត្យ។"),
    ],
)
def test_a_scope_that_is_not_found_is_told_and_what_was_typed_is_kept(admin, language, values, words):
    page = new(admin, **values, at=NEW.replace("/en/", f"/{language}/")).content.decode()
    assert words in page
    assert 'value="សុខ ចាន់"' in page
    assert values.get("role") or 'value="Nowhere"' in page


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("words", ["បន្ទាយនាង", "Banteay Neang", "Banteay Neang, Mongkol Borey"])
def test_the_one_area_of_this_name_is_shown_before_it_is_given(admin, words, language):
    page = new(admin, area_code=words, at=NEW.replace("/en/", f"/{language}/")).content.decode()
    assert not User.objects.filter(username="clerk.new").exists()
    assert {"km": "តើមែនកន្លែងនេះឬទេ?", "en": "Is it this one?"}[language] in page
    assert ADDRESS[language] in page
    new(admin, area_code=words, area_code_chosen="010201")
    assert User.objects.get(username="clerk.new").area_code == "010201"


@pytest.mark.parametrize("language", ["km", "en"])
def test_whoever_made_the_account_reads_for_which_area(admin, commune_clerk, language):
    page = new(admin, at=NEW.replace("/en/", f"/{language}/")).content.decode()
    assert ADDRESS[language] in page
    listed = admin.get(LIST.replace("/en/", f"/{language}/")).content.decode()
    assert listed.count(ADDRESS[language]) == 2
    assert "010201" not in listed


def test_of_several_areas_found_one_is_chosen(admin):
    page = new(admin, area_code="Mongkol").content.decode()
    assert not User.objects.filter(username="clerk.new").exists()
    for code in ("0102", "010201", "010202"):
        assert f'type="radio" name="area_code_chosen" value="{code}"' in page
    new(admin, area_code="Mongkol", area_code_chosen="0102")
    assert User.objects.get(username="clerk.new").area_code == "0102"


def test_an_area_that_is_no_longer_one_is_given_to_nobody_and_can_be_taken_away(admin, areas, commune_clerk):
    Area.objects.filter(pk="010201").update(valid_to="2026-01-01")
    assert new(admin).context["errors"]
    typed = {"full_name": commune_clerk.full_name, "area_code": "010201"}
    admin.post(f"{LIST}{commune_clerk.pk}/change/", {**typed, "_seen": seen(commune_clerk)})
    commune_clerk.refresh_from_db()
    assert not commune_clerk.is_active


def test_an_area_is_typed_in_khmer_digits_too(admin):
    new(admin, area_code="០១០២០១")
    assert User.objects.get(username="clerk.new").area_code == "010201"


def test_a_scope_that_does_not_go_with_the_role_is_dropped(admin):
    new(admin, role="reviewer", operator_code="nssf", area_code="010201")
    user = User.objects.get(username="clerk.new")
    assert (user.area_code, user.operator_code) == ("", "nssf")


def test_citizens_are_not_listed(admin, sokha):
    assert sokha.phone not in admin.get(LIST).content.decode()
    assert admin.get(f"{LIST}{sokha.pk}/change/").status_code == 302


@pytest.mark.usefixtures("second_steward")
def test_new_credentials_for_who_has_joined_wait_for_a_second_steward(admin, commune_clerk, signing):
    signing.give_device(commune_clerk)
    admin.post(LIST, {"action": "renew_credentials", "_selected_action": [commune_clerk.pk]})
    assert Proposal.objects.get().act == approvals.RENEW
    before = commune_clerk.password
    commune_clerk.refresh_from_db()
    assert commune_clerk.password == before
    assert commune_clerk.totpdevice_set.exists()


@pytest.mark.usefixtures("second_steward")
def test_also_while_they_have_not_come_back_yet(admin, commune_clerk, signing):
    signing.verified(Client(), commune_clerk)
    commune_clerk.set_unusable_password()
    commune_clerk.save(update_fields=["password"])
    admin.post(LIST, {"action": "renew_credentials", "_selected_action": [commune_clerk.pk]})
    assert Proposal.objects.get().act == approvals.RENEW


def test_no_service_gives_one_person_the_whole_code(steward, commune_clerk, signing):
    signing.verified(Client(), commune_clerk)
    for act in (invitations.renew_credentials, invitations.invite):
        with pytest.raises(invitations.CannotInvite):
            act(actor=steward, user=commune_clerk)
    assert commune_clerk.totpdevice_set.exists()


def test_an_invitation_that_was_never_followed_is_renewed_by_one(admin):
    lost = new(admin).context["code"]
    waiting = User.objects.get(username="clerk.new")
    found = admin.post(LIST, {"action": "renew_credentials", "_selected_action": [waiting.pk]})
    assert Client().post("/en/staff/join/", {"code": lost}).status_code == 200
    assert Client().post("/en/staff/join/", {"code": found.context["code"]}).status_code == 302


def test_a_renewal_by_two_ends_the_old_credentials(admin, steward, second_steward, commune_clerk, signing):
    official = signing.verified(Client(), commune_clerk)
    asked = approvals.propose_for(actor=steward, user=commune_clerk, act=approvals.RENEW)
    assert approval.approve(proposal=asked, actor=second_steward, digest=asked.digest)
    commune_clerk.refresh_from_db()
    assert not commune_clerk.has_usable_password()
    assert not commune_clerk.totpdevice_set.exists()
    assert official.get("/en/my/sessions/").status_code == 302


def test_a_steward_does_not_renew_their_own(admin, steward):
    admin.post(LIST, {"action": "renew_credentials", "_selected_action": [steward.pk]})
    assert steward.totpdevice_set.exists()
    assert admin.get(LIST).status_code == 200


def test_a_closed_account_is_not_invited(admin, commune_clerk):
    User.objects.filter(pk=commune_clerk.pk).update(is_active=False)
    response = admin.post(LIST, {"action": "renew_credentials", "_selected_action": [commune_clerk.pk]})
    assert response.status_code == 302


def test_a_closed_account_is_signed_out(admin, commune_clerk, signing):
    signing.verified(Client(), commune_clerk)
    admin.post(
        f"{LIST}{commune_clerk.pk}/change/",
        {
            "full_name": commune_clerk.full_name,
            "area_code": "010201",
            "operator_code": "",
            "_seen": seen(commune_clerk),
        },
    )
    commune_clerk.refresh_from_db()
    assert not commune_clerk.is_active
    assert not sessions.sessions_of(commune_clerk)
