"""The page of a programme in the admin: texts of a draft are saved, all else becomes a proposal."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.selectors import reason_blocked
from dsp_platform.approval.validity import broken_by
from dsp_platform.khmer.text import clean_lines
from dsp_platform.web.errors import NotApproved
from registry.models import Programme
from registry.programmes.catalogue import save_programme
from registry.programmes.changes import (
    GUARDED,
    OF_A_DRAFT,
    PROGRAMME,
    described,
    guarded,
    propose_programme_change,
)
from registry.programmes.forms import NO_REASON, ProgrammeForm


class BenefitFormSet(BaseInlineFormSet):
    """Invalid, with the input kept, where another change of the programme is already proposed."""

    def clean(self) -> None:
        super().clean()
        programme = self.instance
        if not self.has_changed():
            return
        if not clean_lines(self.data.get("reason", "")):
            raise ValidationError(NO_REASON)
        about = PROGRAMME, str(programme.pk)
        if why := reason_blocked(*about) or broken_by(*about, {"benefits"}):
            raise ValidationError(str(why))

    def wanted(self) -> list[dict[str, Any]]:
        """All amounts that there will be, in the order of their rows. Nothing is saved."""
        typed = self.save(commit=False)
        gone = {benefit.pk for benefit in self.deleted_objects}
        edited = {benefit.pk: benefit for benefit in typed if benefit.pk}
        existing = self.instance.benefits.exclude(pk__in=gone).order_by("pk")
        kept = [described(edited.get(benefit.pk, benefit)) for benefit in existing]
        new = [described(benefit) for benefit in typed if not benefit.pk]
        # Django would note these in the history of the object, but nothing is saved yet.
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return kept + new


class ProposedChanges:
    """Mixin for the ``ModelAdmin`` of programmes, put first."""

    def get_readonly_fields(self, request: HttpRequest, obj: Programme | None = None) -> tuple[str, ...]:
        """The operator is never changed: its reviewers could read every application."""
        return ("rule_version", *(("code", "operator", "payer") if obj else ("state",)))

    def save_model(self, request: HttpRequest, obj: Programme, form: ModelForm, change: bool) -> None:
        typed = cast(ProgrammeForm, form)
        if not change:
            obj.state = Programme.State.DRAFT  # publishing takes two stewards
        typed.proposed = {name: getattr(obj, name) for name in GUARDED}
        if change:
            now = Programme.objects.get(pk=obj.pk)
            waits = guarded(now)
            for name in waits:
                setattr(obj, name, getattr(now, name))
        else:
            waits = OF_A_DRAFT
            obj.rule = ""
        fields = [name for name in form.changed_data if name not in (*waits, "holds_from", "reason")]
        typed.saves_texts = bool(fields)
        try:
            save_programme(programme=obj, changed=fields, actor=cast(User, request.user))
        except NotApproved as error:  # proposed by another steward since the form was validated
            messages.error(request, str(error))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        benefits: list[dict[str, Any]] = []
        for formset in formsets:
            if isinstance(formset, BenefitFormSet):
                benefits = formset.wanted()
            else:
                formset.save(commit=True)
        answered = cast(Any, request)
        answered.proposal, answered.refused = None, False
        try:
            answered.proposal = propose_programme_change(
                programme=form.instance,
                **form.proposed,
                benefits=benefits,
                actor=cast(User, request.user),
                effective_from=form.cleaned_data.get("holds_from"),
                reason=form.cleaned_data.get("reason", ""),
            )
        except NothingChanges:
            return
        except NotApproved as error:
            messages.error(request, str(error))
            answered.refused = True
            return
        if form.saves_texts:
            messages.success(request, _("What you alone may change is saved."))
        text = _("What you changed waits for a second person. Until then everything holds as it stands.")
        messages.warning(request, text)

    def response_add(
        self, request: HttpRequest, obj: Programme, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._answer(request, obj) or super().response_add(request, obj, post_url_continue)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Programme) -> HttpResponse:
        return self._answer(request, obj) or super().response_change(request, obj)  # type: ignore[misc]

    def _answer(self, request: HttpRequest, programme: Programme) -> HttpResponse | None:
        """Redirects to the proposal, as its approver will read it, in place of Django's "was changed"."""
        answered = cast(Any, request)
        if answered.proposal:
            return redirect("admin:approval_proposal_change", answered.proposal.pk)
        if answered.refused:
            return redirect("admin:registry_programme_change", programme.pk)
        return None
