"""Lists of the admin whose pages are found by the last row of the page before.

Each page is read by an index, the hundredth as fast as the first, and nothing is counted.
"""

from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import QuerySet
from django.http import HttpRequest

from dsp_platform.admin.lists import RestrictedChangeList
from dsp_platform.web.keyset import Place, beyond

AFTER, BEFORE = "after", "before"


class KeysetChangeList(RestrictedChangeList):
    """Of rows sorted by a time that none lacks and the key, both in one direction."""

    is_keyset = True
    next_page: Place | None
    previous_page: Place | None

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        asked = request.POST if request.method == "POST" else request.GET
        self.after, self.before = asked.get(AFTER, ""), asked.get(BEFORE, "")
        for name in (AFTER, BEFORE):
            for words in (self.params, self.filter_params):
                words.pop(name, None)
        return super().get_queryset(request, exclude_parameters)

    @property
    def has_more(self) -> bool:
        return False

    def get_results(self, request: HttpRequest) -> None:
        found, more = self._read()
        is_first = not (self.after or (self.before and more))
        self.previous_page = None if is_first or not found else self._place(found[0])
        self.next_page = self._place(found[-1]) if found and (more or self.before) else None
        if is_first:
            self.page_num = 1
        self.result_list: Any = found
        self.result_count = len(found)
        self.full_result_count = None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)

    def _read(self) -> tuple[list[Any], bool]:
        """The rows of the page, and whether there are more in the direction in which they were read."""
        rows = self.queryset
        if self.before:
            rows = beyond(rows.reverse(), Place.read(self.before), forward=False)
        elif self.after:
            rows = beyond(rows, Place.read(self.after))
        read = list(rows[: self.list_per_page + 1])
        found = read[: self.list_per_page]
        return found[::-1] if self.before else found, len(read) > len(found)

    def _place(self, row: Any) -> Place:
        return Place.of(self.queryset, row)

    @property
    def first_link(self) -> str:
        return self.get_query_string()

    @property
    def next_link(self) -> str:
        return self._link(AFTER, self.next_page, 1)

    @property
    def previous_link(self) -> str:
        return self._link(BEFORE, self.previous_page, -1)

    def _link(self, name: str, place: Place | None, step: int) -> str:
        number = max(self.page_num + step, 1)
        return self.get_query_string({name: str(place), PAGE_VAR: number}) if place else ""
