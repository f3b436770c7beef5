"""Applications of somebody who died stay readable by those who lived with them, and by nobody else."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from applications import selectors, services
from applications.documents import APPLICATION
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.uploads.contract import may_add, may_see
from registry.models import Membership, Person
from registry.registration.services import register_household
from tests.applications.helpers import details, sign_in
from tests.applications.test_following import decide as review
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import about, ask, decide, heard

OTHER = "+85512777902"


def account_of(name: str, phone: str) -> User:
    person = Person.objects.get(given_name=name)
    person.account = User.objects.create_citizen(phone=phone)
    person.save(update_fields=["account"])
    return person.account


@built_once
def family(areas, nssf_agreements, sokha):
    """A husband with the account ``sokha``, his wife and a grown son with accounts of their own."""
    wife = person_details(given_name="W", relationship="spouse", phone="")
    son = person_details(given_name="S", relationship="child", date_of_birth=date(2004, 1, 1), phone="")
    register_household(actor=sokha, details=household_details(person_details(given_name="H"), wife, son))
    return account_of("W", "+85512777901"), account_of("S", OTHER)


@pytest.fixture
def applied(family, programme, sokha):
    return services.submit_application(
        actor=sokha, assisted_session=None, person=sokha.person, programme=programme, consent=True
    )


def dies(head: Person, asked_by: User, official: User):
    answers = {
        "died": {"died": timezone.localdate().isoformat()},
        "who": about(head),
        "head": about(asked_by.person),
    }
    son = Person.objects.filter(given_name="S").first()
    answers["relationships"] = {son.spid: "child"} if son else {}
    return decide(heard(ask(asked_by, "death", **answers)), official)


def page(user: User, reference: str, name: str = "applications:application"):
    with translation.override("en"):
        return sign_in(user).get(reverse(name, args=[reference]))


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_family_reads_what_was_closed(applied, family, sokha, commune_clerk, language):
    died = dies(sokha.person, family[0], commune_clerk)
    for user in family:
        assert page(user, applied.reference).status_code == 200
        with translation.override(language):
            browser = sign_in(user)
            home = browser.get(reverse("registry:me")).content.decode()
        closed = {"km": "បានបិទ៖ បុគ្គលនេះបានទទួលមរណភាព", "en": "Closed: the person has died"}[language]
        assert applied.reference in home
        assert closed in home
    with translation.override(language):
        done = sign_in(family[0]).get(reverse("registry:change_request", args=[died.reference]))
    assert applied.reference in done.content.decode()
    assert closed in done.content.decode()


def test_the_letter_stays_and_leads_to_no_appeal(applied, family, sokha, commune_clerk, nssf_reviewer):
    review(applied, nssf_reviewer)
    dies(sokha.person, family[0], commune_clerk)
    shown = page(family[0], applied.reference)
    letter = page(family[0], applied.reference, "applications:letter")
    assert (shown.status_code, letter.status_code) == (200, 200)
    with translation.override("en"):
        appeal = reverse("grievances:appeal", args=[applied.reference])
    assert appeal not in shown.content.decode()
    assert "You can appeal" not in letter.content.decode()
    assert page(family[0], applied.reference, "grievances:appeal").status_code == 404
    assert page(family[0], applied.reference, "applications:withdraw").status_code == 404


def test_the_documents_are_read_by_the_same(applied, family, sokha, commune_clerk, other_citizen):
    dies(sokha.person, family[0], commune_clerk)
    about_it = APPLICATION, str(applied.pk)
    assert [may_see(user, None, *about_it) for user in (*family, other_citizen)] == [True, True, False]
    assert not may_add(family[0], None, *about_it)


def test_an_official_reads_it_in_an_assisted_session_of_who_lived_there(
    applied, family, sokha, commune_clerk
):
    dies(sokha.person, family[0], commune_clerk)
    subject = family[0].person.pk
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=subject, reason="apply", consent_text="read out"
    )
    assert selectors.application_to_read(commune_clerk, assisted_session, applied.reference) == applied


def test_who_left_before_reads_nothing(applied, family, sokha, commune_clerk):
    son = family[1]
    Membership.objects.filter(person=son.person).update(ended_on=timezone.localdate())
    register_household(
        actor=User.objects.create_citizen(phone="+85512777903"), details=details("កែវ", "+85512777903")
    )
    other = Membership.objects.get(person__family_name="កែវ", relationship="head").household
    Membership.objects.create(
        household=other, person=son.person, relationship="sibling", started_on=timezone.localdate()
    )
    Person.objects.filter(given_name="S").update(given_name="T")
    dies(sokha.person, family[0], commune_clerk)
    assert page(son, applied.reference).status_code == 404
    assert page(family[0], applied.reference).status_code == 200


@pytest.mark.parametrize("days", [0, 3])
def test_who_joined_later_reads_nothing_though_on_the_same_day(
    applied, family, sokha, commune_clerk, other_citizen, days
):
    """Also who joined before the death was reported, and after its day."""
    day = timezone.localdate() - timedelta(days)
    if days:  # registered before
        Membership.objects.update(started_on=day)
        Membership.objects.create(
            household=sokha.person.memberships.get().household,
            person=leave(other_citizen),
            relationship="sibling",
            started_on=timezone.localdate(),
        )
        Person.objects.filter(pk=other_citizen.person.pk).update(given_name="N")
    household = sokha.person.memberships.get().household
    kin = {"relationships": {}}
    others = household.memberships.filter(ended_on=None).exclude(person__in=[sokha.person, family[0].person])
    for one in others.select_related("person"):
        kin["relationships"][one.person.spid] = "other_relative"
    answers = {"died": {"died": day.isoformat()}, "who": about(sokha.person)}
    decide(heard(ask(family[0], "death", **answers, head=about(family[0].person), **kin)), commune_clerk)
    if not days:
        Membership.objects.create(
            household=household,
            person=leave(other_citizen),
            relationship="sibling",
            started_on=timezone.localdate(),
        )
    assert page(other_citizen, applied.reference).status_code == 404
    assert applied not in selectors.applications_of(other_citizen.person)
    assert page(family[0], applied.reference).status_code == 200


def leave(user: User) -> Person:
    Membership.objects.filter(person=user.person).update(ended_on=timezone.localdate())
    return user.person


def test_who_leaves_afterwards_or_comes_back_reads_nothing(applied, family, sokha, commune_clerk):
    dies(sokha.person, family[0], commune_clerk)
    son, household = family[1], family[0].person.memberships.get().household
    leave(son)
    assert page(son, applied.reference).status_code == 404
    Membership.objects.create(
        household=household, person=son.person, relationship="child", started_on=timezone.localdate()
    )
    assert page(son, applied.reference).status_code == 404


def test_strangers_read_nothing(applied, family, sokha, commune_clerk, other_citizen):
    dies(sokha.person, family[0], commune_clerk)
    assert page(other_citizen, applied.reference).status_code == 404


def test_the_dead_cost_no_query(applied, family, sokha, commune_clerk, django_assert_num_queries):
    dies(sokha.person, family[0], commune_clerk)
    members = list(family[0].person.memberships.get().household.memberships.filter(ended_on=None))
    with django_assert_num_queries(2):  # applications with their persons, and the names of programmes
        assert selectors.applications_of(family[0].person, members)
