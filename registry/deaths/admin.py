"""Records of whom a death was recorded, found by their number: the way back for a death recorded wrongly."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import bind, is_submitted
from registry.changes.selectors import death_recorded_by
from registry.deaths.approvals import DEATH, UNDO, propose_undo
from registry.deaths.forms import UndoForm
from registry.deaths.selectors import deceased_by_number
from registry.models import Deceased, Person
from registry.persons.admin import PersonAdmin


@admin.register(Deceased)
class DeceasedAdmin(PersonAdmin):
    asks_place = False
    search_help_text = _("SPID or document number")
    list_display = ("spid_shown", "full_name", "sex", "born_shown", "died_shown")
    change_form_template = "admin/registry/deceased/change_form.html"
    fields = (  # type: ignore[assignment]
        "spid_shown", "full_name", "latin_name", "sex", "born_shown", "died_shown", "told_by", "village",
    )  # fmt: skip

    @admin.display(description=_("died"))
    def died_shown(self, person: Person) -> str:
        return person.died.written if person.died else "-"

    @admin.display(description=_("told by the request"))
    def told_by(self, person: Person) -> str:
        told = death_recorded_by(person)
        return told.reference if told else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Deceased.objects.filter(merged_into=None, died_on__isnull=False).select_related("village")

    def found(self, request: HttpRequest, queryset: QuerySet[Person], term: str) -> QuerySet[Person]:
        found, actor = deceased_by_number(term), cast(User, request.user)
        audit.record(actor=actor, action="search", subject_kind="person", details={"found": len(found)})
        audit.record_listed(actor=actor, subject_kind="person", subject_ids=[one.pk for one in found])
        return queryset.filter(pk__in=[one.pk for one in found])

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The page is shown for a reason, and to no relative: only there it can be proposed."""
        person = kwargs.get("obj") or context["original"]
        form = context.pop("undo", None) or UndoForm()
        read = approval.state_digest(DEATH, UNDO, str(person.pk))
        context |= {"undo": form, "read": read}
        return super().render_change_form(request, context, *args, **kwargs)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not (is_submitted(request) and self.has_view_permission(request)):
            return super().change_view(request, object_id, form_url, extra_context)
        person, form = self.get_object(request, object_id), bind(UndoForm, request)
        if person is None:
            raise Http404
        if form.is_valid():
            try:
                with refusals_recorded(request, "person", person.pk):
                    proposal = propose_undo(
                        person=person,
                        actor=cast(User, request.user),
                        reason=form.cleaned_data["reason"],
                        read=request.POST.get("read", ""),
                    )
            except (NotApproved, InConflict, ValidationError) as error:
                why = error.messages if isinstance(error, ValidationError) else [str(error)]
                messages.warning(request, " ".join(why))
            else:
                words = _("It waits for a second person. Until then everything holds as it stands.")
                messages.warning(request, words)
                return redirect("admin:approval_proposal_change", proposal.pk)
        else:
            messages.warning(request, _("Write why: whoever approves it reads it."))
        return redirect(request.get_full_path())
