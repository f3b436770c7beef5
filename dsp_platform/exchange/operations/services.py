"""A steward pauses the delivery to an operator, and resumes it."""

from django.db import transaction
from django.utils import timezone

from dsp_platform import workers
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange.models import Operator


def pause(*, operator: Operator, actor: User) -> None:
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk, paused_at=None).update(paused_at=timezone.now())
        _note(actor, "pause", operator)


def resume(*, operator: Operator, actor: User) -> None:
    """Also forgets past failures: a steward who resumes an operator knows that it answers again."""
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk).update(paused_at=None, failures=0, retry_at=None)
        _note(actor, "resume", operator)
        workers.notify_on_commit("exchange.drain", [operator.pk])


def _note(actor: User, action: str, operator: Operator) -> None:
    audit.record(actor=actor, action=action, subject_kind="operator", details={"operator": operator.pk})
