"""The demonstration's family with an application in each state, so that each kind of page exists."""

from datetime import timedelta
from uuid import uuid4

from django.core.management import call_command
from django.utils import timezone

from applications import services
from applications.models import Application
from dsp_platform.accounts.models import User
from dsp_platform.database.references import new_reference
from grievances import services as grievances
from registry.models import Person, PhoneReplacement, Programme
from registry.persons.households import household_of, members_of
from registry.registration.drafts import save_draft
from tests.registry.changes.cast import BABY, ask, joining
from tests.registry.pages import BEGUN, HEAD, SON

CITIZEN = "+85512345678"
STEPS = [
    [],
    [("take_up", "", ""), ("ask_more", "", "សូមយកសៀវភៅសុខភាពមក។")],
    [("take_up", "", ""), ("approve", "", "")],
    [("take_up", "", ""), ("refuse", "documents", "")],
]


def load_site() -> None:
    """Like the demonstration, without the 15,000 areas, which take longer than all the rest."""
    for command in ("load_operators", "load_catalogue", "load_demo_staff", "load_demo_people"):
        call_command(command, verbosity=0)


def fill() -> None:
    """Each member has an application in another state; a grievance and a birth were reported."""
    citizen, reviewer = User.objects.get(phone=CITIZEN), User.objects.get(username="reviewer.family_package")
    programme = Programme.objects.get(code="family-package")
    members = members_of(household_of(citizen.person))
    for member, steps in zip(members, STEPS, strict=True):
        _apply(citizen, member.person, programme, reviewer, steps)
    details = grievances.Details(category="payment", text="ប្រាក់មិនទាន់មកដល់។", operator=programme.operator)
    grievances.report_grievance(
        actor=citizen, assisted_session=None, submission=uuid4(), details=details, language="km"
    )
    ask(citizen, "birth", **BABY)
    _move_and_phone(citizen)


def newcomer() -> User:
    """In the middle of a registration, with a document of their own and without one of their son."""
    citizen = User.objects.create_citizen(phone="+85517333444")
    son = {
        "id": 2, "done": ["name", "relationship", "sex", "birth", "document"], **SON["name"], **SON["sex"],
        **SON["relationship"], **SON["document"], "latin_family_name": "", "latin_given_name": "",
        "born": "2015", "document_number": "",
    }  # fmt: skip
    begun = BEGUN | {"place": HEAD["place"], "members": [*BEGUN["members"], son], "last": 2}
    save_draft(owner=citizen, assisted_session=None, answers=begun)
    return citizen


def _move_and_phone(citizen: User) -> None:
    """Somebody asks that the citizen joins another household, and an official asks for another phone."""
    heads = Person.objects.filter(memberships__relationship="head", memberships__ended_on=None, died_on=None)
    other = heads.exclude(account=citizen).order_by("pk").first()
    assert other is not None
    if other.account is None:
        other.account = User.objects.create_citizen(phone="+85516444555")
        other.save(update_fields=["account"])
    ask(other.account, "joins", **joining(citizen.person))
    PhoneReplacement.objects.create(
        reference=new_reference("P"), person=citizen.person, account=citizen, phone="+85516444556",
        notified_phones=[CITIZEN], reason="lost", document="identity_card",
        asked_by=User.objects.filter(role="official").latest("pk"),
        due_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip


def _apply(citizen: User, person: Person, programme: Programme, reviewer: User, steps: list) -> None:
    application = services.submit_application(
        actor=citizen, assisted_session=None, person=person, programme=programme, consent=True
    )
    for decision, reason, note in steps:
        version = Application.objects.get(pk=application.pk).version
        services.decide(
            application=application, decision=decision, reason=reason, note=note, actor=reviewer,
            expected_version=version,
        )  # fmt: skip
