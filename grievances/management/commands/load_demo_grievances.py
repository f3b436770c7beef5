"""Teams of the demonstration, with officials as members, and reports for their desk. Safe to run again."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.exchange.models import Operator
from grievances.models import Team
from grievances.services import Details, report_grievance
from registry.models import Area

# (kind, code of the area, members)
TEAMS = [
    (Team.Kind.COMMUNE, "010201", ["clerk.banteay", "district.mongkol"]),
    (Team.Kind.COMMUNE, "010202", ["clerk.bat-trang", "district.mongkol"]),
    (Team.Kind.DISTRICT, "0102", ["district.mongkol"]),
]
CITIZEN = "+85512345678"
# (submission, by name, category, operator, what happened)
REPORTS = [
    ("2f3c7a70-0a55-4a4e-8d0b-1b7c5a2f9d01", False, "other", "", "ផ្លូវចូលសាលាឃុំលិចទឹក មនុស្សចាស់ចូលមិនបានទេ។"),
    ("2f3c7a70-0a55-4a4e-8d0b-1b7c5a2f9d02", True, "other", "", "ខ្ញុំរង់ចាំពីរព្រឹកហើយ នៅតែមិនដល់វេន។"),
    ("2f3c7a70-0a55-4a4e-8d0b-1b7c5a2f9d03", True, "payment", "nssf", "ប្រាក់ឧបត្ថម្ភខែតុលាមិនទាន់មកដល់ទេ។"),
]


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These reports are made up: not in production.")
        with transaction.atomic():
            for kind, code, names in TEAMS:
                _team(kind, Area.objects.get(code=code), names)
            citizen = User.objects.filter(phone=CITIZEN).first()
            for submission, by_name, category, operator, text in REPORTS:
                report_grievance(
                    actor=citizen if by_name else None,
                    assisted_session=None,
                    submission=UUID(submission),
                    details=Details(
                        category=category,
                        text=text,
                        operator=Operator.objects.filter(pk=operator).first(),
                        area=Area.objects.get(code=TEAMS[0][1]),
                    ),
                    language="km",
                )


def _team(kind: str, area: Area, names: list[str]) -> None:
    """One that a steward has changed stays so."""
    team, is_new = Team.objects.get_or_create(
        kind=kind, area=area, defaults={"name_km": area.name_km, "name_en": area.name_latin}
    )
    if is_new:
        team.members.set(User.objects.filter(username__in=names))
