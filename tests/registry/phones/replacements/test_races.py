"""Races on real transactions: one phone, one outcome, one agreement."""

import pytest

from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account import phone_change
from dsp_platform.casework.errors import Overtaken
from registry.changes.moves.services import refuse_to_move
from registry.models import KeySetup, PhoneReplacement
from registry.phones.replacements import services as replacements_services
from registry.phones.replacements.services import apply_due
from registry.phones.replacements.stops import object_to_replacement
from tests.registry.cast import MALY_PHONE, OWN_SIM
from tests.registry.changes.cast import ask as ask_change
from tests.registry.changes.cast import decide, joining
from tests.registry.changes.moves.test_moves import say_yes
from tests.registry.phones.replacements.test_replacements import (
    assisted_session_of,
    confirm,
    open_account,
    proved,
    request_replacement,
)
from tests.registry.registration.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)
OLD = "+85512345678"


@pytest.fixture
def asked(family_of_one, sokha, commune_clerk):
    return request_replacement(commune_clerk, sokha.person)


def test_a_confirmation_and_an_objection_end_it_once(asked, sokha, second_clerk):
    at_once(
        lambda: confirm(asked, second_clerk),
        lambda: object_to_replacement(replacement=asked, actor=sokha),
    )
    state, phone = PhoneReplacement.objects.get().state, User.objects.get(pk=sokha.pk).phone
    assert (state, phone) in [("applied", OWN_SIM), ("objected", OLD)]


def test_two_confirmations_are_one(asked, second_clerk, district):
    outcomes = at_once(lambda: confirm(asked, second_clerk), lambda: confirm(asked, district))
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 1
    assert KeySetup.objects.count() == 1


def test_the_last_day_and_a_confirmation_are_one(asked, second_clerk):
    PhoneReplacement.objects.update(due_at="2026-01-01T00:00Z", asked_at="2025-12-01T00:00Z")
    at_once(lambda: confirm(asked, second_clerk), apply_due, apply_due)
    assert PhoneReplacement.objects.get().state == "applied"
    assert KeySetup.objects.count() == 1


def test_the_holder_changes_the_phone_at_that_moment(asked, sokha, second_clerk):
    """Whichever is first, the account has one number: its own, or that of two officials."""
    own = "+85516000007"

    def change():
        def then(phone):
            account = User.objects.get(pk=sokha.pk)
            return phone_change.change_phone(account=account, phone=phone, keep=None)

        return proved(own, sokha, then)

    at_once(change, lambda: confirm(asked, second_clerk))
    outcome = (PhoneReplacement.objects.get().state, User.objects.get(pk=sokha.pk).phone)
    assert outcome in (("overtaken", own), ("applied", asked.phone), ("applied", own))


def test_two_first_accounts_at_once_wait_once(maly, other_clerk, django_user_model):
    third = django_user_model.objects.create_staff(
        username="clerk.third", password="only-for-tests-9182", role="official", area_code="010202"
    )
    assisted_sessions = {clerk: assisted_session_of(clerk, maly) for clerk in (other_clerk, third)}

    def opening(clerk, phone):
        return lambda: replacements_services.open_account(
            official=clerk,
            assisted_session=assisted_sessions[clerk],
            person=maly,
            phone=phone,
            document="passport",
        )

    at_once(opening(other_clerk, "+85516000011"), opening(third, "+85516000012"))
    assert PhoneReplacement.objects.filter(state="waiting").count() == 1


def test_a_yes_and_a_no_at_once_leave_one_answer(family_of_one, maly, sokha, commune_clerk):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    request = ask_change(sokha, "joins", **joining(maly))
    at_once(
        lambda: say_yes(request, commune_clerk),
        lambda: refuse_to_move(request=request, actor=maly.account),
    )
    request.refresh_from_db()
    assert request.state == "refused"
    with pytest.raises(Overtaken):
        decide(request, commune_clerk)


def test_an_account_opened_by_the_number_on_record_while_another_is_asked_for(maly, other_clerk):
    open_account(other_clerk, maly)
    opened = open_account(other_clerk, maly, MALY_PHONE)
    maly.refresh_from_db()
    assert maly.account == opened
