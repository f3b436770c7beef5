from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin_lists import ByName
from dsp_platform.exchange.contract import name_of, registered
from dsp_platform.exchange.models import Operator
from dsp_platform.roles import STEWARD, RoleAdmin

# Nobody turns two hundred pages; who looks for one record searches for it.
MOST_LISTED = 10_000


class ShortPaginator(Paginator):
    """Counts no further than anybody turns pages: counting millions of rows would take seconds."""

    @cached_property
    def count(self) -> int:
        return cast(QuerySet[Any], self.object_list)[:MOST_LISTED].count()


class ExchangeAdmin(RoleAdmin, admin.ModelAdmin):
    """Stewards look; what they may do are actions, which go through the services."""

    view_roles: tuple[str, ...] = (STEWARD,)
    show_full_result_count = False
    paginator = ShortPaginator
    show_facets = admin.ShowFacets.NEVER  # they would count everything
    list_per_page = 50
    hidden: tuple[str, ...] = ()
    in_words: ClassVar[dict[str, str]] = {}
    """What shows a column whose value is a code."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in self.get_readonly_fields(request, obj) if name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [self.in_words.get(field.name, field.name) for field in self.opts.fields]


def steward_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # the admin lets nobody else in
    return request.user


class ByOperator(ByName):
    title = gettext_lazy("operator")
    parameter_name = "operator"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(operator.pk, str(operator)) for operator in Operator.objects.order_by("code")]


class ByKind(ByName):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(kind, name_of(kind)) for kind in registered.kinds]
