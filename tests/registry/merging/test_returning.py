"""Heng, Maly and Rith are registered twice, in two villages: their records are made one, and parted again."""

from contextlib import contextmanager
from datetime import date
from itertools import permutations

import pytest
from django.db import transaction
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.beneficiaries.enrolment import enrol
from registry.consents.services import new_consent
from registry.merging.contract import Side
from registry.merging.homes import KEPT_HOME
from registry.merging.returning import without_home
from registry.merging.services import merge
from registry.merging.undoing import came_since
from registry.models import Consent, Household, Membership
from registry.persons.households import home_now, members_of
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import BOPHA_BORN, child_details, household_details, person_details
from tests.registry.merging.conftest import OTHER_PHONE
from tests.registry.merging.state import differences, state
from tests.registry.merging.test_merge import again, write
from tests.registry.merging.test_undoing import join, undo
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

RITH, MALY, HENG = range(3)
"""In the order in which they are made one: who leads a household comes last."""
ORDERS = list(permutations((RITH, MALY, HENG)))


@built_once
def family(maly):
    members = {one.relationship: one.person for one in members_of(home_now(maly))}
    return [members[one] for one in ("child", "spouse", "head")]


@built_once
def family_again(areas, operators, agreements):
    """In Ou Thum, with other spellings and a poverty level. Its money goes to the wife."""
    wife = person_details(given_name="ម៉ាឡី", relationship="spouse", born=PartialDate(BOPHA_BORN))
    child = child_details(given_name="រិទ្ធី")
    household = register_household(
        actor=User.objects.create_citizen(phone=OTHER_PHONE),
        details=household_details(
            person_details(given_name="ហេងលី", sex="male", phone=OTHER_PHONE),
            wife,
            child,
            operators=("idpoor",),
        ),
    )
    members = {one.relationship: one.person for one in members_of(household)}
    found = [members[one] for one in ("child", "spouse", "head")]
    Household.objects.filter(pk=household.pk).update(
        poverty_level="level2",
        poverty_valid_to=date(2029, 12, 31),
        poverty_source="idpoor",
        payee=found[MALY],
    )
    return found


def made_one(family, family_again, two, homes=()):
    pairs = zip(family, family_again, homes or [KEPT_HOME] * 3, strict=True)
    return [merge(kept=again(kept), merged=again(merged), home=home, **two) for kept, merged, home in pairs]


@built_once
def merges(family, family_again, steward, second_steward):
    return made_one(family, family_again, {"actor": steward, "approved_by": second_steward})


@built_once
def parted(merges, family_again, steward, second_steward):
    """Rith, of whose two records the wrong one was undone first: he lives nowhere."""
    undo(merges[RITH], {"actor": steward, "approved_by": second_steward})
    return family_again[RITH]


@pytest.fixture
def alone(family_of_one):
    return members_of(family_of_one)[0].person


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def words_of(merge):
    with translation.override("en"):
        return [one.words for one in without_home(again(merge))]


def home_again(person):
    return home_now(again(person))


def leave(person):
    Membership.objects.filter(person=person, ended_on=None).update(ended_on=timezone.localdate())


def test_undone_in_any_order_they_are_as_before(family, family_again, two, programmes):
    for which, programme in ((RITH, "school"), (HENG, "health")):
        enrol(person=family_again[which], programme=programmes[programme], since=date(2026, 1, 1))
    before, done = state(), made_one(family, family_again, two)
    found = {}
    for order in ORDERS:
        with undone():
            for which in order:
                undo(done[which], two)
            found[order] = differences(before, state())
    assert found == dict.fromkeys(ORDERS, [])


def test_so_are_those_who_moved_to_the_household_that_remained(family, family_again, two):
    before, home = state(), home_now(family_again[HENG])
    for one in made_one(family, family_again, two, [home] * 3):
        undo(one, two)
    assert differences(before, state()) == []


def test_the_child_waits_for_the_household_and_goes_back_to_it(merges, parted, two):
    left = Household.objects.get(closed_on__isnull=False)
    assert home_again(parted) is None
    undo(merges[HENG], two)
    assert home_again(parted) == left


