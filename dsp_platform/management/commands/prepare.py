"""Bring the database and the static files to this version. Idempotent."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command

# (title, command, arguments); each command is idempotent.
STEPS: list[tuple[str, str, list[str]]] = [
    ("Texts", "messages", ["compile"]),
    ("Tables", "migrate", ["--noinput"]),
    ("Styles and scripts", "collectstatic", ["--noinput"]),
    ("Provinces to villages", "load_areas", []),
    # Outside the demonstration a second steward puts each agreement in force.
    ("Operators and agreements", "load_operators", [] if settings.DEMO else ["--draft"]),
    ("Programmes", "load_catalogue", []),
    ("Import sources", "load_import_sources", ["--approved"] if settings.DEMO else []),
]
DEMO_STEPS: list[tuple[str, str, list[str]]] = [
    ("Operators' own databases", "create_operator_databases", []),
    ("Demonstration staff", "load_demo_staff", []),
    ("Demonstration households", "load_demo_people", []),
    ("Demonstration questions", "load_demo_questions", []),
    ("Demonstration grievances", "load_demo_grievances", []),
]


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for label, command, arguments in STEPS + (DEMO_STEPS if settings.DEMO else []):
            self.stdout.write(f"  {label} …")
            self.stdout.flush()
            call_command(command, *arguments, verbosity=0)
