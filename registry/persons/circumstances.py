"""The questions about health and daily life: their names and labels, and who is asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.models import Person
from registry.persons.ages import age_of

DIFFICULTIES = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
"""The six questions of the Washington Group short set, in its order."""

CIRCUMSTANCES = (*DIFFICULTIES, "pregnant", "studying", "working")


UNKNOWN = ("unknown", _("I do not know"))

DIFFICULTY_LABELS = {
    "seeing": _("Difficulty seeing, even with glasses"),
    "hearing": _("Difficulty hearing, even with a hearing aid"),
    "walking": _("Difficulty walking or climbing steps"),
    "remembering": _("Difficulty remembering or concentrating"),
    "self_care": _("Difficulty with self-care, such as washing or dressing"),
    "communicating": _("Difficulty communicating in one's usual language"),
}

SITUATION_LABELS = {
    "pregnant": _("Pregnant now?"),
    "studying": _("Goes to school or studies?"),
    "working": _("Works or earns money?"),
}


def questions_for(member: dict[str, Any]) -> list[str]:
    """The circumstances asked of this member, by age and sex."""
    if "born" not in member:
        return []
    age = age_of(member)
    asked = list(DIFFICULTIES) if age >= 2 else []
    if member.get("sex") == Person.Sex.FEMALE and 12 <= age <= 55:
        asked.append("pregnant")
    if 3 <= age <= 30:
        asked.append("studying")
    if age >= 15:
        asked.append("working")
    return asked
