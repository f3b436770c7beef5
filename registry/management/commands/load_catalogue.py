"""Load the first catalogue of programmes. Safe to run again: existing programmes are not changed."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from dsp_platform.database import roles as database_roles
from registry.programmes.catalogue import load_catalogue

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "catalogue.toml"

REFUSED = "Only the owner of the tables can load a programme that is open. Set DATABASE_OWNER_URL."


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with CATALOGUE.open("rb") as file:
            catalogue = tomllib.load(file)
        with database_roles.owner():
            try:
                added = load_catalogue(catalogue=catalogue)
            except DatabaseError as error:
                if "approval:" not in str(error):
                    raise
                raise CommandError(REFUSED) from error
        if options["verbosity"]:
            self.stdout.write(f"{added} programmes added")
