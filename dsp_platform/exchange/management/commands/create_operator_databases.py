"""One PostgreSQL database for each reference operator, with a role and a password of its own.

For the demonstration and the tests: a real operator has a database already. May be run again.
"""

import os
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from dsp_platform.database import locks

REFERENCE = Path(__file__).resolve().parents[2] / "reference"


class Command(BaseCommand):
    help = "Create the operators' reference databases (OPERATOR_<CODE>_DATABASE_URL) where missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="*", type=Path, help="CODE.sql; default: all of exchange/reference")

    def handle(self, *args: Any, **options: Any) -> None:
        admin_url = os.environ.get("OPERATOR_ADMIN_DATABASE_URL")
        if not admin_url:
            raise CommandError("OPERATOR_ADMIN_DATABASE_URL is not set.")
        made = 0
        with psycopg.connect(admin_url, autocommit=True) as admin:
            # Two runs at once would create the same role twice.
            locks.lock_session(admin, locks.LockName.OPERATOR_DATABASES)
            for path in options["file"] or sorted(REFERENCE.glob("*.sql")):
                url = os.environ.get(f"OPERATOR_{path.stem.upper().replace('-', '_')}_DATABASE_URL")
                if url:
                    create(admin, url)
                    with psycopg.connect(url) as own:
                        own.execute(path.read_text().encode())
                    made += 1
        if options["verbosity"]:
            self.stdout.write(f"{made} operator databases are ready.")


def create(admin: psycopg.Connection[Any], url: str) -> None:
    parts = conninfo_to_dict(url)
    role, database = sql.Identifier(str(parts["user"])), sql.Identifier(str(parts["dbname"]))
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [parts["user"]]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    admin.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER PASSWORD {}").format(
            verb, role, sql.Literal(parts.get("password"))
        )
    )
    there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [parts["dbname"]]).fetchone()
    if not there:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
    # Each operator may connect to its own database only, not even to those of PostgreSQL.
    admin.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
