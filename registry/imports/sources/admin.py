"""Sources of imports in the admin: drafting, proposing that a draft is put in force, stopping."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.codes import CodeFromName
from dsp_platform.admin.json_rows import RowsField
from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.approval.errors import NobodyCanApprove
from dsp_platform.casework.forms import LinesField
from dsp_platform.exchange.mapping.words import labelled_lines
from dsp_platform.translations.label import labelled
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import bind
from registry.imports.mapping.problems import located_problems
from registry.imports.sources import approvals, services
from registry.imports.sources.forms import TrustField
from registry.imports.sources.labels import mapping_lines, trust_lines
from registry.imports.sources.mapping_rows import sheet_of
from registry.models import ImportSource

State = ImportSource.State


class SourceForm(CodeFromName):
    class Meta:
        help_texts: ClassVar[dict[str, Any]] = {
            "programme": gettext_lazy(
                "Whoever comes in from this source is enrolled in it. Empty: nobody is enrolled."
            ),
            "rank": gettext_lazy(
                "1 is trusted most. Of two sources that disagree the lower number is believed."
            ),
            "trust": gettext_lazy(
                "Of people who are registered already: what it fills where nothing is known, what it may "
                "replace that another source said; and from how many percent of refused rows or likely "
                "doubles an import stops. What people told is never replaced."
            ),
            "mapping": gettext_lazy(
                "Which column of the file holds what, by its heading in the file. What the file does not "
                "have stays empty. Examples stand below."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "mapping" in self.fields:
            self.fields["mapping"].use(sheet_of(self.instance.mapping))  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Problems of the mapping stand at their rows, each in a sentence that names the place."""
        super()._post_clean()  # type: ignore[misc]
        if "mapping" in self.cleaned_data:
            located = located_problems(self.cleaned_data["mapping"])
            self.fields["mapping"].sheet.place(located)  # type: ignore[attr-defined]
        for field, problems in services.problems_of(self.instance).items():
            if field in self.fields and field not in self.errors:
                self.add_error(field, problems)


class ProposeForm(forms.Form):
    reason = LinesField(
        label=gettext_lazy("reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("For whoever approves it: which file it is for, and who agreed to it."),
    )


@admin.register(ImportSource)
class ImportSourceAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    also_compared = ("state",)
    form = SourceForm
    view_roles = (STEWARD, AUDITOR)
    change_roles = add_roles = (STEWARD,)
    list_display = ("name", "code", "operator", "state", "rank", "valid_from", "valid_to")
    list_select_related = ("operator",)
    actions = None
    change_form_template = "admin/registry/importsource/change_form.html"
    in_words: ClassVar[dict[str, str]] = {
        "mapping": "mapping_in_words",
        "trust": "trust_in_words",
        "drafted_by": "drafter",
        "approved_by": "approver",
    }
    shown = (*services.DRAFTED, "state", "drafted_by", "approved_by", "approved_at")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        own = {"trust": TrustField, "mapping": RowsField}.get(db_field.name)
        if own is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        help_text = self.form.Meta.help_texts[db_field.name]
        return own(label=capfirst(db_field.verbose_name), help_text=help_text)

    def get_fields(self, request: HttpRequest, obj: ImportSource | None = None) -> list[Any]:
        if obj is None:
            return list(services.DRAFTED)
        edited = services.DRAFTED if self.has_change_permission(request, obj) else ()
        return [name if name in edited else self.in_words.get(name, name) for name in self.shown]

    def get_readonly_fields(self, request: HttpRequest, obj: ImportSource | None = None) -> list[Any]:
        edited = list(services.DRAFTED) if obj is None or self.has_change_permission(request, obj) else []
        if obj and obj.approved_at:  # its code stands with what it told of people
            edited = [name for name in edited if name != "code"]
        return [name for name in self.get_fields(request, obj) if name not in edited]

    @admin.display(description=gettext_lazy("columns"))
    def mapping_in_words(self, source: ImportSource) -> SafeString | str:
        return labelled_lines(mapping_lines(source.mapping))

    @admin.display(description=gettext_lazy("what it may write"))
    def trust_in_words(self, source: ImportSource) -> SafeString | str:
        return labelled_lines(trust_lines(source.trust))

    @admin.display(description=gettext_lazy("drafted by"))
    def drafter(self, source: ImportSource) -> str:
        return staff_name(source.drafted_by)

    @admin.display(description=gettext_lazy("approved by"))
    def approver(self, source: ImportSource) -> str:
        return staff_name(source.approved_by)

    def has_change_permission(self, request: HttpRequest, obj: ImportSource | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state == State.DRAFT)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With an example of a mapping for each kind of source."""
        km = get_language() == "km"
        context["examples"] = [
            {
                "name": entry["name_km"] if km else entry["name_en"],
                "lines": [labelled(*line) for line in mapping_lines(entry["mapping"]) if line[1]],
            }
            for entry in services.seeds()
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: ImportSource, form: ModelForm, change: bool) -> None:
        services.save_draft(source=obj, actor=cast(User, request.user))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/begin/", view(self.begin_view), name="registry_importsource_begin"),
            path("<int:pk>/stop/", view(self.stop_view), name="registry_importsource_stop"),
            *super().get_urls(),
        ]

    def begin_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the text and proposes; a second person approves."""
        source = self._found(request, pk, State.DRAFT)
        actor = cast(User, request.user)
        form = bind(ProposeForm, request) if request.method == "POST" else ProposeForm()
        if request.method == "POST" and form.is_valid():
            try:
                proposal = approvals.propose_begin(
                    source=source,
                    actor=actor,
                    read=request.POST.get("read", ""),
                    reason=form.cleaned_data["reason"],
                )
            except NotApproved as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("It waits for a second person."))
                return redirect("admin:approval_proposal_change", proposal.pk)
        # The digest before the text: a change in between then makes the proposal fail as not read.
        read = approvals.text_read(source)
        source.refresh_from_db()
        could = approvals.could_approve(source, actor)
        context = {
            **self._context(request, source, _("Put this source in force?")),
            "form": form,
            "read": read,
            "lines": approvals.text_in_words(source),
            "consequences": approvals.what_it_allows(),
            "could_approve": could,
            "nobody": "" if could else str(NobodyCanApprove()),
        }
        return TemplateResponse(request, "admin/registry/importsource/propose.html", context)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks, then stops: less may be done than before, so one person is enough."""
        source = self._found(request, pk, State.APPROVED)
        if request.method == "POST":
            services.stop(source=source, actor=cast(User, request.user))
            messages.success(request, _("It is a draft again. Nothing is imported from it."))
            return redirect("admin:registry_importsource_change", source.pk)
        context = self._context(request, source, _("Stop this source?"))
        return TemplateResponse(request, "admin/registry/importsource/stop.html", context)

    def _found(self, request: HttpRequest, pk: int, state: str) -> ImportSource:
        if not super().has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(ImportSource.objects.select_related("operator"), pk=pk, state=state)

    def _context(self, request: HttpRequest, source: ImportSource, title: str) -> dict[str, Any]:
        return {**page_context(self, request, title), "source": source}
