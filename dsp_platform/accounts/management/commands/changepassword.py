from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Replaces Django's command, which would set a password known to somebody else, without an audit."""

    help = "Refused: staff set their own passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rest", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Staff set their own passwords: a steward invites the person again in the admin.")
