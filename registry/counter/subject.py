"""What the platform is told about the person a form acts for, see ``accounts.acting``.

The household is part of it: a consent that was shown for one household is not given for another, and a
person merged into another is another.
"""

from typing import Any

from dsp_platform.accounts.models import Case, User
from registry.models import Person
from registry.persons.households import household_of
from registry.persons.selectors import persons_visible_to, subject_of


def subject(user: User, case: Case | None) -> str:
    person = subject_of(user, case)
    if person is None:
        return ""
    household = household_of(person)
    return f"{person.pk}.{household.pk if household else ''}"


def describe(user: User, subject: str) -> dict[str, Any]:
    """By the number as it was; a merged person is told as they were shown."""
    pk = subject.partition(".")[0]
    visible = persons_visible_to(user)
    person = visible.filter(pk=pk).first()
    if person is None:
        merged = Person.objects.filter(pk=pk, merged_into__in=visible.values("pk")).first()
        return {"name": merged.name, "number": merged.spid_grouped} if merged else {}
    return {"name": person.name, "number": person.spid_grouped, "spid": person.spid}
