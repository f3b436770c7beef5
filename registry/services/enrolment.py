from datetime import date

import pghistory
from django.db import transaction

from registry.models import Enrolment, Person, Programme


def enrol(*, person: Person, programme: Programme, since: date, operator_reference: str = "") -> Enrolment:
    """Note that the person is in the programme. An enrolment that is open already is kept as it is."""
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


def end_enrolment(*, person: Person, programme: Programme, until: date) -> None:
    """Note that the person left the programme; nothing happens to somebody who is not in it."""
    with transaction.atomic(), pghistory.context(why="end_enrolment"):
        held = Enrolment.objects.exclude(state=Enrolment.State.ENDED).select_for_update()
        enrolment = held.filter(person=person, programme=programme).first()
        # A report of an earlier day that arrives late ends nothing that began after it.
        if enrolment is not None and enrolment.since <= until:
            enrolment.state, enrolment.until = Enrolment.State.ENDED, until
            enrolment.save(update_fields=["state", "until"])
