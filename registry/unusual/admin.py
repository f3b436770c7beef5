"""The page of unusual actions: shows references and names of officials, no names of citizens."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import PageAdmin, page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD
from dsp_platform.audit import services as audit
from registry.models import PhoneReplacement
from registry.unusual.rules import RULES, rule_of
from registry.unusual.selectors import counts, unusual_actions

LAST_PAGE = 1000


class UnusualAction(PhoneReplacement):
    """Puts the page into the index of the admin; a proxy without rows of its own."""

    class Meta:
        proxy = True
        verbose_name = _("unusual action")
        verbose_name_plural = _("unusual actions")


@admin.register(UnusualAction)
class UnusualActionAdmin(PageAdmin):
    view_roles = (STEWARD, AUDITOR)
    parameters = ("rule", "p")

    def page(self, request: HttpRequest) -> HttpResponse:
        found = counts()
        opened = next((rule for rule, count in found if count), RULES[0])
        rule = rule_of(request.GET.get("rule", opened.code))
        page = request.GET.get("p", "1")
        is_number = page.isascii() and page.isdigit() and len(page) <= len(str(LAST_PAGE))
        if rule is None or not (is_number and 0 < int(page) <= LAST_PAGE):
            raise Http404
        actions, more = unusual_actions(rule, page=int(page))
        audit.record(
            actor=cast(User, request.user), action="view", subject_kind="unusual_actions", reason=rule.code
        )
        context = {
            **page_context(self, request, self.opts.verbose_name_plural),
            "rules": found,
            "rule": rule,
            "actions": actions,
            "before": int(page) - 1,
            "after": int(page) + 1 if more else 0,
        }
        return TemplateResponse(request, "admin/registry/unusualaction/list.html", context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404 if self.has_view_permission(request) else PermissionDenied

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.change_view(request, object_id)
