"""The preview of a rule on the page of a programme in the admin."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.eligibility.preview import audit_details, preview_rule
from registry.models import Programme
from registry.programmes.forms import PREVIEW


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
            text = form.cleaned_data.get("rule", "")
            if text.strip():
                form.fields["rule"].widget.preview = preview_rule(text, form.initial.get("rule") or "")
                audit.record(
                    actor=cast(User, request.user),
                    action="preview",
                    subject_kind="programme",
                    subject_id=obj.pk if obj else None,
                    details=audit_details(text),
                )
        change_form = super().render_change_form  # type: ignore[misc]
        answer: HttpResponse = change_form(request, context, *args, obj=obj, **kwargs)
        return answer
