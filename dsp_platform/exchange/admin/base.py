from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dsp_platform.roles import STEWARD, RoleAdmin


class ExchangeAdmin(RoleAdmin, admin.ModelAdmin):
    """Stewards look; what they may do are actions, which go through the services."""

    view_roles = (STEWARD,)
    show_full_result_count = False
    list_per_page = 50
    hidden: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in self.get_readonly_fields(request, obj) if name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in self.opts.fields]
