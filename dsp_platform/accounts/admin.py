from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from dsp_platform.accounts.models import PRIVILEGED_ROLES, Duty, Role, User
from dsp_platform.accounts.staff import approvals, invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff.account_list import AccountList, SpidFilter
from dsp_platform.accounts.staff.invitation_page import shown_once
from dsp_platform.accounts.staff.names import clean_staff_name, require_own_name
from dsp_platform.accounts.staff.scope_fields import AreaField, OperatorField
from dsp_platform.accounts.staff.scopes import is_known_scope
from dsp_platform.accounts.staff.spid import clean_staff_spid
from dsp_platform.admin.pages import page_context
from dsp_platform.admin.roles import AUDITOR, STEWARD, RoleAdmin
from dsp_platform.approval.errors import AlreadyPending
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import pending_proposal, reason_blocked
from dsp_platform.web.errors import NotApproved

STAFF_ROLES = [choice for choice in Role.choices if choice[0] != Role.CITIZEN]


class StaffForm(forms.ModelForm):
    """Officials need an area and reviewers an operator: without a scope they would see nothing."""

    class Meta:
        model = User
        fields = ("username", "full_name", "role", "area_code", "operator_code", "duty", "spid", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:
            self.fields["username"].required = True
            self.fields["username"].validators.append(
                RegexValidator(staff.USER_NAME, _("Small Latin letters, digits, dots and hyphens only."))
            )
        if "role" in self.fields:
            self.fields["role"] = forms.ChoiceField(label=_("role"), choices=STAFF_ROLES)
        if "full_name" in self.fields:
            self.fields["full_name"].required = True
        if "area_code" not in self.fields:  # read-only for an auditor
            return
        self.fields["area_code"] = AreaField(kept=self.instance.area_code)
        self.fields["operator_code"] = OperatorField()
        if "duty" in self.fields:
            self.fields["duty"].required = bool(self.instance.pk) and self.instance.role == Role.REVIEWER
            self.fields["duty"].help_text = _(
                "For staff of an operator. They are signed out when it changes."
            )
        if "spid" in self.fields:
            self.fields["spid"] = forms.CharField(  # longer than the column: typed in groups
                label="SPID",
                required=False,
                max_length=40,
                help_text=_(
                    "Who this is as a person: then nothing of their household and kin is theirs to decide."
                ),
            )

    def clean_full_name(self) -> str:
        return clean_staff_name(self.cleaned_data["full_name"])

    def clean_spid(self) -> str:
        return clean_staff_spid(self.cleaned_data["spid"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        role = values.get("role") or self.instance.role
        area, operator = values.get("area_code", ""), values.get("operator_code", "")
        if role == Role.OFFICIAL and area and {"full_name", "area_code"} & set(self.changed_data):
            try:
                require_own_name(values.get("full_name") or self.instance.full_name, area, self.instance.pk)
            except ValidationError as error:
                self.add_error("full_name" if "full_name" in self.fields else None, error)
        if role == Role.OFFICIAL and not area and "area_code" not in self.errors:
            self.add_error("area_code", _("Enter the commune or the district where they work."))
        if role == Role.REVIEWER and (not operator or self._is_unknown("operator_code", operator)):
            self.add_error("operator_code", _("Choose the reviewer's operator."))
        if not self.instance.pk:
            username = values.get("username") or ""
            if pending_proposal(approvals.STAFF_ACCOUNT, username):
                self.add_error("username", str(AlreadyPending()))
            elif role in PRIVILEGED_ROLES and (why := reason_blocked(approvals.STAFF_ACCOUNT, username)):
                self.add_error("role", str(why))
        # Drop a scope that does not belong to the role: it would become effective when the role changes.
        if role != Role.OFFICIAL:
            self.errors.pop("area_code", None)
        values["area_code"] = area if role == Role.OFFICIAL else ""
        values["operator_code"] = operator if role == Role.REVIEWER else ""
        if "duty" in self.fields:
            values["duty"] = (role == Role.REVIEWER and values.get("duty")) or Duty.REVIEWER
        return values

    def _is_unknown(self, field: str, code: str) -> bool:
        """Checks changed codes only: an account whose area was abolished can still be closed."""
        unchanged = bool(self.instance.pk) and field not in self.changed_data
        return not unchanged and not is_known_scope(field, code)


@admin.register(User)
class UserAdmin(RoleAdmin, admin.ModelAdmin):
    """Accounts of staff only. Nobody browses the accounts of citizens."""

    form = StaffForm
    change_roles = add_roles = (STEWARD,)
    view_roles = (AUDITOR,)
    change_form_template = "admin/accounts/user/change_form.html"
    list_display = (
        "username",
        "full_name",
        "role",
        "area",
        "operator",
        "duty_in_words",
        "answers_sensitive",
        "is_active",
    )
    list_filter = ("role", "is_active", SpidFilter)
    search_fields = ("username", "full_name")
    ordering = ("username",)
    actions = ("renew_credentials", "name_sensitive", "end_sensitive")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).exclude(role=Role.CITIZEN)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Two people approved the identity of a privileged account, and past actions show its name."""
        if obj is None:
            return ()
        if obj.role in PRIVILEGED_ROLES:
            return (*staff.IDENTITY, "has_spid", "role", "area_code", "operator_code")
        return ("username", "has_spid", "role")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody changes their own account."""
        own = obj is not None and obj.pk == request.user.pk
        return not own and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Stewards enter the SPID; auditors, who may not see persons, see only whether there is one."""
        fields = ("username", "full_name", "role", "area_code", "operator_code")
        duty = ["duty"] if obj is None or obj.role == Role.REVIEWER else []
        spid = "spid" if self.has_change_permission(request) else "has_spid"
        return (*fields, *duty, spid, *(["is_active"] if obj else []))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[AccountList]:
        return AccountList

    @admin.display(description=_("Area"))
    def area(self, user: User) -> str:
        return getattr(user, "area_in_words", "") or "–"

    @admin.display(description=_("Operator"))
    def operator(self, user: User) -> str:
        return getattr(user, "operator_in_words", "") or "–"

    @admin.display(description=_("duty"))
    def duty_in_words(self, user: User) -> str:
        return user.get_duty_display() if user.role == Role.REVIEWER else "–"

    @admin.display(description=_("SPID is noted"), boolean=True)
    def has_spid(self, user: User) -> bool:
        return bool(user.spid)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        actor = cast(User, request.user)
        if change:
            staff.change_account(actor=actor, user=obj, changed=self._changed_at_once(request, obj, form))
            return
        if form.cleaned_data["role"] in PRIVILEGED_ROLES:
            given = {name: form.cleaned_data[name] for name in ("username", "role", "full_name", "spid")}
            cast(Any, request).proposal = approvals.propose_account(actor=actor, **given)
            return
        account = staff.create_account(
            actor=actor,
            username=form.cleaned_data["username"],
            role=form.cleaned_data["role"],
            full_name=form.cleaned_data["full_name"],
            area_code=form.cleaned_data["area_code"],
            operator_code=form.cleaned_data["operator_code"],
            duty=form.cleaned_data["duty"],
            spid=form.cleaned_data["spid"],
        )
        obj.pk = account.pk
        cast(Any, request).invitation = invitations.invite(actor=actor, user=account)

    def _changed_at_once(self, request: HttpRequest, obj: User, form: forms.ModelForm) -> list[str]:
        """The changed fields that need one person; closing or reopening a privileged account is proposed."""
        changed = list(form.changed_data)
        if obj.role not in PRIVILEGED_ROLES or "is_active" not in changed:
            return changed
        if not obj.is_active and approvals.may_close_alone(obj):
            return changed
        act = approvals.OPEN_AGAIN if obj.is_active else approvals.CLOSE
        obj.is_active = not obj.is_active
        self._propose(request, obj, act)
        return [name for name in changed if name != "is_active"]

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        if proposal := getattr(request, "proposal", None):
            return self._waits(request, proposal)
        return self._show_once(request, obj, cast(Any, request).invitation)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk else None  # None: only proposed

    def _propose(self, request: HttpRequest, user: User, act: str) -> HttpResponse | None:
        try:
            proposal = approvals.propose_for(actor=cast(User, request.user), user=user, act=act)
        except (NotApproved, ValidationError) as error:
            reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
            self.message_user(request, " ".join(reasons), messages.WARNING)
            return None
        return self._waits(request, proposal)

    def _waits(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        text = _("It waits for a second person. Until then everything holds as it stands.")
        self.message_user(request, text, messages.WARNING)
        return redirect("admin:approval_proposal_change", proposal.pk)

    @admin.action(description=_("Invite again: new password and authenticator app"), permissions=["change"])
    def renew_credentials(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, _("Choose one person at a time."), messages.WARNING)
            return None
        user = queryset.get()
        if staff.needs_two_people(user):
            return self._propose(request, user, approvals.RENEW)
        try:
            code = invitations.renew_credentials(actor=cast(User, request.user), user=user)
        except invitations.CannotInvite as error:
            self.message_user(request, str(error), messages.WARNING)
            return None
        return self._show_once(request, user, code)

    @admin.action(description=_("Let them answer sensitive grievances"), permissions=["change"])
    def name_sensitive(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        return self._propose_for_one(request, queryset, approvals.NAME_SENSITIVE)

    @admin.action(description=_("Let them no longer answer sensitive grievances"), permissions=["change"])
    def end_sensitive(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        return self._propose_for_one(request, queryset, approvals.END_SENSITIVE)

    def _propose_for_one(
        self, request: HttpRequest, queryset: QuerySet[User], act: str
    ) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, _("Choose one person at a time."), messages.WARNING)
            return None
        return self._propose(request, queryset.get(), act)

    @sensitive_variables()
    def _show_once(self, request: HttpRequest, user: User, code: str) -> HttpResponse:
        title = _("Invitation of %(name)s") % {"name": user}
        context = {**page_context(self, request, title), **shown_once(request, user, code)}
        return TemplateResponse(request, "accounts/staff/admin_invitation.html", context)
