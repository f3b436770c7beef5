"""Two records become one."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation

from applications.models import Application
from applications.services import submit_application
from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import InConflict
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.beneficiaries.enrolment import enrol, note_payment
from registry.consents.services import give_consent, withdraw_consent
from registry.errors import MergedMeanwhile, MergeRefused
from registry.merging.contract import Side
from registry.merging.fields import differences
from registry.merging.selectors import consequences
from registry.merging.services import merge
from registry.models import Enrolment, Household, Membership, Person
from registry.my_data.selectors import data_subject, logged_subjects
from registry.persons.households import home_now
from registry.persons.writer import PersonWriter
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import entry, settle
from tests.registry.merging.conftest import OTHER_PHONE

pytestmark = pytest.mark.django_db


def again(row):
    return type(row).objects.get(pk=row.pk)


def write(person, **values):
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(again(person), **values)


def card(person, number, type="identity_card"):
    with transaction.atomic(), PersonWriter() as writer:
        writer.replace_document(again(person), type, number)


# --- who may


def test_only_a_steward_merges(maly, other_maly, commune_clerk, steward):
    with pytest.raises(PermissionDenied):
        merge(kept=maly, merged=other_maly, actor=commune_clerk, approved_by=steward)


def test_nobody_merges_a_record_of_their_own(maly, other_maly, two):
    two["actor"].spid = other_maly.spid
    with pytest.raises(InConflict):
        merge(kept=maly, merged=other_maly, **two)


# --- when it cannot be


def test_no_record_is_merged_twice(maly, other_maly, rith, two):
    merge(kept=maly, merged=other_maly, **two)
    with pytest.raises(MergeRefused):
        merge(kept=rith, merged=other_maly, **two)


def test_the_dead_and_the_living_are_not_one(maly, other_maly, two):
    Person.objects.filter(pk=maly.pk).update(died_on=date(2026, 1, 1))
    with pytest.raises(MergeRefused):
        merge(kept=maly, merged=other_maly, **two)


def test_a_household_is_not_left_without_its_head(maly, other_maly, heng, two):
    with pytest.raises(MergeRefused, match=home_now(maly).number):
        merge(kept=other_maly, merged=heng.person, **two)


def test_an_alias_is_written_no_more(maly, other_maly, two):
    merge(kept=maly, merged=other_maly, **two)
    with pytest.raises(MergedMeanwhile):
        write(other_maly, phone="")


# --- where the person lives


def test_the_household_that_is_left_empty_is_closed(maly, other_maly, two):
    left, home = home_now(other_maly), home_now(maly)
    merge(kept=maly, merged=other_maly, **two)
    assert again(left).closed_on == timezone.localdate()
    assert home_now(again(maly)) == home
    assert not Membership.objects.filter(person=other_maly).exists()


def test_the_other_household_may_remain(maly, other_maly, two):
    home, left = home_now(other_maly), home_now(maly)
    merge(kept=maly, merged=other_maly, home=home, **two)
    now = Membership.objects.get(person=maly, ended_on=None)
    assert (now.household, now.relationship) == (home, "head")
    assert (again(maly).village_id, again(left).closed_on) == ("01020101", None)


def test_of_two_members_of_one_household_the_head_remains(maly, heng, two):
    home = home_now(maly)
    merge(kept=maly, merged=heng.person, **two)
    assert Membership.objects.get(household=home, ended_on=None, relationship="head").person == maly
    assert home.memberships.filter(ended_on=None).count() == 2


def test_whoever_receives_the_money_receives_it_on(maly, heng, two):
    Household.objects.filter(pk=home_now(maly).pk).update(payee=heng.person)
    merge(kept=maly, merged=heng.person, **two)
    assert home_now(again(maly)).payee == maly


def test_nobody_becomes_one_who_cannot_live_there(maly, other_maly, people, two):
    """By the date of the other record she would be younger than her son."""
    home = home_now(other_maly)
    son = people["ពិសិដ្ឋ"]
    Membership.objects.filter(person=son).update(household=home)
    write(maly, born=PartialDate(son.date_of_birth, "day"))
    with pytest.raises(MergeRefused, match=son.name):
        merge(kept=maly, merged=other_maly, home=home, values={"born": Side.KEPT}, **two)
    assert home_now(again(other_maly)) == home
    merge(kept=maly, merged=other_maly, home=home, values={"born": Side.MERGED}, **two)


# --- details and documents


def test_what_only_the_other_record_says_is_filled(maly, other_maly, two):
    write(other_maly, working=True)
    merge(kept=maly, merged=other_maly, **two)
    assert again(maly).working is True


def test_a_phone_number_is_never_filled(maly, other_maly, two):
    """By it the record could be claimed; it may be a stranger's."""
    write(maly, phone="")
    merge(kept=again(maly), merged=other_maly, **two)
    assert again(maly).phone == ""


def test_of_what_differs_it_is_chosen(maly, other_maly, two):
    assert {one.detail for one in differences(maly, other_maly)} == {"born", "phone"}
    merge(kept=maly, merged=other_maly, values={"phone": Side.MERGED}, **two)
    assert (again(maly).phone, again(maly).born) == (OTHER_PHONE, maly.born)


def test_the_more_exact_of_two_dates_is_suggested(maly, other_maly):
    found = {one.detail: one.suggested for one in differences(other_maly, maly)}
    assert found["born"] == Side.MERGED


