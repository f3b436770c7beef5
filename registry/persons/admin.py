"""The admin of persons: found by a search, opened for a reason that the person can see."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import RestrictedChangeList
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import STEWARD, RoleAdmin
from dsp_platform.audit import services as audit
from dsp_platform.khmer.text import clean
from dsp_platform.translations.label import Label
from dsp_platform.uploads.models import Upload
from registry.models import ConsentSheet, Membership, Person
from registry.persons import selectors, services
from registry.persons.conflicts import conflicts_among, personal_conflict
from registry.persons.earlier_numbers import earlier_numbers, why_found
from registry.persons.labels import VIEW_REASONS
from registry.persons.search import MOST, in_order_of
from registry.plausibility.findings import in_words
from registry.plausibility.selectors import rare_facts_of

PLACE = "place"
LONGEST_PLACE = 100


class PersonList(RestrictedChangeList):
    """Of a person whose record its reader may not read it shows that they were found, and no more."""

    shows_all = False

    @property
    def asks_place(self) -> bool:
        """Whether the search can be narrowed to a place."""
        return cast(SearchFirst, self.model_admin).asks_place

    @property
    def is_cut(self) -> bool:
        return bool(self.query) and self.asks_place and self.result_count >= MOST

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        self.place = clean(request.POST.get(PLACE, ""))[:LONGEST_PLACE]
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = cast(SearchFirst, self.model_admin)
        rows = list(self.result_list)
        unread = conflicts_among(cast(User, request.user), {shown.person_of(row).pk for row in rows})
        self.result_list = [shown.blank(row) if shown.person_of(row).pk in unread else row for row in rows]


class SearchFirst:
    """Mixin: an empty list until something is searched for, so that staff cannot browse the registry."""

    sortable_by: Any = ()
    asks_place = False

    def found(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        raise NotImplementedError

    def person_of(self, row: Any) -> Person:
        """Whom a row is about."""
        raise NotImplementedError

    def blank(self, row: Any) -> Any:
        """The row without anything but the SPID of its person."""
        raise NotImplementedError

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RestrictedChangeList]:
        return PersonList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset.none(), False
        return self.found(request, queryset, search_term), False


class MembershipInline(RoleAdmin, admin.TabularInline):
    model = Membership
    view_roles = (STEWARD,)
    extra = 0
    fields = ("household", "relationship", "started_on", "ended_on")


def reason_page(
    shown_by: admin.ModelAdmin[Any],
    request: HttpRequest,
    title: Label,
    *,
    kept: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Asks why records are looked at; ``kept``: what of the address goes on with the answer."""
    context = {
        **page_context(shown_by, request, title),
        "reasons": VIEW_REASONS.items(),
        "kept": kept or {},
    }
    return TemplateResponse(request, "admin/registry/person/reason.html", context)


def instead_of_record(
    shown_by: admin.ModelAdmin[Any], request: HttpRequest, *persons: Person, also: Iterable[int] = ()
) -> HttpResponse | None:
    """Asks for a reason, or tells a relative of one of them that the record is not shown; None where it may
    be shown. The look is recorded, also for the persons of the keys in ``also``, whom the page names.
    """
    reason = request.GET.get("reason", "")
    if reason not in VIEW_REASONS:
        return reason_page(shown_by, request, _("Why do you look at this record?"))
    user = cast(User, request.user)
    for pk in (*(person.pk for person in persons), *sorted(also)):
        audit.record(actor=user, action="view", subject_kind="person", subject_id=pk, reason=reason)
    if why := personal_conflict(user, *persons):
        context = {
            **page_context(shown_by, request, ", ".join(person.spid_grouped for person in persons)),
            "why": why,
            "list_url": reverse("admin:registry_person_changelist"),
        }
        return TemplateResponse(request, "admin/work_item_unread.html", context)
    return None


@admin.register(Person)
class PersonAdmin(SearchFirst, RoleAdmin, admin.ModelAdmin):
    # The search itself records whom it found in the audit log.
    view_roles = (STEWARD,)
    actions = None
    list_display = ("spid_shown", "full_name", "sex", "born_shown", "village")
    search_fields = ("spid",)
    asks_place = True
    search_help_text = _(
        "SPID, document number, phone number, or a name in Khmer or Latin letters: its first 3 characters, "
        "or the whole name. At most 20 persons are shown, the nearest first."
    )
    inlines = (MembershipInline,)
    fields = (
        "spid_shown",
        "earlier_shown",
        "full_name",
        "latin_name",
        "sex",
        "born_shown",
        "village",
        "verification",
        "created_at",
        "rare",
        "signed_sheets",
    )

    @admin.display(description=_("rare, and said to be right"))
    def rare(self, person: Person) -> str:
        return "\n".join(in_words(one.fact) for one in rare_facts_of(person))

    @admin.display(description=_("signed consent sheets"))
    def signed_sheets(self, person: Person) -> str:
        """Links to the photos; the person can read that one was opened."""
        signed = ConsentSheet.objects.filter(assisted_session__subject_id=person.pk)
        photos = Upload.objects.filter(
            subject_kind=ConsentSheet.UPLOADS,
            subject_key__in=signed.values("reference"),
            state=Upload.State.READ,
        )
        rows = ((reverse("uploads:page", args=[one.pk, 1]), one.subject_key) for one in photos)
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', rows) or "–"

    @admin.display(description=_("SPID"))
    def spid_shown(self, person: Person) -> str:
        return person.spid_grouped

    @admin.display(description=_("earlier numbers"))
    def earlier_shown(self, person: Person) -> str:
        """With the merge, where it is undone."""
        rows = (
            (reverse("admin:registry_merge_change", args=[one.merge_id]), one.words)
            for one in earlier_numbers([person.pk])
        )
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', rows) or "–"

    @admin.display(description=_("name"))
    def full_name(self, person: Person) -> str:
        return person.name

    @admin.display(description=_("date of birth"))
    def born_shown(self, person: Person) -> str:
        return person.born.written if person.date_of_birth else "-"

    @admin.display(description=_("name in Latin letters"))
    def latin_name(self, person: Person) -> str:
        return person.latin_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return selectors.persons_visible_to(cast(User, request.user))

    def found(self, request: HttpRequest, queryset: QuerySet[Person], term: str) -> QuerySet[Person]:
        place = clean(request.POST.get(PLACE, ""))[:LONGEST_PLACE]
        persons = services.search_persons(official=cast(User, request.user), query=term, place=place)
        if words := why_found(term, [person.pk for person in persons]):
            messages.info(request, words)
        return in_order_of(persons, queryset)

    def person_of(self, row: Person) -> Person:
        return row

    def blank(self, row: Person) -> Person:
        return self.model(pk=row.pk, spid=row.spid)  # shown, never saved

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
        # Rare facts name the others whom they concern.
        others = {pk for fact in rare_facts_of(person) for pk in fact.persons} - {person.pk}
        if instead := instead_of_record(self, request, person, also=others):
            return instead
        extra_context = {**(extra_context or {}), "reason": request.GET["reason"]}
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
