"""The pages of proposals: the change in words, its consequences, a confirmation of each action, in both
languages.
"""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import approvals as weight
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.models import Agreement
from registry.models import Programme
from registry.programmes.changes import propose_programme_change
from tests.exchange.conftest import MAPPING, agree
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_steward")]


@pytest.fixture(params=["km", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
@as_owner()  # nobody else brings one that is open already
def programme(operators):
    return Programme.objects.create(
        code="card", operator=operators["idpoor"], name_km="បណ្ណ", name_en="Card", state="open", rule="true"
    )


@pytest.fixture
def agreement(people, operators):
    return agree(operators["nssf"])


def page(language: str, name: str, *arguments: object) -> str:
    with translation.override(language):
        return reverse(f"admin:{name}", args=arguments)


def decide(client, language, proposal, **typed):
    return client.post(
        page(language, "approval_proposal_decide", proposal.pk),
        {"act": "approve", "digest": proposal.digest, **typed},
    )


def test_an_agreement_does_not_end_by_one_click(agreement, steward, second_steward, language):
    """From the list to the end: proposed with consequences by one steward, confirmed by the other."""
    first, second = browser(steward), browser(second_steward)
    listed = {"action": "end", "_selected_action": [agreement.pk]}
    way = first.post(page(language, "exchange_agreement_changelist"), listed)
    assert way["Location"] == page(language, "exchange_agreement_end", agreement.pk)
    assert first.post(way["Location"], {"day": ""}).status_code == 200  # the reason is missing
    typed = {"day": "", "reason": "It is over.", "read": approvals.text_read(agreement, "end")}
    assert first.post(way["Location"], typed).status_code == 302
    proposal = Proposal.objects.get()
    for client, sent in ((first, {"yes": "yes"}), (second, {})):
        decide(client, language, proposal, **sent)
        agreement.refresh_from_db()
        assert agreement.state == "approved"
    asked = decide(second, language, proposal).content.decode()
    assert proposal.digest in asked
    assert str(agreement.operator) in asked
    decide(second, language, proposal, yes="yes")
    agreement.refresh_from_db()
    assert agreement.state == "ended"


def test_the_page_tells_the_difference_in_words(agreement, steward, second_steward, language):
    words = {"fields": ["spid", "full_name"], "mapping": {**MAPPING, "columns": {"full_name": "full_name"}}}
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, **words)
    proposal = approvals.propose_begin(
        agreement=draft, actor=steward, read=approvals.text_read(draft, "begin")
    )
    shown = (
        browser(second_steward).get(page(language, "approval_proposal_change", proposal.pk)).content.decode()
    )
    table = shown.partition('class="difference"')[2].partition("</table>")[0]
    assert "birth_date" in table  # the operator's own column, which is not filled any more
    assert "date_of_birth" not in table  # a field has its label
    assert not re.search(r"[{}\[\]]|&#x27;|&quot;", table)
    assert proposal.digest not in table


def test_an_old_page_shows_the_new_text(agreement, steward, second_steward, language):
    draft = agree(agreement.operator, number=2, state="draft", drafted_by=steward, rule="age > 1")
    read = approvals.propose_begin(agreement=draft, actor=steward, read=approvals.text_read(draft, "begin"))
    draft.rule = "age > 2"
    approvals.edit_draft(agreement=draft, actor=steward)
    answer = decide(browser(second_steward), language, read, yes="yes")
    now = Proposal.objects.get(state="proposed")
    assert answer["Location"] == page(language, "approval_proposal_change", now.pk)
    assert "age &gt; 2" in browser(second_steward).get(answer["Location"]).content.decode()
    assert Agreement.objects.get(pk=draft.pk).state == "draft"


def test_a_double_click_is_told_and_does_nothing(agreement, steward, second_steward, language):
    proposal = approvals.propose_end(
        agreement=agreement, actor=steward, day=None, read=approvals.text_read(agreement, "end")
    )
    client = browser(second_steward)
    assert decide(client, language, proposal, yes="yes").status_code == 302
    assert decide(client, language, proposal, yes="yes").status_code == 302
    assert AuditEvent.objects.filter(action="end").count() == 1


def test_who_refuses_says_why(agreement, steward, second_steward, language):
    proposal = approvals.propose_end(
        agreement=agreement, actor=steward, day=None, read=approvals.text_read(agreement, "end")
    )
    client = browser(second_steward)
    assert decide(client, language, proposal, act="refuse", yes="yes").status_code == 200
    nothing_seen = {"note": "\u200b", "yes": "yes"}
    assert decide(client, language, proposal, act="refuse", **nothing_seen).status_code == 200
    decide(client, language, proposal, act="refuse", note="Not yet.", yes="yes")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.note) == ("refused", "Not yet.")


