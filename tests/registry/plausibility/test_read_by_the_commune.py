"""What was rare and said to be right is read by the commune, as the page that asked it promised."""

from datetime import date

import pytest
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from registry.models import Household, Membership, Person, RareFact
from registry.persons.households import household_of, members_of
from registry.plausibility.selectors import rare_facts_beside
from registry.registration.services import register_household
from tests.registry.cast import child_details, household_details, person_details, said_right
from tests.registry.changes.cast import BABY, ask
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
WORDS = {"en": "years old when", "km": "អាយុ"}
HEADING = {"en": "Rare, and said to be right", "km": "កម្រ តែបានបញ្ជាក់ថាត្រឹមត្រូវ"}


def rare_household(actor, session=None) -> Household:
    """A mother of fourteen."""
    child = child_details(date_of_birth=date(1998, 6, 1))
    return register_household(
        actor=actor,
        details=said_right(household_details(person_details(), child)),
        assisted_session=session,
    )


@pytest.fixture(params=["by a citizen", "at the counter"])
def registered(request, areas, operators, sokha, commune_clerk, assisted_session) -> Household:
    if request.param == "by a citizen":
        return rare_household(sokha)
    return rare_household(commune_clerk, assisted_session)


def page_at_counter(household: Household, clerk, language: str) -> str:
    head = members_of(household)[0].person
    open_assisted_session(official=clerk, subject_id=head.pk, reason="check", consent_text="read out")
    return browser(clerk).get(f"/{language}/my/").content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_persons_page_at_the_counter_shows_it(registered, second_clerk, language):
    page = page_at_counter(registered, second_clerk, language)
    assert HEADING[language] in page
    assert WORDS[language] in page.partition(HEADING[language])[2]


def test_the_persons_own_page_does_not(areas, operators, sokha):
    rare_household(sokha)
    assert HEADING["en"] not in browser(sokha).get("/en/my/").content.decode()


def test_an_official_who_is_related_does_not_read_it(areas, operators, sokha, second_clerk):
    household = rare_household(sokha)
    with as_owner():
        type(second_clerk).objects.filter(pk=second_clerk.pk).update(
            spid=members_of(household)[1].person.spid
        )
    assert HEADING["en"] not in page_at_counter(household, second_clerk, "en")


def test_nothing_is_told_of_somebody_who_has_left(areas, operators, sokha):
    household = rare_household(sokha)
    head, child = [one.person for one in members_of(household)]
    assert len(rare_facts_beside(head, household, [head, child])) == RareFact.objects.count() == 1
    assert rare_facts_beside(head, household, [head]) == []


def test_nothing_is_told_of_a_household_as_a_whole_that_is_not_that_of_today(
    areas, operators, sokha, family_of_one, maly
):
    """Many lived there, and one of them lives elsewhere now."""
    before = household_of(maly)
    head = family_of_one.memberships.get().person
    RareFact.objects.create(household=before, rule="household-size", fact={}, confirmed_by=sokha)
    day = timezone.localdate()
    Membership.objects.create(
        household=before, person=head, relationship="sibling", started_on=day, ended_on=day
    )
    assert len(rare_facts_beside(maly, before, [maly])) == 1
    assert rare_facts_beside(head, family_of_one, [head]) == []
    assert rare_facts_beside(head, None, [head]) == []


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Rare, if this change is made"), ("km", "កម្រ បើធ្វើការផ្លាស់ប្តូរនេះ")],
)
def test_what_became_rare_since_it_was_asked_stands_beside_the_decision(
    people, sokha, commune_clerk, language, heading
):
    """A correction meanwhile made the mother a girl of eleven."""
    mother = people["បុប្ផា"]
    Person.objects.filter(pk=mother.pk).update(date_of_birth=date(2000, 1, 1))
    answers = {**BABY, "mother": {"mother": mother.spid}, "relationship": {"relationship": "grandchild"}}
    request = ask(sokha, "birth", **answers)
    address = f"/{language}/counter/changes/{request.reference}/"
    assert heading not in browser(commune_clerk).get(address).content.decode()
    Person.objects.filter(pk=mother.pk).update(date_of_birth=date(2015, 6, 1))
    page = browser(commune_clerk).get(address).content.decode()
    assert heading in page
    assert mother.name in page.partition(heading)[2].partition("</section>")[0]
