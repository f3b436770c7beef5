"""Pages of the admin that are no form of one row."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.translations.label import Label


def page_context(shown_by: admin.ModelAdmin[Any], request: HttpRequest, title: Label) -> dict[str, Any]:
    """What the base template of the admin asks for."""
    return {**shown_by.admin_site.each_context(request), "opts": shown_by.opts, "title": title}


class PageAdmin(RoleAdmin, admin.ModelAdmin):
    """One page in the place of the list: none of its rows is opened."""

    actions = None
    parameters: Collection[str] = ()
    """Of the address, which this page offers."""

    def page(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.GET.keys() - set(self.parameters):
            raise SuspiciousOperation("a parameter that this page does not offer")
        return self.page(request)

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
