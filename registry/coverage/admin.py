"""Lists for stewards: who gets several supports, and who gets none though likely; by area, then by person."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import PageAdmin, page_context
from dsp_platform.admin.roles import STEWARD
from dsp_platform.audit import services as audit
from dsp_platform.web.forms import row_number
from dsp_platform.web.small_counts import few
from registry.areas.labels import area_path
from registry.coverage import selectors
from registry.models import Area, CoverageCount, Programme
from registry.persons.admin import reason_page
from registry.persons.conflicts import conflicts_among
from registry.persons.labels import VIEW_REASONS
from registry.programmes.selectors import published

PAGE = 50
Kind = CoverageCount.Kind


@admin.register(CoverageCount)
class CoverageAdmin(PageAdmin):
    view_roles = (STEWARD,)
    parameters = ("kind", "programme", "area", "reason", "after")

    def page(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", Kind.SEVERAL.value)
        if kind not in Kind.values:
            raise Http404
        programme = _programme(request.GET.get("programme", ""))
        area = _area(request.GET.get("area", ""))
        chosen = {"kind": kind}
        if programme:
            chosen["programme"] = programme.code
        if area and area.level == Area.Level.COMMUNE:
            return self._persons(request, kind, programme, area, {**chosen, "area": area.code})
        return self._areas(request, kind, programme, area, chosen)

    def _areas(
        self,
        request: HttpRequest,
        kind: str,
        programme: Programme | None,
        area: Area | None,
        chosen: Mapping[str, str],
    ) -> HttpResponse:
        """Counts only."""
        here = {"area": area.code} if area else {}
        totals = selectors.totals()
        kinds = [(_query(kind=one.value), one.label, one == kind) for one in Kind]
        programmes = [
            (_query(kind=kind, programme=one.code, **here), one.name, one == programme)
            for one in published().order_by("code")
            if totals.get((kind, one.pk))
        ]
        counts = selectors.counts_within(kind, programme, area.code if area else "")
        context = {
            **self._context(request, kind, programme, area),
            "kinds": kinds,
            "programmes": [(_query(kind=kind, **here), _("all programmes"), programme is None), *programmes],
            "counts": [
                (_query(**chosen, area=one.area.code), one.area.name, few(one.persons)) for one in counts
            ],
            "total": few(sum(one.persons for one in counts)) if counts else "",
            "counted_at": selectors.counted_at(),
        }
        return TemplateResponse(request, "admin/registry/coveragecount/areas.html", context)

    def _persons(
        self,
        request: HttpRequest,
        kind: str,
        programme: Programme | None,
        area: Area,
        chosen: Mapping[str, str],
    ) -> HttpResponse:
        """Of one commune, for a reason that each person can see."""
        reason = request.GET.get("reason", "")
        if reason not in VIEW_REASONS:
            return reason_page(self, request, _("Why do you look at these records?"), kept=chosen)
        after = row_number(request.GET.get("after", "")) or 0
        page = selectors.page_of(kind, programme, area.code, after=after, most=PAGE + 1)
        actor, shown = cast(User, request.user), page[:PAGE]
        unread = conflicts_among(actor, {one.person.pk for one in shown})
        read = [one for one in shown if one.person.pk not in unread]
        audit.record_listed(
            actor=actor,
            subject_kind="person",
            subject_ids=[one.person.pk for one in read],
            reason=reason,
        )
        more = _query(**chosen, reason=reason, after=str(shown[-1].person.pk)) if len(page) > PAGE else ""
        context = self._context(request, kind, programme, area)
        context |= {"rows": read, "unread": len(unread), "reason": reason, "more": more}
        return TemplateResponse(request, "admin/registry/coveragecount/persons.html", context)

    def _context(
        self, request: HttpRequest, kind: str, programme: Programme | None, area: Area | None
    ) -> dict[str, Any]:
        return {
            **page_context(self, request, self.opts.verbose_name_plural),
            "kind": str(Kind(kind).label),
            "programme": programme.name if programme else "",
            "area": area_path(area) if area else "",
            "back": _query(kind=kind, **({"programme": programme.code} if programme else {})),
        }


def _query(**values: str) -> str:
    return "?" + urlencode(values)


def _programme(code: str) -> Programme | None:
    found = published().filter(code=code).first() if code else None
    if code and found is None:
        raise Http404
    return found


def _area(code: str) -> Area | None:
    """A province, district or commune."""
    if not code:
        return None
    levels = [Area.Level.PROVINCE, Area.Level.DISTRICT, Area.Level.COMMUNE]
    areas = Area.objects.select_related("parent__parent__parent").filter(level__in=levels)
    found = areas.filter(code=code).first() if code.isascii() and code.isdecimal() else None
    if found is None:
        raise Http404
    return found
