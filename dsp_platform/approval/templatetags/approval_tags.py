from typing import Any, cast

from django import template
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from dsp_platform.admin.roles import STEWARD
from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.selectors import (
    count_waiting_for,
    halves_for,
    last_refusal,
    pending_proposals_about,
)
from dsp_platform.approval.validity import approved_by_or_of, count_invalid

register = template.Library()


@register.inclusion_tag("admin/approval/waiting.html")
def pending_proposals(kind: str, subject: object) -> dict[str, Any]:
    """On the page of a row: proposals about it, and that nothing changes until they are carried out."""
    waiting = pending_proposals_about(kind, str(subject))
    return {"waiting": [(proposal, kind_of(proposal).name(proposal)) for proposal in waiting]}


@register.inclusion_tag("admin/approval/refused.html")
def refused_last(kind: str, *subjects: object) -> dict[str, Any]:
    """Beside the button that proposes: that it was refused before, by whom and why."""
    return {"refused": last_refusal(kind, *map(str, subjects))}


@register.simple_tag
def waiting_for(request: HttpRequest) -> int:
    """How many proposals wait for this steward; none wait for anybody else."""
    if getattr(request.user, "role", "") != STEWARD:
        return 0
    return count_waiting_for(cast(AbstractBaseUser, request.user))


@register.inclusion_tag("admin/approval/halves.html")
def code_halves_to_pass_on(request: HttpRequest) -> dict[str, Any]:
    """For the proposer: it was approved, and the first half of the code can be handed over."""
    if getattr(request.user, "role", "") != STEWARD:
        return {}
    found = halves_for(cast(AbstractBaseUser, request.user))
    return {"halves": [(proposal, kind_of(proposal).name(proposal)) for proposal in found]}


@register.inclusion_tag("admin/approval/broken.html")
def approved_but_invalid(request: HttpRequest) -> dict[str, int]:
    """For every steward: approved proposals that cannot be carried out."""
    if getattr(request.user, "role", "") != STEWARD:
        return {}
    waiting, given_up = count_invalid()
    return {"number": waiting + given_up, "waiting": waiting}


@register.inclusion_tag("admin/approval/proposals_of_account.html")
def proposals_of_account(account: int) -> dict[str, Any]:
    """On the page of an account: proposals that are closed with it."""
    return {"waiting": [(found, kind_of(found).name(found)) for found in approved_by_or_of(account)]}
