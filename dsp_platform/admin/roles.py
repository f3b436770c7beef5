"""Permissions in the admin, by role. Each admin's ``get_queryset`` limits the rows."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse

from dsp_platform.admin.forms import OptimisticLocking
from dsp_platform.admin.lists import RestrictedLists
from dsp_platform.web.forms import DateField, JSONField

REVIEWER = "reviewer"
STEWARD = "steward"
CATALOGUE_EDITOR = "catalogue_editor"
"""Staff of an operator who draft its programmes: see ``User.admin_role``."""
AUDITOR = "auditor"
"""Reads the audit, not people's records, and changes nothing."""

# A browser's number input drops Khmer digits.
_NUMBER = AdminTextInputWidget({"class": "vIntegerField", "inputmode": "numeric"})


class RoleAdmin(RestrictedLists, OptimisticLocking):
    """Mixin for ``ModelAdmin`` and inlines, put first: permission by role; none unless named.

    No groups have to be assigned. Whoever may change, add or delete may also view.
    """

    view_roles: tuple[str, ...] = ()
    change_roles: tuple[str, ...] = ()
    add_roles: tuple[str, ...] = ()
    delete_roles: tuple[str, ...] = ()
    formfield_overrides: "ClassVar[Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]]" = {
        models.DateField: {"form_class": DateField},
        models.JSONField: {"form_class": JSONField},
        models.IntegerField: {"widget": _NUMBER},
        models.DecimalField: {"widget": _NUMBER},
    }

    def get_actions(self, request: HttpRequest) -> Any:
        """None for auditors: actions have no permission of their own."""
        if getattr(request.user, "role", "") == AUDITOR:
            return {}
        return super().get_actions(request)  # type: ignore[misc]

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For auditors only: it shows what stewards did."""
        if getattr(request.user, "role", "") != AUDITOR:
            raise PermissionDenied
        return super().history_view(request, *args, **kwargs)  # type: ignore[misc]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["reads_history"] = getattr(request.user, "role", "") == AUDITOR
        return super().render_change_form(request, context, *args, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _has_role(request, self.view_roles + self.change_roles + self.add_roles + self.delete_roles)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _has_role(request, self.change_roles)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _has_role(request, self.add_roles)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _has_role(request, self.delete_roles)


def _has_role(request: HttpRequest, roles: tuple[str, ...]) -> bool:
    return request.user.is_active and getattr(request.user, "admin_role", "") in roles
