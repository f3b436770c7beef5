import os
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dsp_platform.accounts.models import Role, TOTPDevice, User

# (user name, full name, role, area code, operator code)
STAFF = [
    ("clerk.banteay", "ស្រី ដារ៉ា", Role.OFFICIAL, "010201", ""),
    ("clerk.bat-trang", "ហេង វិចិត្រ", Role.OFFICIAL, "010202", ""),
    ("reviewer.nssf", "គឹម សុភា", Role.REVIEWER, "", "nssf"),
    ("reviewer.nssf.2", "លី មករា", Role.REVIEWER, "", "nssf"),
    ("reviewer.family_package", "ចាន់ ធី", Role.REVIEWER, "", "family_package"),
    ("reviewer.idpoor", "សៅ ពិសិដ្ឋ", Role.REVIEWER, "", "idpoor"),
    ("reviewer.pmrs", "ម៉ៅ សុខា", Role.REVIEWER, "", "pmrs"),
    ("reviewer.disability", "យឹម ចាន់ថា", Role.REVIEWER, "", "disability"),
    ("steward.one", "មាស ពិសី", Role.STEWARD, "", ""),
    ("steward.two", "អ៊ុក រតនា", Role.STEWARD, "", ""),
]
DEVICE = "demo"


class Command(BaseCommand):
    help = "Officials, reviewers and stewards of the demonstration, with DEMO_PASSWORD and DEMO_TOTP_KEY."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration's staff share one password: not in production.")
        password, key = os.environ.get("DEMO_PASSWORD"), os.environ.get("DEMO_TOTP_KEY")
        if not password or not key:
            raise CommandError("Set DEMO_PASSWORD and DEMO_TOTP_KEY.")
        shared = self._shared_hash(password)
        for username, full_name, role, area_code, operator_code in STAFF:
            user, _made = User.objects.update_or_create(
                username=username,
                defaults={"password": shared},
                create_defaults={
                    "password": shared,
                    "role": role,
                    "is_staff": role != Role.OFFICIAL,
                    "full_name": full_name,
                    "area_code": area_code,
                    "operator_code": operator_code,
                },
            )
            TOTPDevice.objects.update_or_create(
                user=user, name=DEVICE, defaults={"key": key, "confirmed": True}
            )
        if options["verbosity"]:
            self.stdout.write(f"{len(STAFF)} officials, reviewers and stewards.")

    @staticmethod
    def _shared_hash(password: str) -> str:
        """One hash for all of them: it is slow on purpose, and they share the password anyway."""
        kept = User.objects.filter(username=STAFF[0][0]).values_list("password", flat=True).first()
        return kept if kept and check_password(password, kept) else make_password(password)
