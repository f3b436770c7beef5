"""The desk of stewards where import sources contradict the record: by source and field, decided one by one or
all alike."""

from typing import cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import PageAdmin, page_context
from dsp_platform.admin.roles import STEWARD
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import is_submitted, row_number
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from registry.models import SourceConflict
from registry.persons.admin import reason_page
from registry.persons.conflicts import conflicts_among
from registry.persons.labels import VIEW_REASONS
from registry.provenance.columns import TAKEN_AT_ONCE, text_on_record
from registry.provenance.deciding import decide_conflict
from registry.provenance.job import decide_all
from registry.provenance.labels import column_label, in_words, source_in_words
from registry.provenance.selectors import Group, groups, page_of

PAGE = 50
DECISIONS = {"take": True, "keep": False}


def _said_of(decided: SourceConflict) -> str:
    if decided.asked is None:
        return str(decided.get_state_display())
    words = _("The commune was asked: %(reference)s. The conflict ends by itself once both say the same.")
    return words % {"reference": decided.asked.reference}


@admin.register(SourceConflict)
class SourceConflictAdmin(PageAdmin):
    view_roles = (STEWARD,)
    parameters = ("source", "field", "reason", "after")

    def page(self, request: HttpRequest) -> HttpResponse:
        found = groups()
        named = request.GET.get("source", ""), request.GET.get("field", "")
        group = next((one for one in found if (one.source, one.field) == named), None)
        if group is None:
            return self._groups(request, found)
        if request.GET.get("reason", "") not in VIEW_REASONS:
            return self._reason(request, group)
        if is_submitted(request):
            return self._decide(request, group)
        return self._rows(request, group)

    def _groups(self, request: HttpRequest, found: list[Group]) -> HttpResponse:
        rows = [
            (one, source_in_words(one.source), column_label(one.field), self._address(one)) for one in found
        ]
        context = {**page_context(self, request, self.opts.verbose_name_plural), "groups": rows}
        return TemplateResponse(request, "admin/registry/sourceconflict/groups.html", context)

    def _reason(self, request: HttpRequest, group: Group) -> HttpResponse:
        title, kept = _("Why do you look at these records?"), {"source": group.source, "field": group.field}
        return reason_page(self, request, title, kept=kept)

    def _rows(self, request: HttpRequest, group: Group) -> HttpResponse:
        after = row_number(request.GET.get("after", "")) or 0
        page = page_of(group.source, group.field, after=after, most=PAGE + 1)
        shown, actor = page[:PAGE], cast(User, request.user)
        unread = conflicts_among(actor, {one.person_id for one in shown})
        read = [one for one in shown if one.person_id not in unread]
        audit.record_listed(
            actor=actor,
            subject_kind="person",
            subject_ids=[one.person_id for one in read],
            reason=request.GET["reason"],
        )
        rows = [
            {
                "conflict": one,
                "on_record": in_words(group.field, text_on_record(one.person, group.field)),
                "in_source": in_words(group.field, one.in_source),
            }
            for one in read
        ]
        context = {
            **page_context(self, request, f"{source_in_words(group.source)}: {column_label(group.field)}"),
            "group": group,
            "rows": rows,
            "unread": len(unread),
            "may_take_all": group.field in TAKEN_AT_ONCE,
            "reason": request.GET["reason"],
            "next": self._address(group, reason=request.GET["reason"], after=str(shown[-1].pk))
            if len(page) > PAGE
            else "",
        }
        return TemplateResponse(request, "admin/registry/sourceconflict/rows.html", context)

    def _decide(self, request: HttpRequest, group: Group) -> HttpResponse:
        decision, actor = request.POST.get("decision", ""), cast(User, request.user)
        take = DECISIONS.get(decision.removesuffix("_all"))
        if take is None:
            raise Http404
        if decision.endswith("_all"):
            if take and group.field not in TAKEN_AT_ONCE:
                raise Http404
            return self._decide_all(request, group, take)
        number = row_number(request.POST.get("conflict", "")) or 0
        waiting = SourceConflict.objects.filter(source=group.source, field=group.field)
        conflict = waiting.select_related("person").filter(pk=number).first()
        if conflict is None:
            raise Http404
        try:
            with refusals_recorded(request, "person", conflict.person_id):
                decided = decide_conflict(conflict=conflict, take=take, actor=actor)
        except (StepRefused, ValidationError) as error:
            why = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.warning(request, " ".join(why))
        else:
            messages.success(request, _said_of(decided))
        return redirect(request.get_full_path())

    def _decide_all(self, request: HttpRequest, group: Group, take: bool) -> HttpResponse:
        """Asked first, with the number; what is found later than it was shown is not decided with it."""
        digest = digest_of(group.source, group.field, group.count, group.newest, take)
        if "yes" in request.POST and is_sent_as_shown(request, digest):
            job = decide_all(
                source=group.source,
                field=group.field,
                take=take,
                shown=group.newest,
                actor=cast(User, request.user),
            )
            messages.success(request, _("They are being decided."))
            return redirect("admin:jobs_job_change", job.pk)
        context = {
            **page_context(self, request, _("Decide all of them alike?")),
            "group": group,
            "source": source_in_words(group.source),
            "field": column_label(group.field),
            "decision": request.POST["decision"],
            "take": take,
            "digest": digest,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/registry/sourceconflict/all.html", context)

    def _address(self, group: Group, **more: str) -> str:
        query = urlencode({"source": group.source, "field": group.field, **more})
        return f"{reverse('admin:registry_sourceconflict_changelist')}?{query}"
