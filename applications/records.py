"""The record of an application, as an operator may hold it."""

from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from dsp_platform.exchange.contract import Explainer, Record, RecordKind, Withdrawal
from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import HOME_TABLES, Part
from registry.fields.table import labels
from registry.models import Household, Person
from registry.records.statement import Statement, records, statement

# SQL of each field, over ``application``, its programme, the person and their household.
FIELDS = {
    "reference": "application.reference",
    "programme_code": "programme.code",
    "spid": "person.spid",
    "household_number": "household.number",
    "state": "application.state",
    "verdict": "application.verdict",
    "submitted_on": "to_char(application.submitted_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
}
LABELS = labels("reference", "spid", "household_number") | {
    "programme_code": _("Programme"),
    "state": _("State of the application"),
    "verdict": _("Whether the conditions seem to be met"),
    "submitted_on": _("Day of the application"),
}
APPLICANTS = (Agreement.Concerns.APPLICANTS, Agreement.Concerns.APPLICANTS_OR_RULE)
_TABLES = f"""applications_application application
JOIN registry_programme programme ON programme.id = application.programme_id
JOIN registry_person person ON person.id = application.person_id{HOME_TABLES}"""

# An application of somebody who has died is no longer decided.
_WHOM = "programme.operator_id = %(operator)s AND person.died_on IS NULL AND {rule}"


class ApplicationKind(RecordKind):
    name = "application"
    label = _("application")
    my_data_name = _("Application")
    labels = LABELS
    fields: Sequence[str] = tuple(FIELDS)
    keys: Sequence[str] = ("reference",)

    def __init__(self, explainer: Explainer | None = None) -> None:
        self.explainer = explainer

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return of_applications(agreement).ids(subjects)

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        names = agreement.fields
        columns = [FIELDS[name] for name in (agreement.layout.key_field, *names)]
        return records(of_applications(agreement).rows(subjects, columns), names)

    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        rows = Application.objects.filter(pk__gt=after).order_by("pk")
        return list(rows.values_list("pk", "version")[:limit])

    def size(self) -> int:
        return Application.objects.count()

    def subjects_of(self, field: str, keys: Sequence[str]) -> dict[str, int]:
        if field not in self.keys:
            raise ValueError(f"not a key of applications: {field}")
        return dict(Application.objects.filter(reference__in=keys).values_list("reference", "pk"))


def of_applications(agreement: Agreement) -> Statement:
    concerns = "TRUE" if agreement.concerns in APPLICANTS else "FALSE"
    return statement(
        agreement,
        alias="application",
        household="home.household_id",
        tables=_TABLES,
        part=Part(concerns, "", {"zone": timezone.get_current_timezone_name()}),
        whom=_WHOM,
    )


def announce_applications(household: Household) -> None:
    """A consent was given or withdrawn: which operators may hold the members' applications has changed."""
    rows = Application.objects.filter(
        person__memberships__household=household, person__memberships__ended_on=None
    )
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))


def announce_applications_of(person: Person) -> None:
    """The person left every household or died: no consent covers the applications any more."""
    rows = Application.objects.filter(person=person)
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))
