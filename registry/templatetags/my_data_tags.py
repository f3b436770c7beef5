"""Personal data: the sections of the file as a readable page, who holds the data, and who looked at them."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dsp_platform.audit import selectors as audit
from dsp_platform.audit.actions import access_reason
from dsp_platform.exchange.ledger.shared_records import SharedRecord, shared_records_of
from dsp_platform.exchange.models import Operator
from registry.eligibility.assessment import still_of_use
from registry.models import Person, Programme
from registry.my_data.sections import MyDataSection, affected_by_withdrawal
from registry.my_data.selectors import copies_about, data_subject
from registry.persons.households import household_of
from registry.programmes.selectors import programmes

register = template.Library()
ACCESSES_READ, ACCESSES_SHOWN = 200, 20

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


@register.inclusion_tag("registry/changes/whose_registration_ends.html", takes_context=True)
def whose_registration_ends(context: Context, person: Person) -> dict[str, Any]:
    """For a member who is about to take back the registration of the household."""
    about = data_subject(person, assisted_session=context.get("assisted_session"))
    return {
        "household": about.household,
        "members": about.members,
        "operators": [str(one.operator) for one in copies_about(about) if one.has_copies],
        "effects": affected_by_withdrawal(about, ""),
    }


@register.inclusion_tag("registry/my_data/my_data_part.html")
def in_words(part: Any, section: MyDataSection, key: str = "") -> dict[str, Any]:
    """A list becomes entries, a dictionary rows; empty values are left out."""
    if isinstance(part, dict):
        rows = [
            (name, capfirst(section.label_of(name)), _shown(section, name, value), value)
            for name, value in part.items()
            # Where a code has a name, the name alone is shown.
            if value not in (None, "", []) and name != "village_code" and not part.get(f"{name}_name")
        ]
        return {"rows": rows, "section": section}
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return {"entries": part, "section": section}
    return {"text": _shown(section, key, part) if part else ""}


def _shown(section: MyDataSection, key: str, value: Any) -> str | None:
    """None for a nested value, which has its own rows."""
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return None
    if isinstance(value, list):
        return ", ".join(str(_shown(section, key, one)) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if (label := section.value_of(key, value)) is not None:
        return label
    text = str(value)
    if isinstance(value, str) and _MOMENT.match(text):
        moment = timezone.localtime(datetime.fromisoformat(text))
        return formats.date_format(moment, "SHORT_DATETIME_FORMAT")
    if isinstance(value, str) and _DAY.fullmatch(text):
        return formats.date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
    return text


_NEXT = "has", "updating", "waiting", "stuck", "deleting", "deleted"
"""Of a household's record and the person's, the one is told that says most of what the operator has."""


@register.inclusion_tag("registry/my_data/operators_next.html")
def operators_next(person: Person) -> dict[str, object]:
    """Each operator that the household agreed to or that receives its details, with its programmes."""
    household = household_of(person)
    subjects = {"person": [person.pk], "household": [household.pk] if household else []}
    records: dict[str, SharedRecord] = {}
    for record in sorted(shared_records_of(subjects), key=lambda one: _NEXT.index(one.status), reverse=True):
        records[record.operator.pk] = record
    agreed: set[str] = set()
    if household is not None:
        open_consents = household.consents.filter(withdrawn_at=None).exclude(operator_code="")
        agreed = set(open_consents.values_list("operator_code", flat=True))
    run: dict[str, list[Programme]] = {}
    for programme in still_of_use(programmes(), household):
        run.setdefault(programme.operator_id, []).append(programme)
    operators = Operator.objects.filter(pk__in=agreed | records.keys())
    return {
        "operators": [
            {
                "operator": one,
                "agreed": one.pk in agreed,
                "record": records.get(one.pk),
                "to_apply": [found for found in run.get(one.pk, ()) if found.takes_applications],
                "by_itself": [found for found in run.get(one.pk, ()) if not found.takes_applications],
            }
            for one in operators
        ]
    }


@register.inclusion_tag("registry/my_data/accesses.html")
def access_log(person: Person) -> dict[str, object]:
    """Who looked, when and why, newest first."""
    events = list(audit.access_log("person", person.pk)[:ACCESSES_READ])
    # One row for each assisted session: an official opens many pages for one purpose.
    visits = {event.assisted_session_id or event.pk: event for event in reversed(events)}
    accesses = [
        {"at": event.at, "who": str(event.actor or ""), "reason": access_reason(event)}
        for event in sorted(visits.values(), key=lambda event: event.at, reverse=True)
    ]
    return {"accesses": accesses[:ACCESSES_SHOWN]}
