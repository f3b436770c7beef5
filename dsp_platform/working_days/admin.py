"""Days by decree in the admin: a list, and the form that proposes one to a second steward."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.admin.lists import staff_name
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.working_days.approvals import propose_day
from dsp_platform.working_days.models import DecreedDay


class DecreedDayForm(ModelForm):
    class Meta:
        model = DecreedDay
        fields = ("day", "rule", "decree")

    def validate_unique(self) -> None:
        """A day may be proposed again: what is approved takes the place of the earlier decree."""


@admin.register(DecreedDay)
class DecreedDayAdmin(RoleAdmin, admin.ModelAdmin):
    about_people = False
    form = DecreedDayForm
    view_roles = (STEWARD, AUDITOR)
    add_roles = (STEWARD,)
    list_display = ("day", "rule", "decree", "proposer", "approver", "approved_at")
    list_select_related = ("proposed_by", "approved_by")
    list_filter = ("rule",)
    ordering = ("-day",)
    sortable_by = ()
    actions = None

    @admin.display(description=gettext_lazy("proposed by"))
    def proposer(self, row: DecreedDay) -> str:
        return staff_name(row.proposed_by)

    @admin.display(description=gettext_lazy("approved by"))
    def approver(self, row: DecreedDay) -> str:
        return staff_name(row.approved_by)

    def save_model(self, request: HttpRequest, obj: DecreedDay, form: ModelForm, change: bool) -> None:
        actor = cast(AbstractBaseUser, request.user)
        proposal = propose_day(day=obj.day, rule=obj.rule, decree=obj.decree, actor=actor)
        cast(Any, request).proposal = proposal

    def log_addition(self, request: HttpRequest, obj: DecreedDay, message: Any) -> Any:
        """Nothing was added yet: the proposal is in the audit."""

    def response_add(
        self, request: HttpRequest, obj: DecreedDay, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("It waits for a second person."))
        return redirect("admin:approval_proposal_change", cast(Any, request).proposal.pk)
