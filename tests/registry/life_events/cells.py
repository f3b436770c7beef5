"""Which cell of the table of life events a test shows, and what a person's things are like."""

from collections.abc import Callable
from typing import Any

from applications.models import Application
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications.models import Message
from grievances.models import Grievance
from registry.life_events.events import Domain, EventKind
from registry.models import ChangeRequest, Consent, Enrolment, Person, PhoneReplacement
from registry.persons.households import household_of

Cell = tuple[EventKind, Domain]
COVERED: set[Cell] = set()


def cell(kind: EventKind, domain: Domain) -> Callable[[Any], Any]:
    def mark(test: Any) -> Any:
        COVERED.add((kind, domain))
        return test

    return mark


def things(domain: Domain) -> list[tuple[Any, ...]]:
    """Of everybody: whose they are, where they hang, and what became of them."""

    fields = {
        Domain.APPLICATIONS: (Application, "pk", "person", "state", "verdict"),
        Domain.GRIEVANCES: (Grievance, "pk", "person", "state", "phone"),
        Domain.ENROLMENTS: (Enrolment, "pk", "person", "state", "until"),
        Domain.CHANGES: (ChangeRequest, "reference", "household", "village", "state"),
        Domain.CONSENTS: (Consent, "household", "operator_code", "withdrawn_at"),
    }
    if domain == Domain.ACCESS:
        accounts = Person.objects.exclude(account=None).order_by("pk").values_list("pk", "account")
        return [*accounts, *PhoneReplacement.objects.order_by("pk").values_list("pk", "state")]
    model, *names = fields[domain]
    return list(model._default_manager.order_by("pk").values_list(*names))


def again(row):
    return type(row)._default_manager.get(pk=row.pk)


def texts(template: str) -> set[str]:
    return set(Message.objects.filter(template=template, state="due").values_list("phone", flat=True))


def news(world) -> set[tuple[str, str]]:
    """Template and receiver of every text message that is sent since; none goes to somebody who has died."""
    sent = Message.objects.filter(pk__gt=world["last text"], state="due")
    living = Person.objects.filter(died_on=None, merged_into=None)
    numbers = {
        *living.values_list("phone", flat=True),
        *living.values_list("account__phone", flat=True),
        *PhoneReplacement.objects.values_list("phone", flat=True),
    }
    assert set(sent.values_list("phone", flat=True)) <= numbers
    return set(sent.values_list("template", "phone"))


def home_now(world):
    return household_of(Person.objects.get(pk=world["maly"].pk))


def requests(world) -> dict[str, str]:
    """The last step of each."""
    names = ("own", "birth of hers", "about her", "birth")
    return {name: world[name].events.order_by("-pk").first().step for name in names}


def operators_told(kind: str, subject: int) -> set[str]:
    rows = LedgerEntry.objects.filter(kind=kind, subject_id=subject).exclude(state="delivered")
    return set(rows.values_list("operator_id", flat=True))
