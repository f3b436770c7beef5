"""The record of a complaint, as an operator that keeps its own grievance system may hold it.

Only what is with a team of that operator: what goes up is withdrawn. Never a sensitive one, nor an appeal,
which somebody answers who did not decide. Of a report whose reporter stayed unnamed the words are not sent:
they may tell who it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.records import APPLICANTS
from dsp_platform.exchange.contract import Labels, Record, Withdrawal
from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.exchange.models import Agreement
from grievances.categories import NEVER_DELIVERED, Category
from grievances.models import Grievance
from grievances.secrecy import TOLD_IN_SECRET
from grievances.workflow import SAYS_MORE
from registry.eligibility.sql import HOME_TABLES, StatementPart
from registry.fields.table import labels
from registry.models import Household, Person, lives_in
from registry.records.kind import StatementKind
from registry.records.statement import Statement, statement

WORDS = "grievance_words"
# SQL of each field, over ``grievance``, its team and programme, and whoever reported it by name.
FIELDS = {
    "reference": "grievance.reference",
    "grievance_category": "grievance.category",
    "programme_code": "programme.code",
    "spid": "person.spid",
    "household_number": "household.number",
    "commune_code": "grievance.area_id",
    "grievance_state": "grievance.state",
    "reported_on": "to_char(grievance.reported_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
    "answer_until": "to_char(grievance.due_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
    # Encrypted, so the database cannot read them.
    WORDS: "NULL",
}
LABELS = labels("reference", "spid", "household_number", "commune_code") | {
    "grievance_category": _("What the grievance is about"),
    "programme_code": _("Programme"),
    "grievance_state": _("State of the grievance"),
    "reported_on": _("Day of the report"),
    "answer_until": _("Next deadline"),
    WORDS: _("What happened, in the words of who reported by name"),
}

# Who called has not proved to be the person, so their consent does not cover it.
_TYPED = ", ".join(f"'{channel}'" for channel in Grievance.TYPED_BY_OFFICIALS)
_TABLES = f"""grievances_grievance grievance
JOIN grievances_team team ON team.id = grievance.team_id
LEFT JOIN registry_programme programme ON programme.id = grievance.programme_id
LEFT JOIN registry_person person ON person.id = grievance.person_id
  AND grievance.channel NOT IN ({_TYPED}){HOME_TABLES}"""
_NEVER = ", ".join(f"'{category}'" for category in NEVER_DELIVERED)
_WHOM = f"""team.operator_id = %(operator)s AND grievance.category NOT IN ({_NEVER})
  AND grievance.told_in_secret = '' AND {{rule}}"""


class GrievanceKind(StatementKind):
    name = "grievance"
    label = _("grievance")
    my_data_name = _("Grievance")
    labels = LABELS
    columns = FIELDS
    model = Grievance
    key_columns: ClassVar = {"reference": "reference"}
    dates = ("reported_on", "answer_until")

    @property
    def words(self) -> Mapping[str, Labels]:  # type: ignore[override]
        categories = {code: label for code, label in Category.choices if code not in NEVER_DELIVERED}
        own = {"grievance_category": categories, "grievance_state": dict(Grievance.State.choices)}
        return {**super().words, **own}

    def everybody(self) -> QuerySet[Grievance]:
        return deliverable()

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        words = words_of(subjects) if WORDS in agreement.fields else {}
        for item in super().build(agreement, subjects):
            if isinstance(item, Record) and item.subject_id in words:
                yield item._replace(values={**item.values, WORDS: words[item.subject_id]})
            else:
                yield item

    def statement(self, agreement: Agreement, subjects: Sequence[int]) -> Statement:
        return of_grievances(agreement)


def deliverable() -> QuerySet[Grievance]:
    """Nor what was of a sensitive category when it was told."""
    return Grievance.objects.exclude(category__in=NEVER_DELIVERED).exclude(TOLD_IN_SECRET)


def of_grievances(agreement: Agreement) -> Statement:
    """By a rule about persons it concerns nobody."""
    zone = timezone.get_current_timezone_name()
    return statement(
        agreement,
        alias="grievance",
        household="home.household_id",
        tables=_TABLES,
        part=StatementPart("TRUE" if agreement.concerns in APPLICANTS else "FALSE", "", {"zone": zone}),
        whom=_WHOM,
    )


def words_of(subjects: Sequence[int]) -> Mapping[int, str]:
    """What was told, and what was added since; of who gave a name."""
    named = Grievance.objects.filter(pk__in=subjects, person__isnull=False)
    named = named.exclude(channel__in=Grievance.TYPED_BY_OFFICIALS)
    found = {}
    for one in named.prefetch_related("events"):
        added = [event.note for event in one.events.all() if event.step in SAYS_MORE and event.note]
        found[one.pk] = "\n\n".join([one.text, *added])
    return found


def announce_grievances(household: Household) -> None:
    """A consent was given or withdrawn, or somebody moved: which operators may hold the members' grievances
    has changed."""
    _announce(Q(lives_in([household], of="person__")))


def announce_grievances_of(person: Person) -> None:
    """No household's consent covers them any more."""
    _announce(Q(person=person))


def _announce(whose: Q) -> None:
    rows = deliverable().filter(whose)
    exchange.announce(kind="grievance", subjects=list(rows.values_list("pk", "version")))
