"""The numbers of one programme in the admin: for supervisors and whoever reads only, of their own operator;
for stewards, of any."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as _

from applications.models import Application
from applications.numbers.counting import numbers
from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.casework.pages import staff
from dsp_platform.web.small_counts import FEWEST
from registry.models import Programme

PROGRAMME = "programme"


def programmes_counted_for(user: User) -> QuerySet[Programme]:
    rows = Programme.objects.exclude(state=Programme.State.DRAFT).order_by("code")
    if not user.is_active:
        return rows.none()
    if user.is_steward:
        return rows
    if user.reads_numbers and user.operator_code:
        return rows.filter(operator=user.operator_code)
    return rows.none()


class NumbersPage(WorkQueueAdmin[Application]):
    """Mixin for the queue of applications."""

    def get_urls(self) -> list[URLPattern]:
        return [self.page_of("numbers", self.numbers_view), *super().get_urls()]

    def numbers_view(self, request: HttpRequest) -> HttpResponse:
        user = staff(request)
        if not (user.is_steward or user.reads_numbers):
            raise PermissionDenied
        offered = list(programmes_counted_for(user))
        asked = request.GET.get(PROGRAMME, "")
        chosen = next((one for one in offered if one.code == asked), None) if asked else None
        if asked and chosen is None:
            raise Http404
        chosen = chosen or (offered[0] if offered else None)
        context: dict[str, Any] = {
            **page_context(self, request, _("Numbers of the programmes")),
            "programmes": [(f"?{urlencode({PROGRAMME: one.code})}", one, one == chosen) for one in offered],
            "programme": chosen,
            "months": numbers(chosen) if chosen else [],
            "fewest": FEWEST,
        }
        return TemplateResponse(request, "admin/applications/application/numbers.html", context)
