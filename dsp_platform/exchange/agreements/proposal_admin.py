"""The pages on which a steward reads an agreement and proposes that it begins or ends."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.approval.errors import NobodyCanApprove
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.agreements.preview import log_count
from dsp_platform.exchange.models import Agreement
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import CleanTextForm, DateField

State = Agreement.State


class EndForm(CleanTextForm, forms.Form):
    """The first day without the agreement, and why it ends."""

    day = DateField(
        label=gettext_lazy("First day on which it is no longer in force"),
        required=False,
        help_text=gettext_lazy("Empty: as soon as a second person has approved it."),
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300)


class ProposingPages:
    """Mixin for the ``ModelAdmin`` of agreements, put first."""

    def get_urls(self) -> list[URLPattern]:
        page: Any = self
        view = page.admin_site.admin_view
        return [
            path("<int:pk>/begin/", view(self.begin_view), name="exchange_agreement_begin"),
            path("<int:pk>/end/", view(self.end_view), name="exchange_agreement_end"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def begin_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the text and proposes; a second person approves."""
        agreement = self._found(request, pk, State.DRAFT)
        form = forms.Form(request.POST if request.method == "POST" else None)

        def propose(actor: User, read: str) -> Proposal:
            return approvals.propose_begin(agreement=agreement, actor=actor, read=read)

        return self._ask(request, agreement, approvals.BEGIN, form, propose)

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for day and reason, shows the effects and proposes; a second person approves."""
        agreement = self._found(request, pk, State.APPROVED)
        form = EndForm(request.POST if request.method == "POST" else None)

        def propose(actor: User, read: str) -> Proposal:
            typed = form.cleaned_data
            return approvals.propose_end(
                agreement=agreement, actor=actor, day=typed["day"], reason=typed["reason"], read=read
            )

        return self._ask(request, agreement, approvals.END, form, propose)

    def _found(self, request: HttpRequest, pk: int, state: str) -> Agreement:
        page: Any = self
        if not page.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Agreement.objects.select_related("operator"), pk=pk, state=state)

    def _ask(
        self,
        request: HttpRequest,
        agreement: Agreement,
        act: str,
        form: forms.Form,
        propose: Callable[[User, str], Proposal],
    ) -> HttpResponse:
        page: Any = self
        actor = cast(User, request.user)
        if form.is_valid():
            try:
                proposal = propose(actor, request.POST.get("read", ""))
            except Agreement.DoesNotExist:  # decided by others meanwhile
                return redirect("admin:exchange_agreement_change", agreement.pk)
            except NotApproved as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                page.message_user(
                    request, f"{agreement}: {_('It waits for a second person.')}", messages.SUCCESS
                )
                return redirect("admin:approval_proposal_change", proposal.pk)
        # The digest before the text: a change in between then makes the proposal fail as not read.
        read = approvals.text_read(agreement, act)
        agreement.refresh_from_db()
        ends = act == approvals.END
        if not ends:  # its text says how many the rule adds and removes
            log_count(agreement=agreement, actor=actor)
        could = approvals.could_approve(agreement, act, actor)
        context = {
            **page_context(
                page, request, _("End a sharing agreement?") if ends else _("Begin a sharing agreement?")
            ),
            "agreement": agreement,
            "form": form,
            "read": read,
            "lines": approvals.text_in_words(agreement),
            "consequences": approvals.what_an_end_does(agreement, None) if ends else (),
            "could_approve": could,
            "nobody": "" if could else str(NobodyCanApprove()),
            "ends": ends,
        }
        return TemplateResponse(request, "admin/exchange/agreement/propose.html", context)
