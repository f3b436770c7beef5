from datetime import date

from django.db import transaction
from django.utils import timezone

from dsp_platform.database.history_context import history_context
from registry.models import Enrolment, Payment, Person, Programme


class CannotEnrolDeceased(Exception):
    """A person who has died cannot be enrolled."""


def enrol(*, person: Person, programme: Programme, since: date, operator_reference: str = "") -> Enrolment:
    """Returns the open enrolment, which is created where there is none.

    The caller has locked the person. Raises ``CannotEnrolDeceased``.
    """
    if Person.objects.filter(pk=person.pk).exclude(died_on=None).exists():
        raise CannotEnrolDeceased
    with transaction.atomic(), history_context("enrol"):
        enrolment, made = Enrolment.objects.exclude(state=Enrolment.State.ENDED).get_or_create(
            person=person,
            programme=programme,
            defaults={"since": since, "operator_reference": operator_reference},
        )
        if not made and operator_reference and not enrolment.operator_reference:
            enrolment.operator_reference = operator_reference
            enrolment.save(update_fields=["operator_reference"])
        return enrolment


def set_suspended(*, enrolment: Enrolment, suspended: bool) -> None:
    """Suspend the enrolment or make it active again; one that has ended is not changed."""
    state = Enrolment.State.SUSPENDED if suspended else Enrolment.State.ACTIVE
    if enrolment.state not in (state, Enrolment.State.ENDED):
        with transaction.atomic(), history_context("set_suspended"):
            enrolment.state = state
            enrolment.save(update_fields=["state"])


def end_enrolment(*, person: Person, programme: Programme, until: date) -> None:
    """The person left the programme; no error where there is no open enrolment."""
    with transaction.atomic(), history_context("end_enrolment"):
        open_ones = Enrolment.objects.exclude(state=Enrolment.State.ENDED).select_for_update()
        enrolment = open_ones.filter(person=person, programme=programme).first()
        # A report of an earlier day that arrives late ends nothing that began after it.
        if enrolment is not None and enrolment.since <= until:
            enrolment.state, enrolment.until = Enrolment.State.ENDED, until
            enrolment.save(update_fields=["state", "until"])


def end_all(*, person: Person, until: date) -> None:
    """The person died on that day. The caller has locked them."""
    with transaction.atomic(), history_context("end_enrolment"):
        open_ones = person.enrolments.exclude(state=Enrolment.State.ENDED)
        open_ones.update(state=Enrolment.State.ENDED, until=until)


def hand_over(*, person: Person, into: Person) -> None:
    """To the record that remains, which may be in the same programme. The caller has locked both."""
    with transaction.atomic(), history_context("merge"):
        theirs = into.enrolments.exclude(state=Enrolment.State.ENDED).values("programme")
        double = person.enrolments.exclude(state=Enrolment.State.ENDED).filter(programme__in=theirs)
        double.update(state=Enrolment.State.ENDED, until=timezone.localdate())
        person.enrolments.update(person=into)


def note_payment(*, enrolment: Enrolment, amount: int, paid_on: date, operator_reference: str) -> None:
    """A payment is identified by the operator's number: noted again, it is corrected."""
    with transaction.atomic(), history_context("note_payment"):
        Payment.objects.update_or_create(
            enrolment=enrolment,
            operator_reference=operator_reference,
            defaults={"amount": amount, "paid_on": paid_on},
        )


def take_back_payment(*, enrolment: Enrolment, operator_reference: str) -> None:
    """The money was returned to the operator. The payment stays in the history of the table."""
    with transaction.atomic(), history_context("take_back_payment"):
        Payment.objects.filter(enrolment=enrolment, operator_reference=operator_reference).delete()
