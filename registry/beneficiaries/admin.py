from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.roles import STEWARD, RoleAdmin
from registry.identity.spid import clean_spid
from registry.models import Enrolment, Person
from registry.persons.admin import SearchFirst


@admin.register(Enrolment)
class EnrolmentAdmin(SearchFirst, RoleAdmin, admin.ModelAdmin):
    listed_as = ("person", "person_id")
    view_roles = (STEWARD,)
    actions = None
    list_display = ("person", "programme", "state", "since", "until")
    list_select_related = ("person", "programme")
    search_fields = ("operator_reference",)
    search_help_text = _("SPID or the operator's number")
    list_display_links = None

    def found(self, request: HttpRequest, queryset: QuerySet[Enrolment], term: str) -> QuerySet[Enrolment]:
        found = Enrolment.objects.filter(operator_reference=term.strip()).exclude(operator_reference="")
        keys = found.values("pk")
        if spid := clean_spid(term):
            own = Person.objects.filter(spid=spid)
            keys = keys.union(
                Enrolment.objects.filter(person__in=own).values("pk"),
                Enrolment.objects.filter(person__in=own.values("merged_into")).values("pk"),
            )
        return queryset.filter(pk__in=keys)

    def person_of(self, row: Enrolment) -> Person:
        return row.person

    def blank(self, row: Enrolment) -> Enrolment:
        return Enrolment(pk=row.pk, person=row.person, state="")

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404  # the list shows all fields; the record of the person asks for a reason
