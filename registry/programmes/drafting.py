"""Who drafts a programme and its questions. What holds is published by two stewards, whoever drafted it."""

from django.db.models import QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import AUDITOR, CATALOGUE_EDITOR, STEWARD
from registry.models import Programme


def programmes_read_by(user: User) -> QuerySet[Programme]:
    """In the admin: by catalogue editors those of their own operator."""
    rows = Programme.objects.all()
    if user.is_active and user.admin_role in (STEWARD, AUDITOR):
        return rows
    if not _is_editor(user):
        return rows.none()
    return rows.filter(operator=user.operator_code)


def drafts_questions(user: User, programme: Programme | None) -> bool:
    """``programme`` is None for the bank of questions that all programmes share."""
    if user.is_active and user.is_steward:
        return True
    return programme is not None and _is_editor(user) and programme.operator_id == user.operator_code


def drafts_programme(user: User, programme: Programme) -> bool:
    """An editor until it is published: from then on every change is a steward's proposal."""
    is_draft = programme.state == Programme.State.DRAFT
    return drafts_questions(user, programme) and (is_draft or user.is_steward)


def _is_editor(user: User) -> bool:
    return bool(user.is_active and user.admin_role == CATALOGUE_EDITOR and user.operator_code)
