from django import template
from django.template.context import Context

from registry.appointments.selectors import appointments_of
from registry.models import Person

register = template.Library()


@register.inclusion_tag("registry/appointments/appointments.html", takes_context=True)
def appointments(context: Context, person: Person) -> dict[str, object]:
    """On the person's page, for themselves and for the official of their case."""
    of_page = {name: context.get(name) for name in ("csrf_token", "request")}  # for its forms
    return {
        "appointments": appointments_of(person),
        "official": context.get("assisted_session") is not None,
        **of_page,
    }