def test_who_came_to_live_elsewhere_meanwhile_stays_there(merges, parted, family_of_one, two):
    join(parted, family_of_one)
    undo(merges[HENG], two)
    assert home_again(parted) == family_of_one


def test_who_lived_elsewhere_meanwhile_is_not_taken_back(merges, parted, family_of_one, two):
    join(parted, family_of_one)
    leave(parted)
    undo(merges[HENG], two)
    assert home_again(parted) is None


def test_who_died_meanwhile_is_not_taken_back(merges, parted, two):
    write(parted, died_on=timezone.localdate())
    undo(merges[HENG], two)
    assert home_again(parted) is None


def test_who_left_after_coming_back_is_not_taken_back_again(merges, parted, two):
    undo(merges[HENG], two)
    leave(parted)
    undo(merges[MALY], two)
    assert home_again(parted) is None


def test_whoever_is_back_lives_in_the_village_of_the_household(merges, parted, two):
    Household.objects.filter(closed_on__isnull=False).update(village="01020102")
    undo(merges[HENG], two)
    assert again(parted).village_id == "01020102"


def test_a_consent_given_since_holds_where_its_giver_is_back(merges, family, family_again, two):
    """Said to be the wife's of the household that was closed, before that is open again."""
    home, left = home_now(family[HENG]), Household.objects.get(closed_on__isnull=False)
    given = new_consent(
        household=home,
        given_by=family[MALY],
        operator_code="nssf",
        purpose="x",
        text="x",
        language="km",
        actor=two["actor"],
    )
    given.save()
    undo(merges[MALY], two, Side.MERGED)
    undo(merges[HENG], two)
    assert again(given).withdrawn_at is not None
    assert Consent.objects.get(operator_code="nssf", withdrawn_at=None).household == left


# --- another record of the head leads the household


def led_by_the_wife(family, two):
    """Of her and him one record, as happens: hers remains and leads."""
    return merge(kept=again(family[MALY]), merged=again(family[HENG]), **two)


@pytest.mark.parametrize("first", ["child", "head"])
@pytest.mark.parametrize("parted", ["child", "head"])
def test_the_head_is_the_head_by_whichever_record(first, parted, family, family_again, two):
    home, before = home_now(family[RITH]), state()
    done = {}
    for which in (first, "head" if first == "child" else "child"):
        done[which] = (
            merge(kept=again(family_again[RITH]), merged=again(family[RITH]), **two)
            if which == "child"
            else led_by_the_wife(family, two)
        )
    undo(done.pop(parted), two)
    if parted == "child":
        assert home_again(family[RITH]) == home
    undo(done.popitem()[1], two)
    assert differences(before, state()) == []


# --- one record of three


def test_who_lived_elsewhere_by_a_later_merge_goes_back_when_that_is_undone(
    family, family_again, family_of_one, two
):
    before, (alone,) = state(), [one.person for one in members_of(family_of_one)]
    first = merge(
        kept=again(family[RITH]), merged=again(family_again[RITH]), home=home_now(family_again[RITH]), **two
    )
    later = merge(kept=again(family[RITH]), merged=again(alone), home=family_of_one, **two)
    undo(first, two)
    undo(later, two)
    assert differences(before, state()) == []


def test_what_undoing_took_back_was_not_left(family, family_again, alone, two):
    home, lived = home_now(family[RITH]), home_now(alone)
    first = merge(kept=again(family[RITH]), merged=again(alone), home=lived, **two)
    merge(kept=again(family_again[MALY]), merged=again(family[MALY]), **two)
    later = merge(kept=again(family[RITH]), merged=again(family[HENG]), home=lived, **two)
    undo(first, two)
    assert "membership" not in " ".join(one.key for one in came_since(again(later)))
    undo(later, two)
    assert home_again(family[RITH]) == home


# --- said before and after


