"""Maly with something of hers in every domain, and the same after each life event."""

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from applications.services import submit_application
from dsp_platform.accounts.models import User
from dsp_platform.approval.services import approve
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import Message
from grievances.services import Details, report_grievance
from registry.beneficiaries.enrolment import enrol
from registry.beneficiaries.expiry import expire_page
from registry.consents.services import give_consent, withdraw_consent
from registry.deaths.approvals import propose_undo
from registry.life_events.events import Domain
from registry.models import Household, Person, PhoneReplacement, Programme
from registry.persons.households import household_of
from registry.persons.writer import PersonWriter
from tests.built_once import built_once
from tests.registry.cast import MALY_PHONE
from tests.registry.changes.cast import BABY, NAME, about, ask, decide, heard, joining, settle
from tests.registry.changes.moves.test_moves import say_yes
from tests.registry.life_events.cells import things
from tests.roles import as_owner

DIED_ON = date(2026, 11, 20)
KEPT = (
    Domain.APPLICATIONS,
    Domain.GRIEVANCES,
    Domain.ENROLMENTS,
    Domain.CHANGES,
    Domain.CONSENTS,
    Domain.ACCESS,
)


@built_once
@as_owner()  # not created by two people
def programmes(operators):
    """Health insurance for the poor, and school money."""
    names = {"health": 'poverty_level == "level1"', "school": "age >= 18"}
    return {
        code: Programme.objects.create(
            code=code, operator=operators["nssf"], name_km=code, name_en=code, state="open", rule=rule
        )
        for code, rule in names.items()
    }


@built_once
def world(agreements, programmes, sokha, maly, heng, rith, family_of_one, other_clerk):
    home = household_of(maly)
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    Household.objects.filter(pk=home.pk).update(poverty_level="level1")

    hers = {"actor": maly.account, "assisted_session": None}
    for code in ("nssf", "idpoor"):
        give_consent(
            household=home,
            given_by=maly,
            operator_code=code,
            purpose="x",
            text="x",
            language="km",
            **hers,
        )
    made = {
        "home": home,
        "maly": maly,
        "application": submit_application(person=maly, programme=programmes["health"], consent=True, **hers),
        "enrolment": enrol(person=maly, programme=programmes["school"], since=date(2026, 1, 5)),
        "grievance": report_grievance(
            submission=uuid.uuid4(),
            details=Details(category="payment", text="x", phone=MALY_PHONE),
            language="km",
            **hers,
        ),
        "own": ask(maly.account, "name", who=about(maly), name=NAME),
        "birth of hers": ask(maly.account, "birth", **BABY),
        "about her": ask(heng, "sex", who=about(maly), sex={"sex": "male"}),
        "birth": ask(heng, "birth", **BABY),
        "replacement": PhoneReplacement.objects.create(
            reference="T-1",
            person=maly,
            account=maly.account,
            phone="+85516999777",
            notified_phones=[MALY_PHONE],
            reason="lost",
            document="identity_card",
            asked_by=other_clerk,
            due_at=timezone.now() + timedelta(days=7),
        ),
        "message": notifications.send(
            phone=MALY_PHONE, language="km", template="details_changed", params={"reference": "C-1"}
        ),
    }
    Household.objects.filter(pk=home.pk).update(poverty_valid_to=timezone.localdate() - timedelta(days=1))
    settle()
    last = Message.objects.order_by("pk").last().pk
    return made | {"before": {domain: things(domain) for domain in KEPT}, "last text": last}


@built_once
def died(world, heng, other_clerk):
    """The twentieth of November."""
    died = {"died": DIED_ON.isoformat()}
    decide(heard(ask(heng, "death", who=about(world["maly"]), died=died)), other_clerk)
    return world


@built_once
def death_undone(died, steward, second_steward):
    """By two stewards; ``before`` is what the death had left."""
    settle()
    before = {domain: things(domain) for domain in KEPT}
    maly = Person.objects.get(pk=died["maly"].pk)
    proposal = propose_undo(person=maly, actor=steward, reason="She lives.")
    approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    return died | {"before": before}


def _left(world, other_clerk, **answers):
    maly = world["maly"]
    decide(ask(maly.account, "leaves", who=about(maly), **answers), other_clerk)
    return world


def leave_for_own(world, other_clerk):
    """In the commune of Sokha."""
    place = {"village_code": "01020101", "address": ""}
    return _left(world, other_clerk, where={"where": "own"}, place=place)


def move_home(heng, commune_clerk):
    """To the commune of Sokha."""
    place = {"village_code": "01020101", "address": ""}
    decide(heard(ask(heng, "move", place=place)), commune_clerk)


@built_once
def left_for_own(world, other_clerk):
    return leave_for_own(world, other_clerk)


@built_once
def left_elsewhere(world, other_clerk):
    return _left(world, other_clerk, where={"where": "elsewhere"})


@built_once
def joined(world, sokha, commune_clerk):
    """The household of Sokha."""
    decide(say_yes(ask(sokha, "joins", **joining(world["maly"])), commune_clerk, MALY_PHONE), commune_clerk)
    return world


@built_once
def moved(world, heng, commune_clerk):
    move_home(heng, commune_clerk)
    return world


@built_once
def merged(world, family_of_one):
    """Into the record of the head of another household."""
    maly = Person.objects.get(pk=world["maly"].pk)
    into = family_of_one.memberships.get().person
    Person.objects.filter(pk=into.pk).update(account=None)
    into.refresh_from_db()
    with transaction.atomic(), PersonWriter() as writer:
        membership = maly.memberships.get()
        writer.update_person(maly, merged_into=into)
        writer.update_membership(membership, ended_on=timezone.localdate())
    return world | {"into": into}


@built_once
def consent_withdrawn(world):
    """That for NSSF."""
    withdraw_consent(
        household=world["home"], operator_code="nssf", actor=world["maly"].account, assisted_session=None
    )
    return world


@built_once
def level_expired(world):
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    with transaction.atomic():
        expire_page({"day": day}, None)
    return world


@built_once
def closed(world):
    """Without its members having left, so that everything of theirs is there."""
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_household(Household.objects.get(pk=world["home"].pk), closed_on=timezone.localdate())
    return world
