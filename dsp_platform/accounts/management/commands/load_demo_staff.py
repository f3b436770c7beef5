import os
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dsp_platform.accounts.models import Duty, Role, TOTPDevice, User, key_binding
from dsp_platform.accounts.staff.approvals import (
    NAME_SENSITIVE,
    STAFF_ACCOUNT,
    propose_account,
    propose_for,
)
from dsp_platform.approval.selectors import pending_proposal
from dsp_platform.approval.services import approve

# (user name, full name, role, area code, operator code, and of some the duty)
STAFF: list[tuple[str, ...]] = [
    ("clerk.banteay", "ស្រី ដារ៉ា", Role.OFFICIAL, "010201", ""),
    ("clerk.bat-trang", "ហេង វិចិត្រ", Role.OFFICIAL, "010202", ""),
    # Of the district: the second official of communes that have one only.
    ("district.mongkol", "ទូច សុវណ្ណ", Role.OFFICIAL, "0102", ""),
    ("reviewer.nssf", "គឹម សុភា", Role.REVIEWER, "", "nssf"),
    ("reviewer.nssf.2", "លី មករា", Role.REVIEWER, "", "nssf"),
    ("supervisor.nssf", "ហ៊ុន ស្រីពៅ", Role.REVIEWER, "", "nssf", Duty.SUPERVISOR),
    ("catalogue.nssf", "តាន់ រិទ្ធី", Role.REVIEWER, "", "nssf", Duty.CATALOGUE),
    ("reader.nssf", "ប៉ុល ម៉ាលី", Role.REVIEWER, "", "nssf", Duty.READ_ONLY),
    ("reviewer.family_package", "ចាន់ ធី", Role.REVIEWER, "", "family_package"),
    ("reviewer.idpoor", "សៅ ពិសិដ្ឋ", Role.REVIEWER, "", "idpoor"),
    ("reviewer.pmrs", "ម៉ៅ សុខា", Role.REVIEWER, "", "pmrs"),
    ("reviewer.disability", "យឹម ចាន់ថា", Role.REVIEWER, "", "disability"),
    ("auditor.one", "ឈឹម វាសនា", Role.AUDITOR, "", ""),
    ("steward.one", "មាស ពិសី", Role.STEWARD, "", ""),
    ("steward.two", "អ៊ុក រតនា", Role.STEWARD, "", ""),
]
DEVICE = "demo"
# An official is accepted as the second one only after 30 days.
JOINED = datetime(2025, 1, 1, tzinfo=UTC)


def _auditor_of_an_older_demonstration() -> None:
    """When both stewards exist already, the database requires both to create an auditor: act for both."""
    names = dict((role, (username, name)) for username, name, role, *_scope in STAFF)
    username, full_name = names[Role.AUDITOR]
    stewards = list(User.objects.filter(role=Role.STEWARD, is_active=True).order_by("pk")[:2])
    if len(stewards) < 2 or User.objects.filter(username=username).exists():
        return
    waiting = pending_proposal(STAFF_ACCOUNT, username) or propose_account(
        actor=stewards[0], username=username, role=Role.AUDITOR, full_name=full_name
    )
    second = next(steward for steward in stewards if steward.pk != waiting.proposed_by_id)
    approve(proposal=waiting, actor=second, digest=waiting.digest)


def _answer_sensitive_grievances() -> None:
    """Both stewards are of the few, each named by the two."""
    stewards = [
        User.objects.get(username=name) for name, _full, role, *_scope in STAFF if role == Role.STEWARD
    ]
    for user, other in zip(stewards, reversed(stewards), strict=True):
        if not user.answers_sensitive:
            waiting = propose_for(actor=user, user=user, act=NAME_SENSITIVE)
            approve(proposal=waiting, actor=other, digest=waiting.digest)


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
        _auditor_of_an_older_demonstration()
        for username, full_name, role, area_code, operator_code, *duty in STAFF:
            user, _made = User.objects.update_or_create(
                username=username,
                defaults={"password": shared, "date_joined": JOINED},
                create_defaults={
                    "password": shared,
                    "role": role,
                    "is_staff": role != Role.OFFICIAL,
                    "full_name": full_name,
                    "area_code": area_code,
                    "operator_code": operator_code,
                    "duty": duty[0] if duty else Duty.REVIEWER,
                    "date_joined": JOINED,
                },
            )
            TOTPDevice.objects.update_or_create(
                user=user,
                name=DEVICE,
                defaults={"key": key, "bound": key_binding(user.pk, key), "confirmed": True},
            )
        _answer_sensitive_grievances()
        if options["verbosity"]:
            self.stdout.write(f"{len(STAFF)} officials, reviewers and stewards.")

    @staticmethod
    def _shared_hash(password: str) -> str:
        """One hash for all, who share one password: hashing is slow by design."""
        known = User.objects.filter(username=STAFF[0][0]).values_list("password", flat=True).first()
        return known if known and check_password(password, known) else make_password(password)
