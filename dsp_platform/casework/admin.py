"""A work queue in the admin: staff open one item of it, read it, and take one step with it."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, ClassVar, Generic, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import RestrictedChangeList, is_search
from dsp_platform.admin.pages import page_context
from dsp_platform.audit import services as audit
from dsp_platform.casework.assignment import MINE, VERSION, Assignment, has_takers
from dsp_platform.casework.forms import StepForm
from dsp_platform.casework.load_pages import LoadPage
from dsp_platform.casework.models import WorkItem
from dsp_platform.casework.note_pages import NoteForm, notes_context, receive_note
from dsp_platform.casework.notes import with_has_notes
from dsp_platform.casework.pages import nothing_next, saved, staff, step_context, submit
from dsp_platform.casework.queue.export import MOST, ExportForm, file_of
from dsp_platform.casework.queue.filters import DueFilter, StateFilter
from dsp_platform.casework.queue.hand_over import HandOverSeveral
from dsp_platform.casework.queue.lists import QueueList, RowsOfList, Searched, WorkListAdmin
from dsp_platform.casework.queue.tabs import (
    DECIDED,
    LEAVING,
    TO_DECIDE,
    UNASSIGNED,
    WAITING,
    next_to_do,
)
from dsp_platform.casework.selectors import oldest_due_first
from dsp_platform.database.references import clean_reference
from dsp_platform.templatetags.site_tags import PageContent
from dsp_platform.web.forms import bind, is_submitted, row_number, unvalidated
from dsp_platform.web.request_cache import only_reads
from dsp_platform.web.workbooks import MIME_TYPE

Row = TypeVar("Row", bound=WorkItem)


class WorkQueueAdmin(HandOverSeveral, LoadPage, WorkListAdmin, Generic[Row]):
    """The queue is the only list, the page of one item the only form, the service the only write."""

    change_list_template = "admin/work_queue.html"
    list_filter: ClassVar[Any] = (StateFilter, DueFilter)
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Reference")
    list_per_page = 25
    sortable_by: ClassVar[Any] = ()
    actions: Any = ("hand_over_several",)
    tab_labels: ClassVar[Mapping[str, Any]] = {
        TO_DECIDE: gettext_lazy("To be decided"),
        MINE: gettext_lazy("Mine"),
        UNASSIGNED: gettext_lazy("Unassigned"),
        WAITING: gettext_lazy("Waiting for the person"),
        LEAVING: gettext_lazy("Decided, not left yet"),
        DECIDED: gettext_lazy("Decided"),
    }

    prefix: str  # of the references
    step: str  # last word of the address that takes a step
    step_form: type[StepForm]
    page: str  # template of one item
    beside: tuple[str, ...]  # relations that the page shows
    access_reason: str  # why it is looked at, in the access log
    assignment: Assignment[Any]
    never_exported: ClassVar[Q] = Q(pk__in=[])
    """What goes into no file, whoever reads it in the list."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RestrictedChangeList]:
        return QueueList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if is_search(request) and "action" not in request.POST:
            only_reads()
        named = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        response = super().changelist_view(request, named)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            rows = response.context_data["cl"]
            filters = urlencode({"_changelist_filters": rows.get_query_string().removeprefix("?")})
            searched = self.searched(staff(request))
            rows.search_help_text = ", ".join(map(str, searched.by))
            response.context_data |= {
                "nothing_found": searched if rows.query and not rows.result_count else None,
                "tabs": rows.tabs(request),
                "export": ExportForm() if staff(request).rights.decides else None,
                "most_exported": MOST,
                "export_url": f"{reverse(self.url_name('export'))}?{filters}",
            }
        return response

    def queue(self, user: User) -> QuerySet[Row]:
        raise NotImplementedError

    def searched(self, user: User) -> Searched:
        """What ``get_search_results`` looks for."""
        return Searched([self.search_help_text])

    def take_step(self, user: User, row: Row, form: StepForm) -> Row:
        """Call the service. Raises StepRefused."""
        raise NotImplementedError

    def show(self, request: HttpRequest, row: Row) -> tuple[dict[str, Any], list[Any]]:
        """What the template needs besides the form, and the ``(kind, id)`` of every other subject shown."""
        raise NotImplementedError

    def kind_in_words(self, row: Row) -> str:
        raise NotImplementedError

    def left_out_in_words(self, count: int) -> str:
        """Of ``never_exported``."""
        raise NotImplementedError

    def state_in_words(self, row: Row) -> str:
        return str(cast(Any, row).get_state_display())

    def get_actions(self, request: HttpRequest) -> Any:
        """None for whoever only reads; nothing is handed over where there is no colleague."""
        user = staff(request)
        found = super().get_actions(request) if user.rights.decides else {}
        if "hand_over_several" in found and not has_takers(user):
            del found["hand_over_several"]
        return found

    def action_checkbox(self, obj: Row) -> SafeString:
        """As Django's, which renders a template for each row."""
        label = _("Select: %(item)s") % {"item": obj}
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            label,
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        return self.queue(staff(request)).select_related("assignee")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(reference=clean_reference(search_term, self.prefix)), False

    def get_urls(self) -> list[URLPattern]:
        return [
            self.page_of_one(self.step, self.step_view),
            self.page_of_one("note", self.note_view),
            self.page_of_one("next", self.next_view),
            self.page_of("export", self.export_view),
            self.page_of("load", self.load_view),
            self.page_of("hand_over", self.hand_over_view),
            *super().get_urls(),
        ]

    def page_of(self, word: str, view: Callable[..., HttpResponse]) -> URLPattern:
        name = self.url_name(word).removeprefix("admin:")
        return path(f"{word}/", self.admin_site.admin_view(view), name=name)

    def page_of_one(self, word: str, view: Callable[..., HttpResponse]) -> URLPattern:
        """The address of a page of one item that ends in ``word``."""
        name = self.url_name(word).removeprefix("admin:")
        return path(f"<int:pk>/{word}/", self.admin_site.admin_view(view), name=name)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of the list that the form stood under, with its filters, as a workbook."""
        if not self.has_view_permission(request) or not staff(request).rights.decides:
            raise PermissionDenied
        form = ExportForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            return redirect(self.url_name("changelist"))
        listed = self.rows_of_list(request)
        rows = list(listed.exclude(self.never_exported)[:MOST])
        left_out = listed.filter(self.never_exported)[:MOST].count()
        if left_out:
            messages.info(request, self.left_out_in_words(left_out))
        self.prepare(request, rows)
        audit.record(
            actor=staff(request),
            action="export_list",
            subject_kind=str(self.opts.model_name),
            reason=form.cleaned_data["reason"],
            details={"rows": len(rows)},
        )
        audit.record_each(actor=staff(request), action="exported", subjects=self.listed(rows))
        answer = HttpResponse(file_of(self, rows), content_type=MIME_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}s.xlsx"'
        answer["Cache-Control"] = "no-store"
        return answer

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self._own(request, object_id)
        if not self.assignment.handle_post(request, row):
            return self._page(request, row, bind(self.step_form, request, item=row))
        if VERSION not in request.POST:
            return self._back(request, row)
        row = self._own(request, object_id)
        return self._page(request, row, unvalidated(self.step_form(request.POST, item=row)))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._back(request, self._own(request, object_id))

    def step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._own(request, pk)
        if request.method != "POST":
            return self._back(request, row)
        bound = bind(self.step_form, request, item=row)
        if is_submitted(request) and (first := self.before_step(request, row, bound)):
            return first
        form = submit(request, bound, self.take_step, said=self.said) if is_submitted(request) else bound
        return self._page(request, self._own(request, pk), form) if form else self.after_step(request, row)

    def before_step(self, request: HttpRequest, row: Row, form: StepForm) -> HttpResponse | None:
        """The page that is shown instead of taking the step that was sent, where one comes first."""
        return None

    def said(self, taken: Any) -> str:
        """What is told of what ``take_step`` returned."""
        return saved(taken)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._own(request, pk)
        if request.method != "POST" or self.deciders.why_unread(staff(request), row):
            return self._back(request, row)
        note_form = receive_note(request, staff(request), row, self.deciders)
        if note_form is None:
            return self._back(request, row)
        return self._page(request, row, self.step_form(item=row), note_form)

    def after_step(self, request: HttpRequest, row: Row) -> HttpResponse:
        """Where whoever took a step goes on: to the same item, which shows what became of it."""
        return self._back(request, row)

    def url_name(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def url(self, request: HttpRequest, page: str, *pk: int) -> str:
        """With the filters of the list that the reader came from."""
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return add_preserved_filters(filters, reverse(self.url_name(page), args=pk))

    def _back(self, request: HttpRequest, row: Row) -> HttpResponse:
        return redirect(self.url(request, "change", row.pk))

    def _own(self, request: HttpRequest, pk: object) -> Row:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.with_beside(self.get_queryset(request))
        number = row_number(str(pk))
        found = None if number is None else rows.filter(pk=number).first()
        if found is None:
            raise Http404
        return found

    def with_beside(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """With what the page of one needs that the list does not."""
        return with_has_notes(rows.select_related(*self.beside))

    def _page(
        self, request: HttpRequest, row: Any, form: StepForm, note_form: NoteForm | None = None
    ) -> HttpResponse:
        user, deciders = staff(request), self.deciders
        why_unread = deciders.why_unread(user, row)
        shown, accessed = ({}, []) if why_unread else self.show(request, row)
        seen = [(str(self.opts.model_name), row.pk), *accessed]
        audit.record_each(actor=user, action="view", subjects=seen, reason=self.access_reason)
        context = page_context(self, request, row.reference)
        context["list_url"] = self.url(request, "changelist")
        context |= step_context(user, row, form, self.assignment, url=self.url(request, "change", row.pk))
        if why_unread:
            words = {"kind": self.kind_in_words(row), "state": self.state_in_words(row), "why": why_unread}
            return render(request, "admin/work_item_unread.html", {**context, "form": None, **words})
        context |= {
            # The language switch keeps what was typed.
            "page_content": PageContent(has_main_form=context["form"] is not None),
            "step_url": self.url(request, self.step, row.pk),
            "next_url": self.url(request, "next", row.pk) if user.rights.decides else "",
        }
        context |= notes_context(
            user,
            row,
            deciders,
            self.url(request, "note", row.pk),
            note_form,
            may_decide=row.is_open and context["barred"] is None,
        )
        return render(request, self.page, {**context, **shown})

    def next_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Looked for when it is asked for: most pages are left by another way."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.next_of(request, pk)
        if found is not None:
            return redirect(self.url(request, "change", found.pk))
        messages.info(request, nothing_next())
        return redirect(self.url(request, "changelist"))

    def next_of(self, request: HttpRequest, pk: int) -> Row | None:
        """In the list that the reader came from the first of their own that they may decide, or of those that
        nobody has. None that waits for an answer: it would come next again and again."""
        return next_to_do(self.rows_to_go_on_with(request).exclude(pk=pk), staff(request), self.deciders)

    def rows_to_go_on_with(self, request: HttpRequest) -> QuerySet[Row]:
        """Among which ``next_of`` looks: a kind leaves out of its list what is not to be decided now."""
        return self.rows_of_list(request)

    def rows_of_list(self, request: HttpRequest) -> QuerySet[Row]:
        """The rows of the list that the reader came from, in the order of the queue; of the whole queue where
        the address names filters that the list does not have."""
        queue, words = self.get_queryset(request), request.GET.get("_changelist_filters", "")
        listing = copy(request)
        listing.method = "GET"
        try:
            listing.GET = QueryDict(words)
            for _name, values in listing.GET.lists():
                ProhibitNullCharactersValidator()("".join(map(str, values)))
            columns, offered = self.get_list_display(listing), self.get_list_filter(listing)
            narrowed = RowsOfList(
                listing, self.model, columns, (), offered, None, (), False, 1, 1, (), self, (), None
            )
            return cast(QuerySet[Row], narrowed.queryset)
        except (IncorrectLookupParameters, SuspiciousOperation, ValidationError):
            return oldest_due_first(queue)
