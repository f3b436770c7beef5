"""The admin's pages of proposals: a list, a page for each, and a confirmation before each decision."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.approval import services
from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import pending_proposal, pending_proposals_about
from dsp_platform.approval.validity import is_valid
from dsp_platform.audit import services as audit
from dsp_platform.khmer.text import clean, clean_lines
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import row_number

APPROVE, REFUSE, WITHDRAW = "approve", "refuse", "withdraw"
MAX_NOTE_LENGTH = Proposal._meta.get_field("note").max_length or 0
State = Proposal.State


@admin.register(Proposal)
class ProposalAdmin(RoleAdmin, admin.ModelAdmin):
    """Stewards decide, auditors read. Proposals are made on the pages of the rows they are about."""

    view_roles = (STEWARD, AUDITOR)
    list_display = (
        "name", "state_in_words", "effective_from", "proposer", "proposed_at", "decider", "decided_at",
    )  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("proposed_by", "decided_by")
    list_per_page = 50
    sortable_by = ()
    ordering = ("-pk",)
    actions = None

    @admin.display(description=gettext_lazy("what is proposed"))
    def name(self, proposal: Proposal) -> str:
        return kind_of(proposal).name(proposal)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_in_words(self, proposal: Proposal) -> str:
        return proposal.state_in_words

    @admin.display(description=gettext_lazy("proposed by"))
    def proposer(self, proposal: Proposal) -> str:
        return staff_name(proposal.proposed_by)

    @admin.display(description=gettext_lazy("decided by"))
    def decider(self, proposal: Proposal) -> str:
        return staff_name(proposal.decided_by)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<int:pk>/decide/", view, name="approval_proposal_decide"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(request, self._found(request, object_id))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._to(self._found(request, object_id))

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The first request shows a confirmation with the consequences; the second, from there, decides."""
        proposal = self._found(request, str(pk))
        user = request.user
        act = request.POST.get("act", "")
        if proposal is None or act not in (APPROVE, REFUSE, WITHDRAW):
            return self._to(proposal)
        if getattr(user, "role", "") != STEWARD or not isinstance(user, AbstractBaseUser):
            raise PermissionDenied
        note = clean_lines(request.POST.get("note", ""))  # without invisible characters
        digest = clean(request.POST.get("digest", ""))
        if len(note) > MAX_NOTE_LENGTH:
            error = _("Write at most %(number)s characters.") % {"number": MAX_NOTE_LENGTH}
            return self._page(request, proposal, note=note, error=error)
        if act == REFUSE and not note:
            return self._page(request, proposal, error=_("Write why it is refused."))
        if "yes" not in request.POST:
            return self._page(request, proposal, asks=act, note=note, read=digest)
        try:
            shown = ""
            if act == APPROVE:
                shown = services.approve(proposal=proposal, actor=user, digest=digest, note=note)
            elif act == REFUSE:
                services.refuse(proposal=proposal, actor=user, note=note)
            else:
                services.withdraw(proposal=proposal, actor=user)
        except NotApproved as refused:
            messages.warning(request, str(refused))
            return self._to(pending_proposal(proposal.kind, proposal.subject) or proposal)
        except ValidationError as wrong:
            return self._page(request, proposal, error=" ".join(wrong.messages), note=note)
        proposal.refresh_from_db()
        if shown:
            return self._page(request, proposal, shown=shown)
        messages.success(request, _("Saved: it is now “%(state)s”.") % {"state": proposal.state_in_words})
        return self._to(proposal)

    def _page(
        self,
        request: HttpRequest,
        proposal: Proposal | None,
        *,
        asks: str = "",
        note: str = "",
        read: str = "",
        error: str = "",
        shown: str = "",
    ) -> HttpResponse:
        if proposal is None:
            return self._to(None)
        # Each access is recorded: the consequences say how many people gain and lose.
        actor = cast(AbstractBaseUser, request.user)
        audit.record(actor=actor, action="view", subject_kind="proposal", subject_id=proposal.pk)
        kind = kind_of(proposal)
        waits = proposal.state in (State.PROPOSED, State.APPROVED)
        may_act = getattr(request.user, "role", "") == STEWARD
        own = request.user.pk == proposal.proposed_by_id
        approvers = services.approvers(proposal) if proposal.is_open else []
        could = [steward.pk for steward in approvers]
        barred = may_act and proposal.is_open and not own and request.user.pk not in could
        involved = (proposal.proposed_by_id, proposal.decided_by_id)
        others = pending_proposals_about(proposal.kind, proposal.subject) if waits else []
        if not shown and own and proposal.state == State.CARRIED_OUT:
            half = kind.for_proposer(proposal)
        else:
            half = shown
        unread = kind.why_unread(proposal, actor) if may_act and waits else ""
        about = kind.about(proposal, actor) if may_act and waits and not unread else None
        if about is not None:
            for pk in about.persons:
                audit.record(
                    actor=actor, action="view", subject_kind="person", subject_id=pk, reason=about.reason
                )
        context = {
            **page_context(self, request, kind.name(proposal)),
            "about": about,
            "unread": unread,
            "proposal": proposal,
            "kind": kind.title,
            "difference": kind.difference(proposal),
            "consequences": kind.consequences(proposal) if waits or proposal.is_settled_early else (),
            "outdated": waits and not is_valid(proposal),
            "may_decide": may_act and proposal.is_open and not own and not unread,
            "may_approve": may_act and proposal.is_open and not own and not barred and not unread,
            "barred": barred,
            "could_approve": approvers,
            "may_withdraw": may_act and waits and request.user.pk in involved,
            "own": may_act and proposal.is_open and own,
            "row": kind.page(proposal),
            "beside": [(other, kind_of(other).name(other)) for other in others if other.pk != proposal.pk],
            # Of what the reader has seen, also on the confirmation.
            "digest": read or proposal.digest,
            "asks": asks,
            "gives_halves": kind.gives_halves(proposal),
            "note": note,
            "longest": MAX_NOTE_LENGTH,
            "error": error,
            "shown": half,
            "again": not shown,
        }  # fmt: skip
        return TemplateResponse(request, "admin/approval/proposal/proposal.html", context)

    def _found(self, request: HttpRequest, pk: str) -> Proposal | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows: QuerySet[Proposal] = Proposal.objects.select_related("proposed_by", "decided_by")
        number = row_number(pk)
        return None if number is None else rows.filter(pk=number).first()

    def _to(self, proposal: Proposal | None) -> HttpResponse:
        if proposal is None:
            return redirect("admin:approval_proposal_changelist")
        return redirect("admin:approval_proposal_change", proposal.pk)
