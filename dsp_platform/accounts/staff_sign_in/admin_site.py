from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django_otp.admin import OTPAdminSite

from dsp_platform.accounts.models import ADMIN_ROLES
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.accounts.staff_sign_in.forms import AdminSignInForm
from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.audit import services as audit


class StaffAdminSite(OTPAdminSite):
    """The admin of all staff but officials: sign-in with password and TOTP, permissions by role."""

    site_title = _("Digital Social Protection Platform")
    site_header = _("Digital Social Protection Platform: staff")
    index_title = _("What to do")
    login_form = AdminSignInForm
    login_template = "accounts/staff_sign_in/admin_sign_in.html"
    site_url = None  # no link "View site"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin[Any]] | None = None, **options: Any
    ) -> None:
        """Ignore pages without a role check: those of the frameworks show session keys and TOTP secrets."""
        if admin_class is not None and issubclass(admin_class, RoleAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def note_list(
        self,
        request: HttpRequest,
        *,
        kind: str,
        details: dict[str, Any],
        listed: Iterable[tuple[str, int]],
    ) -> None:
        """Audit an opened list: its filters, the number of rows, and whose records it showed."""
        if isinstance(request.user, AnonymousUser):
            raise PermissionDenied
        audit.record_list(actor=request.user, kind=kind, details=details, subjects=sorted({*listed}))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Not used by any form; it would search every table that a foreign key refers to."""
        raise PermissionDenied

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if isinstance(user, AnonymousUser) or user.role not in ADMIN_ROLES:
            return False
        return super().has_permission(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
            throttle.remember_browser(request, response, request.user.get_username())
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Staff have one page for it, which also requires a code."""
        return redirect("accounts:staff_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("accounts:sessions")
