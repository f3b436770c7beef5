"""What becomes of the consents of a household that is closed because somebody was registered twice."""

import pgtrigger
import pytest
from django.utils import timezone, translation

from applications.agreements import lacks_consent
from applications.services import submit_application
from dsp_platform.accounts.models import User
from dsp_platform.approval import contract as approval
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.consents.services import give_consent, new_consent, withdraw_consent
from registry.merging.approvals import propose_unmerge
from registry.merging.consents import ending, passing
from registry.merging.contract import Side
from registry.merging.rules import why_second_person
from registry.merging.selectors import consequences
from registry.merging.services import merge
from registry.merging.undoing import came_since, unmerge
from registry.models import Consent, DuplicateCase, Household, Membership, Person, Programme
from registry.persons.households import home_now, members_of
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import BOPHA_BORN, household_details, person_details
from tests.registry.changes.cast import entry, settle
from tests.registry.merging.state import differences, state
from tests.registry.merging.test_merge import again
from tests.registry.merging.test_undoing import join, undo
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(imported):
    return home_now(imported)


@pytest.fixture
def left(other_maly):
    return home_now(other_maly)


@built_once
def application(other_maly, operators):
    """It waits for IDPoor, which receives by consent."""
    with as_owner():
        programme = Programme.objects.create(
            code="poor",
            operator=operators["idpoor"],
            name_km="x",
            name_en="Support",
            state="open",
            rule="true",
        )
    return submit_application(
        person=other_maly, programme=programme, consent=True, actor=other_maly.account, assisted_session=None
    )


def open_ones(household):
    return {one.operator_code: one for one in household.consents.filter(withdrawn_at=None)}


def agree(household, person, code="idpoor"):
    """Not by a service: whoever gave it need not live there."""
    given = new_consent(
        household=household,
        given_by=person,
        operator_code=code,
        purpose="x",
        text="y",
        language="km",
        actor=User.objects.get(phone="+85512777009"),
    )
    given.save()
    return given


def take_back(household, code="idpoor"):
    for one in household.consents.filter(operator_code=code, withdrawn_at=None):
        one.withdrawn_at = timezone.now()
        one.save()


def codes(consents):
    return {one.operator_code for one in consents}


def told():
    return {one.template for one in Message.objects.filter(template__startswith="records")}


# --- it passes


def test_what_the_person_agreed_to_is_given_again_with_its_text_and_day(
    imported, other_maly, home, left, two
):
    before = open_ones(left)
    merge(kept=imported, merged=other_maly, **two)
    now = open_ones(home)
    assert set(now) == set(before) == {"", "idpoor"}
    for code, one in now.items():
        assert one.given_by == imported
        assert one.given_at == before[code].given_at
        assert bytes(one.text_digest) == bytes(before[code].text_digest)
    assert not open_ones(left)


def test_an_application_goes_on_waiting(imported, other_maly, application, two):
    merge(kept=imported, merged=other_maly, **two)
    assert again(application).person == imported
    assert not lacks_consent(again(application))


def test_operators_that_had_the_record_keep_it(imported, other_maly, home, left, application, two):
    settle()
    merge(kept=imported, merged=other_maly, **two)
    for kind, subject in (("person", imported), ("household", home)):
        held = entry(kind, subject.pk)
        assert (held.agreement is not None, held.state) == (True, "due"), kind
    assert entry("person", other_maly.pk).agreement is None
    assert entry("household", left.pk).agreement is None


def test_it_is_said_before_and_takes_two(imported, other_maly, home):
    with translation.override("en"):
        words = " ".join(consequences(imported, other_maly))
        assert "consent for Ministry of Planning" in words
        assert f"passes to household {home.number}" in words
        assert "The consent for" not in words
        assert "a consent that passes" in [str(one) for one in why_second_person(imported, other_maly)]


def test_the_message_speaks_of_no_consent(imported, other_maly, two):
    merge(kept=imported, merged=other_maly, **two)
    assert told() == {"records_merged"}


def test_what_an_alias_agreed_to_passes_too(imported, other_maly, maly, left, two):
    take_back(left)
    agree(left, maly)
    merge(kept=other_maly, merged=maly, home=left, **two)
    assert codes(passing(imported, again(other_maly), home_now(imported))) == {"", "idpoor"}


