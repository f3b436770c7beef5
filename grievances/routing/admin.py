"""Teams and rules of routing in the admin, for stewards."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import DECIDING_DUTIES, Role, User
from dsp_platform.admin.forms import columns
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.audit import services as audit
from grievances.categories import SENSITIVE
from grievances.errors import CircleOfTeams
from grievances.models import Grievance, RoutingRule, Team
from grievances.routing.levels import refuse_circle, save_team
from grievances.routing.members import LENGTHS, active_members, places
from registry.areas.labels import area_path
from registry.areas.search_fields import AreaSearchField
from registry.models import Area

LEVELS = (Area.Level.COMMUNE, Area.Level.DISTRICT, Area.Level.PROVINCE)


class FormWithPlace(forms.ModelForm):
    place = AreaSearchField(
        label=gettext_lazy("area"),
        required=False,
        least=1,
        levels=LEVELS,
        not_found=gettext_lazy("We do not find this place. Check the name."),
        help_text=gettext_lazy("Its name, in Khmer or Latin letters, and that of the province."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "place" in self.fields:  # not on the page of whoever may only read
            self.place_field.kept = self.initial["place"] = self.instance.area_id or ""

    @property
    def place_field(self) -> AreaSearchField:
        return cast(AreaSearchField, self.fields["place"])

    def clean_place(self) -> str:
        code = str(self.cleaned_data["place"])
        self.instance.area = Area.objects.get(pk=code) if code else None
        return code


class MembersField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return cast(User, obj).staff_name


class TeamForm(FormWithPlace):
    members = MembersField(
        label=gettext_lazy("members"),
        required=False,
        queryset=User.objects.none(),
        help_text=gettext_lazy(
            "Nobody: the operator's reviewers, or all stewards. A team of an area needs members: once it is "
            "saved, the officials of its area can be chosen."
        ),
    )

    class Meta:
        model = Team
        fields = ("kind", "name_km", "name_en", "operator", "place", "above", "members")

    field_order = ("kind", "name_km", "name_en", "operator", "place", "above", "members")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "above" in self.fields:  # not on the page of whoever may only read
            above = cast("forms.ModelChoiceField[Team]", self.fields["above"])
            above.queryset = Team.objects.exclude(pk=self.instance.pk)
        if "members" in self.fields:
            # The officials of the country are too many to choose from.
            officials = Q(role=Role.OFFICIAL, area_code__in=places(self.instance.area_id or ""))
            chosen = Q(role__in=(Role.REVIEWER, Role.STEWARD)) | officials
            members = cast(MembersField, self.fields["members"])
            members.queryset = (
                User.objects.exclude(role=Role.CITIZEN)
                .filter(chosen, is_active=True, duty__in=DECIDING_DUTIES)
                .order_by("username")
            )

    def clean_kind(self) -> str:
        kind = str(self.cleaned_data["kind"])
        if self.instance.is_default and kind != Team.Kind.SECRETARIAT:
            raise ValidationError(_("What no other team takes comes to this one: it stays the secretariat."))
        if kind in Team.OF_AREAS:
            self.place_field.search_only([kind])
        if kind != self.instance.kind:
            self.place_field.kept = ""
        return kind

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if (kind == Team.Kind.OPERATOR) != bool(data.get("operator")):
            self.add_error("operator", _("A team of an operator has one, and no other team."))
        if "place" not in self.errors and (kind in LENGTHS) != bool(self.instance.area):
            self.add_error("place", _("A team of an area has one, and no other team."))
        if any(
            one.is_official and one.area_code not in places(self.instance.area_id or "")
            for one in data.get("members", ())
        ):
            self.add_error("members", _("Officials are members of teams of their own area only."))
        if not self.errors:
            self._refuse_circle(data.get("above"))
        return data

    def _refuse_circle(self, above: Team | None) -> None:
        self.instance.above = above
        try:
            refuse_circle(self.instance)
        except CircleOfTeams as error:
            self.add_error("above" if above else "place", error)


class RuleForm(FormWithPlace):
    class Meta:
        model = RoutingRule
        fields = ("category", "programme", "place", "team")

    field_order = ("category", "programme", "place", "team")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        team = data.get("team")
        if data.get("category") in SENSITIVE and team and team.kind != Team.Kind.SECRETARIAT:
            self.add_error("team", _("Reports of this kind go to the secretariat only."))
        of_same = RoutingRule.objects.exclude(pk=self.instance.pk).filter(
            category=data.get("category", ""), programme=data.get("programme"), area=self.instance.area
        )
        if not self.errors and of_same.exists():
            self.add_error(None, _("There is a rule for this already."))
        return data


class RoutingAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    view_roles = (AUDITOR,)
    change_roles = add_roles = (STEWARD,)
    sortable_by = ()
    actions = None
    also_compared = ("area",)

    @admin.display(description=gettext_lazy("area"))
    def place(self, row: Team | RoutingRule) -> str:
        """For whoever may only read: without a link to the page of the area, which is for stewards."""
        return area_path(row.area) if row.area else "–"

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """The form has the name of the area, and not its column."""
        changed = {*form.changed_data, *(["area"] if "place" in form.changed_data else [])}
        self.save(obj, columns(changed, obj) if change else None)

    def save(self, row: Any, fields: list[str] | None) -> None:
        row.save(update_fields=fields)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        audit.record(
            actor=cast(User, request.user),
            action="change_routing",
            subject_kind=str(self.opts.model_name),
            subject_id=form.instance.pk,
        )


@admin.register(Team)
class TeamAdmin(RoutingAdmin):
    form = TeamForm
    fields = TeamForm.field_order
    list_display = ("__str__", "kind", "operator", "area", "above", "persons", "open_ones")
    list_select_related = ("operator", "area", "above")
    list_filter = ("kind",)

    def save(self, row: Team, fields: list[str] | None) -> None:
        save_team(team=row, fields=fields)

    @admin.display(description=gettext_lazy("members"))
    def persons(self, team: Team) -> str:
        """A team in which nobody is active is an alarm."""
        number = active_members(team).count()
        return str(number) if number else _("nobody: what comes here goes to the level above")

    @admin.display(description=gettext_lazy("open"))
    def open_ones(self, team: Team) -> int:
        return Grievance.objects.filter(team=team, state__in=Grievance.OPEN_STATES).count()


@admin.register(RoutingRule)
class RoutingRuleAdmin(RoutingAdmin):
    form = RuleForm
    fields = RuleForm.field_order
    list_display = ("category", "programme", "area", "team")
    list_select_related = ("programme", "area", "team")
    list_filter = ("category",)
