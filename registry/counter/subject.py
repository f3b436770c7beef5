"""Identifies the person a form acts for in the form's token, see ``dsp_platform.accounts.acting``.

The household is part of the identity: a consent shown for one household cannot be given for another. A person
who was merged into another one meanwhile is another subject.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.database.references import clean_reference
from dsp_platform.uploads.models import Upload
from dsp_platform.web.forms import row_number
from registry.changes.context import TELL_DEATH
from registry.changes.evidence import CHANGE
from registry.changes.kinds import DEATHS
from registry.changes.selectors import PREFIX
from registry.models import ChangeRequest, Person
from registry.persons.households import household_of
from registry.persons.selectors import persons_visible_to, subject_for


def subject(user: User, assisted_session: AssistedSession | None) -> str:
    person = subject_for(user, assisted_session)
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


def why_gone(assisted_session: AssistedSession) -> str:
    """Only undoing an import deletes a record."""
    subject_id = assisted_session.subject_id
    if subject_id is None or Person.objects.filter(pk=subject_id).exists():
        return ""
    return _(
        "The case was ended: there is no record of the person any more, because the import it came from was "
        "undone. If the person is here, register them."
    )


def elsewhere(request: HttpRequest, assisted_session: AssistedSession) -> str:
    """Where only a death is told, nothing else of the person is shown or entered: they have not consented."""
    match = request.resolver_match
    if assisted_session.reason != TELL_DEATH or match is None:
        return ""
    told = ChangeRequest.objects.filter(kind__in=DEATHS, asked_for=assisted_session.subject_id)
    named = match.kwargs
    match match.view_name:
        case "registry:change" | "registry:change_question":
            is_of_it = named["kind"] in DEATHS
        case "registry:change_request" | "registry:change_withdraw":
            is_of_it = told.filter(reference=clean_reference(named["reference"], PREFIX)).exists()
        case "uploads:documents":
            key = row_number(named["key"])
            is_of_it = named["kind"] == CHANGE and key is not None and told.filter(pk=key).exists()
        case "uploads:remove":
            keys = [str(pk) for pk in told.values_list("pk", flat=True)]
            sent = Upload.objects.filter(subject_kind=CHANGE, subject_key__in=keys)
            is_of_it = sent.filter(pk=named["upload"]).exists()
        case _:
            is_of_it = False
    return "" if is_of_it else reverse("registry:change", args=[DEATHS[0]])
