"""The questions of a programme in the admin: add, order, edit, see as the citizen will, propose."""

from dataclasses import asdict
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.pages import PageAdmin, page_context
from dsp_platform.admin.roles import AUDITOR, CATALOGUE_EDITOR, STEWARD
from dsp_platform.approval.selectors import pending_proposal
from dsp_platform.casework.pages import staff
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import bind, is_submitted, row_number
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from registry.models import Programme, ProgrammeQuestion
from registry.programmes.drafting import drafts_questions, programmes_read_by
from registry.programmes.questions import conditions, services
from registry.programmes.questions.admin_forms import ProgrammeQuestionForm, PublishForm, words_of
from registry.programmes.questions.changes import KIND, limits_in_words
from registry.programmes.questions.definition import described, draft_of, version_of
from registry.programmes.questions.forms import AnswerForm


@admin.register(ProgrammeQuestion)
class QuestionAdmin(PageAdmin):
    about_people = False
    view_roles = (AUDITOR,)
    change_roles = (STEWARD, CATALOGUE_EDITOR)

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "of": ("programme/<int:pk>/", self.of_view),
            "new": ("programme/<int:pk>/add/", self.new_view),
            "preview": ("programme/<int:pk>/preview/", self.preview_view),
            "bank_new": ("bank/add/", self.bank_new_view),
            "edit": ("<int:pk>/edit/", self.edit_view),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"registry_programmequestion_{name}")
            for name, (route, view) in pages.items()
        ]
        # Not Django's own pages of a row, which are read by ``<path:object_id>``.
        return [
            *own,
            path(
                "",
                self.admin_site.admin_view(self.changelist_view),
                name="registry_programmequestion_changelist",
            ),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """Which programmes ask what, and the bank."""
        if "remove" in request.POST:
            self._remove(request, None)
            return redirect("admin:registry_programmequestion_changelist")
        programmes = [
            (one, version_of(one), one.questions.count(), pending_proposal(KIND, str(one.pk)))
            for one in programmes_read_by(staff(request)).select_related("operator")
        ]
        bank = ProgrammeQuestion.objects.filter(programme=None).prefetch_related("asked_in__programme")
        return self._page(
            request,
            "list",
            _("Questions of programmes"),
            programmes=programmes,
            bank=bank,
            may_change=drafts_questions(staff(request), None),
        )

    def of_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The draft of one programme, and beside it what holds now."""
        self._require_reader(request)
        programme = self._programme(request, pk)
        form = bind(PublishForm, request)
        draft, held = draft_of(programme), version_of(programme)
        digest = digest_of([asdict(one) for one in draft], held.number if held else 0)
        if is_submitted(request):
            self._require_writer(request)
        if is_sent_as_shown(request, digest):
            if "propose" not in request.POST:
                self._reorder(request, programme)
                return redirect("admin:registry_programmequestion_of", programme.pk)
            if (
                staff(request).is_steward
                and form.is_valid()
                and (answer := self._propose(request, programme, form))
            ):
                return answer
        rows = [
            {
                "row": row,
                "asked": asked,
                "kind": ProgrammeQuestion.Kind(asked.kind).label,
                "limits": limits_in_words(asked),
                "condition": conditions.in_words(asked.condition, draft[:number]),
            }
            for number, (row, asked) in enumerate(zip(programme.questions.all(), draft, strict=True))
        ]
        is_published = [described(row) for row in programme.questions.select_related("shared")] == (
            held.questions if held else []
        )
        return self._page(
            request,
            "of",
            _("Questions of %(programme)s") % {"programme": programme},
            programme=programme,
            rows=rows,
            held=held,
            digest=digest,
            form=form if not is_published and staff(request).is_steward else None,
            is_published=is_published,
        )

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pages of the citizen, one below the other, in the language of the address."""
        self._require_reader(request)
        programme = self._programme(request, pk)
        draft = draft_of(programme)
        shown = [
            {
                "asked": one,
                "form": AnswerForm(asked=one, may_keep=one.shared is not None, prefix=one.name),
                "condition": conditions.in_words(one.condition, draft[:number]),
            }
            for number, one in enumerate(draft)
        ]
        context = {"programme": programme, "shown": shown}
        return TemplateResponse(request, "registry/programmes/questions/preview.html", context)

    def new_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require_writer(request)
        programme = self._programme(request, pk)
        return self._edit(request, ProgrammeQuestion(programme=programme), programme)

    def bank_new_view(self, request: HttpRequest) -> HttpResponse:
        return self._edit(request, ProgrammeQuestion(), None)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require_writer(request)
        found = ProgrammeQuestion.objects.select_related("programme", "shared").filter(pk=pk).first()
        if found is None:
            raise Http404
        if found.programme is not None:
            self._programme(request, found.programme.pk)
        return self._edit(request, found, found.programme)

    def _edit(
        self, request: HttpRequest, question: ProgrammeQuestion, programme: Programme | None
    ) -> HttpResponse:
        self._require_writer(request)
        if not drafts_questions(staff(request), programme):
            raise PermissionDenied
        digest = digest_of(described(question) if question.pk else None)
        form = bind(ProgrammeQuestionForm, request, instance=question, programme=programme)
        if is_sent_as_shown(request, digest) and form.is_valid():
            try:
                services.save_question(question=form.save(commit=False), actor=cast(User, request.user))
            except ValidationError as error:
                form.add_error(None, words_of(error))
            else:
                messages.success(request, _("Saved. Citizens are asked it once a second steward has agreed."))
                if programme is None:
                    return redirect("admin:registry_programmequestion_changelist")
                return redirect("admin:registry_programmequestion_of", programme.pk)
        title = str(question) if question.pk else _("A new question")
        return self._page(request, "edit", title, form=form, programme=programme, digest=digest)

    def _reorder(self, request: HttpRequest, programme: Programme) -> None:
        if "remove" in request.POST:
            self._remove(request, programme)
            return
        moved = request.POST.get("up") or request.POST.get("down") or ""
        question = programme.questions.filter(pk=row_number(moved) or 0).first()
        if question is None:
            return
        try:
            services.move_question(question=question, up="up" in request.POST, actor=cast(User, request.user))
        except ValidationError as error:
            messages.error(request, words_of(error))

    def _remove(self, request: HttpRequest, programme: Programme | None) -> None:
        self._require_writer(request)
        pk = row_number(request.POST["remove"]) or 0
        question = ProgrammeQuestion.objects.filter(pk=pk, programme=programme).first()
        if question is None:
            return
        try:
            services.remove_question(question=question, actor=cast(User, request.user))
        except ValidationError as error:
            messages.error(request, words_of(error))
        else:
            messages.success(request, _("The question was removed."))

    def _propose(self, request: HttpRequest, programme: Programme, form: Any) -> HttpResponse | None:
        try:
            proposal = services.propose_questions(
                programme=programme, actor=cast(User, request.user), reason=form.cleaned_data["reason"]
            )
        except NotApproved as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, words_of(error))
        else:
            return redirect("admin:approval_proposal_change", proposal.pk)
        return None

    def _programme(self, request: HttpRequest, pk: int) -> Programme:
        found = programmes_read_by(staff(request)).select_related("operator").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        shown = {
            **page_context(self, request, title),
            "may_change": self.has_change_permission(request),
            **context,
        }
        return TemplateResponse(request, f"admin/registry/programmequestion/{name}.html", shown)

    def _require_reader(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _require_writer(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
