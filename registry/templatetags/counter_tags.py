from django import template
from django.template.context import Context

from registry.persons.selectors import subject_for

register = template.Library()


@register.inclusion_tag("components/banner.html", takes_context=True)
def assisted_session_banner(context: Context) -> dict[str, object]:
    """For whom the official acts; empty without an open session."""
    assisted_session = context.get("assisted_session")
    if assisted_session is None:
        return {"assisted_session": None}
    person = subject_for(assisted_session.official, assisted_session)
    # A page of the counter may be about another person than the open session.
    about = context.get("about")
    named = about if isinstance(about, set) else {about}
    elsewhere = "about" in context and (person is None or person.pk not in named)
    of_page = {name: context.get(name) for name in ("csrf_token", "request")}  # for its form
    return {"assisted_session": assisted_session, "person": person, "elsewhere": elsewhere, **of_page}
