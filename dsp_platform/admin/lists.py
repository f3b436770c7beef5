"""Lists of the admin accept only the filters, columns and search that they offer."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib.admin import ShowFacets
from django.contrib.admin.filters import FieldListFilter, SimpleListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.paginator import Paginator
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from dsp_platform.admin.dates import Dates, dates_of
from dsp_platform.web.forms import row_number

# Nobody pages further than that; to find one record people search.
MAX_COUNTED = 10_000
# Valid numbers in links of a date hierarchy. Django fails with an error on the year 9999 or the day 10^20.
DATE_PARTS = {"year": range(1900, 2200), "month": range(1, 13), "day": range(1, 32)}


class ShortPaginator(Paginator):
    """Counts up to ``MAX_COUNTED``: counting millions of rows would take seconds."""

    @cached_property
    def count(self) -> int:
        # Unsorted: to sort, PostgreSQL would read all rows first.
        return cast(QuerySet[Any], self.object_list).order_by()[:MAX_COUNTED].count()


def is_search(request: HttpRequest) -> bool:
    """Or an action on what was searched for."""
    return request.method == "POST" and SEARCH_VAR in request.POST


class RestrictedChangeList(ChangeList):
    """Sorted only by columns that offer it; searched by POST, so that no name gets into an address."""

    shows_all = True
    """Whether it lists everything where nothing is searched for."""

    def read_search(self, request: HttpRequest) -> None:
        for words in (self.params, self.filter_params):
            words.pop(SEARCH_VAR, None)
        self.query = ""
        if is_search(request):
            typed = self.search_form_class(request.POST)
            self.query = typed.cleaned_data[SEARCH_VAR] if typed.is_valid() else ""
            page = request.POST.get(PAGE_VAR, "")
            self.page_num = row_number(page) or 1

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        self.read_search(request)
        found = super().get_queryset(request, exclude_parameters)
        # Django would put the bounds of the date hierarchy into it, which the list then refuses.
        narrowing = {str(name) for one in self.filter_specs for name in one.expected_parameters()}
        self.clear_all_filters_qs = self.get_query_string(dict.fromkeys(narrowing))
        return found

    def get_results(self, request: HttpRequest) -> None:
        """Reads a page at most: Django reads a list of one page without a limit, with what arrived since it
        was counted, and PostgreSQL plans to read the whole table."""
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.result_list[: self.list_per_page]

    @property
    def has_more(self) -> bool:
        """More rows than were counted."""
        return self.result_count >= MAX_COUNTED

    @property
    def is_cut(self) -> bool:
        """Whether a search may have found more than it shows."""
        return False

    @property
    def dates(self) -> Dates:
        return dates_of(self)

    def get_ordering_field(self, field_name: Any) -> Any:
        """Django sorts by any column named in the address, also by those that the page does not offer."""
        if self.sortable_by is not None and field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)

    @property
    def searched_in(self) -> str:
        """Query string of this list with its filters, for its search form."""
        return self.get_query_string()

    @property
    def active_filters(self) -> list[str]:
        """Names of the filters in use, never their values."""
        return sorted(self.get_filters_params())


class FixedValuesFilter(SimpleListFilter):
    """Filters by a fixed list of values: a large table is not scanned for its distinct ones."""

    path: ClassVar[str] = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.path or str(self.parameter_name): value}) if value else queryset


def staff_name(user: Any) -> str:
    """The name of an account in a column for staff."""
    return user.staff_name if user else "–"


class RestrictedLists:
    """Mixin for ``ModelAdmin``, put first."""

    show_full_result_count: ClassVar[bool] = False
    paginator: ClassVar[type[Any]] = ShortPaginator
    show_facets: ClassVar[Any] = ShowFacets.NEVER  # facets count all rows

    # Attributes of ModelAdmin.
    list_filter: ClassVar[Any] = ()
    date_hierarchy: ClassVar[Any] = None
    model: Any
    opts: Any
    admin_site: Any

    about_people = True
    """Whether opening the list is audited. False only for lists that show nothing about any person."""
    listed_as: tuple[str, str] | None = None
    """``(subject_kind, attribute)`` of the subject of a row, in whose access log being listed is recorded."""

    def listed(self, rows: Sequence[Any]) -> Iterable[tuple[str, int]]:
        """(kind, id) of all subjects of these rows. Overridden where they are of several kinds."""
        if self.listed_as is None:
            return []
        kind, name = self.listed_as
        return [(kind, getattr(row, name)) for row in rows]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RestrictedChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only lookups that the list's filters and its date hierarchy produce.

        Django allows any field of the row, and relations of a listed one: by ``startswith`` lookups somebody
        could read a phone number, a session key or a password hash out of a list that shows none of them.
        """
        name, _sign, part = lookup.rpartition("__")
        if self.date_hierarchy and name == self.date_hierarchy and part in DATE_PARTS:
            number = str(value)
            is_one = number.isascii() and number.isdecimal() and int(number[:9]) in DATE_PARTS[part]
            # A month needs a year, and a day a month: otherwise every row would be read.
            parts = list(DATE_PARTS)
            longer = parts[: parts.index(part)]
            return is_one and all(f"{name}__{other}" in request.GET for other in longer)
        known = getattr(request, "_list_parameters", None)
        if known is None:  # some filters query the database when they are created
            known = frozenset(self._filter_parameters(request))
            cast(Any, request)._list_parameters = known
        return lookup in known

    def _filter_parameters(self, request: HttpRequest) -> Iterator[str]:
        for entry in self.get_list_filter(request):  # type: ignore[attr-defined]
            if isinstance(entry, type) and issubclass(entry, SimpleListFilter):
                yield str(entry.parameter_name)
                continue
            path, make = entry if isinstance(entry, tuple | list) else (entry, FieldListFilter.create)
            field = get_fields_from_path(self.model, path)[-1]
            offered = make(field, request, {}, self.model, self, field_path=path)
            yield from (str(name) for name in offered.expected_parameters())

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Rows are addressed by primary key only."""
        return to_field == self.opts.pk.name

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Django passes on the values of an action's checkboxes unchecked: they must be primary keys.
        for value in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.opts.pk.clean(value, None)
                ProhibitNullCharactersValidator()(value)
            except ValidationError:
                raise SuspiciousOperation("ticked for an action: no key of a row") from None
        response = cast(HttpResponse, super().changelist_view(request, extra_context))  # type: ignore[misc]
        shown = response.context_data if isinstance(response, TemplateResponse) else None
        rows = shown.get("cl") if shown else None
        if self.about_people and isinstance(rows, RestrictedChangeList):
            found = list(rows.result_list)
            self.admin_site.note_list(
                request,
                kind=self.opts.model_name,
                details={
                    "filters": rows.active_filters,
                    "ordered": bool(rows.params.get(ORDER_VAR)),
                    "page": rows.page_num,
                    "rows": len(found),
                    "searched": bool(rows.query),
                },
                listed=self.listed(found),
            )
        return response
