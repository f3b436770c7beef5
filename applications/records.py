"""The record of an application, as an operator may hold it."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet
from django.utils.timezone import localdate

from applications.models import Application
from dsp_platform.exchange import services as exchange
from dsp_platform.exchange.contract import Record, Value, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.models import Consent, Household, Membership, Person

FIELDS = (
    "reference",
    "programme_code",
    "spid",
    "household_number",
    "state",
    "verdict",
    "submitted_on",
)
APPLICANTS = (Agreement.Concerns.APPLICANTS, Agreement.Concerns.APPLICANTS_OR_RULE)


class ApplicationKind:
    name = "application"
    fields: Sequence[str] = FIELDS

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return set(_Entitled(agreement, _rows(subjects)).ids())

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterable[Record | Withdrawal]:
        rows = list(_rows(subjects))
        entitled = _Entitled(agreement, rows)
        concerned = set(entitled.ids())
        for row in rows:
            if row.pk in concerned:
                values = entitled.values(row)
                limited = {name: values[name] for name in agreement.fields if name in values}
                yield Record(row.pk, row.version, limited, entitled.consents.get(row.person_id))
            else:
                yield Withdrawal(row.pk, row.version, row.reference)

    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        rows = Application.objects.filter(pk__gt=after).order_by("pk")
        return list(rows.values_list("pk", "version")[:limit])


def announce_applications(household: Household) -> None:
    """A consent was given or taken back: who may hold the members' applications has changed."""
    rows = Application.objects.filter(
        person__memberships__household=household, person__memberships__ended_on=None
    )
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))


def announce_applications_of(person: Person) -> None:
    """The person left every household or died: nobody's consent covers the applications any more."""
    rows = Application.objects.filter(person=person)
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))


def _rows(subjects: Sequence[int]) -> QuerySet[Application]:
    return Application.objects.filter(pk__in=list(subjects)).select_related("programme", "person")


class _Entitled:
    """One agreement's view of some applications: two more queries however many they are."""

    def __init__(self, agreement: Agreement, rows: Iterable[Application]) -> None:
        self.agreement = agreement
        self.rows = [row for row in rows if row.programme.operator_id == agreement.operator_id]
        persons = {row.person_id for row in self.rows}
        memberships = Membership.objects.filter(person__in=persons, ended_on=None)
        self.households = {
            membership.person_id: membership.household
            for membership in memberships.select_related("household")
        }
        by_household = dict(
            Consent.objects.filter(
                household__in={household.pk for household in self.households.values()},
                operator_code=agreement.operator_id,
                withdrawn_at=None,
            ).values_list("household_id", "pk")
        )
        self.consents = {
            person: by_household[household.pk]
            for person, household in self.households.items()
            if household.pk in by_household
        }

    def ids(self) -> Iterator[int]:
        if self.agreement.concerns not in APPLICANTS:
            return
        on_consent = self.agreement.basis != Agreement.Basis.LAW
        for row in self.rows:
            if not on_consent or row.person_id in self.consents:
                yield row.pk

    def values(self, row: Application) -> dict[str, Value]:
        household = self.households.get(row.person_id)
        return {
            "reference": row.reference,
            "programme_code": row.programme.code,
            "spid": row.person.spid,
            "household_number": household.number if household else None,
            "state": row.state,
            "verdict": row.verdict,
            "submitted_on": localdate(row.submitted_at).isoformat(),
        }