# --- it does not


def test_a_no_of_the_household_that_remains_holds(imported, other_maly, home, two):
    agree(home, imported)
    take_back(home)
    assert codes(passing(imported, other_maly, home)) == {""}
    assert ending(imported, other_maly, home) == ["idpoor"]
    merge(kept=imported, merged=other_maly, **two)
    assert "idpoor" not in open_ones(home)


def test_who_agreed_to_a_registration_was_asked_about_every_operator(imported, other_maly, home, two):
    """None was ticked: that is a no."""
    agree(home, imported, "")
    assert passing(imported, other_maly, home) == []
    assert ending(imported, other_maly, home) == ["idpoor"]


def test_who_does_not_lead_the_household_agrees_not_for_it(imported, other_maly, maly, home):
    Membership.objects.filter(person=imported).update(relationship="parent")
    Membership.objects.filter(person=maly).update(household=home, relationship="head")
    assert passing(imported, other_maly, home) == []


def test_where_others_live_on_it_stays_theirs(imported, other_maly, maly, home, left):
    Membership.objects.filter(person=maly).update(household=left)
    assert passing(imported, other_maly, home) == []
    assert ending(imported, other_maly, home) == ["idpoor"]


def test_what_the_head_before_agreed_to_passes_too(imported, other_maly, maly, home, left, two):
    """It held for whoever lives there alone since."""
    take_back(left)
    agree(left, maly)
    assert codes(passing(imported, other_maly, home)) == {"", "idpoor"}
    merge(kept=imported, merged=other_maly, **two)
    assert {one.given_by for one in open_ones(home).values()} == {imported}


def test_what_is_taken_back_by_the_stricter_takes_two_and_closes_applications(
    imported, other_maly, home, left, two
):
    agree(home, imported)
    take_back(left)
    with translation.override("en"):
        assert "a consent that ends" in [str(one) for one in why_second_person(imported, other_maly)]
        assert "Applications of all who live in the household" in " ".join(consequences(imported, other_maly))


def test_where_the_pair_of_the_heads_waits_it_comes_along_with_them(
    imported, other_maly, maly, rith, home, left
):
    """Those who live with them are decided first."""
    Membership.objects.filter(person=maly).update(household=left, relationship="child")
    Membership.objects.filter(person=rith).update(household=home, relationship="child")
    first, second = sorted((imported.pk, other_maly.pk))
    case = DuplicateCase.objects.create(first_id=first, second_id=second, weight=9, evidence=[])
    assert ending(rith, maly, home) == []
    with translation.override("en"):
        words = " ".join(consequences(rith, maly, home))
    assert f"What household {left.number} agreed to comes along" in words
    case.delete()
    assert ending(rith, maly, home) == ["idpoor"]


def test_what_is_given_in_both_neither_passes_nor_ends(imported, other_maly, home):
    agree(home, imported)
    assert codes(passing(imported, other_maly, home)) == {""}
    assert ending(imported, other_maly, home) == []


def test_that_it_ends_is_said_before(imported, other_maly, home):
    agree(home, imported, "")
    with translation.override("en"):
        words = " ".join(consequences(imported, other_maly))
    assert "The consent for Ministry of Planning does not hold for the person any more" in words
    assert f"household {home.number} has not agreed" in words
    assert "cannot be decided" in words
    assert "Pass to the record that remains: consent" not in words


@pytest.mark.parametrize("language", ["km", "en"])
def test_and_afterwards(language, imported, other_maly, application, home, two):
    account = other_maly.account
    agree(home, imported, "")
    merge(kept=imported, merged=other_maly, **two)
    assert told() == {"records_merged_consents"}
    assert lacks_consent(again(application))
    page = browser(again(account)).get(f"/{language}/my/").content.decode()
    assert f'href="/{language}/my/consents/idpoor/give/"' in page


# --- undone


def parted(done, two, *, never):
    undo(done, two)
    found = differences(never, state())
    assert not found, "\n".join(found)


def test_undone_it_holds_where_it_was_given(imported, other_maly, application, two):
    never = state()
    parted(merge(kept=imported, merged=other_maly, **two), two, never=never)