def test_where_a_detail_comes_from_goes_along(maly, other_maly, two):
    Person.objects.filter(pk=other_maly.pk).update(origins={"*": "idpoor"}, working=True)
    merge(kept=maly, merged=again(other_maly), **two)
    assert again(maly).origins == {"working": "idpoor"}


def test_documents_pass_but_those_both_have(maly, other_maly, two):
    for person, number in ((maly, "010203111"), (other_maly, "010203222")):
        card(person, number)
        card(person, "55", "family_book")
    merge(kept=maly, merged=other_maly, **two)
    numbers = {one.number for one in maly.documents.filter(type="identity_card")}
    assert numbers == {"010203111", "010203222"}
    assert maly.documents.filter(type="family_book").count() == 1


# --- what hangs on them


def test_of_two_enrolments_one_ends_and_its_payments_stay(maly, other_maly, two, programmes):
    for person in (maly, other_maly):
        enrol(person=person, programme=programmes["health"], since=date(2026, 1, 1))
    double = other_maly.enrolments.get()
    note_payment(enrolment=double, amount=100, paid_on=date(2026, 2, 1), operator_reference="1")
    assert any("health" in one for one in consequences(maly, other_maly))
    merge(kept=maly, merged=other_maly, **two)
    assert sorted(maly.enrolments.values_list("state", flat=True)) == ["active", "ended"]
    assert again(double).payments.count() == 1


def test_of_two_accounts_that_of_the_record_that_remains_is_theirs(maly_at_home, maly, other_maly, two):
    merge(kept=maly, merged=other_maly, **two)
    assert again(maly).account == maly_at_home
    assert not Person.objects.filter(account__phone=OTHER_PHONE).exists()


def test_the_only_account_passes(maly, other_maly, two):
    account = other_maly.account
    merge(kept=maly, merged=other_maly, **two)
    assert again(maly).account == account


def test_a_consent_taken_back_in_one_household_ends_in_the_other(maly, other_maly, two, sokha):
    home, left = home_now(maly), home_now(other_maly)
    by = {"actor": other_maly.account, "assisted_session": None}
    withdraw_consent(household=left, operator_code="idpoor", **by)
    give_consent(
        household=home,
        given_by=maly,
        operator_code="idpoor",
        purpose="x",
        text="x",
        language="km",
        actor=User.objects.get(phone="+85512777000"),
        assisted_session=None,
    )
    with translation.override("en"):
        assert any(
            "The consent for Ministry of Planning ends" in one for one in consequences(maly, other_maly)
        )
    merge(kept=maly, merged=other_maly, **two)
    assert not home.consents.filter(operator_code="idpoor", withdrawn_at=None).exists()


def test_a_consent_of_a_household_that_closes_takes_none_away(maly, other_maly, two):
    merge(kept=maly, merged=other_maly, home=home_now(other_maly), **two)
    assert home_now(again(maly)).consents.filter(operator_code="idpoor", withdrawn_at=None).exists()


def test_operators_delete_the_one_record_and_get_the_other(maly, other_maly, two):
    settle()
    merge(kept=maly, merged=other_maly, home=home_now(other_maly), **two)
    assert entry("person", other_maly.pk).agreement is None
    assert entry("person", maly.pk).agreement is not None
    assert entry("person", maly.pk).state != "delivered"


def test_the_number_of_each_record_is_told(maly, maly_at_home, other_maly, two):
    merge(kept=again(maly), merged=other_maly, **two)
    told = Message.objects.filter(template__startswith="records_merged").values_list("phone", flat=True)
    assert set(told) == {MALY_PHONE, OTHER_PHONE}


def test_of_a_record_without_a_number_the_household_is_told(maly, heng, other_maly, two):
    """She may be the victim: her husband hears of it."""
    write(maly, phone="")
    merge(kept=other_maly, merged=again(maly), **two)
    told = Message.objects.filter(template__startswith="records_merged").values_list("phone", flat=True)
    assert set(told) == {HEAD_PHONE, OTHER_PHONE}


def test_the_page_names_the_account_that_gets_the_record(maly, maly_at_home, other_maly):
    words = " ".join(consequences(again(maly), other_maly))
    assert maly.spid_grouped in words
    assert MALY_PHONE[-4:] in words
    assert MALY_PHONE not in words


def test_the_person_reads_who_looked_at_either_record(maly, other_maly, two):
    merge(kept=maly, merged=other_maly, **two)
    assert set(logged_subjects(data_subject(again(maly)))["person"]) >= {maly.pk, other_maly.pk}


# --- chains


def test_of_a_chain_every_alias_leads_to_the_record_that_remains(maly, other_maly, rith, two):
    merge(kept=maly, merged=rith, **two)
    merge(kept=other_maly, merged=again(maly), **two)
    assert again(rith).merged_into == again(maly).merged_into == other_maly


def test_of_two_applications_one_is_closed(maly, other_maly, maly_at_home, two, programmes, agreements):
    for account, person in ((maly_at_home, maly), (other_maly.account, other_maly)):
        submit_application(
            person=again(person),
            programme=programmes["health"],
            consent=True,
            actor=account,
            assisted_session=None,
        )
    merge(kept=maly, merged=other_maly, **two)
    assert sorted(Application.objects.filter(person=maly).values_list("state", flat=True)) == [
        "submitted",
        "withdrawn",
    ]
    assert Enrolment.objects.count() == 0
