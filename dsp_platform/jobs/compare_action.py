"""An action on the list of operators, hung in from here: jobs know the exchange, not the reverse."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from dsp_platform.exchange.admin_base import steward_of
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.operations.admin import OperatorAdmin
from dsp_platform.jobs.reconciliation import start_reconciliation


@admin.action(description=gettext_lazy("Compare the selected operators with the delivery ledger"))
def compare(page: admin.ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Operator]) -> None:
    started = [
        start_reconciliation(operator=operator, actor=steward_of(request))
        for operator in queryset.filter(active=True)
    ]
    text = ngettext(
        "%(number)s operator is being compared; what is missing will be delivered.",
        "%(number)s operators are being compared; what is missing will be delivered.",
        len(started),
    )
    page.message_user(request, text % {"number": len(started)}, messages.SUCCESS)


OperatorAdmin.actions = (*OperatorAdmin.actions, compare)  # type: ignore[assignment]
