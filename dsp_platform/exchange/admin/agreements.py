from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.exchange import services
from dsp_platform.exchange.admin.base import ExchangeAdmin
from dsp_platform.exchange.models import Agreement
from dsp_platform.roles import STEWARD

DRAFTED = (
    "operator", "kind", "fields", "mapping", "concerns", "rule", "basis", "legal_reference",
    "purpose_km", "purpose_en", "valid_from", "valid_to",
)  # fmt: skip


@admin.register(Agreement)
class AgreementAdmin(ExchangeAdmin):
    """A draft may be changed by whoever writes it; what is approved is never edited, only ended."""

    change_roles = (STEWARD,)
    add_roles = (STEWARD,)
    list_display = ("operator", "kind", "number", "state", "concerns", "basis", "valid_from", "valid_to")
    list_filter = ("state", "operator", "kind")
    list_select_related = ("operator",)
    actions = ("approve", "end")
    hidden = ("id", "purpose")

    def get_readonly_fields(self, request: HttpRequest, obj: Agreement | None = None) -> list[str]:
        every = super().get_readonly_fields(request, obj)
        if obj is None or obj.state == Agreement.State.DRAFT:
            return [name for name in every if name not in DRAFTED]
        return every

    def get_fields(self, request: HttpRequest, obj: Agreement | None = None) -> list[Any]:
        if obj is None:
            return list(DRAFTED)
        return [field.name for field in self.opts.fields if field.name not in self.hidden]

    def has_change_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state == Agreement.State.DRAFT)

    def save_model(self, request: HttpRequest, obj: Agreement, form: ModelForm, change: bool) -> None:
        if not change:
            earlier = Agreement.objects.filter(operator=obj.operator, kind=obj.kind)
            obj.number = (earlier.aggregate(last=Max("number"))["last"] or 0) + 1
        # Whoever wrote the words that stand there now may not be the one to approve them.
        obj.drafted_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Approve the selected drafts and put them in force"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        for agreement in queryset.filter(state=Agreement.State.DRAFT):
            try:
                services.approve_agreement(agreement=agreement, actor=request.user)  # type: ignore[arg-type]
            except ValidationError as error:
                self._tell(request, agreement, " ".join(error.messages), messages.ERROR)
            else:
                self._tell(request, agreement, _("It is in force."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("End the selected agreements and withdraw what was shared"))
    def end(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        for agreement in queryset.filter(state=Agreement.State.APPROVED):
            services.end_agreement(agreement=agreement, actor=request.user)  # type: ignore[arg-type]
            self._tell(request, agreement, _("It has ended."), messages.SUCCESS)

    def _tell(self, request: HttpRequest, agreement: Any, text: str, level: int) -> None:
        self.message_user(request, f"{agreement}: {text}", level)
