from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Replaces Django's command, which would create an account without a second factor."""

    help = "Refused: see first_steward."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rest", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Nobody is above the roles here: manage.py first_steward USERNAME --name NAME")
