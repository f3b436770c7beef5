from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.casework.pages import staff
from dsp_platform.jobs import labels
from dsp_platform.jobs.kinds import kinds
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import retry_job


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

    @admin.display(description=gettext_lazy("work"))
    def work(self, job: Job) -> str:
        return str(kinds.of(job.kind).title)

    @admin.display(description=gettext_lazy("about"))
    def about(self, job: Job) -> str:
        return labels.about(job)

    @admin.display(description=Job._meta.get_field("created_by").verbose_name)
    def creator(self, job: Job) -> str:
        return staff_name(job.created_by)

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> str:
        return labels.bar(job)

    @admin.display(description=gettext_lazy("result"))
    def result_in_words(self, job: Job) -> str:
        return labels.result(job)

    @admin.display(description=gettext_lazy("error"))
    def problem(self, job: Job) -> str:
        return labels.problem(job)

    @admin.action(description=gettext_lazy("Go on with failed jobs"))
    def go_on(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for job in queryset:
            retry_job(job=job, actor=staff(request))
