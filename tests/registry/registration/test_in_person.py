"""Whom an import or a merge left without household and phone joins a household only if they are there."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict
from registry.changes.moves.services import NotAsked, OldTerms, agree_to_registration_in_person
from registry.changes.moves.terms import registration_terms
from registry.errors import MoverConfirmationNeeded
from registry.merging.contract import Side
from registry.merging.services import merge
from registry.merging.undoing import came_since, unmerge
from registry.models import Household, Membership, MoverConfirmation, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import OWN_SIM, household_details, person_details
from tests.registry.pages import HEAD, Family, shown_on

pytestmark = pytest.mark.django_db
PAGE = "register/yes/"
SEEN = {"document": "identity_card", "checked": "on"}


def listed_details(**changes):
    return person_details(given_name="ដារា", document_type="spid", **changes)


@built_once
def listed(areas, operators, commune_clerk):
    """In a list of a programme: she has neither household nor phone."""
    return in_a_list(commune_clerk)


def in_a_list(clerk, **changes) -> Person:
    register_household(actor=clerk, details=household_details(person_details(given_name="ដារា", **changes)))
    Membership.objects.all().delete()
    Household.objects.update(closed_on="2026-11-01")
    return Person.objects.get()


@pytest.fixture
def case(second_clerk):
    return AssistedSession.objects.create(official=second_clerk, reason="register", consent_text="x")


@pytest.fixture
def walk_in(listed):
    """Somebody's household, with their phone, and her SPID."""
    return household_details(listed_details(document_number=listed.spid, phone=OWN_SIM))


def register(case, details):
    return register_household(actor=case.official, assisted_session=case, details=details)


def agree(case, details, person, **changes):
    agree_to_registration_in_person(
        person=person,
        details=details,
        member=0,
        assisted_session=case,
        **{
            "actor": case.official,
            "document": "passport",
            "shown": registration_terms(details, 0, person).shown,
            **changes,
        },
    )


def test_she_is_not_moved_by_her_number_alone(case, walk_in, listed):
    with pytest.raises(MoverConfirmationNeeded):
        register(case, walk_in)
    assert not listed.memberships.exists()


@pytest.fixture
def parted(phoneless, heng, steward, second_steward):
    """Made one with Heng and parted again, after the household had ended: she cannot return."""
    two = {"actor": steward, "approved_by": second_steward}
    done = merge(kept=heng.person, merged=phoneless, **two)
    Membership.objects.filter(ended_on=None).update(ended_on="2026-11-01")
    Household.objects.update(closed_on="2026-11-01")
    unmerge(merge=done, assigned={one.key: Side.KEPT for one in came_since(done)}, **two)
    return phoneless


def taking_in(person):
    her = {name: getattr(person, name) for name in ("family_name", "given_name", "sex", "born")}
    return household_details(
        person_details(**her, document_type="spid", document_number=person.spid, phone=OWN_SIM)
    )


def test_nor_where_a_merge_took_her_home(parted, case):
    with pytest.raises(MoverConfirmationNeeded):
        register(case, taking_in(parted))


def test_whose_commune_let_her_go_is_not_asked(phoneless, case):
    Membership.objects.update(ended_on="2026-11-01")
    Household.objects.update(closed_on="2026-11-01")
    register(case, taking_in(phoneless))
    assert phoneless.memberships.filter(ended_on=None).exists()


def test_with_a_document_seen_she_moves_and_the_typed_phone_stays_off_her_record(case, walk_in, listed):
    agree(case, walk_in, listed)
    register(case, walk_in)
    listed.refresh_from_db()
    assert listed.memberships.get().ended_on is None
    assert listed.phone == ""
    assert MoverConfirmation.objects.get().document == "passport"


def test_a_relative_of_the_official_is_confirmed_by_somebody_else(case, walk_in, listed):
    case.official.spid = listed.spid
    with pytest.raises(InConflict):
        agree(case, walk_in, listed)


def test_in_the_session_of_another_official_nobody_agrees(case, walk_in, listed, commune_clerk):
    with pytest.raises(PermissionDenied):
        agree(case, walk_in, listed, actor=commune_clerk)


def test_agreed_to_twice_it_is_noted_once_until_the_terms_change(case, walk_in, listed):
    for details in (walk_in, walk_in, replace(walk_in, village_code="01020102")):
        agree(case, details, listed)
    noted = MoverConfirmation.objects.get()
    assert bytes(noted.terms) == registration_terms(details, 0, listed).digest
    assert AuditEvent.objects.filter(action="agree_to_move", subject_id=listed.pk).count() == 2


def test_what_was_not_shown_is_not_agreed_to(case, walk_in, listed):
    with pytest.raises(OldTerms):
        agree(case, walk_in, listed, shown="")


def test_who_can_be_asked_by_phone_is_not_moved_by_a_document(areas, operators, commune_clerk, case):
    listed = in_a_list(commune_clerk, phone=OWN_SIM)
    details = household_details(listed_details(document_number=listed.spid))
    with pytest.raises(NotAsked):
        agree(case, details, listed)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "without a household and without a phone"), ("km", "គ្មានទូរសព្ទ")]
)
def test_the_counter_is_asked_for_the_document(new_assisted_session, listed, language, words):
    family = Family(new_assisted_session.client, language)
    family.head(
        name={"family_name": listed.family_name, "given_name": listed.given_name},
        birth={"born_day": "14", "born_month": "4", "born_year": "1984"},
        document={"document_type": "spid", "document_number": listed.spid},
    )
    family.post("alike", {"alike_is": "none"}, 1)
    family.post("document", {"document_type": "spid", "document_number": listed.spid}, 1)
    family.post("phone", HEAD["phone"], 1)
    family.post("place", HEAD["place"], query="?in=010201")
    page = f"/{language}/{PAGE}"
    assert family.finish().url == page
    assert words in family.client.get(page).content.decode()
    shown = shown_on(family.client, page)
    assert 'class="summary"' in family.client.post(page, shown).content.decode()
    assert family.client.post(page, {**SEEN, **shown}).url == f"/{language}/register/check/"
    assert family.confirm().url == f"/{language}/registered/"
    listed.refresh_from_db()
    assert listed.phone == ""
