from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.exchange.admin_base import steward_of
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.operations import overview
from dsp_platform.jobs import compare_action as compare_action
from dsp_platform.jobs import shown, words
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.release import release_held
from dsp_platform.jobs.services import retry_job
from dsp_platform.khmer.text import clean


@admin.register(Job)
class JobAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    view_roles = (STEWARD, AUDITOR)
    list_display = (
        "id", "work", "about", "state", "progress", "created_at", "heartbeat_at", "ended_at", "problem",
    )  # fmt: skip
    fields = (
        "id", "work", "about", "state", "progress", "result_in_words", "problem", "created_at", "creator",
        "heartbeat_at", "ended_at",
    )  # fmt: skip
    list_filter = ("state",)
    ordering = ("-id",)
    actions = ("go_on",)

    def get_readonly_fields(self, request: HttpRequest, obj: Job | None = None) -> tuple[str, ...]:
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        release = self.admin_site.admin_view(self.release)
        return [path("release/", release, name="jobs_job_release"), *super().get_urls()]

    @admin.display(description=gettext_lazy("work"))
    def work(self, job: Job) -> str:
        return words.work(job.kind)

    @admin.display(description=gettext_lazy("about"))
    def about(self, job: Job) -> str:
        return shown.about(job)

    @admin.display(description=Job._meta.get_field("created_by").verbose_name)
    def creator(self, job: Job) -> str:
        return staff_name(job.created_by)

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> str:
        return shown.bar(job)

    @admin.display(description=gettext_lazy("result"))
    def result_in_words(self, job: Job) -> str:
        return shown.result(job)

    @admin.display(description=gettext_lazy("error"))
    def problem(self, job: Job) -> str:
        return shown.problem(job)

    @admin.action(description=gettext_lazy("Go on with failed jobs"))
    def go_on(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for job in queryset:
            retry_job(job=job, actor=steward_of(request))

    def release(self, request: HttpRequest) -> HttpResponse:
        """All that an operator has held for one reason: asked first, with the number; then a job does it."""
        if not isinstance(request.user, User) or request.user.role != STEWARD:
            return HttpResponse(status=403)
        operator = Operator.objects.filter(pk=clean(request.POST.get("operator", ""))).first()
        if operator is None:
            return HttpResponseRedirect(reverse("admin:exchange_operator_changelist"))
        reason = clean(request.POST.get("reason", ""))
        held = {row.reason: row.rows for row in overview.held_by_reason(operator.pk)}
        back = reverse("admin:exchange_operator_change", args=[operator.pk])
        if not held.get(reason):
            self.message_user(request, _("Nothing is held for this reason any more."), messages.INFO)
            return HttpResponseRedirect(back)
        if "yes" in request.POST:
            with transaction.atomic():
                release_held(operator=operator.pk, reason=reason, rows=held[reason], actor=request.user)
            self.message_user(request, _("They are being released."), messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Release and try again?"),
            "operator": operator,
            "reason": reason,
            "text": reasons.in_words(reason),
            "advice": reasons.advice(reason),
            "rows": held[reason],
            "more": held[reason] >= overview.MOST_HELD,
            "back": back,
        }
        return TemplateResponse(request, "admin/jobs/job/release.html", context)
