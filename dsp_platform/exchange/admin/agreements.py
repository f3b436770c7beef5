from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin_forms import columns
from dsp_platform.exchange import agreements
from dsp_platform.exchange.admin.base import ExchangeAdmin
from dsp_platform.exchange.agreements import DRAFTED
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement
from dsp_platform.exchange.preview import look
from dsp_platform.roles import STEWARD


@admin.register(Agreement)
class AgreementAdmin(ExchangeAdmin):
    """A draft may be changed by whoever writes it; what is approved is never edited, only ended."""

    about_people = False
    seen_also = ("state",)
    change_roles = (STEWARD,)
    add_roles = (STEWARD,)
    list_display = ("operator", "kind", "number", "state", "concerns", "basis", "valid_from", "valid_to")
    list_filter = ("state", "operator", "kind")
    list_select_related = ("operator",)
    actions = ("approve", "new_version", "end")
    change_form_template = "admin/exchange/agreement/change_form.html"
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
            obj.number = agreements.next_number(obj.operator_id, obj.kind)
        # Whoever wrote the words that stand there now may not be the one to approve them.
        obj.drafted_by = request.user  # type: ignore[assignment]
        if change:
            obj.save(update_fields=[*columns(form.changed_data, obj), "drafted_by"])
        else:
            super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Approve the selected drafts and put them in force"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        for agreement in queryset.filter(state=Agreement.State.DRAFT):
            try:
                approved = agreements.approve_agreement(agreement=agreement, actor=_steward(request))
            except ValidationError as error:
                self._tell(request, agreement, " ".join(error.messages), messages.ERROR)
            else:
                day = {"day": date_format(approved.valid_from, "SHORT_DATE_FORMAT")}
                self._tell(request, agreement, _("It is in force from %(day)s on.") % day, messages.SUCCESS)

    @admin.action(description=gettext_lazy("New version from the selected agreement, as a draft"))
    def new_version(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        for agreement in queryset:
            draft = agreements.draft_from(agreement=agreement, actor=_steward(request))
            self._tell(request, draft, _("It is drafted and can be changed."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("End the selected agreements and withdraw what was shared"))
    def end(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        for agreement in queryset.filter(state=Agreement.State.APPROVED):
            agreements.end_agreement(agreement=agreement, actor=_steward(request))
            self._tell(request, agreement, _("It has ended."), messages.SUCCESS)
            before = agreements.ending_before(agreement)
            if before is not None and before.valid_to is not None:
                day = {"day": date_format(before.valid_to, "SHORT_DATE_FORMAT")}
                self._tell(
                    request,
                    before,
                    _("It still ends on %(day)s, as the one that was to follow it ended. Draft another.")
                    % day,
                    messages.WARNING,
                )

    def _tell(self, request: HttpRequest, agreement: Any, text: str, level: int) -> None:
        self.message_user(request, f"{agreement}: {text}", level)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<int:pk>/preview/", view, name="exchange_agreement_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """By POST, so that the number that names a person stands in no address and no log."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        agreement = get_object_or_404(Agreement.objects.select_related("operator"), pk=pk)
        explainer = registered.explainers.get(agreement.kind)
        if explainer is None:
            raise Http404
        typed = request.POST.get("typed", "").strip()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Preview of a sharing agreement"),
            "opts": self.opts,
            "agreement": agreement,
            "asks": explainer.asks,
            "typed": typed,
        }
        try:
            if "count" in request.POST:
                context |= {"counted": True, "number": explainer.count(agreement)}
            elif request.method == "POST":
                subject = explainer.find(typed)
                found = (
                    look(agreement=agreement, subject=subject, actor=_steward(request)) if subject else None
                )
                context |= (
                    {"preview": found} if found else {"error": _("Nothing was found under this number.")}
                )
        except (KeyError, TypeError, AttributeError):
            context["error"] = _("The draft is not finished: its fields and columns do not fit together.")
        return TemplateResponse(request, "admin/exchange/agreement/preview.html", context)


def _steward(request: HttpRequest) -> User:
    """Whoever has come this far is signed in; the type checker cannot know it."""
    return cast(User, request.user)
