"""Optimistic locking for forms of the admin: none overwrites a change made since it was opened."""

import json
from typing import Any, cast

from django import forms
from django.contrib.admin.utils import display_for_field, flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError
from django.db.models import Model
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from dsp_platform.web.errors import NotApproved
from dsp_platform.web.forms import CleanTextForm

DIGEST_FIELD = "_seen"
CHANGED = "changed"
EMPTY = "–"


class OptimisticLocking:
    """Mixin for ``ModelAdmin``, put first. Each form carries a digest of the values it was opened with.

    The digest covers what the form can change, its inlines' rows, and ``also_compared``. It is compared while
    the row is locked. Whoever saves second sees the present values and keeps what was typed.

    Where a unique value was taken meanwhile (IntegrityError) or a change cannot be proposed (NotApproved),
    the form is validated again, against the present rows.
    """

    also_compared: tuple[str, ...] = ()
    """Further columns whose change refuses the form, such as ``state``."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if object_id and self.has_change_permission(request):  # type: ignore[attr-defined]
            row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
            if row is not None and self.has_change_permission(request, row):  # type: ignore[attr-defined]
                # Before Django reads the row it shows, so that a change in between is detected.
                cast(Any, request).seen = request.POST.get(DIGEST_FIELD) or self.digest(request, row)
        page = super().changeform_view  # type: ignore[misc]
        try:
            return cast(HttpResponse, page(request, object_id, *args, **kwargs))
        except IntegrityError:
            if request.method != "POST":
                raise
        except NotApproved as refused:
            cast(Any, request).refused = str(refused)
        return cast(HttpResponse, page(request, object_id, *args, **kwargs))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["seen"] = getattr(request, "seen", "")
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        page = self

        class LockedForm(CleanTextForm, form):  # type: ignore[misc,valid-type]
            def clean(self) -> Any:
                cleaned = super().clean()
                if refused := getattr(request, "refused", ""):
                    self.add_error(None, refused)
                if change and obj is not None:
                    page.refuse_if_changed(request, self, obj)
                return cleaned

        return LockedForm

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """For inlines; ``ModelAdmin`` has no such method."""
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        form = formset.form

        class LockedForm(CleanTextForm, form):  # type: ignore[misc,valid-type]
            pass

        formset.form = LockedForm
        return formset

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Write only the changed columns, so that columns not on the form are not reset to older values."""
        obj.save(update_fields=columns(form.changed_data, obj) if change else None)

    def refuse_if_changed(self, request: HttpRequest, form: forms.ModelForm, row: Model) -> None:
        """Lock the row until the transaction ends. Raises ValidationError."""
        now = type(row)._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
        digest = self.digest(request, row)
        if constant_time_compare(request.POST.get(DIGEST_FIELD, ""), digest):
            return
        # The page that is sent now shows these values, so they may be overwritten.
        cast(Any, request).seen = digest
        message = _(
            "Somebody else changed this since you opened it. Nothing was saved. What you typed is still "
            "here; if you save again, it takes the place of what stands there now."
        )
        errors = [ValidationError(message, code=CHANGED)]
        for field in now._meta.concrete_fields:
            value = getattr(now, field.name)
            if field.name in form.fields and form.cleaned_data.get(field.name) != value:
                shown = display_for_field(value, field, EMPTY)
                params = {"field": form.fields[field.name].label, "value": shown}
                errors.append(ValidationError(_("%(field)s is now: %(value)s") % params, code=CHANGED))
        raise ValidationError(errors)

    def digest(self, request: HttpRequest, row: Model) -> str:
        names = flatten_fieldsets(self.get_fieldsets(request, row))  # type: ignore[attr-defined]
        readonly = self.get_readonly_fields(request, row)  # type: ignore[attr-defined]
        editable = columns(set(names) - set(readonly), row)
        own = [*editable, *self.also_compared]
        state: list[Any] = [list(type(row)._base_manager.filter(pk=row.pk).values_list("pk", *own))]
        for inline in self.get_inline_instances(request, row):  # type: ignore[attr-defined]
            if inline.has_change_permission(request, row):
                key = _get_foreign_key(type(row), inline.model, fk_name=inline.fk_name)
                shown = columns(inline.get_formset(request, row).form.base_fields, inline.model)
                rows = inline.model._base_manager.filter(**{key.attname: row.pk}).order_by("pk")
                state.append(list(rows.values_list("pk", *shown)))
        text = json.dumps([str(row.pk), own, state], cls=DjangoJSONEncoder, sort_keys=True)
        return salted_hmac(f"dsp_platform.seen.{row._meta.label}", text, algorithm="sha256").hexdigest()


def columns(names: Any, model: Any) -> list[str]:
    """Those of the names that are columns of the model, in the model's order."""
    return [field.name for field in model._meta.concrete_fields if field.name in set(names)]
