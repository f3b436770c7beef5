"""Make the people in a restored copy of the database unrecognisable. Never for the registry itself."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dsp_platform.database import anonymising
from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.adapters.directory import ADAPTERS
from dsp_platform.notifications import providers

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


# So often it is asked, a tenth of a second apart: PostgreSQL ends a closed session a moment later.
TIMES_ASKED = 30


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
        if why := _ways_out():
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
        if others := _other_sessions():
            raise CommandError(f"{others} other sessions use this database: stop the platform first.")


def _other_sessions() -> int:
    """Those that stay: the session in which this process signed in first is about to end."""
    others = 0
    for asked in range(TIMES_ASKED):
        if asked:
            time.sleep(0.1)
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            (others,) = cursor.fetchone()
        if not others:
            break
    return others


def _ways_out() -> list[str]:
    """Names of the settings by which this platform reaches operators or phones."""
    operators = [name for adapter in ADAPTERS.values() for name in adapter.reaches_by()]
    silent = {"console", *providers.NOT_IN_PRODUCTION}
    gateways = [name for name in ("SMS_PROVIDER", "SMS_SECOND_PROVIDER") if getattr(settings, name)]
    return [*operators, *(name for name in gateways if getattr(settings, name) not in silent)]


def _delete_files(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
