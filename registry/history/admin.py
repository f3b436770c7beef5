"""The history of a person and of a household, for stewards: opened from the record, for the same reason."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import STEWARD, RoleAdmin
from dsp_platform.web.forms import DateField
from registry.history.cursors import moment_of, written
from registry.history.events import Rows
from registry.history.timeline import known_on, page_of, rows_of_household, rows_of_person
from registry.models import Household, Person
from registry.persons.admin import instead_of_record
from registry.persons.earlier_numbers import earlier_numbers


class PersonHistory(Person):
    """Puts the page into the admin; a proxy without rows of its own."""

    class Meta:
        proxy = True
        verbose_name = _("history of a person")
        verbose_name_plural = _("histories of persons")


class HouseholdHistory(Household):
    class Meta:
        proxy = True
        verbose_name = _("history of a household")
        verbose_name_plural = _("histories of households")


class HistoryAdmin(RoleAdmin, admin.ModelAdmin):
    """A page for each row; opened from the record of a person, in no list."""

    view_roles = (STEWARD,)
    actions = None

    def rows(self, row: Any) -> list[Rows]:
        raise NotImplementedError

    def persons(self, row: Any) -> list[Person]:
        """Whom the page names now."""
        raise NotImplementedError

    def also(self, row: Any) -> list[tuple[str, str, int]]:
        """Other histories: the name of the page, words, key."""
        raise NotImplementedError

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        if instead := instead_of_record(self, request, *self.persons(row)):
            return instead
        before, day = moment_of(request.GET.get("before", "")), _day(request.GET.get("on", ""))
        entries, following = ([], None) if day else page_of(self.rows(row), before=before)
        context = {
            **page_context(self, request, self.opts.verbose_name),
            "row": row,
            "day": day,
            "known": known_on(self.rows(row), day) if day else [],
            "entries": entries,
            "following": written(following),
            "reason": request.GET.get("reason", ""),
            "also": self.also(row),
            "earlier": earlier_numbers([row.pk]) if isinstance(row, Person) else [],
        }
        return TemplateResponse(request, "admin/registry/history.html", context)


def _day(text: str) -> date | None:
    try:
        return DateField(required=False).clean(text)
    except ValidationError:
        return None


@admin.register(PersonHistory)
class PersonHistoryAdmin(HistoryAdmin):
    def rows(self, row: Any) -> list[Rows]:
        return rows_of_person(row)

    def persons(self, row: Any) -> list[Person]:
        return [row]

    def also(self, row: Any) -> list[tuple[str, str, int]]:
        households = Household.objects.filter(memberships__person=row).distinct().order_by("pk")
        return [("admin:registry_householdhistory_change", one.number, one.pk) for one in households]


@admin.register(HouseholdHistory)
class HouseholdHistoryAdmin(HistoryAdmin):
    def rows(self, row: Any) -> list[Rows]:
        return rows_of_household(row)

    def persons(self, row: Any) -> list[Person]:
        return list(Person.objects.filter(memberships__household=row).distinct().order_by("pk"))

    def also(self, row: Any) -> list[tuple[str, str, int]]:
        return [
            ("admin:registry_personhistory_change", one.spid_grouped, one.pk) for one in self.persons(row)
        ]
