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
