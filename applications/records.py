"""The record of an application, as an operator may hold it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.answers.sharing import PREFIX, sharable, shared_answers
from applications.models import Application
from dsp_platform.exchange.contract import Explainer, Labels, Record, Withdrawal
from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import HOME_TABLES, StatementPart
from registry.fields.table import labels
from registry.models import Household, Person, lives_in
from registry.records.kind import StatementKind
from registry.records.statement import Statement, statement

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
VERDICTS: Labels = {"likely": _("Likely"), "unlikely": _("Unlikely"), "more": _("Tell us more")}
APPLICANTS = (Agreement.Concerns.APPLICANTS, Agreement.Concerns.APPLICANTS_OR_RULE)
_TABLES = f"""applications_application application
JOIN registry_programme programme ON programme.id = application.programme_id
JOIN registry_person person ON person.id = application.person_id{HOME_TABLES}"""

# An application of somebody who has died is no longer decided.
_WHOM = "programme.operator_id = %(operator)s AND person.died_on IS NULL AND {rule}"


class ApplicationKind(StatementKind):
    """Also the answers to those questions of programmes that may leave, each a field of its own."""

    name = "application"
    label = _("application")
    my_data_name = _("Application")
    columns = FIELDS
    model = Application
    key_columns: ClassVar = {"reference": "reference"}

    def __init__(self, explainer: Explainer | None = None) -> None:
        self.explainer, self.keys = explainer, tuple(self.key_columns)

    @property
    def words(self) -> Mapping[str, Labels]:  # type: ignore[override]
        return {**super().words, "state": dict(Application.State.choices), "verdict": VERDICTS}

    dates = ("submitted_on",)

    @property
    def fields(self) -> Sequence[str]:  # type: ignore[override]  # questions are published while it runs
        return (*FIELDS, *sharable())

    @property
    def labels(self) -> Labels:  # type: ignore[override]
        return {**LABELS, **sharable()}

    def columns_for(self, agreement: Agreement) -> Mapping[str, str]:
        """Answers are encrypted, so the database cannot read them."""
        return FIELDS | dict.fromkeys(_answers_among(agreement), "NULL")

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        names = _answers_among(agreement)
        given = shared_answers(subjects, names) if names else {}
        for item in super().build(agreement, subjects):
            if isinstance(item, Record) and names:
                yield item._replace(values={**item.values, **given.get(item.subject_id, {})})
            else:
                yield item

    def statement(self, agreement: Agreement, subjects: Sequence[int]) -> Statement:
        return of_applications(agreement)


def _answers_among(agreement: Agreement) -> list[str]:
    return [name for name in agreement.fields if name.startswith(PREFIX)]


def of_applications(agreement: Agreement) -> Statement:
    concerns = "TRUE" if agreement.concerns in APPLICANTS else "FALSE"
    return statement(
        agreement,
        alias="application",
        household="home.household_id",
        tables=_TABLES,
        part=StatementPart(concerns, "", {"zone": timezone.get_current_timezone_name()}),
        whom=_WHOM,
    )


def announce_applications(household: Household) -> None:
    """A consent was given or withdrawn: which operators may hold the members' applications has changed."""
    rows = Application.objects.filter(lives_in([household], of="person__"))
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))


def announce_applications_of(person: Person) -> None:
    """The person left every household or died: no consent covers the applications any more."""
    rows = Application.objects.filter(person=person)
    exchange.announce(kind="application", subjects=list(rows.values_list("pk", "version")))
