from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsp_platform.accounts.errors import CodeProblem, Expired, NoMoreTries, WrongCode
from dsp_platform.accounts.models import PhoneEvent, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.claims.services import (
    CLAIMS_A_DAY,
    CODES_A_DAY,
    SAME_A_DAY,
    Identity,
    begin_claim,
    code_of,
    confirm_claim,
    purge_claims,
)
from registry.errors import NotClaimed, TooManyClaims
from registry.identity.spid import new_spid
from registry.models import Claim, Person
from registry.persons import selectors
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details

BORN = date(1984, 4, 14)


@built_once
def head(areas, commune_clerk):
    """Registered at the counter, with Sokha's phone and an identity card."""
    card = {"document_type": "identity_card", "document_number": "010203045"}
    details = household_details(person_details(phone="012345678", **card), child_details())
    household = register_household(actor=commune_clerk, details=details)
    return household.memberships.get(relationship="head").person


@pytest.fixture
def stranger(db):
    return User.objects.create_citizen(phone="+85516000001")


@pytest.fixture
def identity(head):
    return Identity(kind="spid", number=head.spid, born=PartialDate(BORN))


def begin(account, identity):
    return begin_claim(account=account, identity=identity, proved=True)


def confirm(account, claim, typed=None):
    confirm_claim(account=account, claim=claim, typed=typed or code_of(claim))


def texts():
    """Besides the one about the registration."""
    sent = Message.objects.exclude(template__startswith="registered").order_by("pk")
    return list(sent.values_list("template", "phone"))


def test_with_the_phone_on_record_no_code_is_needed(sokha, identity, head):
    assert begin(sokha, identity).used_at
    assert selectors.subject_for(sokha, None) == head
    assert texts() == [("claimed", head.phone)]
    assert AuditEvent.objects.filter(action="claim", subject_id=head.pk, actor=sokha).exists()


def test_with_another_phone_the_code_goes_to_the_phone_on_record(stranger, identity, head):
    claim = begin(stranger, identity)
    assert selectors.subject_for(stranger, None) is None
    assert texts() == [("claim_code", head.phone)]
    assert code_of(claim) in render("claim_code", {"claim": str(claim.pk)}, "km")
    confirm(stranger, claim)
    assert selectors.subject_for(stranger, None) == head
    assert sorted(texts()[1:]) == [("claimed", head.phone), ("claimed", stranger.phone)]


def test_a_code_that_waits_does_not_leave_when_another_number_stands_on_record(stranger, identity, head):
    claim = begin(stranger, identity)
    head.phone = "+85592100200"
    head.save()
    assert render("claim_code", {"claim": str(claim.pk)}, "km") == ""
    with pytest.raises(NotClaimed):
        confirm(stranger, claim)


def test_the_phone_must_be_the_one_on_record_now(stranger, identity, head):
    """However it came there: also where the number is known long enough."""
    claim = begin(stranger, identity)
    Claim.objects.filter(pk=claim.pk).update(phone_digest=b"of another number")
    with pytest.raises(NotClaimed):
        confirm(stranger, claim)
    assert selectors.subject_for(stranger, None) is None


def test_a_document_serves_instead_of_the_spid(sokha, head):
    begin(sokha, Identity(kind="identity_card", number="០១០២០៣០៤៥", born=PartialDate(BORN)))
    assert selectors.subject_for(sokha, None) == head


def test_the_spid_of_a_merged_person_leads_to_whom_they_became(sokha, identity, head):
    Person.objects.filter(pk=head.memberships.get().household.memberships.exclude(person=head).get().person_id
                          ).update(merged_into=head, spid=(alias := new_spid()))  # fmt: skip
    begin(sokha, replace(identity, number=alias))
    assert selectors.subject_for(sokha, None) == head


@pytest.mark.parametrize(
    ("known", "told", "fits"),
    [
        ("1984", "1984", True),
        ("1984", "1984-09-30", True),
        ("1984", "1985", False),
        ("1984-04", "1984-04", True),
        ("1984-04", "1984", False),
        ("1984-04-14", "1984-04", False),
    ],
)
def test_the_birth_is_compared_as_exactly_as_the_record_knows_it(sokha, identity, head, known, told, fits):
    head.born = PartialDate.parse(known)
    head.save()
    assert bool(begin(sokha, replace(identity, born=PartialDate.parse(told))).used_at) is fits


def wrong_ways(identity, head):
    yield replace(identity, number=new_spid())
    yield replace(identity, born=PartialDate(date(1985, 4, 14)))
    yield Identity(kind="passport", number="N1234567", born=PartialDate(BORN))


def test_who_is_not_found_leaves_the_same_traces(stranger, identity, head):
    counts = set()
    for way in [identity, *wrong_ways(identity, head)]:
        with CaptureQueriesContext(connection) as queries:
            claim = begin(stranger, way)
        counts.add(len(queries))
        assert claim.used_at is None
    assert len(counts) == 1
    assert [template for template, _phone in texts()] == ["claim_code"] * 4
    assert [phone for _template, phone in texts()] == [head.phone, "", "", ""]
    claim = Claim.objects.exclude(person=head).first()
    assert render("claim_code", {"claim": str(claim.pk)}, "km") == ""


def test_of_nobody_even_the_derived_code_is_wrong(stranger, identity):
    claim = begin(stranger, replace(identity, number=new_spid()))
    with pytest.raises(WrongCode):
        confirm(stranger, claim)


