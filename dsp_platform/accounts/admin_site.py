from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_otp.admin import OTPAdminSite

from dsp_platform.accounts import passwords
from dsp_platform.accounts.staff_forms import AdminSignInForm
from dsp_platform.roles import AUDITOR, REVIEWER, STEWARD, RoleAdmin


class StaffAdminSite(OTPAdminSite):
    """The admin of reviewers, stewards and auditors: password and TOTP at its door, permissions by role."""

    site_title = _("Digital Social Protection Platform")
    site_header = _("Digital Social Protection Platform: staff")
    index_title = _("What to do")
    login_form = AdminSignInForm
    login_template = "accounts/admin_sign_in.html"
    site_url = None  # what citizens see is not the staff's next step

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin[Any]] | None = None, **options: Any
    ) -> None:
        """Only pages that ask for a role. Those of the frameworks show keys of sessions and TOTP secrets."""
        if admin_class is not None and issubclass(admin_class, RoleAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if isinstance(user, AnonymousUser) or user.role not in (REVIEWER, STEWARD, AUDITOR):
            return False
        return super().has_permission(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302 and request.user.is_authenticated:
            passwords.remember_browser(request, response, request.user.get_username())
        return response
