from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.roles import STEWARD, RoleAdmin
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import search_key
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
        key = search_key(search_term)
        if not key:
            return queryset, False
        code = Q(code__startswith=latin_digits(search_term).strip())
        return queryset.filter(code | Q(key_km__contains=key) | Q(key_latin__contains=key)), False