def test_a_new_steward_waits_and_nothing_of_them_is_shown(steward, second_steward, language):
    typed = {
        "username": "new.one",
        "full_name": "ថ្មី",
        "role": "steward",
        "area_code": "",
        "operator_code": "",
    }
    answer = browser(steward).post(page(language, "accounts_user_add"), typed)
    proposal = Proposal.objects.get()
    assert answer["Location"] == page(language, "approval_proposal_change", proposal.pk)
    assert not User.objects.filter(username="new.one").exists()
    decide(browser(steward), language, proposal, yes="yes")
    assert not User.objects.filter(username="new.one").exists()
    answer = decide(browser(second_steward), language, proposal, yes="yes")
    assert "otpauth" not in answer.content.decode()
    assert User.objects.get(username="new.one").is_steward


@pytest.mark.usefixtures("third_steward")
def test_credentials_of_a_steward_are_not_renewed_by_one(steward, second_steward, language):
    listed = {"action": "renew_credentials", "_selected_action": [second_steward.pk]}
    answer = browser(steward).post(page(language, "accounts_user_changelist"), listed)
    assert answer.status_code == 302
    assert Proposal.objects.get().act == weight.RENEW
    before = second_steward.password
    second_steward.refresh_from_db()
    assert second_steward.password == before


def test_an_auditor_reads_proposals_and_decides_nothing(agreement, steward, auditor, language):
    proposal = approvals.propose_end(
        agreement=agreement, actor=steward, day=None, read=approvals.text_read(agreement, "end")
    )
    client = browser(auditor)
    shown = client.get(page(language, "approval_proposal_change", proposal.pk))
    assert shown.status_code == 200
    assert 'name="act"' not in shown.content.decode()
    assert decide(client, language, proposal, yes="yes").status_code == 403


def test_every_look_at_a_proposal_is_recorded_for_it_counts_people(programme, steward, second_steward):
    proposal = propose_programme_change(programme=programme, rule="age >= 60", benefits=[], actor=steward)
    for reader in (steward, second_steward):
        assert browser(reader).get(page("en", "approval_proposal_change", proposal.pk)).status_code == 200
    accesses = AuditEvent.objects.filter(action="view", subject_kind="proposal", subject_id=str(proposal.pk))
    assert list(accesses.order_by("pk").values_list("actor", flat=True)) == [steward.pk, second_steward.pk]


def test_only_an_auditor_reads_what_stewards_did(steward, second_steward, auditor, commune_clerk):
    for actor in (steward, second_steward, commune_clerk):
        audit.record(actor=actor, action=f"act-{actor.username}", subject_kind="test")
    address = page("en", "audit_auditevent_changelist")
    seen = {
        reader.username: re.findall(r"act-([a-z.]+)", browser(reader).get(address).content.decode())
        for reader in (steward, auditor)
    }
    assert set(seen["steward.one"]) == {"clerk.banteay"}
    assert set(seen["auditor.one"]) == {"steward.one", "steward.two", "clerk.banteay"}


def test_an_auditor_sends_nothing_that_changes(agreement, steward, auditor, operators):
    client = browser(auditor)
    for name, action, row in (
        ("exchange_agreement", "end", agreement.pk),
        ("exchange_operator", "pause", "nssf"),
        ("exchange_operator", "compare", "nssf"),
        ("accounts_user", "renew_credentials", steward.pk),
    ):
        client.post(page("en", f"{name}_changelist"), {"action": action, "_selected_action": [row]})
    operators["nssf"].refresh_from_db()
    assert operators["nssf"].paused_at is None
    assert not Proposal.objects.filter(state="proposed").exists()
    assert not AuditEvent.objects.filter(actor=auditor).exclude(action__in=("sign_in", "list")).exists()


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_nobody_sees_is_no_reason_to_end_an_agreement(agreement, steward, second_steward, language):
    way = page(language, "exchange_agreement_end", agreement.pk)
    asked = browser(steward).post(way, {"day": "", "reason": " \u200b ", "yes": "1"})
    assert asked.context["form"].errors["reason"]
    assert not Proposal.objects.exists()
