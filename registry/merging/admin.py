"""Records that were made one: found by an SPID's number, and undone where they are two persons after all."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.roles import STEWARD, RoleAdmin
from dsp_platform.approval import services as approval
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import bind, is_submitted
from dsp_platform.web.shown import is_sent_as_shown
from registry.identity.spid import clean_spid
from registry.merging.approvals import UNMERGE, propose_unmerge
from registry.merging.concerned import conflict
from registry.merging.forms import UndoForm
from registry.merging.returning import without_home
from registry.merging.snapshots import pair_then
from registry.merging.undoing import (
    came_since,
    needs_second_person_for,
    unmerge,
    why_not_undo,
)
from registry.models import Merge


@admin.register(Merge)
class MergeAdmin(RoleAdmin, admin.ModelAdmin):
    view_roles = (STEWARD,)
    actions = None
    list_display = ("remains", "alias", "at", "decider", "approver", "undone_at")
    list_select_related = ("kept", "merged", "decided_by", "approved_by")
    list_per_page = 50
    search_fields = ("merged__spid",)
    search_help_text = _("SPID, of the record that remains or of the one that became an alias")
    sortable_by = ()
    ordering = ("-at", "-pk")

    @admin.display(description=_("record that remains"))
    def remains(self, row: Merge) -> str:
        return row.kept.spid_grouped

    @admin.display(description=_("record that became an alias"))
    def alias(self, row: Merge) -> str:
        return row.merged.spid_grouped

    @admin.display(description=_("decided by"))
    def decider(self, row: Merge) -> str:
        return staff_name(row.decided_by)

    @admin.display(description=_("approved by"))
    def approver(self, row: Merge) -> str:
        return staff_name(row.approved_by)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merge]:
        return Merge.objects.defer("snapshot")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Merge], search_term: str
    ) -> tuple[QuerySet[Merge], bool]:
        if not search_term.strip():
            return queryset, False
        spid = clean_spid(search_term) or ""
        of_number = Q(kept__spid=spid) | Q(merged__spid=spid) | Q(kept__merged_into__spid=spid)
        return queryset.filter(of_number), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        merge, user = self.get_object(request, object_id), cast(User, request.user)
        if merge is None or not self.has_view_permission(request, merge):
            raise Http404
        audit.record(
            actor=user, action="view", subject_kind="person", subject_id=merge.kept_id, reason="duplicate"
        )
        context = {
            **self.admin_site.each_context(request),
            "title": str(self.opts.verbose_name),
            "opts": self.opts,
        }
        if why := conflict(user, pair_then(merge)):
            context |= {"why": why, "list_url": reverse("admin:registry_merge_changelist")}
            return TemplateResponse(request, "admin/work_item_unread.html", context)
        cannot = why_not_undo(merge)
        came = [] if cannot else came_since(merge)
        form = UndoForm(merge=merge, came=came)
        read = "" if cannot else approval.state_digest(UNMERGE, UNMERGE, str(merge.pk))
        if is_submitted(request) and not cannot:
            form = bind(UndoForm, request, merge=merge, came=came)
            is_as_shown = is_sent_as_shown(request, read)
            if is_as_shown and form.is_valid() and (answer := self._undo(request, merge, form, read)):
                return answer
        context |= {"merge": merge, "form": form, "cannot": cannot, "came": came, "digest": read}
        context["without_home"] = without_home(merge)
        return TemplateResponse(request, "admin/registry/merge/change_form.html", context)

    def _undo(self, request: HttpRequest, merge: Merge, form: UndoForm, read: str) -> HttpResponse | None:
        user, assigned, reason = cast(User, request.user), form.assigned, form.cleaned_data["reason"]
        try:
            with refusals_recorded(request, "person", merge.kept_id):
                if needs_second_person_for(merge, assigned):
                    proposal = propose_unmerge(
                        merge=merge, actor=user, reason=reason, assigned=assigned, read=read
                    )
                    words = _("It waits for a second person. Until then everything holds as it stands.")
                    messages.warning(request, words)
                    return redirect("admin:approval_proposal_change", proposal.pk)
                unmerge(merge=merge, actor=user, assigned=assigned, note=reason)
        except (NotApproved, StepRefused, ValidationError) as error:
            why = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.warning(request, " ".join(why))
            return None
        messages.success(request, _("They are two records again."))
        return redirect("admin:registry_merge_change", merge.pk)

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
