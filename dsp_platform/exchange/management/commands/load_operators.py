"""Operators and sharing agreements, from the files of ``exchange/reference`` or others. Safe to run again.

The shape of a file: ``docs/guides/add-an-operator.md``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.utils import timezone

from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.agreements.operator_file import AgreementPart, OperatorFile, read
from dsp_platform.exchange.agreements.services import require_known_fields, require_sound_rule
from dsp_platform.exchange.models import Agreement, Operator

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
# The adapter of an operator in the catalogue whose system is not connected.
PLACEHOLDER = "none"
REFUSED = (
    "Only the owner of the tables puts an agreement in force alone. Load it with --draft, so that two"
    " stewards put it in force, or set DATABASE_OWNER_URL."
)
OPTIONAL = ("adapter", "address", "rate_per_minute", "quiet_from", "quiet_to")


class Command(BaseCommand):
    help = (
        "Load operators from their files and put their first sharing agreements in force. "
        "What follows an agreement is drafted: two stewards put it in force."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="*", type=Path, help="default: all of exchange/reference")
        parser.add_argument(
            "--draft", action="store_true", help="leave new agreements for a steward to approve"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Agreements in force at once are created by the owner of the tables; other roles need two people."""
        if options["draft"]:
            self._load(options)
            return
        with database_roles.owner():
            try:
                self._load(options)
            except DatabaseError as error:
                if "approval:" not in str(error):
                    raise
                raise CommandError(REFUSED) from error

    def _load(self, options: Mapping[str, Any]) -> None:
        for path in options["file"] or sorted(REFERENCE.glob("*.json")):
            try:
                with transaction.atomic():
                    load(read(path.read_text()), draft=options["draft"])
            except (OSError, ValueError) as error:
                raise CommandError(f"{path.name} cannot be read: {error}") from None
            except ValidationError as error:
                raise CommandError(f"{path.name}: {' '.join(error.messages)}") from None
        if options["verbosity"]:
            self.stdout.write(f"{Operator.objects.count()} operators loaded.")


def load(file: OperatorFile, *, draft: bool = False) -> None:
    """An operator of which stewards have drafted or approved an agreement is not changed."""
    code = file.code
    if Agreement.objects.filter(operator=code).exclude(drafted_by=None, approved_by=None).exists():
        return
    values = {name: getattr(file, name) for name in OPTIONAL if name in file.model_fields_set} | {
        "name_km": file.name.km,
        "name_en": file.name.en,
        "system_km": file.system.km,
        "system_en": file.system.en,
        "status_mapping": file.status_mapping,
    }
    if Operator.objects.filter(code=code, adapter=PLACEHOLDER).exists():
        values = {"adapter": "database", "active": True} | values
    operator, _created = Operator.objects.update_or_create(code=code, defaults=values)
    for agreement in file.agreements:
        _agree(operator, agreement, draft=draft)


def _agree(operator: Operator, described: AgreementPart, *, draft: bool) -> None:
    """An agreement is never edited: one that differs is followed by the next number, from today on.

    Only the first of its kind comes into force here: the database requires two people for the next.
    """
    terms = {
        **described.model_dump(exclude={"purpose"}),
        "purpose_km": described.purpose.km,
        "purpose_en": described.purpose.en,
    }
    earlier = Agreement.objects.filter(operator=operator, kind=terms["kind"]).order_by("-number").first()
    today = timezone.localdate()
    if earlier:
        # An ended agreement stays ended, and a follower began later than the file says.
        apart = {"valid_from", "valid_to"} if earlier.state == Agreement.State.ENDED else {"valid_from"}
        if all(getattr(earlier, name) == value for name, value in terms.items() if name not in apart):
            return
        terms = {**terms, "valid_from": max(terms["valid_from"], today)}
    agreement = Agreement(operator=operator, number=earlier.number + 1 if earlier else 1, **terms)
    require_known_fields(agreement)
    require_sound_rule(agreement)
    agreement.clean()
    if not draft and earlier is None:
        agreement.state, agreement.approved_at = Agreement.State.APPROVED, timezone.now()
    agreement.save(force_insert=True)
