"""SQL of migrations in files of its own: ``migrations/sql/<name>.sql`` of an app."""

from importlib.resources import files
from typing import Any

from django.db.migrations.operations import RunSQL


class RunSQLFile(RunSQL):
    """Runs ``<package>/migrations/sql/<name>.sql``. Going back does nothing."""

    def __init__(self, package: str, name: str) -> None:
        self.package, self.name = package, name
        path = files(package) / "migrations" / "sql" / f"{name}.sql"
        # Functions may name tables and functions of apps that are migrated later.
        super().__init__(f"SET LOCAL check_function_bodies = off;\n{path.read_text()}", RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.package, self.name], {}

    def describe(self) -> str:
        return f"SQL of {self.name}.sql"
