"""The page that says what is kept how long, and why."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from dsp_platform.admin.pages import PageAdmin, page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD
from dsp_platform.audit.models import ChainHead
from dsp_platform.background.retention import rules


class Retention(ChainHead):
    """Puts the page into the index of the admin; a proxy without rows of its own."""

    class Meta:
        proxy = True
        verbose_name = _("how long data is kept")
        verbose_name_plural = _("how long data is kept")


@admin.register(Retention)
class RetentionAdmin(PageAdmin):
    about_people = False
    view_roles = (STEWARD, AUDITOR)

    def page(self, request: HttpRequest) -> HttpResponse:
        context = {**page_context(self, request, self.opts.verbose_name_plural), "rules": rules()}
        return TemplateResponse(request, "admin/audit/retention.html", context)
