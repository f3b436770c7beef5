"""The pages on which a reviewer decides: what will happen, undo, and the second reviewer."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import errors
from applications.deciders import application_deciders
from applications.models import Application, HeldDecision
from applications.review import held as decisions
from applications.review import told
from applications.review.preview import preview
from applications.review.second import why_not_second
from applications.review.selectors import last_held, not_held, unseen_of, with_beside, with_held
from applications.review.several import DecideSeveral
from applications.workflow import STEPS
from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.pages import staff
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.templatetags.site_tags import PageContent
from dsp_platform.web.forms import unvalidated

State = HeldDecision.State


def act(request: HttpRequest, held: HeldDecision) -> str:
    """Undo, agree or send back, as the button says; and what was done, in words."""
    user, words = staff(request), {"reference": held.application.reference}
    match request.POST.get("act"):
        case "undo":
            decisions.undo(held=held, actor=user)
            return _("%(reference)s: the decision was taken back. Nobody was told.") % words
        case "agree":
            return told.after_holding(decisions.agree(held=held, actor=user))
        case "send_back":
            decisions.send_back(held=held, actor=user, note=request.POST.get("note", ""))
            return _("%(reference)s: sent back to whoever decided.") % words
        case _other:
            raise errors.HoldEnded


def decision_of(form: StepForm) -> dict[str, Any]:
    """What was sent, without what belongs to another decision than the one that was chosen."""
    sent = form.values()
    if sent["decision"] != "refuse":
        sent["reason"] = ""
    if sent["decision"] != "refer":
        sent["referred_to"] = None
    return sent


class ReviewDesk(DecideSeveral):
    """Decisions are held before they leave, see ``applications.review.held``."""

    def get_urls(self) -> list[URLPattern]:
        return [self.page_of_one("held", self.held_view), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_held(super().get_queryset(request))

    def with_beside(self, rows: Any) -> Any:
        return with_beside(super().with_beside(rows.prefetch_related(None)))

    def rows_to_go_on_with(self, request: HttpRequest) -> Any:
        return not_held(super().rows_to_go_on_with(request)).prefetch_related(None)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and self.has_view_permission(request):
            for one in unseen_of(staff(request)):
                messages.warning(request, told.not_left(one))
        return super().changelist_view(request, *args, **kwargs)

    def before_step(self, request: HttpRequest, row: Application, form: StepForm) -> HttpResponse | None:
        """The page that says what will happen."""
        if not form.is_valid():
            return None
        sent = decision_of(form)
        if "change" in request.POST:
            return self._page(request, row, unvalidated(form))
        if sent.pop("confirmed") or sent["decision"] not in decisions.LEAVING:
            return None
        if decisions.why_not(application=row, actor=staff(request), **sent):
            return None  # ``take_step`` is refused for the same reason
        context = page_context(
            self, request, _("Confirm: %(step)s") % {"step": STEPS[sent["decision"]].button}
        )
        context |= {
            "page_content": PageContent(has_main_form=True),
            "application": row,
            "form": form,
            "step_url": self.url(request, self.step, row.pk),
            "back_url": self.url(request, "change", row.pk),
            "list_url": self.url(request, "changelist"),
        }
        found = preview(request, row, sent)
        return render(request, "admin/applications/application/confirm.html", {**context, **found})

    def take_step(self, user: User, row: Application, form: StepForm) -> Any:
        sent = decision_of(form)
        confirmed = sent.pop("confirmed")
        if sent["decision"] not in decisions.LEAVING:
            return decisions.take_at_once(application=row, actor=user, **sent)
        if confirmed:
            return decisions.hold(application=row, actor=user, **sent)
        with transaction.atomic():
            decisions.check(application=row, actor=user, **sent)
        raise errors.NotConfirmed

    def said(self, taken: Any) -> str:
        return told.after_holding(taken) if isinstance(taken, HeldDecision) else super().said(taken)

    def held_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo, agree or send back."""
        row = self._own(request, pk)
        last = last_held(row)
        if request.method != "POST" or last is None:
            return self._back(request, row)
        last.application = row
        if request.POST.get("held") != str(last.pk):
            messages.warning(request, str(errors.HoldEnded()))
            return self._back(request, row)
        try:
            with refusals_recorded(request, "application", row.pk):
                messages.success(request, act(request, last))
        except StepRefused as error:
            messages.warning(request, str(error))
        return self._back(request, row)

    def held_context(self, user: User, row: Application) -> dict[str, Any]:
        """For ``held.html``: what is held, or that what this reader decided did not leave."""
        last = last_held(row)
        if last is None:
            return {}
        last.application = row
        if last.state == State.HELD:
            may = application_deciders.why_barred(user, row) is None
            return {
                "held": last,
                "held_step": STEPS[last.decision].title,
                "held_words": told.in_short(last),
                "may_undo": may,
                "may_agree": may
                and bool(last.second)
                and not last.agreed_by_id
                and why_not_second(user, last) is None,
            }
        if not row.is_open or last.state not in (State.RETURNED, State.CANCELLED):
            return {}
        if last.decided_by_id == user.pk and last.seen_at is None:
            HeldDecision.objects.filter(pk=last.pk).update(seen_at=timezone.now())
        return {"did_not_leave": told.not_left(last)}
