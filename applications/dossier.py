"""What a reviewer sees of the applicant and the household: exactly what the operator may be sent.

The records are built by the same kinds that are delivered, under the same agreements and consents, so
that the admin never shows more than the operator's own system may hold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from applications.models import Application
from dsp_platform.exchange.contract import Record, Value, registered
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.khmer.dates import format_date
from registry.models import Area, Household, IdentityDocument, Membership, Person
from registry.persons.households import household_of, members_of

LABELS = {
    "spid": gettext_lazy("SPID"),
    "full_name": gettext_lazy("Name"),
    "family_name": gettext_lazy("Surname"),
    "given_name": gettext_lazy("Given name"),
    "latin_name": gettext_lazy("Name in Latin letters"),
    "sex": gettext_lazy("Sex"),
    "date_of_birth": gettext_lazy("Date of birth"),
    "year_of_birth": gettext_lazy("Year of birth"),
    "phone": gettext_lazy("Phone number"),
    "village_code": gettext_lazy("Village"),
    "commune_code": gettext_lazy("Commune or sangkat"),
    "address": gettext_lazy("Address"),
    "household_number": gettext_lazy("Household"),
    "relationship": gettext_lazy("Relationship to the head"),
    "disability": gettext_lazy("Disability"),
    "pregnant": gettext_lazy("Pregnant"),
    "studying": gettext_lazy("Goes to school"),
    "working": gettext_lazy("Works"),
    "poverty_level": gettext_lazy("Poverty level"),
    "document_type": gettext_lazy("Document"),
    "document_number": gettext_lazy("Document number"),
    "verification": gettext_lazy("Checked"),
    "head_spid": gettext_lazy("SPID of the head"),
    "head_name": gettext_lazy("Head of household"),
    "member_count": gettext_lazy("Members"),
}
CHOICES = {
    "sex": Person.Sex,
    "relationship": Membership.Relationship,
    "poverty_level": Household.PovertyLevel,
    "document_type": IdentityDocument.Type,
    "verification": Person.Verification,
}


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Lists of lines; empty where the operator may see nothing."""

    applicant: list[Line]
    household: list[Line]
    members: list[list[Line]]
    shown: list[tuple[str, int]]
    """Kind and id of every subject shown: what the look is logged for."""


def dossier(application: Application) -> Dossier:
    operator = application.programme.operator_id
    home = household_of(application.person)
    members = members_of(home) if home else []
    persons = [application.person_id, *(one.person_id for one in members)]
    people = _records("person", operator, list(dict.fromkeys(persons)))
    households = _records("household", operator, [home.pk] if home else [])
    others = [pk for pk in people if pk != application.person_id]
    return Dossier(
        applicant=_lines(people.get(application.person_id, {})),
        household=_lines(households.get(home.pk, {})) if home else [],
        members=[_lines(people[pk]) for pk in others],
        shown=[("person", pk) for pk in people] + [("household", pk) for pk in households],
    )


def _records(kind: str, operator: str, subjects: list[int]) -> dict[int, Mapping[str, Value]]:
    agreement = agreements_in_force(kind).filter(operator=operator).first()
    if agreement is None or not subjects:
        return {}
    built = registered.kinds[kind].build(agreement, subjects)
    values = {record.subject_id: record.values for record in built if isinstance(record, Record)}
    return {pk: values[pk] for pk in subjects if pk in values}


def _lines(values: Mapping[str, Value]) -> list[Line]:
    """In the order of ``LABELS``; what is only meant for machines is left out."""
    fields = [field for field in LABELS if field in values]
    if "full_name" in values:
        fields = [field for field in fields if field not in ("family_name", "given_name")]
    if "date_of_birth" in values:
        fields = [field for field in fields if field != "year_of_birth"]
    return [Line(str(LABELS[field]), _words(field, values)) for field in fields]


def _words(field: str, values: Mapping[str, Value]) -> str:
    value = values[field]
    if value is None or value == "":
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in CHOICES:
        return str(CHOICES[field](value).label)
    return _FORMS[field](str(value), values) if field in _FORMS else str(value)


def _birth(text: str, values: Mapping[str, Value]) -> str:
    precision = str(values.get("birth_precision") or "day")
    return format_date(date.fromisoformat(text), precision, get_language() or "km")


def _area(code: str, _values: Mapping[str, Value]) -> str:
    """The name, with those of the areas that hold it."""
    codes = [code[:length] for length in range(len(code), 0, -2)]
    areas = Area.objects.in_bulk(codes)
    return ", ".join(areas[one].name for one in codes if one in areas) or code


def _grouped(spid: str, _values: Mapping[str, Value]) -> str:
    return " ".join((spid[:4], spid[4:8], spid[8:]))


_FORMS: dict[str, Callable[[str, Mapping[str, Value]], str]] = {
    "date_of_birth": _birth,
    "village_code": _area,
    "commune_code": _area,
    "spid": _grouped,
    "head_spid": _grouped,
}
