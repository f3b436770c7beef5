"""Nobody is moved from one household to another without their consent."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict, Overtaken
from dsp_platform.notifications.models import Message
from registry.changes import selectors
from registry.changes.moves.services import NotAsked, agree_by_code, agree_to_registration, refuse_to_move
from registry.changes.moves.terms import registration_terms, terms_for
from registry.changes.selectors import MOVER, OLD_COMMUNE, waits_for
from registry.errors import (
    AlreadyAsked,
    AlreadyRegistered,
    ChangeError,
    ConfirmationMissing,
    ConfirmedByYou,
    MoverConfirmationNeeded,
    Outdated,
)
from registry.models import ChangeRequest, KeySetup, Lookup, Membership, MoverConfirmation, Person
from registry.persons.details import HouseholdDetails
from registry.registration.services import register_household
from tests.registry.cast import (
    MALY_PHONE,
    OWN_SIM,
    child_details,
    household_details,
    official,
    person_details,
)
from tests.registry.changes.cast import NAME, about, agree, ask, decide, joining
from tests.registry.my_data.test_copies import age

pytestmark = pytest.mark.django_db
CARD = {"document_type": "identity_card", "document_number": "010203045"}


def say_yes(request: ChangeRequest, actor: User, phone: str = MALY_PHONE) -> ChangeRequest:
    """Returns the request as the decider then sees it."""
    shown = terms_for(actor, request).shown
    held = agree_by_code(request=request, phone=phone, shown=shown, actor=actor)
    request.version = held.version
    return held


@pytest.fixture
def request_(family_of_one, maly, sokha):
    return ask(sokha, "joins", **joining(maly))


def test_it_waits_for_the_person_who_moves_whose_phone_is_told(request_, maly):
    assert (request_.mover, waits_for(request_)) == (maly, MOVER)
    assert Message.objects.get(template="move_asked").phone == MALY_PHONE


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_commune_that_takes_in_cannot_do_it_alone(request_, maly, commune_clerk, language):
    with translation.override(language), pytest.raises(ConfirmationMissing):
        decide(request_, commune_clerk)
    assert maly.memberships.get(ended_on=None).household.village_id == "01020201"


def test_with_the_code_of_the_mover_it_can(request_, maly, family_of_one, commune_clerk):
    assert say_yes(request_, commune_clerk).confirmation == "phone"
    decide(request_, commune_clerk)
    assert maly.memberships.get(ended_on=None).household == family_of_one
    assert request_.events.filter(step="yes").exists()


def test_the_code_of_another_phone_is_no_yes(request_, commune_clerk):
    with pytest.raises(NotAsked):
        say_yes(request_, commune_clerk, OWN_SIM)


def test_an_official_from_elsewhere_takes_no_yes(request_, areas):
    with pytest.raises(PermissionDenied):
        say_yes(request_, official("clerk.kantueu", "020101"))


def test_a_number_just_put_on_record_says_no_yes(family_of_one, maly, sokha, other_clerk):
    """A phone newly put on record does not speak for the person: the previous one does."""
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="check", consent_text="x"
    )
    ask(other_clerk, "phone", assisted_session=assisted_session, who=about(maly), phone={"phone": OWN_SIM})
    request = ask(sokha, "joins", **joining(maly))
    assert waits_for(request) == MOVER
    assert Message.objects.get(template="move_asked").phone == MALY_PHONE


def test_a_number_put_on_record_takes_no_yes_from_the_account(family_of_one, maly, sokha, other_clerk):
    """Nor does it hide the request from the victim: the previous phone still speaks for them."""
    maly.account = User.objects.create_citizen(phone="+85516000009")
    maly.save(update_fields=["account"])
    age(maly, 31)
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="check", consent_text="x"
    )
    ask(other_clerk, "phone", assisted_session=assisted_session, who=about(maly), phone={"phone": OWN_SIM})
    request = ask(sokha, "joins", **joining(maly))
    assert waits_for(request) == MOVER
    assert Message.objects.get(template="move_asked").phone == "+85516000009"


def test_who_is_put_out_is_asked_though_the_number_on_record_is_new(maly, other_clerk):
    head = User.objects.get(phone="+85512777000")
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="check", consent_text="x"
    )
    ask(other_clerk, "phone", assisted_session=assisted_session, who=about(maly), phone={"phone": OWN_SIM})
    request = ask(head, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert (request.mover, waits_for(request)) == (maly, MOVER)


def test_a_stranger_is_told_once_a_day_by_text_however_many_ask(family_of_one, maly, sokha):
    for _again in range(3):
        ask(sokha, "joins", **joining(maly))
    assert Message.objects.filter(template="move_asked", phone=MALY_PHONE).count() == 1


def test_a_household_keeps_three_newcomers_waiting_at_most(family_of_one, maly, sokha):
    for _again in range(3):
        ask(sokha, "joins", **joining(maly))
    with pytest.raises(AlreadyAsked):
        ask(sokha, "joins", **joining(maly))


@pytest.mark.parametrize("fits", [True, False])
def test_asking_for_an_spid_is_counted_whether_or_not_it_fits(family_of_one, maly, sokha, fits):
    answers = joining(maly)
    if not fits:
        answers["birth"] = {"born": "1991-01-01"}
    ask(sokha, "joins", **answers)
    assert Lookup.objects.get().account == sokha
    assert AuditEvent.objects.filter(action="document_lookup").exists()


def test_too_many_spids_are_not_even_compared(family_of_one, maly, sokha):
    Lookup.objects.create(account=sokha, kind="document", weight=5)
    with pytest.raises(ChangeError):
        ask(sokha, "joins", **joining(maly))
    assert not ChangeRequest.objects.exists()


def test_without_a_phone_the_old_commune_answers(family_of_one, phoneless, sokha, commune_clerk, other_clerk):
    request = ask(sokha, "joins", **joining(phoneless))
    assert waits_for(request) == OLD_COMMUNE
    assert request in selectors.changes_to_decide(other_clerk)
    for alone in (commune_clerk, official("clerk.three", "010201")):
        with pytest.raises(PermissionDenied):
            agree(request, alone)
    assert agree(request, other_clerk).confirmation == "old_commune"
    decide(request, commune_clerk)
    assert phoneless.memberships.get(ended_on=None).household == family_of_one


def test_the_old_commune_does_not_answer_for_who_has_a_phone(request_, other_clerk):
    with pytest.raises(ChangeError):
        agree(request_, other_clerk)
    refused = agree(request_, other_clerk, yes=False, note="គាត់មិនចង់ទេ")
    assert refused.state == "refused"


def test_in_one_commune_the_district_or_a_steward_is_the_old_one(
    family_of_one, phoneless, sokha, commune_clerk, district, steward
):
    Membership.objects.filter(person=phoneless).update(ended_on="2026-11-01")
    Person.objects.filter(pk=phoneless.pk).update(village_id="01020102")
    request = ask(sokha, "joins", **joining(phoneless))
    with pytest.raises(PermissionDenied):
        agree(request, commune_clerk)
    assert request in selectors.changes_to_decide(district)
    assert request in selectors.changes_to_decide(steward)
    agree(request, district)
    with pytest.raises(ConfirmedByYou):  # nobody both releases and receives
        decide(request, district)
    decide(request, commune_clerk)
    assert request in ChangeRequest.objects.filter(state="applied")


def test_a_child_without_a_phone_moves_by_the_yes_of_the_head(family_of_one, rith, sokha, commune_clerk):
    request = ask(sokha, "joins", **joining(rith))
    assert Message.objects.get(template="move_asked").phone == "+85512777000"
    say_yes(request, commune_clerk, "+85512777000")
    decide(request, commune_clerk)
    assert rith.memberships.get(ended_on=None).household == family_of_one


def test_by_document_it_is_the_same(areas, operators, family_of_one, sokha, maly, commune_clerk):
    register_household(
        actor=commune_clerk,
        details=household_details(
            person_details(given_name="ដារា", phone=OWN_SIM, **CARD), village_code="01020102"
        ),
    )
    dara = Person.objects.get(given_name="ដារា")
    request = ask(
        sokha,
        "joins",
        known={"has_spid": "no", "spid": ""},
        name={**NAME, "family_name": "សុខ", "given_name": "ដារា"},
        sex={"sex": "female"},
        birth={"born": "1984-04-14"},
        document=CARD,
        relationship={"relationship": "sibling"},
    )
    assert (request.mover, waits_for(request)) == (dara, MOVER)


def test_by_marriage_it_is_the_same(family_of_one, maly, sokha, commune_clerk):
    request = ask(
        sokha, "marriage", who=about(sokha.person), living={"living": "here"}, **joining(maly, "spouse")
    )
    with pytest.raises(ConfirmationMissing):
        decide(request, commune_clerk)


def test_nobody_is_born_who_is_registered(family_of_one, sokha, commune_clerk):
    register_household(
        actor=commune_clerk,
        details=household_details(
            person_details(given_name="ហេង"),
            child_details(given_name="ដារា", date_of_birth=date(2013, 4, 14), **CARD),
            village_code="01020102",
        ),
    )
    Membership.objects.filter(person__given_name="ដារា").update(ended_on="2026-11-01")
    request = ask(
        sokha,
        "birth",
        name={**NAME, "family_name": "សុខ", "given_name": "ដារា"},
        sex={"sex": "female"},
        birth={"born": "2013-04-14"},
        mother={"mother": "none"},
        document=CARD,
        relationship={"relationship": "child"},
        right=True,
    )
    with pytest.raises(Outdated):
        decide(request, commune_clerk)


def test_who_is_put_out_with_a_phone_of_their_own_is_asked(maly, other_clerk):
    head = User.objects.get(phone="+85512777000")
    request = ask(head, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert (request.mover, waits_for(request)) == (maly, MOVER)
    with pytest.raises(ConfirmationMissing):
        decide(request, other_clerk)


def test_who_leaves_in_an_account_of_their_own_has_said_yes(maly, other_clerk):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    request = ask(maly.account, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert request.confirmation == "own"
    decide(request, other_clerk)
    assert not maly.memberships.filter(ended_on=None).exists()


def test_an_account_that_an_official_just_opened_is_no_yes_of_its_own(maly, other_clerk):
    maly.account = User.objects.create_citizen(phone=OWN_SIM)
    maly.save(update_fields=["account"])
    KeySetup.objects.create(person=maly, official=other_clerk, kind="account")
    request = ask(maly.account, "leaves", who=about(maly), where={"where": "elsewhere"})
    assert not request.confirmation
    assert Message.objects.get(template="move_asked").phone == MALY_PHONE


def test_who_is_found_only_at_the_decision_is_asked_then(family_of_one, maly, sokha, commune_clerk):
    request = ask(sokha, "joins", **joining(maly))
    ChangeRequest.objects.filter(pk=request.pk).update(mover=None, old_village=None)
    with pytest.raises(ConfirmationMissing):
        decide(request, commune_clerk)
    request.refresh_from_db()
    assert request.mover == maly


def test_the_mover_says_no_and_that_ends_it(request_, maly, commune_clerk):
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    assert refuse_to_move(request=request_, actor=maly.account).state == "refused"
    with pytest.raises(Overtaken):
        decide(request_, commune_clerk)


def test_a_stranger_answers_nothing(request_):
    stranger = User.objects.create_citizen(phone="+85516555001")
    with pytest.raises(PermissionDenied):
        refuse_to_move(request=request_, actor=stranger)
    with pytest.raises(PermissionDenied):
        say_yes(request_, stranger)


def test_the_database_itself_moves_nobody_unasked(request_, commune_clerk):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=request_.pk).update(state="applied", decided_by=commune_clerk)


def test_the_old_commune_is_not_the_one_who_decides(request_, commune_clerk):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=request_.pk).update(
            state="applied", decided_by=commune_clerk, confirmation="old_commune", confirmed_by=commune_clerk
        )


def test_kin_of_the_mover_do_not_answer_for_them(family_of_one, phoneless, sokha, other_clerk):
    head = User.objects.get(phone="+85512777000").person
    other_clerk.spid = head.spid
    other_clerk.save(update_fields=["spid"])
    with pytest.raises(InConflict):
        agree(ask(sokha, "joins", **joining(phoneless)), other_clerk)


def agree_there(
    person: Person, assisted_session: AssistedSession, details: HouseholdDetails, phone: str = OWN_SIM
) -> None:
    """As in a registration, from the answers of its first member."""
    agree_to_registration(
        person=person,
        phone=phone,
        details=details,
        member=0,
        shown=registration_terms(details, 0, person).shown,
        assisted_session=assisted_session,
        actor=assisted_session.official,
    )


def free_with_card(clerk) -> Person:
    register_household(
        actor=clerk, details=household_details(person_details(given_name="ដារា", phone=OWN_SIM, **CARD))
    )
    Membership.objects.filter(person__given_name="ដារា").update(ended_on="2026-11-01")
    return Person.objects.get(given_name="ដារា")


def test_a_registration_with_a_known_document_needs_their_yes(areas, operators, commune_clerk, second_clerk):
    dara = free_with_card(commune_clerk)
    assisted_session = AssistedSession.objects.create(
        official=second_clerk, reason="register", consent_text="x"
    )
    again = household_details(person_details(given_name="ដារា", phone="+85516000002", **CARD))
    with pytest.raises(MoverConfirmationNeeded):
        register_household(actor=second_clerk, assisted_session=assisted_session, details=again)
    with pytest.raises(NotAsked):
        agree_there(dara, assisted_session, again, phone="+85516000002")
    agree_there(dara, assisted_session, again)
    register_household(actor=second_clerk, assisted_session=assisted_session, details=again)
    assert MoverConfirmation.objects.get().person == dara
    assert KeySetup.objects.get(kind="registration").official == second_clerk
    assert Message.objects.get(template="details_changed").phone == OWN_SIM


def test_a_citizen_registers_nobody_known_at_all(areas, operators, commune_clerk, sokha):
    free_with_card(commune_clerk)
    with pytest.raises(AlreadyRegistered):
        register_household(actor=sokha, details=household_details(person_details(given_name="ដារា", **CARD)))
