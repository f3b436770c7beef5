from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import OF_HOUSEHOLDS
from registry.facts.table import FACTS
from registry.fields.table import labels
from registry.models import IS_CURRENT, Household, Membership
from registry.records.entitled import applicants_part, rule_part
from registry.records.kind import StatementKind
from registry.records.statement import Statement, statement

_NAME = "concat_ws(' ', NULLIF({0}.family_name, ''), NULLIF({0}.given_name, ''))"
_HEAD_NAME = f"CASE WHEN person.id IS NOT NULL THEN {_NAME.format('person')} END"
_OF_PAYEE = "(SELECT {} FROM registry_person payee WHERE payee.id = household.payee_id)"
# The SQL of each field, over ``household`` and ``person``, its head; an empty household has none.
# The head receives the money where no other payee was chosen.
FIELDS = {
    "household_number": "household.number",
    "head_spid": "person.spid",
    "head_name": _HEAD_NAME,
    "payee_spid": f"coalesce({_OF_PAYEE.format('payee.spid')}, person.spid)",
    "payee_name": f"coalesce({_OF_PAYEE.format(_NAME.format('payee'))}, {_HEAD_NAME})",
    "village_code": "household.village_id",
    "commune_code": "left(household.village_id, 6)",
    "address": "household.address",
    "member_count": (
        "(SELECT count(*) FROM registry_membership member"  # noqa: S608
        f" WHERE member.household_id = household.id AND member.{IS_CURRENT})"
    ),
    "phone": "coalesce(person.phone, '')",
    "poverty_level": FACTS["poverty_level"].sql,
}
_TABLES = f"""registry_household household
LEFT JOIN registry_membership home ON home.household_id = household.id
    AND home.relationship = '{Membership.Relationship.HEAD.value}' AND home.{IS_CURRENT}
LEFT JOIN registry_person person ON person.id = home.person_id"""

# By the head's facts, or because any member applied.
_WHOM = f"""((person.id IS NOT NULL AND {{rule}}) OR EXISTS (
    SELECT FROM registry_membership member
    WHERE member.household_id = household.id AND member.{IS_CURRENT} AND member.person_id IN ({{applicants}})
))"""
_MEMBERS = f"""IN (
    SELECT member.person_id FROM registry_membership member
    WHERE member.household_id = ANY (%(subjects)s::bigint[]) AND member.{IS_CURRENT}
)"""  # noqa: S608


class HouseholdKind(StatementKind):
    name = "household"
    label = _("household")
    my_data_name = _("Details of the household")
    labels = labels(*FIELDS)
    columns = FIELDS
    model = Household
    key_columns: ClassVar = {"household_number": "number"}

    def statement(self, agreement: Agreement, subjects: Sequence[int]) -> Statement:
        return of_households(agreement, subjects)


def of_households(agreement: Agreement, subjects: Sequence[int] | None) -> Statement:
    """Over these households, or (None) over all."""
    return statement(
        agreement,
        alias="household",
        household="household.id",
        tables=_TABLES,
        part=rule_part(agreement, OF_HOUSEHOLDS if subjects is not None else ""),
        whom=_WHOM,
        applicants=applicants_part(agreement, _MEMBERS if subjects is not None else ""),
    )
