"""Why an agreement concerns a person or a household, or does not: for the preview of an agreement."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import Reason
from dsp_platform.exchange.models import Agreement
from registry.eligibility.known import facts_of
from registry.eligibility.preview import TookTooLong, time_limit
from registry.facts.table import FACTS
from registry.identity.spid import clean_spid
from registry.models import Consent, Household, Membership, Person
from registry.records.entitled import applied, asks_applicants, rule_of
from registry.records.households import of_households
from registry.records.persons import of_persons
from registry.records.statement import Statement
from registry.rules.judge import judge_rule
from registry.rules.nodes import facts_named

LONGEST = "10s"


class PersonExplainer:
    number_label = gettext_lazy("SPID")

    def find(self, typed: str) -> int | None:
        spid = clean_spid(typed)
        return Person.objects.filter(spid=spid).values_list("pk", flat=True).first() if spid else None

    def accessed(self, subject: int) -> Sequence[tuple[str, int]]:
        return [("person", subject)]

    def why(self, agreement: Agreement, subject: int) -> Sequence[Reason]:
        person = Person.objects.get(pk=subject)
        home = Membership.objects.current().filter(person=person).first()
        return [
            *by_record(person),
            *by_rule(agreement, person.pk),
            *by_application(agreement, [person.pk]),
            *by_consent(agreement, home.household_id if home else None),
        ]

    def words(self, subject: int) -> Mapping[str, str]:
        born = Person.objects.get(pk=subject).born
        return {} if born.precision == "day" else {"date_of_birth": born.written}

    def count(self, agreement: Agreement) -> int | None:
        return counted(of_persons(agreement, None))


class HouseholdExplainer:
    number_label = gettext_lazy("Household number")

    def find(self, typed: str) -> int | None:
        number = clean_reference(typed, "H")
        return (
            Household.objects.filter(number=number).values_list("pk", flat=True).first() if number else None
        )

    def accessed(self, subject: int) -> Sequence[tuple[str, int]]:
        """With the head, whose name and phone are shown too."""
        head = self._head(subject)
        return [("household", subject), *([("person", head)] if head else [])]

    def why(self, agreement: Agreement, subject: int) -> Sequence[Reason]:
        members = Membership.objects.current().filter(household=subject)
        if not members:
            return [Reason(False, _("Nobody lives in the household any more."))]
        return [
            *by_rule(agreement, self._head(subject)),
            *by_application(agreement, list(members.values_list("person_id", flat=True))),
            *by_consent(agreement, subject),
        ]

    def words(self, subject: int) -> Mapping[str, str]:
        return {}

    def count(self, agreement: Agreement) -> int | None:
        return counted(of_households(agreement, None))

    def _head(self, household: int) -> int | None:
        heads = Membership.objects.current().filter(
            household=household, relationship=Membership.Relationship.HEAD
        )
        return heads.values_list("person_id", flat=True).first()


def counted(statement: Statement) -> int | None:
    """None where it takes too long."""
    try:
        with time_limit(LONGEST):
            return statement.count()
    except TookTooLong:
        return None


def by_record(person: Person) -> Iterator[Reason]:
    if person.died:
        sentence = (
            _("The person died on %(day)s.")
            if person.died.precision == "day"
            else _("The person died in %(day)s.")
        )
        yield Reason(False, sentence % {"day": person.died.written})
    if person.merged_into_id:
        yield Reason(False, _("This record was merged into another one of the same person."))


def by_rule(agreement: Agreement, person: int | None) -> Iterator[Reason]:
    rule = rule_of(agreement)
    if rule is None or person is None:
        return
    facts = facts_of([person])[person]
    met = judge_rule(rule, facts)
    if met is None:
        unclear = [fact for fact in sorted(facts_named(rule)) if isinstance(facts[fact], range | None)]
        unknown = [str(FACTS[fact].meaning) for fact in unclear]
        yield Reason(
            False, _("Not enough is known to meet the rule: %(facts)s") % {"facts": " ".join(unknown)}
        )
    else:
        yield Reason(met, _("The rule is met.") if met else _("The rule is not met."))


def by_application(agreement: Agreement, persons: Sequence[int]) -> Iterator[Reason]:
    if asks_applicants(agreement):
        asked = bool(applied(agreement, persons))
        yield Reason(
            asked,
            _("There is an application for a programme of this operator.")
            if asked
            else _("There is no application for a programme of this operator."),
        )


def by_consent(agreement: Agreement, household: int | None) -> Iterator[Reason]:
    if agreement.basis == Agreement.Basis.LAW:
        yield Reason(True, _("It rests on a law: %(law)s") % {"law": agreement.legal_reference})
        return
    given = Consent.objects.filter(household=household, operator_code=agreement.operator_id).order_by("-pk")
    consent = given.first() if household else None
    if consent is None:
        yield Reason(False, _("Nobody gave consent for this operator."))
    elif consent.withdrawn_at:
        day = date_format(consent.withdrawn_at, "SHORT_DATE_FORMAT")
        yield Reason(False, _("The consent was withdrawn on %(day)s.") % {"day": day})
    else:
        day = date_format(consent.given_at, "SHORT_DATE_FORMAT")
        yield Reason(True, _("Consent number %(number)s of %(day)s.") % {"number": consent.pk, "day": day})
