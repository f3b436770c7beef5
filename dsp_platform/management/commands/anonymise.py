"""Make the people in a restored copy of the database unrecognisable. Never for the registry itself."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dsp_platform.database import anonymising
from dsp_platform.database import roles as database_roles

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class Command(BaseCommand):
    help = "Makes the people in a restored copy unrecognisable, for training. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", required=True, help="the name of the copy, typed to confirm it")
        parser.add_argument(
            "--uploads", required=True, help="the folder whose files are all deleted, typed to confirm it"
        )

    def handle(self, *args: Any, database: str, uploads: str, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is production: DSPP_MODE must be demo, with the settings of the copy.")
        if why := deliveries(os.environ):
            raise CommandError(f"This platform reaches others: {', '.join(why)}. Unset them for the copy.")
        if Path(uploads).resolve() != Path(settings.UPLOADS_FOLDER).resolve():
            raise CommandError("--uploads is not UPLOADS_FOLDER.")
        with database_roles.owner():
            self._require_this(database)
            if unsaid := anonymising.unsaid():
                raise CommandError(f"Nothing is said about these columns: {', '.join(unsaid)}")
            anonymising.run()
            _delete_files(Path(uploads))
            if not connection.in_atomic_block:  # what was there before stays in the files of the tables
                with connection.cursor() as cursor:
                    cursor.execute("VACUUM (FULL, ANALYZE)")
        self.stdout.write("Nobody can be recognised any more. Staff accounts have no password.")

    def _require_this(self, name: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            (current,) = cursor.fetchone()
            if current != name:
                raise CommandError(f"--database is {name}, but this is another database.")
            cursor.execute(OTHERS)
            (others,) = cursor.fetchone()
        if others:
            raise CommandError(f"{others} other sessions use this database: stop the platform first.")


def deliveries(environment: Mapping[str, str]) -> list[str]:
    """Names of the settings by which this platform reaches operators or phones."""
    operators = [
        name
        for name, value in environment.items()
        if value and name.startswith("OPERATOR_") and name.endswith("_DATABASE_URL")
    ]
    gateways = [] if settings.SMS_PROVIDER in ("console", "demo") else ["SMS_PROVIDER"]
    return [*sorted(operators), *gateways]


def _delete_files(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
