"""Load the gazetteer: the packaged edition, or another one from a CSV file. Safe to run again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.areas import services
from registry.areas.gazetteer import edition_from, packaged_edition


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="CSV with the columns code, name_km, name_latin")

    def handle(self, *args: Any, file: Path | None = None, **options: Any) -> None:
        try:
            entries, left_out = edition_from(file) if file else packaged_edition()
        except (OSError, KeyError, ValueError) as error:
            raise CommandError(f"{file} cannot be read as a gazetteer: {error}") from None
        if not entries:
            raise CommandError("the edition names no place; nothing was changed")
        loaded = services.load_areas(entries=entries)
        if options["verbosity"]:
            self.stdout.write(
                f"{loaded.total} areas: {loaded.changed} new or changed, {loaded.ended} ended; "
                f"{left_out} rows without a code of their own left out"
            )
