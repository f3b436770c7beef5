"""Load examples of import sources, as drafts. Safe to run again: existing sources are not changed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from dsp_platform.database import roles as database_roles
from registry.imports.sources.services import load_sources, seeds


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--approved", action="store_true", help="in force at once, for the demonstration")

    def handle(self, *args: Any, approved: bool = False, **options: Any) -> None:
        with database_roles.owner():
            added = load_sources(sources=seeds(), approved=approved)
        if options["verbosity"]:
            self.stdout.write(f"{added} import sources added")
