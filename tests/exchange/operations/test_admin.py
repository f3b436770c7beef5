import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.models import TOTPDevice
from dsp_platform.approval.errors import SamePerson
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator, StatusReport
from tests.approval.cast import approve_waiting, end
from tests.exchange.conftest import agree, announce, entry

LISTS = ["operator", "agreement", "ledgerentry", "attempt", "statusreport", "incident"]


def signed_in(user) -> Client:
    """With the second factor verified in this session, as the admin requires."""
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    device = TOTPDevice.objects.create(user=user, name="phone", confirmed=True)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client


def address(name: str, *arguments: object) -> str:
    return reverse(f"admin:exchange_{name}", args=arguments)


def act(client: Client, model: str, action: str, *rows: object):
    data = {"action": action, "_selected_action": [str(row) for row in rows]}
    return client.post(address(f"{model}_changelist"), data, follow=True)


def begin(client: Client, draft: Agreement):
    """From the list to the page with its text, and proposed there."""
    page = act(client, "agreement", "begin", draft.pk)
    return client.post(address("agreement_begin", draft.pk), {"read": page.context["read"]}, follow=True)


@pytest.mark.parametrize("name", LISTS)
def test_a_steward_sees_every_list_and_a_reviewer_none(people, family_package, steward, nssf_reviewer, name):
    announce(people.add(1))
    assert signed_in(steward).get(address(f"{name}_changelist")).status_code == 200
    assert signed_in(nssf_reviewer).get(address(f"{name}_changelist")).status_code == 403


def test_no_name_is_shown_anywhere(people, family_package, family_package_db, steward):
    announce(people.add(1))
    drain("family_package")
    client = signed_in(steward)
    for name in LISTS:
        assert "សុខា 1" not in client.get(address(f"{name}_changelist")).content.decode()
    page = client.get(address("ledgerentry_change", entry(1).pk), follow=True).content.decode()
    with translation.override("km"):
        assert str(Agreement.objects.get()) in page
    assert "000000000001" not in page


def test_pause_and_resume(people, family_package, family_package_db, steward):
    announce(people.add(1))
    client = signed_in(steward)
    act(client, "operator", "pause", "family_package")
    drain("family_package")
    assert entry(1).state == "due"
    act(client, "operator", "resume", "family_package")
    drain("family_package")
    assert entry(1).state == "delivered"


def test_what_is_held_can_be_tried_again(people, family_package, family_package_db, steward):
    announce(people.add(1, sex="other"))
    drain("family_package")
    people.rows[1].values["sex"] = "male"
    act(signed_in(steward), "ledgerentry", "retry", entry(1).pk)
    drain("family_package")
    assert entry(1).state == "delivered"


def test_only_a_second_steward_approves_and_the_earlier_agreement_ends(
    people, family_package, steward, second_steward
):
    draft = agree(family_package, number=2, state="draft", drafted_by=steward)
    begin(signed_in(steward), draft)
    with pytest.raises(SamePerson):
        approve_waiting(steward)
    draft.refresh_from_db()
    assert draft.state == "draft"
    approve_waiting(second_steward)
    states = Agreement.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "ended"), (2, "approved")]


def test_a_field_that_does_not_exist_cannot_be_proposed(people, family_package, steward, second_steward):
    agreement = agree(
        family_package, number=2, state="draft", drafted_by=steward, fields=["spid", "full_name", "sex",
        "date_of_birth", "religion"]
    )  # fmt: skip
    answer = begin(signed_in(second_steward), agreement)
    agreement.refresh_from_db()
    assert agreement.state == "draft"
    assert "religion" in answer.content.decode()


def test_an_approved_agreement_is_read_only(people, family_package, steward):
    agreement = family_package.agreements.get()
    client = signed_in(steward)
    assert client.get(address("agreement_change", agreement.pk)).status_code == 200
    answer = client.post(address("agreement_change", agreement.pk), {"rule": "false"})
    assert answer.status_code == 403
    assert client.get(address("agreement_add")).status_code == 200


def test_an_ended_agreement_withdraws_what_was_shared(
    people, family_package, family_package_db, steward, second_steward
):
    announce(people.add(1))
    drain("family_package")
    announce(people.add(2))
    end(family_package.agreements.get(), steward, second_steward)
    drain("family_package")
    held = family_package_db("SELECT spid, full_name, deleted FROM fp_person")
    assert held == [("000000000001", None, True)]
    assert set(LedgerEntry.objects.values_list("subject_id", "reason")) == {
        (1, "withdrawn"),
        (2, "not_concerned"),
    }


def test_a_held_report_can_be_handled_again(db, steward, people):
    operator = Operator.objects.create(code="nssf", name_en="NSSF")
    report = StatusReport.objects.create(
        operator=operator, reference="1", kind="application", subject="A-1", status="approved",
        occurred_at="2026-11-01T00:00Z", state="held", reason="unknown_subject",
    )  # fmt: skip
    act(signed_in(steward), "statusreport", "retry", report.pk)
    report.refresh_from_db()
    assert report.state == "received"
