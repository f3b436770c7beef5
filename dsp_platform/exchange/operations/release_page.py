"""The page that asks before all records of an operator held for one reason are released."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import STEWARD
from dsp_platform.exchange.delivery.release_job import release_held
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.operations import overview
from dsp_platform.khmer.text import clean


def release_page(page: "ModelAdmin[Operator]", request: HttpRequest) -> HttpResponse:
    """Asks with the number of records; then a job releases them."""
    if not isinstance(request.user, User) or request.user.role != STEWARD:
        return HttpResponse(status=403)
    operator = Operator.objects.filter(pk=clean(request.POST.get("operator", ""))).first()
    if operator is None:
        return HttpResponseRedirect(reverse("admin:exchange_operator_changelist"))
    reason = clean(request.POST.get("reason", ""))
    held = {row.reason: row.rows for row in overview.held_by_reason(operator.pk)}
    back = reverse("admin:exchange_operator_change", args=[operator.pk])
    if not held.get(reason):
        page.message_user(request, _("Nothing is held for this reason any more."), messages.INFO)
        return HttpResponseRedirect(back)
    if "yes" in request.POST:
        with transaction.atomic():
            release_held(operator=operator.pk, reason=reason, rows=held[reason], actor=request.user)
        page.message_user(request, _("They are being released."), messages.SUCCESS)
        return HttpResponseRedirect(back)
    context = {
        **page.admin_site.each_context(request),
        "title": _("Release and try again?"),
        "operator": operator,
        "reason": reason,
        "text": reasons.in_words(reason),
        "advice": reasons.advice(reason),
        "rows": held[reason],
        "more": held[reason] >= overview.MOST_HELD,
        "back": back,
    }
    return TemplateResponse(request, "admin/exchange/operator/release.html", context)
