"""Programmes and life situations in the admin. What two people must agree to becomes a proposal."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ChoiceField, ModelForm, RadioSelect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import AUDITOR, CATALOGUE_EDITOR, STEWARD, RoleAdmin
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.selectors import reason_blocked
from dsp_platform.approval.validity import broken_by
from dsp_platform.khmer.text import clean_lines
from dsp_platform.templatetags.site_tags import picture
from dsp_platform.web.errors import NotApproved
from dsp_platform.web.pictures import PICTURES
from registry.eligibility.rule_words import rule_in_words
from registry.models import Benefit, LifeSituation, Programme, ProgrammeSituation
from registry.models.programme import TEXTS
from registry.programmes.amounts import SNAPSHOT_COLUMNS, refuse_overlapping
from registry.programmes.availability import availability, dates_in_words
from registry.programmes.catalogue import save_programme, save_situation
from registry.programmes.changes import (
    BENEFIT,
    GUARDED,
    OF_A_DRAFT,
    PROGRAMME,
    described,
    guarded,
    propose_programme_change,
)
from registry.programmes.drafting import drafts_programme, programmes_read_by
from registry.programmes.forms import NO_REASON, ProgrammeForm
from registry.programmes.rule_preview import RulePreview

OF_A_PROPOSAL = ("holds_from", "reason")


NOT_AN_EDITORS = ("rule", "state", "operator", "payer", "position", "takes_applications")


def _is_editor(request: HttpRequest) -> bool:
    return getattr(request.user, "admin_role", "") == CATALOGUE_EDITOR


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
        if not any(form.errors for form in self.forms):
            refuse_overlapping(
                {name: form.cleaned_data.get(name, getattr(form.instance, name)) for name in BENEFIT}
                for form in self.forms
                if form.cleaned_data and not form.cleaned_data.get("DELETE")
            )
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
        """The operator is never changed: its reviewers could read every application. A catalogue editor
        drafts no more than the words and dates: rule and amounts are a steward's proposal."""
        fixed = ("rule_version", "versions", *(("code", "operator", "payer") if obj else ("state",)))
        return tuple({*fixed, *NOT_AN_EDITORS}) if _is_editor(request) else fixed

    def get_fieldsets(self, request: HttpRequest, obj: Programme | None = None) -> Any:
        """Without the fields of a proposal for whoever only reads: there is nothing in them."""
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if self.has_change_permission(request, obj) and not _is_editor(request):  # type: ignore[attr-defined]
            return fieldsets
        return [
            (title, {**section, "fields": [name for name in section["fields"] if name not in OF_A_PROPOSAL]})
            for title, section in fieldsets
        ]

    def save_model(self, request: HttpRequest, obj: Programme, form: ModelForm, change: bool) -> None:
        typed = cast(ProgrammeForm, form)
        if not change:
            obj.state = Programme.State.DRAFT  # publishing takes two stewards
            if _is_editor(request):
                obj.operator_id = cast(User, request.user).operator_code
        typed.proposed = {name: getattr(obj, name) for name in GUARDED}
        if change:
            now = Programme.objects.get(pk=obj.pk)
            waits = guarded(now)
            for name in waits:
                setattr(obj, name, getattr(now, name))
        else:
            waits = OF_A_DRAFT
            obj.rule = ""
        fields = [name for name in form.changed_data if name not in (*waits, *OF_A_PROPOSAL)]
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


class FewRows:
    """Refuses a form with more rows than anybody types before validation; Django would allow 2,000."""

    max_num: int | None = 100

    def get_formset(self, request: HttpRequest, obj: Programme | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)  # type: ignore[misc]


class BenefitInline(FewRows, RoleAdmin, TranslationTabularInline):
    model = Benefit
    formset = BenefitFormSet
    extra = 0
    view_roles = (AUDITOR, CATALOGUE_EDITOR)
    change_roles = add_roles = delete_roles = (STEWARD,)
    fields = ("kind", *SNAPSHOT_COLUMNS, "confidential", "source_km", "source_en")


class SituationInline(FewRows, RoleAdmin, admin.TabularInline):
    model = ProgrammeSituation
    extra = 0
    view_roles = (AUDITOR,)
    change_roles = add_roles = delete_roles = (STEWARD, CATALOGUE_EDITOR)
    fields = ("situation",)


@admin.register(Programme)
class ProgrammeAdmin(ProposedChanges, RulePreview, RoleAdmin, TranslationAdmin):
    form = ProgrammeForm
    about_people = False
    also_compared = ("code", "operator", "rule_version")
    change_form_template = "admin/registry/programme/change_form.html"
    view_roles = (AUDITOR,)
    change_roles = add_roles = (STEWARD, CATALOGUE_EDITOR)
    list_display = ("name", "operator", "state", "takes_applications", "available", "position")
    list_select_related = ("operator",)
    inlines = (BenefitInline, SituationInline)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        return super().get_queryset(request).filter(pk__in=programmes_read_by(cast(User, request.user)))

    def has_change_permission(self, request: HttpRequest, obj: Programme | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or drafts_programme(cast(User, request.user), obj))

    @admin.display(description=gettext_lazy("today"))
    def available(self, programme: Programme) -> str:
        return " ".join(filter(None, [str(availability(programme).label), dates_in_words(programme)]))

    @admin.display(description=gettext_lazy("versions of the rule"))
    def versions(self, programme: Programme) -> str:
        """Written by the database with each change of the rule."""
        rows = (
            (
                version.number,
                date_format(localdate(version.holds_from), "SHORT_DATE_FORMAT"),
                words,
                version.rule,
            )
            for version in programme.rule_versions.all()
            for words in [rule_in_words(version.rule)]
        )
        return format_html_join(mark_safe("<br>"), "{}: {} – {} <code>{}</code>", rows) or "–"

    fieldsets = (
        (
            None,
            {
                "fields": (
                    "code",
                    ("operator", "payer"),
                    ("state", "takes_applications", "position"),
                    ("opens_on", "closes_on"),
                )
            },
        ),
        (
            gettext_lazy("Texts, in both languages"),
            {"fields": tuple((f"{text}_km", f"{text}_en") for text in TEXTS)},
        ),
        (
            gettext_lazy("Who may be entitled"),
            {"fields": ("rule", "rule_version", "versions", *OF_A_PROPOSAL)},
        ),
        (gettext_lazy("Dates that applicants are told"), {"fields": ("expected_days", "appeal_days")}),
        (
            gettext_lazy("Decisions that two reviewers look at"),
            {"fields": (("second_review_share", "second_review_above"),)},
        ),
    )


@admin.register(LifeSituation)
class LifeSituationAdmin(RoleAdmin, TranslationAdmin):
    """They are loaded with the catalogue. Their names are not edited here: the start page shows them."""

    about_people = False
    view_roles = (AUDITOR,)
    change_roles = (STEWARD,)
    list_display = ("name", "code", "picture", "position")
    readonly_fields = ("code", "name_km", "name_en")
    actions = None
    fields = ("code", ("name_km", "name_en"), "picture", "position")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "picture":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        drawn = [(name, format_html("{} {}", picture(name), words)) for name, words in PICTURES.items()]
        return ChoiceField(
            label=capfirst(db_field.verbose_name),
            choices=[("", gettext_lazy("None")), *drawn],
            widget=RadioSelect,
            required=False,
        )

    def save_model(self, request: HttpRequest, obj: LifeSituation, form: ModelForm, change: bool) -> None:
        save_situation(situation=obj, changed=form.changed_data, actor=cast(User, request.user))
