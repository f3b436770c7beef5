"""A steward pauses the delivery to an operator, resumes it, and sets its pace."""

from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background import workers
from dsp_platform.exchange.models import Operator


def pause(*, operator: Operator, actor: User) -> None:
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk, paused_at=None).update(paused_at=timezone.now())
        _note(actor, "pause", operator)


def resume(*, operator: Operator, actor: User) -> None:
    """Also resets the failures, so that delivery starts at once."""
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk).update(paused_at=None, failures=0, retry_at=None)
        _note(actor, "resume", operator)
        workers.notify_on_commit("exchange.drain", [operator.pk])


def _note(actor: User, action: str, operator: Operator) -> None:
    audit.record(actor=actor, action=action, subject_kind="operator", details={"operator": operator.pk})


def check_pace(*, rate_per_minute: int | None, quiet_from: time | None, quiet_to: time | None) -> None:
    """Raises ValidationError."""
    if rate_per_minute == 0:
        raise ValidationError({"rate_per_minute": _("To send nothing, pause the operator.")})
    if (quiet_from is None) != (quiet_to is None) or (quiet_from and quiet_from == quiet_to):
        raise ValidationError({"quiet_to": _("Quiet hours have a beginning and another end.")})


def set_pace(
    *,
    operator: Operator,
    rate_per_minute: int | None,
    quiet_from: time | None,
    quiet_to: time | None,
    actor: User,
) -> None:
    """How many records a minute an operator takes, and when. Raises ValidationError."""
    check_pace(rate_per_minute=rate_per_minute, quiet_from=quiet_from, quiet_to=quiet_to)
    pace = {"rate_per_minute": rate_per_minute, "quiet_from": quiet_from, "quiet_to": quiet_to}
    details = {name: str(value) if isinstance(value, time) else value for name, value in pace.items()}
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk).update(**pace)
        audit.record(
            actor=actor,
            action="pace",
            subject_kind="operator",
            details={"operator": operator.pk, **details},
        )
        workers.notify_on_commit("exchange.drain", [operator.pk])
