from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.urls import reverse

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.database import locks

# Privileged changes are proposed by one steward and approved by another.
NEEDED = 2
REFUSED = (
    "There were two stewards before, so the database refuses another one made alone. If none of them can sign"
    " in, run this once with the owner's address in DATABASE_URL: see docs/guides/production.md."
)


class Command(BaseCommand):
    help = (
        "The invitation of one of the first two stewards, who sets password and authenticator app by it. Only"
        " while fewer than two can sign in; run again with the same name when the invitation was lost."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the full name, as colleagues will read it")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        locks.lock(locks.LockName.FIRST_STEWARD)
        stewards = User.objects.filter(role=Role.STEWARD, is_active=True)
        if sum(map(staff.has_joined, stewards)) >= NEEDED:
            raise CommandError("There are two stewards who can sign in: they invite the others.")
        code = invitations.invite(actor=None, user=self._account(options["username"], options["name"]))
        if settings.CSRF_TRUSTED_ORIGINS:
            origin = settings.CSRF_TRUSTED_ORIGINS[0].rstrip("/")
        else:
            origin = f"{'https' if settings.SECURE_SSL_REDIRECT else 'http'}://{settings.ALLOWED_HOSTS[0]}"
        page = origin + reverse("accounts:join")
        hours = invitations.LIFE.total_seconds() // 3600
        self.stdout.write(f"For the steward and for nobody else. It works once, within {hours:.0f} hours:")
        self.stdout.write(f"{page}#{code}")

    def _account(self, username: str, name: str) -> User:
        known = User.objects.filter(username=username).first()
        if known is None:
            if not staff.USER_NAME.match(username):
                raise CommandError("A user name has small Latin letters, digits, dots and hyphens only.")
            try:
                return staff.create_account(
                    actor=None,
                    username=username,
                    role=Role.STEWARD,
                    full_name=name,
                    area_code="",
                    operator_code="",
                )
            except DatabaseError as error:
                raise CommandError(REFUSED) from error
        if known.role != Role.STEWARD or not known.is_active:
            raise CommandError("This user name belongs to an account that is no steward's, or closed.")
        return known
