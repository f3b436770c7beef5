"""Several items handed over to one colleague: the action of a list, and the page that follows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import page_context
from dsp_platform.casework.assignment import NOBODY, Assignment, takers_from
from dsp_platform.casework.errors import ColleagueMissing, StepRefused
from dsp_platform.casework.forms import choose
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.pages import staff
from dsp_platform.casework.queue.chosen import MOST, rows_sent
from dsp_platform.casework.queue.columns import due_date, person_name
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.templatetags.site_tags import PageContent
from dsp_platform.web.forms import bind, is_submitted


class HandOverForm(forms.Form):
    colleague = forms.ChoiceField(
        label=gettext_lazy("Colleague"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), ColleagueMissing.words),
    )

    def __init__(self, *args: Any, takers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takers = {str(one.pk): one for one in takers}
        named = [(key, str(one.staff_name)) for key, one in self.takers.items()]
        choose(self, "colleague", [("", "–"), *named, (NOBODY, _("nobody: back to the queue"))])

    def clean_colleague(self) -> User | None:
        """None for nobody."""
        return self.takers.get(self.cleaned_data["colleague"])


@dataclass(frozen=True, slots=True)
class Chosen:
    item: Any
    held_by: int | None
    """Who had it when it was shown."""
    assignee: str
    """Who has it now, where the reader may read it."""
    name: str | None
    deadline: str | None
    words: str = ""
    """What became of it, or why nothing."""
    is_refused: bool = False


class HandOverSeveral:
    """Mixin for ``WorkQueueAdmin``."""

    assignment: Assignment[Any]

    @admin.action(description=gettext_lazy("Hand over to a colleague"))
    def hand_over_several(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        rows = list(queryset[: MOST + 1])
        rows, more = rows[:MOST], rows[MOST:]
        held_by = {row.pk: row.assignee_id for row in rows}
        return self._handing_over(request, self._with_holders(request, rows, held_by), more=more)

    def hand_over_view(self, request: HttpRequest) -> HttpResponse:
        page: Any = self
        if not page.has_view_permission(request) or not staff(request).rights.decides:
            raise PermissionDenied
        # 0 for nobody.
        held_by = {pk: holder or None for pk, holder in rows_sent(request).items()}
        rows = list(page.get_queryset(request).filter(pk__in=held_by).order_by("pk"))
        if request.method != "POST" or not rows:
            return redirect(page.url(request, "changelist"))
        form = bind(HandOverForm, request, takers=takers_from(staff(request)))
        if not is_submitted(request) or not form.is_valid():
            return self._handing_over(request, self._with_holders(request, rows, held_by), form)
        to = form.cleaned_data["colleague"]
        done = [self._hand_over(request, one, to) for one in self._with_holders(request, rows, held_by)]
        return self._handing_over(request, done, to=str(to.staff_name) if to else _("nobody"))

    def _hand_over(self, request: HttpRequest, one: Chosen, to: User | None) -> Chosen:
        """Each by itself: what is refused keeps none of the others."""
        item = one.item
        try:
            with refusals_recorded(request, str(item._meta.model_name), item.pk):
                self.assignment.hand_over(item, actor=staff(request), to=to, held_by=one.held_by)
        except (PermissionDenied, StepRefused) as error:
            why = str(error) or _("This is not yours to hand over.")
            return replace(one, words=why, is_refused=True)
        return replace(one, words=_("Handed over"))

    def _with_holders(
        self, request: HttpRequest, rows: Sequence[WorkItem], held_by: dict[int, int | None]
    ) -> list[Chosen]:
        """As the list shows them, by which one chooses."""
        page: Any = self
        page.prepare(request, rows)
        return [
            Chosen(
                row,
                held_by[row.pk],
                row.assignee.staff_name if row.assignee and not row.is_unread else "",
                name=person_name(row),
                deadline=due_date(row),
            )
            for row in rows
        ]

    def _handing_over(
        self,
        request: HttpRequest,
        chosen: list[Chosen],
        form: HandOverForm | None = None,
        *,
        more: Sequence[WorkItem] = (),
        to: str = "",
    ) -> HttpResponse:
        page: Any = self
        if not to:
            form = form or HandOverForm(takers=takers_from(staff(request)))
            rows = [one.item for one in chosen]
            page.admin_site.note_list(
                request,
                kind=page.opts.model_name,
                details={"rows": len(rows)},
                listed=page.listed(rows),
            )
        context = {
            **page_context(page, request, _("Hand over to a colleague")),
            "page_content": PageContent(has_main_form=form is not None),
            "form": form,
            "chosen": chosen,
            "most": MOST if more else 0,
            "to": to,
            "handed_over": sum(not one.is_refused for one in chosen),
            "hand_over_url": page.url(request, "hand_over"),
            "list_url": page.url(request, "changelist"),
            "change_name": page.url_name("change"),
        }
        return render(request, "admin/hand_over.html", context)
