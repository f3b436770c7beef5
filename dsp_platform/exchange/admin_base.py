from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.admin.lists import FixedValuesFilter
from dsp_platform.admin.roles import STEWARD, RoleAdmin
from dsp_platform.audit import services as audit
from dsp_platform.exchange.contract import name_of, registered
from dsp_platform.exchange.models import Operator


class ExchangeAdmin(RoleAdmin, admin.ModelAdmin):
    """Read-only for stewards; what they may do are actions, which call the services."""

    view_roles: tuple[str, ...] = (STEWARD,)
    list_per_page = 50
    hidden: tuple[str, ...] = ()
    in_words: ClassVar[dict[str, str]] = {}
    """By field with a code as value: the method that shows it in words."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for name in self.get_readonly_fields(request, obj) if name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [self.in_words.get(field.name, field.name) for field in self.opts.fields]


def steward_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # the admin lets nobody else in
    return request.user


class ByOperator(FixedValuesFilter):
    title = gettext_lazy("operator")
    parameter_name = "operator"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(operator.pk, str(operator)) for operator in Operator.objects.order_by("code")]


class ByKind(FixedValuesFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(kind, name_of(kind)) for kind in registered.kinds]


AUDIT_REASON = "delivery"


def log_access(actor: User, kind: str, subject: int) -> None:
    """Which operators have a person's data is personal too: its access is logged for the person to read."""
    audit.record(
        actor=actor, action="trace", subject_kind="ledger", details={"kind": kind, "subject": subject}
    )
    known = registered.kinds.get(kind)
    explainer = known.explainer if known else None
    for seen, number in explainer.accessed(subject) if explainer else [(kind, subject)]:
        audit.record(actor=actor, action="view", subject_kind=seen, subject_id=number, reason=AUDIT_REASON)