def test_undone_the_household_was_never_asked(imported, other_maly, home, left, two):
    """What passed to it was no answer of its own, and that it ended no refusal."""
    unmerge(merge=merge(kept=imported, merged=other_maly, **two), **two)
    assert len(passing(imported, again(other_maly), home)) == 2
    merge(kept=again(other_maly), merged=again(imported), **two)
    assert set(open_ones(left)) == {"", "idpoor"}


def test_operators_delete_what_they_had_by_it(imported, other_maly, home, left, two):
    done = merge(kept=imported, merged=other_maly, **two)
    settle()
    version = again(home).version
    unmerge(merge=done, **two)
    assert again(home).version > version
    for kind, subject in (("person", imported), ("household", home)):
        assert entry(kind, subject.pk).agreement is None
    for kind, subject in (("person", other_maly), ("household", left)):
        assert entry(kind, subject.pk).agreement is not None


def test_what_was_taken_back_since_is_not_given_again(imported, other_maly, home, left, two):
    done = merge(kept=imported, merged=other_maly, **two)
    account = User.objects.get(phone="+85512777009")
    withdraw_consent(household=home, operator_code="idpoor", actor=account, assisted_session=None)
    undo(done, two)
    assert set(open_ones(left)) == {""}
    assert not open_ones(home)


def test_what_ended_with_the_household_is(imported, other_maly, maly, left, two):
    """Whoever moved was the other one."""
    done = merge(kept=imported, merged=other_maly, **two)
    with_others = home_now(maly)
    join(imported, with_others)
    home = Household.objects.get(pk=done.snapshot["households"][0])
    undo(done, two)
    assert set(open_ones(left)) == {"", "idpoor"}
    assert home_now(again(imported)) == with_others
    assert home == left or not open_ones(home)


# --- and passes on from there


@built_once
def third(areas, operators, agreements):
    """Maly once more, in a household that nobody was asked about either."""
    account = User.objects.create_citizen(phone="+85512777011")
    details = person_details(given_name="ម៉ាលី", born=PartialDate(BOPHA_BORN), phone="+85512777011")
    household = register_household(actor=account, details=household_details(details))
    _unasked(household, account)
    return Person.objects.get(pk=members_of(household)[0].person_id)


def _unasked(household, account):
    with as_owner(), pgtrigger.ignore():
        Consent.objects.filter(household=household).delete()
        Person.objects.filter(account=account).update(account=None)


@pytest.mark.parametrize("first", [0, 1])
def test_in_whatever_order_two_merges_are_undone(first, imported, other_maly, third, two):
    never, last = state(), home_now(third)
    done = [merge(kept=imported, merged=other_maly, **two)]
    done.append(merge(kept=again(imported), merged=third, home=last, **two))
    assert set(open_ones(last)) == {"", "idpoor"}
    for one in (done[first], done[1 - first]):
        assert not [came for came in came_since(again(one)) if came.key.startswith("registry.consent")]
        undo(again(one), two)
    found = differences(never, state())
    assert not found, "\n".join(found)


def test_the_first_alone_undone_takes_it_from_where_it_passed_on_to(imported, other_maly, third, left, two):
    last = home_now(third)
    done = merge(kept=imported, merged=other_maly, **two)
    merge(kept=again(imported), merged=third, home=last, **two)
    unmerge(merge=again(done), **two)
    assert not open_ones(last)
    assert set(open_ones(left)) == {"", "idpoor"}


# --- words


def test_whoever_undoes_reads_the_operator_and_not_its_code(imported, other_maly, home, two):
    done = merge(kept=imported, merged=other_maly, **two)
    account = User.objects.get(phone="+85512777009")
    give_consent(
        household=home,
        given_by=imported,
        operator_code="nssf",
        purpose="x",
        text="x",
        language="km",
        actor=account,
        assisted_session=None,
    )
    with translation.override("en"):
        (came,) = came_since(done)
        assert came.words.startswith("National Social Security Fund, ")
        proposal = propose_unmerge(merge=done, actor=two["actor"], reason="x", assigned={came.key: Side.KEPT})
        lines = approval.kind_of(proposal).difference(proposal)
    assert f"consent {came.words}" in [str(one.label) for one in lines]
