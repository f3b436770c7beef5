from django import template
from django.template.context import Context

from dsp_platform.accounts.models import AssistedSession, User
from registry.changes.hearings.visibility import why_unlisted
from registry.models import Person
from registry.phones.replacements.selectors import relation_of, replacements_of_citizen, waiting_for

register = template.Library()


@register.inclusion_tag("registry/phones/replacements/phone_warnings.html", takes_context=True)
def phone_warnings(context: Context) -> dict[str, object]:
    """For a citizen: a requested replacement of their phone, and how it ended."""
    user, person = context.get("user"), context.get("person")
    if not isinstance(user, User):
        return {}
    near, assisted_session = replacements_of_citizen(user), context.get("assisted_session")
    waits = None
    if (
        isinstance(assisted_session, AssistedSession)
        and isinstance(person, Person)
        and not why_unlisted(assisted_session, person)
    ):
        waits = waiting_for(person)
    return {
        "replacements": [(one, relation_of(user, one)) for one in near.warn],
        "replaced": near.replaced,
        # For an official who is not related to the person of the session.
        "waits": waits,
        "contact_phone": context.get("contact_phone"),
    }
