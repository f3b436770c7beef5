from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import retry_job
from dsp_platform.roles import STEWARD, RoleAdmin


@admin.register(Job)
class JobAdmin(RoleAdmin, admin.ModelAdmin):
    view_roles = (STEWARD,)
    list_display = ("id", "kind", "state", "progress", "created_at", "heartbeat_at", "ended_at", "error")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("go_on",)

    def get_readonly_fields(self, request: HttpRequest, obj: Job | None = None) -> list[str]:
        return [field.name for field in Job._meta.fields]

    @admin.display(description=_("progress"))
    def progress(self, job: Job) -> str:
        if not job.total:
            return f"{job.done:,}"
        return format_html('<progress value="{}" max="{}"></progress> {}', job.done, job.total, job.done)

    @admin.action(description=_("Go on with failed jobs"))
    def go_on(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for job in queryset:
            retry_job(job=job)
