"""Imports in the admin: upload, watch, read what was found, propose, undo. All works without a script."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.approval import services as approval
from dsp_platform.approval.selectors import pending_proposal
from dsp_platform.audit import services as audit
from dsp_platform.jobs.models import Job
from dsp_platform.uploads.handlers import MEGABYTE, refused_files, takes_files
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import bind, is_submitted, row_number
from registry.imports.runs import preview, refused_rows, selectors, services
from registry.imports.runs.forms import ReasonForm, UploadForm
from registry.imports.runs.progress import progress_of
from registry.imports.undoing import undoing
from registry.models import ImportRun

State = ImportRun.State
ACTS = ("propose", "go_on", "give_up", "undo", "resume")


@admin.register(ImportRun)
class ImportRunAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    view_roles = (STEWARD, AUDITOR)
    add_roles = (STEWARD,)
    list_display = ("file_name", "source", "state", "row_count", "uploaded_at", "uploader")
    list_filter = ("state", "source")
    list_select_related = ("source", "uploaded_by")
    ordering = ("-pk",)
    actions = None
    # Of no form: pages of their own show a run, services write it.
    fields = ("source",)

    @admin.display(description=gettext_lazy("uploaded by"))
    def uploader(self, run: ImportRun) -> str:
        return staff_name(run.uploaded_by)

    @admin.display(description=ImportRun._meta.get_field("rows").verbose_name)
    def row_count(self, run: ImportRun) -> str:
        return f"{run.rows:,}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/act/", view(self.act_view), name="registry_importrun_act"),
            path("<int:pk>/refused/", view(self.refused_view), name="registry_importrun_refused"),
            *super().get_urls(),
        ]

    @takes_files
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm()
        if is_submitted(request):
            form = UploadForm(request.POST, request.FILES)
            for refused in refused_files(request):
                form.add_error("file", str(refused))
            if form.is_valid() and (run := self._uploaded(request, form)):
                return redirect("admin:registry_importrun_change", run.pk)
        context = {
            **page_context(self, request, _("Import a file")),
            "form": form,
        }
        return TemplateResponse(request, "admin/registry/importrun/upload.html", context)

    def _uploaded(self, request: HttpRequest, form: UploadForm) -> ImportRun | None:
        source, file, actor = form.cleaned_data["source"], form.cleaned_data["file"], cast(User, request.user)
        try:
            if not file:
                return services.take_table(source=source, actor=actor)
            pieces = file.chunks(MEGABYTE)
            return services.upload(source=source, file_name=file.name, pieces=pieces, actor=actor)
        except NotApproved as refused:
            form.add_error("file", str(refused))
            return None

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self._found(request, object_id)
        actor = cast(User, request.user)
        audit.record(actor=actor, action="view", subject_kind="import", subject_id=run.pk)
        job = Job.objects.filter(pk=run.job_id or 0).first()
        is_steward = actor.role == STEWARD
        context = {
            **page_context(self, request, str(run)),
            "run": run,
            "uploader": staff_name(run.uploaded_by),
            "continued_by": staff_name(run.continued_by),
            "approver": staff_name(run.approved_by),
            "works": run.state in ImportRun.WORKING,
            "progress": progress_of(job) if job and run.state in ImportRun.WORKING else None,
            "failed": bool(job and job.state == Job.State.FAILED),
            "reason": preview.reason_in_words(run.reason),
            "notes": list(preview.notes_in_words(run)),
            "outcomes": preview.outcomes_in_words(run),
            "conflicts": selectors.has_open_conflicts(run),
            "findings": preview.findings_in_words(run, values=is_steward),
            "examples": [] if run.purged_at or not is_steward else selectors.examples_of(run),
            "proposal": pending_proposal(services.IMPORT, str(run.pk)),
            "read": approval.state_digest(services.IMPORT, services.APPLY, str(run.pk)),
            "may_act": is_steward,
            "may_undo": run.state == State.APPLIED and undoing.is_in_time(run),
            "form": ReasonForm(),
        }
        return TemplateResponse(request, "admin/registry/importrun/run.html", context)

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:registry_importrun_change", self._found(request, object_id).pk)

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run, actor, act = self._found(request, str(pk)), cast(User, request.user), request.POST.get("act", "")
        if actor.role != STEWARD:
            raise PermissionDenied
        if request.method != "POST" or act not in ACTS:
            return redirect("admin:registry_importrun_change", run.pk)
        form = bind(ReasonForm, request)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        try:
            if act == "propose":
                read = request.POST.get("read", "")
                proposal = services.propose(run=run, actor=actor, reason=reason, read=read)
                return redirect("admin:approval_proposal_change", proposal.pk)
            if act == "undo":
                proposal = services.propose_undo(run=run, actor=actor, reason=reason)
                return redirect("admin:approval_proposal_change", proposal.pk)
            if act == "go_on":
                services.go_on(run=run, actor=actor, reason=reason)
            elif act == "give_up":
                services.give_up(run=run, actor=actor)
            else:
                services.resume(run=run, actor=actor)
        except (NotApproved, ValidationError) as refused:
            words = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            messages.warning(request, " ".join(words))
        return redirect("admin:registry_importrun_change", run.pk)

    def refused_view(self, request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
        run, actor = self._found(request, str(pk)), cast(User, request.user)
        if actor.role != STEWARD:
            raise PermissionDenied
        kind = request.GET.get("file", "csv")
        if kind not in refused_rows.FILES:
            raise Http404
        audit.record(actor=actor, action="export_refused", subject_kind="import", subject_id=run.pk)
        pieces = refused_rows.FILES[kind](run, get_language() or "km")
        answer = StreamingHttpResponse(pieces, content_type=refused_rows.MIME_TYPES[kind])
        answer["Content-Disposition"] = f'attachment; filename="refused-{run.pk}.{kind}"'
        answer["Cache-Control"] = "no-store"
        return answer

    def _found(self, request: HttpRequest, pk: str) -> ImportRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = row_number(pk)
        rows = ImportRun.objects.select_related("source", "uploaded_by", "continued_by", "approved_by")
        run = None if number is None else rows.filter(pk=number).first()
        if run is None:
            raise Http404
        return run
