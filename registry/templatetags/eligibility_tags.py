"""Where facts that are missing for a verdict can be told."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from registry.eligibility import telling
from registry.eligibility.assessment import ASSESSMENT
from registry.eligibility.telling import Telling
from registry.eligibility.verdict import Verdict
from registry.models import Person, Programme
from registry.persons.subject import subject_of
from registry.programmes.availability import takes_applications_on

register = template.Library()


@register.simple_tag(takes_context=True)
def who_tells(context: template.Context, verdict: Verdict, person: Person) -> Telling:
    """What of the missing facts this reader can tell here, and who else can."""
    return telling.who_tells(verdict, person, subject_of(context["request"]) or person)


@register.inclusion_tag("registry/programmes/where_to_tell.html")
def where_to_tell(telling: Telling, person: Person) -> dict[str, Any]:
    """``person``: whom the page is about."""
    assessed_by = Programme.objects.filter(takes_applications_on(timezone.localdate()), operator=ASSESSMENT)
    return {
        "telling": telling,
        "here": [(_url(kind, one), one if one != person else None) for kind, one in telling.here],
        "assessed_by": assessed_by.first() if telling.by_assessment else None,
    }


def _url(kind: str, person: Person) -> str:
    """The first question, with the person chosen."""
    return f"{reverse('registry:change_question', args=[kind, 'who'])}?about={person.pk}"
