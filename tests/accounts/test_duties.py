"""What each duty of an operator's staff lets them do: one table, as the guide has it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from dsp_platform.accounts.models import DECIDING_DUTIES, DUTIES, READING_DUTIES, Duty, Rights, Role, User

GUIDE = Path(settings.BASE_DIR) / "docs/guides/operators.md"
RIGHTS = [one.name for one in fields(Rights)]


def in_the_guide() -> dict[str, dict[str, bool]]:
    rows = re.findall(r"^\|(.+)\|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    headings, _line, *cells = ([cell.strip() for cell in row.split("|")] for row in rows)
    names = [heading.replace(" ", "_") for heading in headings[1:]]
    return {
        duty: {name: {"yes": True, "no": False}[cell] for name, cell in zip(names, rights, strict=True)}
        for duty, *rights in cells
    }


def test_the_guide_tells_each_right_of_each_duty():
    with translation.override("en"):
        names = {str(Duty(duty).label).partition(":")[0].lower(): rights for duty, rights in DUTIES.items()}
    told = {name: {right: getattr(rights, right) for right in RIGHTS} for name, rights in names.items()}
    assert in_the_guide() == told
    assert {*DUTIES} == {*Duty}


@pytest.mark.parametrize("duty", [*Duty, "analyst"])
def test_what_a_user_may_is_what_the_table_says(duty):
    """Of a duty that it does not know: nothing."""
    user, rights = User(role=Role.REVIEWER, duty=duty), DUTIES.get(duty, Rights())
    assert user.rights == rights
    assert user.is_reviewer == rights.reads == (duty in READING_DUTIES)
    assert user.rights.decides == (duty in DECIDING_DUTIES)
    assert (user.is_supervisor, user.reads_numbers) == (rights.shares_out, rights.reads_numbers)
    expected = "reviewer" if rights.reads else "catalogue_editor" if rights.drafts else ""
    assert user.admin_role == expected


def test_without_a_word_in_the_table_there_is_no_right():
    assert not any(getattr(Rights(), right) for right in RIGHTS)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REVIEWER])
def test_another_role_has_nothing_by_its_duty(role):
    user = User(role=role)
    assert (user.is_reviewer, user.is_supervisor, user.reads_numbers) == (False, False, False)
    assert user.admin_role == role