def test_five_wrong_codes_end_the_claim(stranger, identity):
    claim = begin(stranger, identity)
    for _ in range(4):
        with pytest.raises(WrongCode):
            confirm(stranger, claim, "nonsense")
    for typed in ("nonsense", code_of(claim)):
        with pytest.raises(NoMoreTries):
            confirm(stranger, claim, typed)


def test_a_code_is_over_after_ten_minutes(stranger, identity):
    claim = begin(stranger, identity)
    Claim.objects.update(expires_at=timezone.now())
    with pytest.raises(Expired):
        confirm(stranger, claim)


def test_a_stranger_who_tries_too_often_locks_only_themselves(stranger, sokha, identity, head):
    for way in [identity] + [replace(identity, number=new_spid()) for _ in range(4)]:
        begin(stranger, way)
    with pytest.raises(TooManyClaims):
        begin(stranger, replace(identity, number=new_spid()))
    assert not PhoneEvent.objects.filter(phone=head.phone).exists()
    assert begin(sokha, identity).used_at


def test_one_account_tries_the_same_number_only_twice(stranger, identity, head):
    """Whether or not the person exists: two accounts alone cannot exhaust the codes of a phone."""
    for way in (identity, replace(identity, number=new_spid())):
        Claim.objects.all().delete()
        for _ in range(SAME_A_DAY):
            begin(stranger, way)
            Claim.objects.update(created_at=timezone.now() - timedelta(hours=1))
        with pytest.raises(TooManyClaims):
            begin(stranger, way)
        assert begin(stranger, replace(identity, number=new_spid()))


def test_guessing_dates_of_birth_is_trying_the_same_number(stranger, identity, head):
    card = Identity(kind="identity_card", number="010203045", born=PartialDate(BORN))
    for way, again in ((identity, head.spid), (card, "០១០ ២០៣-០៤៥")):
        Claim.objects.all().delete()
        for year in range(SAME_A_DAY):
            begin(stranger, replace(way, born=PartialDate(date(1985 + year, 4, 14))))
        with pytest.raises(TooManyClaims):
            begin(stranger, replace(way, number=again))


def test_a_date_of_birth_corrected_at_once_is_no_double_click(stranger, identity, head):
    assert begin(stranger, replace(identity, born=PartialDate(date(1985, 4, 14)))).person is None
    assert begin(stranger, identity).person == head


def test_two_accounts_do_not_keep_a_third_one_out(stranger, sokha, identity, head):
    for account in (sokha, User.objects.create_citizen(phone="+85516000003")):
        rows = [
            Claim(account=account, person=head, identity_digest=identity.digest, expires_at=timezone.now())
            for _ in range(CLAIMS_A_DAY)
        ]
        Claim.objects.bulk_create(rows)
    assert begin(stranger, identity).person == head


def test_the_tries_of_yesterday_are_forgotten(stranger, identity):
    for _ in range(5):
        begin(stranger, replace(identity, number=new_spid()))
    Claim.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert begin(stranger, identity)


def test_a_phone_gets_only_so_many_codes_and_its_owner_needs_none(sokha, stranger, identity, head):
    for _ in range(CODES_A_DAY):
        Claim.objects.create(account=sokha, person=head, identity_digest=b"", expires_at=timezone.now(),
                             created_at=timezone.now() - timedelta(hours=1))  # fmt: skip
    assert begin(stranger, identity).person is None
    Claim.objects.filter(account=sokha).update(account=stranger)
    assert begin(sokha, identity).used_at


def test_a_double_click_is_one_try_and_one_code(stranger, identity):
    assert begin(stranger, identity) == begin(stranger, identity)
    assert len(texts()) == 1


def test_whoever_has_an_account_is_not_claimed_again(sokha, stranger, identity, head):
    begin(sokha, identity)
    assert begin(stranger, identity).person is None
    with pytest.raises(NotClaimed):
        begin(sokha, identity)


def test_who_told_no_phone_goes_to_the_commune(stranger, identity, head):
    Person.objects.filter(pk=head.pk).update(phone="")
    assert begin(stranger, identity).person is None


def test_staff_claim_nobody(commune_clerk, identity):
    with pytest.raises(NotClaimed):
        begin(commune_clerk, identity)


def test_old_tries_are_forgotten(stranger, identity):
    begin(stranger, identity)
    Claim.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert purge_claims() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_at_once_one_gets_the_record(areas, stranger, commune_clerk):
    household = register_household(
        actor=commune_clerk, details=household_details(person_details(phone="012345678"))
    )
    head = household.memberships.get().person
    identity = Identity(kind="spid", number=head.spid, born=PartialDate(BORN))
    accounts = [stranger, User.objects.create_citizen(phone="+85516000002")]
    claims = [begin(account, identity) for account in accounts]
    start, ends = Barrier(2), []

    def type_code(account, claim):
        start.wait()
        try:
            confirm(account, claim)
            ends.append("joined")
        except (NotClaimed, CodeProblem) as problem:
            ends.append(type(problem).__name__)
        finally:
            connections.close_all()

    threads = [Thread(target=type_code, args=pair) for pair in zip(accounts, claims, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["NotClaimed", "joined"]
    assert Person.objects.get(pk=head.pk).account in accounts
