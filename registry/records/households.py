from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.utils import timezone

from dsp_platform.exchange.contract import Record, Value, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.eligibility.facts import poverty_level
from registry.models import Household, Membership
from registry.records.entitled import by_application, by_rule, consents

Members = dict[int, list[Membership]]


class HouseholdKind:
    name = "household"
    fields: Sequence[str] = (
        "household_number",
        "head_spid",
        "head_name",
        "village_code",
        "commune_code",
        "address",
        "member_count",
        "phone",
        "poverty_level",
    )

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return set(_entitled(agreement, _members(subjects)))

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        households = Household.objects.in_bulk(subjects)
        members = _members(subjects)
        entitled = _entitled(agreement, members)
        key = agreement.mapping["key"]["field"]
        today = timezone.localdate()
        for pk in sorted(households):
            household = households[pk]
            values = _values(household, members.get(pk, []), today)
            if pk in entitled:
                limited = {field: values[field] for field in agreement.fields}
                yield Record(pk, household.version, limited, entitled[pk])
            else:
                yield Withdrawal(pk, household.version, str(values[key]))

    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        households = Household.objects.filter(pk__gt=after).order_by("pk")
        return list(households.values_list("pk", "version")[:limit])


def _members(households: Collection[int]) -> Members:
    """Who lives there now; a household that everybody left has no entry."""
    members: Members = defaultdict(list)
    open_ones = Membership.objects.filter(household__in=households, ended_on=None)
    for membership in open_ones.select_related("person").order_by("pk"):
        members[membership.household_id].append(membership)
    return dict(members)


def _head(members: Sequence[Membership]) -> Membership | None:
    return next((one for one in members if one.relationship == Membership.Relationship.HEAD), None)


def _entitled(agreement: Agreement, members: Members) -> dict[int, int | None]:
    """By the head's facts, or because any member applied; with the consent that it rests on."""
    heads = {head.person_id: pk for pk, people in members.items() if (head := _head(people))}
    homes = {one.person_id: pk for pk, people in members.items() for one in people}
    concerned = {heads[person] for person in by_rule(agreement, heads)}
    concerned |= {homes[person] for person in by_application(agreement, homes)}
    if agreement.basis == Agreement.Basis.LAW:
        return dict.fromkeys(concerned)
    given = consents(agreement, concerned)
    return {pk: given[pk] for pk in concerned if pk in given}


def _values(household: Household, members: Sequence[Membership], today: date) -> dict[str, Value]:
    head = _head(members)
    return {
        "household_number": household.number,
        "head_spid": head.person.spid if head else None,
        "head_name": head.person.name if head else None,
        "village_code": household.village_id,
        "commune_code": household.village_id[:6],
        "address": household.address,
        "member_count": len(members),
        "phone": head.person.phone if head else "",
        "poverty_level": poverty_level(household, today),
    }
