"""Load the first catalogue of programmes. Safe to run again: existing programmes are not touched."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from registry import services

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "catalogue.toml"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with CATALOGUE.open("rb") as file:
            added = services.load_catalogue(catalogue=tomllib.load(file))
        if options["verbosity"]:
            self.stdout.write(f"{added} programmes added")
