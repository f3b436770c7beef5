"""Which cell of the table of life events a test shows, and what a person's things are like."""

from collections.abc import Callable
from typing import Any

from applications.models import Application
from grievances.models import Grievance
from registry.life_events.events import Domain, EventKind
from registry.models import ChangeRequest, Consent, Enrolment, Person, PhoneReplacement

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
