"""Whoever stands in a file with a document and a phone does not open at once a household that others
registered, and into which the file brought them."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.database.history import history_of
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.claims.selectors import claimable
from registry.claims.services import Identity, begin_claim, code_of, confirm_claim
from registry.errors import NotClaimed, PlacedLately
from registry.merging.services import merge
from registry.models import Household, Membership, Person
from registry.persons import selectors
from registry.persons.writer import PersonWriter
from registry.phones.accounts import give_account
from tests.registry.claims.test_claim_page import answers, browser_of, url
from tests.registry.imports.conftest import folder as folder
from tests.registry.imports.conftest import imported as imported
from tests.registry.imports.conftest import row, sophea
from tests.registry.imports.conftest import source as source
from tests.registry.imports.writing.test_placing import DOUBLE
from tests.registry.imports.writing.test_placing import decided as decided
from tests.roles import as_owner

PHONE, CARD = "+85512777005", "087654321"
NEWCOMER = row("2", phone=PHONE, card=CARD)


@pytest.fixture
def account(db):
    """Its number stands in the file."""
    return User.objects.create_citizen(phone=PHONE)


@pytest.fixture
def stranger(db):
    return User.objects.create_citizen(phone="+85516000001")


def claim(account, **changes):
    told = {"kind": "identity_card", "number": CARD, "born": PartialDate(date(2001, 2, 3))}
    return begin_claim(account=account, identity=Identity(**{**told, **changes}), proved=True)


def dara():
    return Person.objects.get(given_name="ដារ៉ា", birth_precision="day")


def home():
    return Household.objects.get()


@pytest.fixture
def two(steward, second_steward):
    return {"actor": steward, "approved_by": second_steward}


@as_owner()
def pass_days(days, model=Membership):
    """Since everybody came to live where they do."""
    events = history_of(model)
    with pgtrigger.ignore():
        for event in events:
            at = event.pgh_created_at - timedelta(days=days)
            events.filter(pk=event.pk).update(pgh_created_at=at)


def is_refused(account):
    with pytest.raises(PlacedLately):
        claim(account)
    return selectors.subject_for(account, None) is None


def test_a_newcomer_of_a_registered_household_claims_after_thirty_days(imported, account):
    imported([sophea()])
    imported([NEWCOMER])
    assert is_refused(account)
    pass_days(29)
    assert is_refused(account)
    pass_days(2)
    assert claim(account).used_at
    assert selectors.subject_for(account, None) == dara()


HEAD_CARD = "012345678"


def test_whoever_moves_into_a_household_that_a_later_file_brought_waits(imported, account):
    imported([NEWCOMER])
    imported([sophea()])
    assert Membership.objects.filter(person=dara()).exists()
    assert is_refused(account)


def test_so_does_its_head_who_would_see_them(imported, account):
    imported([{**NEWCOMER, "phone": "", "card": ""}])
    imported([sophea(phone=PHONE)])
    with pytest.raises(PlacedLately):
        claim(account, number=HEAD_CARD, born=PartialDate(date(1970, 5, 6)))


def test_the_head_of_a_household_that_the_file_brought_claims_at_once(imported, account):
    imported([sophea(phone=PHONE), row("2")])
    assert claim(account, number=HEAD_CARD, born=PartialDate(date(1970, 5, 6))).used_at


def test_whoever_moves_into_one_of_others_waits(imported, account):
    imported([NEWCOMER])
    imported([sophea(household="H2")])
    imported([sophea()])
    assert Membership.objects.filter(person=dara()).exists()
    assert is_refused(account)


def test_a_number_that_an_import_filled_claims_after_thirty_days(imported, account):
    imported([sophea(), row("2", card=CARD)])
    imported([NEWCOMER])
    assert dara().phone == PHONE
    for days, is_open in ((8, False), (21, False), (2, True)):
        pass_days(days, Person)
        pass_days(days)
        assert claimable(Person.objects.filter(pk=dara().pk)).exists() is is_open


def test_a_merge_with_somebody_of_the_household_shortens_no_waiting(imported, account, two):
    """He comes in twice: beside the head, and alone."""
    imported([sophea()])
    imported([row("2")])
    imported([row("9", born="1990-03-04", household="", relationship="", phone=PHONE, card=CARD)])
    alone = Person.objects.get(phone=PHONE)
    merge(kept=alone, merged=Person.objects.get(given_name="ដារ៉ា", phone=""), home=home(), **two)
    assert Membership.objects.current().filter(person=alone).exists()
    with pytest.raises(PlacedLately):
        claim(account, born=PartialDate(date(1990, 3, 4)))


def test_nor_once_a_steward_decided_that_they_are_two(imported, decided, account):
    imported([sophea(), row("2")])
    imported([{**DOUBLE, "phone": PHONE, "card": CARD}])
    decided()
    double = Person.objects.get(birth_precision="year")
    assert Membership.objects.filter(person=double).exists()
    with pytest.raises(PlacedLately):
        claim(account, born=PartialDate.parse("2001"))


def test_who_lives_with_the_head_of_a_household_that_the_file_brought_waits(imported, account):
    """A row more in a family of the file is enough to come into it."""
    imported([sophea(), NEWCOMER])
    assert is_refused(account)


def test_from_another_number_no_code_is_sent_and_nothing_is_told(imported, stranger):
    imported([sophea()])
    imported([NEWCOMER])
    begun = claim(stranger)
    code = Message.objects.get(template="claim_code")
    assert (begun.person, code.phone) == (None, "")


def test_a_code_that_was_sent_before_opens_nothing(imported, stranger):
    imported([NEWCOMER])
    begun = claim(stranger)
    assert render("claim_code", {"claim": str(begun.pk)}, "en")
    imported([sophea(household="H2")])
    imported([sophea()])
    assert render("claim_code", {"claim": str(begun.pk)}, "en") == ""
    with pytest.raises(NotClaimed):
        confirm_claim(account=stranger, claim=begun, typed=code_of(begun))


def test_whoever_does_not_live_there_any_more_claims(imported, account):
    imported([sophea()])
    imported([NEWCOMER])
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_membership(Membership.objects.get(person=dara()), ended_on=date(2026, 11, 1))
    assert claim(account).used_at


def test_the_commune_office_opens_an_account_meanwhile(imported, account, commune_clerk):
    imported([sophea()])
    imported([NEWCOMER])
    with transaction.atomic():
        give_account(person=dara(), account=account, actor=commune_clerk)
    assert selectors.subject_for(account, None) == dara()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "A list of an authority put you into a household"), ("km", "បញ្ជីរបស់អាជ្ញាធរ")],
)
def test_the_page_says_where_to_go(imported, account, language, words):
    imported([sophea()])
    imported([NEWCOMER])
    born = {"born_day": "3", "born_month": "2", "born_year": "2001"}
    page = browser_of(account).post(
        url("claim", language), answers(CARD, kind="identity_card", **born), follow=True
    )
    assert words in page.content.decode()
