"""What other pages show of applications, without importing their views."""

from django import template

from applications import selectors, services
from applications.models import Application
from registry.models import Person, Programme

register = template.Library()


@register.inclusion_tag("applications/list.html")
def applications_of(person: Person | None) -> dict[str, object]:
    """Every application of the person's household, with its state."""
    if person is None:
        return {"applications": []}
    return {"applications": selectors.applications_of(person), "person": person}


@register.inclusion_tag("applications/apply_to.html")
def apply_to(programme: Programme, person: Person | None = None) -> dict[str, object]:
    """The way to apply, or what became of an application made before."""
    latest = selectors.latest_application(person, programme) if person else None
    return {
        "programme": programme,
        "application": latest,
        "may_apply": services.takes_applications(programme)
        and (latest is None or latest.state in (Application.State.REFUSED, Application.State.WITHDRAWN)),
    }


@register.filter
def state_class(application: Application) -> str:
    """Colour of the tag: good news, bad news, or something to do."""
    return {"approved": "good", "refused": "wrong", "more_asked": "care"}.get(application.state, "")
