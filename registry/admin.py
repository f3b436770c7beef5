"""The admin of stewards and auditors: programmes, life situations, areas, persons and enrolments."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.audit import services as audit
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import search_key
from registry.changes import admin as changes_admin  # noqa: F401 - registers its pages
from registry.identity.spid import clean_spid
from registry.models import (
    Area,
    Benefit,
    Enrolment,
    LifeSituation,
    Membership,
    Person,
    Programme,
    ProgrammeSituation,
)
from registry.models.programme import TEXTS
from registry.persons import selectors
from registry.programmes.admin import BenefitFormSet, ProposedChanges
from registry.programmes.catalogue import save_situation
from registry.programmes.forms import ProgrammeForm
from registry.programmes.rule_preview import RulePreview
from registry.unusual import admin as unusual_admin  # noqa: F401 - registers its page

REASONS = (
    ("question", _("The person asked a question")),
    ("correction", _("Something must be corrected")),
    ("duplicate", _("The person may be registered twice")),
    ("grievance", _("A complaint is being looked into")),
)


def _staff(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class SearchFirst:
    """Mixin: an empty list until something is searched for, so that staff cannot browse the registry."""

    sortable_by: Any = ()

    def found(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset.none(), False
        return self.found(request, queryset, search_term), False


class FewRows:
    """Refuses a form with more rows than anybody types before validation; Django would allow 2,000."""

    max_num: int | None = 100

    def get_formset(self, request: HttpRequest, obj: Programme | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)  # type: ignore[misc]


class BenefitInline(FewRows, RoleAdmin, TranslationTabularInline):
    model = Benefit
    formset = BenefitFormSet
    extra = 0
    view_roles = (AUDITOR,)
    change_roles = add_roles = delete_roles = (STEWARD,)
    fields = (
        "kind",
        "label_km",
        "label_en",
        "amount",
        "percent",
        "per_km",
        "per_en",
        "valid_from",
        "precision",
        "valid_to",
        "confidential",
        "source_km",
        "source_en",
    )


class SituationInline(FewRows, RoleAdmin, admin.TabularInline):
    model = ProgrammeSituation
    extra = 0
    view_roles = (AUDITOR,)
    change_roles = add_roles = delete_roles = (STEWARD,)
    fields = ("situation",)


@admin.register(Programme)
class ProgrammeAdmin(ProposedChanges, RulePreview, RoleAdmin, TranslationAdmin):
    form = ProgrammeForm
    about_people = False
    also_compared = ("code", "operator", "rule_version")
    change_form_template = "admin/registry/programme/change_form.html"
    view_roles = (AUDITOR,)
    change_roles = add_roles = (STEWARD,)
    list_display = ("name", "operator", "state", "takes_applications", "position")
    list_select_related = ("operator",)
    inlines = (BenefitInline, SituationInline)
    actions = None
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
        (_("Texts, in both languages"), {"fields": tuple((f"{text}_km", f"{text}_en") for text in TEXTS)}),
        (_("Who may be entitled"), {"fields": ("rule", "rule_version", "holds_from", "reason")}),
        (_("Dates that applicants are told"), {"fields": ("expected_days", "appeal_days")}),
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

    def save_model(self, request: HttpRequest, obj: LifeSituation, form: ModelForm, change: bool) -> None:
        save_situation(situation=obj, changed=form.changed_data, actor=_staff(request))


@admin.register(Area)
class AreaAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    view_roles = (STEWARD,)
    list_display = ("code", "name_km", "name_latin", "level", "valid_to")
    list_filter = ("level",)
    search_fields = ("code",)
    search_help_text = _("Code, Khmer name or name in Latin letters")
    fields = ("code", "level", "parent", "name_km", "name_latin", "valid_from", "valid_to")
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Area], search_term: str
    ) -> tuple[QuerySet[Area], bool]:
        key = search_key(search_term)
        if not key:
            return queryset, False
        code = Q(code__startswith=latin_digits(search_term).strip())
        return queryset.filter(code | Q(key_km__contains=key) | Q(key_latin__contains=key)), False


class MembershipInline(RoleAdmin, admin.TabularInline):
    model = Membership
    view_roles = (STEWARD,)
    extra = 0
    fields = ("household", "relationship", "started_on", "ended_on")


@admin.register(Person)
class PersonAdmin(SearchFirst, RoleAdmin, admin.ModelAdmin):
    # The search itself records whom it found in the audit log.
    view_roles = (STEWARD,)
    actions = None
    list_display = ("spid_grouped", "name", "sex", "date_of_birth", "village")
    search_fields = ("spid",)
    search_help_text = _("SPID, document number, phone number or name")
    inlines = (MembershipInline,)
    fields = (
        "spid_grouped",
        "name",
        "latin_name",
        "sex",
        ("date_of_birth", "birth_precision"),
        "village",
        "verification",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return selectors.persons_visible_to(_staff(request))

    def found(self, request: HttpRequest, queryset: QuerySet[Person], term: str) -> QuerySet[Person]:
        persons = selectors.search_persons(official=_staff(request), query=term)
        return queryset.filter(pk__in=[person.pk for person in persons])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The record, once a reason is given. The person can see who looked and why."""
        person = self.get_object(request, object_id)
        if person is None or not self.has_view_permission(request, person):
            raise Http404
        reason = request.GET.get("reason", "")
        if reason not in dict(REASONS):
            context = {
                **self.admin_site.each_context(request),
                "title": _("Why do you look at this record?"),
                "reasons": REASONS,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/registry/person/reason.html", context)
        audit.record(
            actor=_staff(request), action="view", subject_kind="person", subject_id=person.pk, reason=reason
        )
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


@admin.register(Enrolment)
class EnrolmentAdmin(SearchFirst, RoleAdmin, admin.ModelAdmin):
    listed_as = ("person", "person_id")
    view_roles = (STEWARD,)
    actions = None
    list_display = ("person", "programme", "state", "since", "until")
    list_select_related = ("person", "programme")
    search_fields = ("operator_reference",)
    search_help_text = _("SPID or the operator's number")
    list_display_links = None

    def found(self, request: HttpRequest, queryset: QuerySet[Enrolment], term: str) -> QuerySet[Enrolment]:
        number = Q(operator_reference=term.strip())
        if spid := clean_spid(term):
            number |= Q(person__spid=spid)
        return queryset.filter(number)

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404  # the list shows all fields; the record of the person asks for a reason
