"""Identifies the person a form acts for in the form's token, see ``dsp_platform.accounts.acting``.

The household is part of the identity: a consent shown for one household cannot be given for another. A person
who was merged into another one meanwhile is another subject.
"""

from typing import Any

from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Person
from registry.persons.households import household_of
from registry.persons.selectors import persons_visible_to, subject_of


def subject(user: User, assisted_session: AssistedSession | None) -> str:
    person = subject_of(user, assisted_session)
    if person is None:
        return ""
    household = household_of(person)
    return f"{person.pk}.{household.pk if household else ''}"


def describe(user: User, subject: str) -> dict[str, Any]:
    """Name and SPID as they were shown on the form, also of a person merged meanwhile."""
    pk = subject.partition(".")[0]
    visible = persons_visible_to(user)
    person = visible.filter(pk=pk).first()
    if person is None:
        merged = Person.objects.filter(pk=pk, merged_into__in=visible.values("pk")).first()
        return {"name": merged.name, "number": merged.spid_grouped} if merged else {}
    return {"name": person.name, "number": person.spid_grouped, "spid": person.spid}
