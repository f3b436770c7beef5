from datetime import date

import pghistory
from django.db import transaction

from registry.models import Enrolment, Payment, Person, Programme


class PersonDied(Exception):
    """Nobody who has died enters a programme."""


def enrol(*, person: Person, programme: Programme, since: date, operator_reference: str = "") -> Enrolment:
    """Note that the person is in the programme. An enrolment that is open already is kept as it is.

    The caller holds the person. Raises ``PersonDied``.
    """
    if Person.objects.filter(pk=person.pk).exclude(died_on=None).exists():
        raise PersonDied
    with transaction.atomic(), pghistory.context(why="enrol"):
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
    """Support that rests for a while and may go on; an enrolment that has ended is left alone."""
    state = Enrolment.State.SUSPENDED if suspended else Enrolment.State.ACTIVE
    if enrolment.state not in (state, Enrolment.State.ENDED):
        with transaction.atomic(), pghistory.context(why="set_suspended"):
            enrolment.state = state
            enrolment.save(update_fields=["state"])


def end_enrolment(*, person: Person, programme: Programme, until: date) -> None:
    """Note that the person left the programme; nothing happens to somebody who is not in it."""
    with transaction.atomic(), pghistory.context(why="end_enrolment"):
        held = Enrolment.objects.exclude(state=Enrolment.State.ENDED).select_for_update()
        enrolment = held.filter(person=person, programme=programme).first()
        # A report of an earlier day that arrives late ends nothing that began after it.
        if enrolment is not None and enrolment.since <= until:
            enrolment.state, enrolment.until = Enrolment.State.ENDED, until
            enrolment.save(update_fields=["state", "until"])


def note_payment(*, enrolment: Enrolment, amount: int, paid_on: date, operator_reference: str) -> None:
    """The operator's number tells one payment from another: told twice, it is one; told anew, corrected."""
    with transaction.atomic(), pghistory.context(why="note_payment"):
        Payment.objects.update_or_create(
            enrolment=enrolment,
            operator_reference=operator_reference,
            defaults={"amount": amount, "paid_on": paid_on},
        )


def take_back_payment(*, enrolment: Enrolment, operator_reference: str) -> None:
    """The money came back to the operator: the person did not get it. What was told stays in the history."""
    with transaction.atomic(), pghistory.context(why="take_back_payment"):
        Payment.objects.filter(enrolment=enrolment, operator_reference=operator_reference).delete()
