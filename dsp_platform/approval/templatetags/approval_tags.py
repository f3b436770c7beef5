from typing import Any, cast

from django import template
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import halves_for, number_for, waiting_about
from dsp_platform.roles import STEWARD

register = template.Library()


@register.inclusion_tag("admin/approval/waiting.html")
def waits_for_two(kind: str, subject: object) -> dict[str, Any]:
    """On the page of a row: what is proposed about it, and that it holds as it is until then."""
    waiting = waiting_about(kind, str(subject))
    return {"waiting": [(proposal, kind_of(proposal).name(proposal)) for proposal in waiting]}


@register.simple_tag
def waiting_for(request: HttpRequest) -> int:
    """How many proposals wait for this steward; none wait for anybody else."""
    if getattr(request.user, "role", "") != STEWARD:
        return 0
    return number_for(cast(AbstractBaseUser, request.user))


@register.simple_tag
def halves_to_hand_over(request: HttpRequest) -> list[tuple[Proposal, str]]:
    """What a steward proposed, that was approved, and whose first half of a code waits for them."""
    if getattr(request.user, "role", "") != STEWARD:
        return []
    found = halves_for(cast(AbstractBaseUser, request.user))
    return [(proposal, kind_of(proposal).name(proposal)) for proposal in found]