def test_before_it_is_undone_it_is_said_who_will_live_nowhere_and_why(merges, family_again):
    (found,) = without_home(again(merges[RITH]))
    assert found.because == merges[HENG]
    assert family_again[RITH].spid_grouped in words_of(merges[RITH])[0]
    assert "will live in no household" in words_of(merges[RITH])[0]


def test_the_page_says_so_and_leads_to_the_merge_that_is_why(merges, steward):
    page = browser(steward).get(f"/en/admin/registry/merge/{merges[RITH].pk}/change/").content.decode()
    assert words_of(merges[RITH])[0] in page
    assert f"/en/admin/registry/merge/{merges[HENG].pk}/change/" in page


def test_after_it_is_undone_it_is_said_until_they_live_somewhere(merges, parted, two):
    assert "lives in no household now" in words_of(merges[RITH])[0]
    undo(merges[HENG], two)
    assert words_of(merges[RITH]) == []


def test_nothing_is_said_of_who_goes_back(merges):
    assert words_of(merges[HENG]) == []


@pytest.mark.parametrize("stays", ["alone", "other"])
@pytest.mark.parametrize(("other", "home"), [("head", "other"), ("spouse", "other"), ("spouse", "alone")])
def test_nothing_is_said_of_what_the_merge_itself_made(stays, other, home, family, alone, two):
    records = {"alone": alone, "other": family[HENG if other == "head" else MALY]}
    kept, merged = records.pop(stays), records.popitem()[1]
    homes = {"alone": home_now(alone), "other": home_now(family[HENG])}
    before = state()
    done = merge(kept=again(kept), merged=again(merged), home=homes[home], **two)
    assert words_of(done) == []
    undo(done, two)
    assert differences(before, state()) == []


@pytest.mark.parametrize("stays", [MALY, HENG])
def test_nothing_is_said_of_two_in_one_household(stays, family, two):
    kept, merged = (MALY, HENG) if stays == MALY else (HENG, MALY)
    assert words_of(merge(kept=again(family[kept]), merged=again(family[merged]), **two)) == []


def test_of_a_chain_the_merge_that_is_why_is_named(family, family_again, alone, two):
    """She who lived alone and the wife are one, who moved on by a later merge; then the household closed."""
    home, left = home_now(family_again[HENG]), home_now(family[HENG])
    first = merge(kept=again(alone), merged=again(family[MALY]), home=left, **two)
    merge(kept=again(alone), merged=again(family_again[MALY]), home=home, **two)
    merge(kept=again(family_again[RITH]), merged=again(family[RITH]), home=home, **two)
    closed = merge(kept=again(family_again[HENG]), merged=again(family[HENG]), home=home, **two)
    (found,) = without_home(again(first))
    assert found.because == closed
    assert family[MALY].spid_grouped in words_of(first)[0]
    undo(closed, two)
    assert words_of(first) == []


def test_nothing_is_said_of_who_lives_elsewhere_by_a_later_merge(family, family_again, alone, two):
    first = merge(kept=again(family[RITH]), merged=again(family_again[RITH]), **two)
    merge(kept=again(family[RITH]), merged=again(alone), home=home_now(alone), **two)
    for which in (MALY, HENG):
        home = home_now(family_again[HENG])
        merge(kept=again(family[which]), merged=again(family_again[which]), home=home, **two)
    assert words_of(first) == []


def test_a_household_that_people_left_is_no_matter_of_a_merge(merges, family_again, two):
    undo(merges[HENG], two)
    left = home_again(family_again[HENG])
    Membership.objects.filter(household=left).update(ended_on=timezone.localdate())
    Household.objects.filter(pk=left.pk).update(closed_on=timezone.localdate())
    (found,) = without_home(again(merges[RITH]))
    assert found.because is None


def test_a_merge_is_no_reason_to_undo_itself(family, alone, two):
    done = merge(kept=again(alone), merged=again(family[HENG]), home=home_now(family[HENG]), **two)
    left = home_again(alone)
    Membership.objects.filter(household=left).update(ended_on=timezone.localdate())
    Household.objects.filter(pk=left.pk).update(closed_on=timezone.localdate())
    (found,) = without_home(again(done))
    assert found.because is None
