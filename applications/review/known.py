"""What else a reviewer is shown beside the dossier: what the person has or asked for at the reviewer's own
operator, and that they may be registered twice."""

from dataclasses import dataclass

from applications.models import Application
from applications.selectors import with_closed
from registry.duplicates.selectors import cases_of
from registry.facts.table import FACTS
from registry.models import DuplicateCase, Enrolment

MOST = 20


@dataclass(frozen=True, slots=True)
class Past:
    applications: list[Application]
    enrolments: list[Enrolment]


@dataclass(frozen=True, slots=True)
class Doubles:
    number: int
    """Of records that are compared with this one. Nothing of them is shown: they are not this operator's to
    read."""
    applications: list[Application]
    """Of these records, at the same operator, which its reviewers read anyway."""


def past(application: Application) -> Past:
    """Newest first."""
    operator = application.programme.operator_id
    of_operator = {"person": application.person_id, "programme__operator": operator}
    others = with_closed(Application.objects.filter(**of_operator).exclude(pk=application.pk))
    enrolments = Enrolment.objects.filter(**of_operator).select_related("programme")
    return Past(
        list(others.select_related("programme").order_by("-pk")[:MOST])
        if getattr(application, "applied_before", True)
        else [],
        list(enrolments.order_by("-since", "-pk")[:MOST])
        if getattr(application, "was_enrolled", True)
        else [],
    )


def doubles(application: Application) -> Doubles | None:
    """None where nobody is being compared with the applicant."""
    if not getattr(application, "is_compared", True):
        return None
    own = application.person_id
    pairs = cases_of([own]).filter(state__in=DuplicateCase.OPEN_STATES).values_list("first", "second")
    others = {one for pair in pairs for one in pair} - {own}
    if not others:
        return None
    theirs = Application.objects.filter(
        person__in=others, programme__operator=application.programme.operator_id
    )
    return Doubles(len(others), list(theirs.select_related("programme").order_by("-pk")[:MOST]))


def missing_in_words(application: Application) -> list[str]:
    """The facts that nobody has told yet."""
    return [str(FACTS[name].label) for name in application.missing_facts if name in FACTS]
