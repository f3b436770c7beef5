"""The list of staff accounts in the admin."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff.scopes import scope_names
from dsp_platform.admin.lists import FixedValuesFilter, RestrictedChangeList

WITHOUT, WITH = "without", "with"


class AccountList(RestrictedChangeList):
    """Areas and operators by their names, read at once for a whole page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        areas = scope_names("area_code", {one.area_code for one in rows})
        operators = scope_names("operator_code", {one.operator_code for one in rows})
        for one in rows:
            one.area_in_words = areas.get(one.area_code, one.area_code)
            one.operator_in_words = operators.get(one.operator_code, one.operator_code)
        self.result_list = rows


class SpidFilter(FixedValuesFilter):
    title = "SPID"
    parameter_name = "spid_noted"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(WITH, _("noted")), (WITHOUT, _("not noted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case str(value) if value == WITHOUT:
                return queryset.filter(spid="")
            case str(value) if value == WITH:
                return queryset.exclude(spid="")
        return queryset
