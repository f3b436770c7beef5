"""The page that says what is kept how long, and why."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.audit.models import ChainHead
from dsp_platform.background.retention import rules


class Retention(ChainHead):
    """Puts the page into the index of the admin; a proxy without rows of its own."""

    class Meta:
        proxy = True
        verbose_name = _("how long data is kept")
        verbose_name_plural = _("how long data is kept")


@admin.register(Retention)
class RetentionAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    view_roles = (STEWARD, AUDITOR)
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.GET:
            raise SuspiciousOperation("a parameter that this page does not offer")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.opts.verbose_name_plural,
            "rules": rules(),
        }
        return TemplateResponse(request, "admin/audit/retention.html", context)

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
