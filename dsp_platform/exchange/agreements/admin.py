from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD
from dsp_platform.approval.errors import NobodyCanApprove
from dsp_platform.audit import services as audit
from dsp_platform.exchange.admin_base import ByKind, ExchangeAdmin, steward_of
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.agreements.forms import AgreementForm, FieldsField, MappingField
from dsp_platform.exchange.agreements.labels import fields_in_words, mapping_lines
from dsp_platform.exchange.agreements.preview import count_concerned, preview_of
from dsp_platform.exchange.agreements.proposal_admin import ProposingPages
from dsp_platform.exchange.agreements.services import DRAFTED
from dsp_platform.exchange.contract import name_of, registered
from dsp_platform.exchange.mapping.words import labelled_lines
from dsp_platform.exchange.models import Agreement


@admin.register(Agreement)
class AgreementAdmin(ProposingPages, ExchangeAdmin):
    """A draft may be changed; an approved agreement is never edited, only ended.

    Beginning and end are proposed here and approved by a second person.
    """

    about_people = False
    also_compared = ("state",)
    form = AgreementForm
    view_roles = (STEWARD, AUDITOR)
    change_roles = (STEWARD,)
    add_roles = (STEWARD,)
    list_display = ("operator", "kind_name", "number", "state", "concerns", "basis", "valid_from", "valid_to")
    list_filter = ("state", "operator", ByKind)
    list_select_related = ("operator",)
    actions = ("begin", "new_version", "end")
    change_form_template = "admin/exchange/agreement/change_form.html"
    hidden = ("id", "purpose")
    in_words: ClassVar[dict[str, str]] = {
        "kind": "kind_name",
        "drafted_by": "drafter",
        "approved_by": "approver",
        "fields": "fields_in_words",
        "mapping": "mapping_in_words",
    }

    @admin.display(description=gettext_lazy("kind of record"))
    def kind_name(self, agreement: Agreement) -> str:
        return name_of(agreement.kind)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "fields":
            return FieldsField()
        if db_field.name == "mapping":
            return MappingField()
        if db_field.name != "kind":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        kinds = [(kind, name_of(kind)) for kind in registered.kinds]
        return forms.ChoiceField(label=capfirst(db_field.verbose_name), choices=[("", "–"), *kinds])

    def get_readonly_fields(self, request: HttpRequest, obj: Agreement | None = None) -> list[str]:
        every = super().get_readonly_fields(request, obj)
        if obj is None:
            return [name for name in every if name not in DRAFTED]
        if obj.state == Agreement.State.DRAFT:  # its number depends on operator and kind
            return ["operator", *(name for name in every if name not in DRAFTED)]
        return every

    def get_fields(self, request: HttpRequest, obj: Agreement | None = None) -> list[Any]:
        if obj is None:
            return list(DRAFTED)
        edited = DRAFTED if self.has_change_permission(request, obj) else ()
        shown = [field.name for field in self.opts.fields if field.name not in self.hidden]
        return [name if name in edited else self.in_words.get(name, name) for name in shown]

    @admin.display(description=gettext_lazy("fields"))
    def fields_in_words(self, agreement: Agreement) -> str:
        return fields_in_words(agreement.kind, agreement.fields)

    @admin.display(description=gettext_lazy("table and columns"))
    def mapping_in_words(self, agreement: Agreement) -> SafeString | str:
        return labelled_lines(mapping_lines(agreement.kind, agreement.mapping))

    @admin.display(description=gettext_lazy("drafted by"))
    def drafter(self, agreement: Agreement) -> str:
        return staff_name(agreement.drafted_by)

    @admin.display(description=gettext_lazy("approved by"))
    def approver(self, agreement: Agreement) -> str:
        return staff_name(agreement.approved_by)

    def has_change_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state == Agreement.State.DRAFT)

    def save_model(self, request: HttpRequest, obj: Agreement, form: ModelForm, change: bool) -> None:
        if not change:
            obj.drafted_by = steward_of(request)
            agreements.lock_operator(obj.operator_id)
            agreements.refuse_second_draft(obj)
            obj.number = agreements.next_number(obj.operator_id, obj.kind)
            super().save_model(request, obj, form, change)
            audit.record(actor=obj.drafted_by, action="draft", subject_kind="agreement", subject_id=obj.pk)
            return
        if approvals.edit_draft(agreement=obj, actor=steward_of(request)):
            text = _("What waited for a second person was the earlier text. It waits anew, as it stands now.")
            self._message_about(request, obj, text, messages.WARNING)
        if not approvals.could_approve(obj, approvals.BEGIN, steward_of(request)):
            self._message_about(request, obj, str(NobodyCanApprove()), messages.WARNING)

    @admin.action(description=gettext_lazy("Begin the selected draft…"), permissions=["change"])
    def begin(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> HttpResponse | None:
        """Leads to the page that shows its text and asks for confirmation."""
        chosen = list(queryset.filter(state=Agreement.State.DRAFT)[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose one draft."), messages.WARNING)
            return None
        return redirect("admin:exchange_agreement_begin", chosen[0].pk)

    @admin.action(
        description=gettext_lazy("New version from the selected agreement, as a draft"),
        permissions=["change"],
    )
    def new_version(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        for agreement in queryset:
            draft = agreements.draft_from(agreement=agreement, actor=steward_of(request))
            self._message_about(request, draft, _("It is drafted and can be changed."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("End the selected agreement…"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> HttpResponse | None:
        """Leads to the page that asks for confirmation."""
        chosen = list(queryset.filter(state=Agreement.State.APPROVED)[:2])
        if len(chosen) != 1:
            text = _("Choose one agreement that is approved.")
            self.message_user(request, text, messages.WARNING)
            return None
        return redirect("admin:exchange_agreement_end", chosen[0].pk)

    def _message_about(self, request: HttpRequest, agreement: Any, text: str, level: int) -> None:
        self.message_user(request, f"{agreement}: {text}", level)

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview_view)
        return [
            path("<int:pk>/preview/", preview, name="exchange_agreement_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """By POST, so that the number of a person is in no address and no log."""
        if not self.has_change_permission(request):  # it shows a person, and auditors see none
            raise PermissionDenied
        agreement = get_object_or_404(Agreement.objects.select_related("operator"), pk=pk)
        kind = registered.kinds.get(agreement.kind)
        explainer = kind.explainer if kind else None
        if explainer is None:
            raise Http404
        typed = request.POST.get("typed", "").strip()
        context: dict[str, Any] = {
            **page_context(self, request, _("Preview of a sharing agreement")),
            "agreement": agreement,
            "number_label": explainer.number_label,
            "typed": typed,
        }
        try:
            if "count" in request.POST:
                context |= {
                    "counted": True,
                    "number": count_concerned(agreement=agreement, actor=steward_of(request)),
                }
            elif request.method == "POST":
                subject = explainer.find(typed)
                found = (
                    preview_of(agreement=agreement, subject=subject, actor=steward_of(request))
                    if subject
                    else None
                )
                context |= (
                    {"preview": found} if found else {"error": _("Nothing was found under this number.")}
                )
        except (ValidationError, ValueError):
            context["error"] = _("The draft is not finished: its fields and columns do not fit together.")
        return TemplateResponse(request, "admin/exchange/agreement/preview.html", context)
