"""Several applications decided together: what will happen to each, then the outcome of each. Each is a held
decision of its own."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms import WORDS_IN, ReasonsField
from applications.models import Application
from applications.review import held as decisions
from applications.review import told
from applications.review.preview import when
from applications.review.second import second_foreseen
from applications.workflow import STEPS, application_workflow
from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.forms import note_field, step_choice
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.chosen import MOST, rows_sent
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.templatetags.site_tags import PageContent
from dsp_platform.web.forms import bind, is_submitted
from registry.programmes.selectors import name_programmes

TOGETHER = ("approve", "ask_more", "refuse")
"""The decisions that several may share."""


@dataclass(frozen=True, slots=True)
class Outcome:
    application: Application
    words: str
    """What will happen or has happened, or why not."""
    is_refused: bool


class SeveralForm(forms.Form):
    decision = step_choice(gettext_lazy("Decision"), gettext_lazy("Choose a decision."))
    reason = ReasonsField()
    note_km = note_field(application_workflow, "", label=WORDS_IN[0], rows=3)
    note_en = note_field(application_workflow, "", label=WORDS_IN[1], rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision = cast(forms.ChoiceField, self.fields["decision"])
        decision.choices = [(name, STEPS[name].button) for name in TOGETHER]

    def sent_to(self, application: Application) -> dict[str, Any]:
        """What was typed, as this applicant reads it."""
        typed, own = self.cleaned_data, application.language
        other = "en" if own == "km" else "km"
        return {
            "decision": typed["decision"],
            "reason": typed["reason"] if typed["decision"] == "refuse" else "",
            "note": typed[f"note_{own}"],
            "note_translated": typed[f"note_{other}"],
        }


class DecideSeveral(WorkQueueAdmin[Application]):
    """An action of the list, and the pages that follow it."""

    actions: Any = ("decide_several", *WorkQueueAdmin.actions)

    def get_urls(self) -> list[URLPattern]:
        return [self.page_of("several", self.several_view), *super().get_urls()]

    @admin.action(description=gettext_lazy("Decide together"))
    def decide_several(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        rows = list(queryset[:MOST])
        name_programmes(rows)
        return self._several(request, SeveralForm(), [(row, row.version) for row in rows])

    def several_view(self, request: HttpRequest) -> HttpResponse:
        """The form with what would happen to each; confirmed, what has."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self._chosen(request)
        if request.method != "POST" or not rows:
            return redirect(self.url(request, "changelist"))
        form = bind(SeveralForm, request)
        if not is_submitted(request) or not form.is_valid() or "change" in request.POST:
            # Shown again, or the language was switched.
            return self._several(request, form, rows)
        if "confirmed" not in request.POST:
            found = [self._expected(staff(request), form, *row) for row in rows]
            return self._several(request, form, rows, found)
        done = [self._hold(request, form, *row) for row in rows]
        return self._several(request, None, rows, done)

    def _chosen(self, request: HttpRequest) -> list[tuple[Application, int]]:
        """Of the own queue those that the page showed, with the version that it showed."""
        versions = rows_sent(request)
        rows = list(self.get_queryset(request).filter(pk__in=versions).order_by("pk"))
        name_programmes(rows)
        return [(row, versions[row.pk]) for row in rows]

    def _expected(self, user: User, form: SeveralForm, row: Application, version: int) -> Outcome:
        sent = form.sent_to(row)
        error = decisions.why_not(application=row, actor=user, expected_version=version, **sent)
        if error is not None:
            return Outcome(row, str(error) or _("This is not yours to decide."), is_refused=True)
        words = f"{STEPS[sent['decision']].title} – {when(second_foreseen(row, sent['decision']))}"
        return Outcome(row, words, is_refused=False)

    def _hold(self, request: HttpRequest, form: SeveralForm, row: Application, version: int) -> Outcome:
        try:
            with refusals_recorded(request, "application", row.pk):
                done = decisions.hold(
                    application=row, actor=staff(request), expected_version=version, **form.sent_to(row)
                )
        except (PermissionDenied, StepRefused) as error:
            return Outcome(row, str(error) or _("This is not yours to decide."), is_refused=True)
        return Outcome(row, told.after_holding(done), is_refused=False)

    def _several(
        self,
        request: HttpRequest,
        form: SeveralForm | None,
        rows: list[tuple[Application, int]],
        outcomes: list[Outcome] | None = None,
    ) -> HttpResponse:
        context = page_context(self, request, _("Decide together"))
        context |= {
            "page_content": PageContent(has_main_form=form is not None),
            "form": form,
            "rows": rows,
            "outcomes": outcomes,
            "any_left": any(not one.is_refused for one in outcomes or ()),
            "several_url": self.url(request, "several"),
            "list_url": self.url(request, "changelist"),
        }
        return render(request, "admin/applications/application/several.html", context)
