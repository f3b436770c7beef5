"""The preview of a rule on the page of a programme in the admin."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.eligibility.preview import audit_details, preview_rule
from registry.models import Programme
from registry.programmes.forms import PREVIEW, ProgrammeForm


class RulePreview:
    """Mixin for the ``ModelAdmin`` of programmes, put first; its form is ``ProgrammeForm``."""

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,
        obj: Programme | None = None,
        **kwargs: Any,
    ) -> HttpResponse:
        form = context["adminform"].form
        if request.method == "POST" and PREVIEW in request.POST and "rule" not in form.errors:
            self._try_out(request, form, obj)
        change_form = super().render_change_form  # type: ignore[misc]
        answer: HttpResponse = change_form(request, context, *args, obj=obj, **kwargs)
        return answer

    def _try_out(self, request: HttpRequest, form: ProgrammeForm, programme: Programme | None) -> None:
        text = form.cleaned_data.get("rule", "")
        if not text.strip():
            return
        form.fields["rule"].widget.preview = preview_rule(text, form.initial.get("rule") or "")
        audit.record(
            actor=cast(User, request.user),
            action="preview",
            subject_kind="programme",
            subject_id=programme.pk if programme else None,
            details=audit_details(text),
        )
