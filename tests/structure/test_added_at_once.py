"""A form that adds a row and is submitted twice concurrently answers both, and adds one row."""

import pytest
from django.urls import reverse

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.approval.errors import AlreadyPending, NobodyCanApprove
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.agreements.mapping_rows import sheet_of
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement
from registry.models import Programme
from tests.accounts.codes.test_code_races import at_once
from tests.exchange.conftest import FIELDS, MAPPING
from tests.json_rows import posted_anew
from tests.registry.conftest import family_package as family_package
from tests.registry.programmes.test_admin import programme_form
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db(transaction=True)

NEW_STAFF = {"username": "new.one", "full_name": "ថ្មី", "area_code": "010201", "operator_code": ""}


def sent_four_times(steward, page, **typed) -> list[int]:
    presses = [browser(steward) for _number in range(4)]
    address = reverse(page)

    def press(client):
        return lambda: client.post(address, typed).status_code

    return sorted(at_once(*[press(client) for client in presses]))


def test_an_account_of_weight_is_proposed_once(steward, second_steward):
    answers = sent_four_times(steward, "admin:accounts_user_add", **NEW_STAFF, role="auditor")
    assert answers == [200, 200, 200, 302]
    assert Proposal.objects.count() == 1


def test_an_official_is_made_once(steward, areas):
    assert sent_four_times(steward, "admin:accounts_user_add", **NEW_STAFF, role="official") == [200] * 4
    assert User.objects.filter(username="new.one").count() == 1


def test_an_agreement_is_drafted_once(steward, operators):
    answers = sent_four_times(
        steward,
        "admin:exchange_agreement_add",
        operator="nssf",
        kind="person",
        fields=[f"person.{name}" for name in FIELDS],
        **posted_anew(sheet_of(MAPPING, registered.kinds["person"], FIELDS)),
        concerns="applicants",
        basis="law",
        legal_reference="x",
        purpose_km="x",
        purpose_en="x",
        valid_from="2027-01-01",
    )
    assert answers == [200, 200, 200, 302]
    assert Agreement.objects.count() == 1


def test_a_programme_is_added_once(steward, second_steward, family_package):
    typed = programme_form(family_package, code="new-one", rule="age >= 60")
    assert sent_four_times(steward, "admin:registry_programme_add", **typed) == [200, 200, 200, 302]
    assert Programme.objects.filter(code="new-one").count() == 1


def test_where_nobody_could_approve_it_the_form_says_so_and_keeps_what_was_typed(steward):
    page = browser(steward).post(reverse("admin:accounts_user_add"), {**NEW_STAFF, "role": "auditor"})
    assert str(NobodyCanApprove()) in page.content.decode()
    assert 'value="new.one"' in page.content.decode()


def test_what_is_refused_while_it_is_saved_is_told_on_the_form(steward, second_steward, monkeypatch):
    def refuse(**given):
        raise AlreadyPending

    monkeypatch.setattr(approval, "propose", refuse)
    page = browser(steward).post(reverse("admin:accounts_user_add"), {**NEW_STAFF, "role": "auditor"})
    assert str(AlreadyPending()) in page.content.decode()
    assert 'value="new.one"' in page.content.decode()
