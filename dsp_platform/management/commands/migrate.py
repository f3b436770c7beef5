"""Django's ``migrate``, connected as the owner of the tables; then grants the runtime role its rights."""

from typing import Any

from django.core.management.base import no_translations
from django.core.management.commands import migrate

from dsp_platform.database import roles as database_roles
from dsp_platform.database.runs_of_operations import Executor

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        with database_roles.owner():
            super().handle(*args, **options)
            if database_roles.are_separate():
                database_roles.grant()
