from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.roles import STEWARD, RoleAdmin
from registry.areas import selectors
from registry.models import Area


@admin.register(Area)
class AreaAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    view_roles = (STEWARD,)
    list_display = ("code", "name_km", "name_latin", "level", "valid_to")
    list_filter = ("level",)
    search_fields = ("code",)
    search_help_text = _("Code, Khmer name or name in Latin letters")
    fields = ("code", "level", "parent", "name_km", "name_latin", "valid_from", "valid_to")
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Area], search_term: str
    ) -> tuple[QuerySet[Area], bool]:
        return selectors.areas_found_by(search_term, queryset), False
