"""Operators and their sharing agreements, from the files of ``exchange/reference``. May be run again."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from dsp_platform.exchange.models import Agreement, Operator

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
COMPARED = ("fields", "mapping", "concerns", "rule", "basis", "purpose_km", "purpose_en")


class Command(BaseCommand):
    help = "Load the operators of the reference files and put their sharing agreements in force."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(REFERENCE.glob("*.json")):
            with transaction.atomic():
                load(json.loads(path.read_text()))
        if options["verbosity"]:
            self.stdout.write(f"{Operator.objects.count()} operators loaded.")


def load(described: dict[str, Any]) -> None:
    operator, _created = Operator.objects.update_or_create(
        code=described["code"],
        defaults={
            "name_km": described["name"]["km"],
            "name_en": described["name"]["en"],
            "system_km": described["system"]["km"],
            "system_en": described["system"]["en"],
            "status_mapping": described["status_mapping"],
        },
    )
    for agreement in described["agreements"]:
        _agree(operator, agreement)


def _agree(operator: Operator, described: dict[str, Any]) -> None:
    """An agreement is never edited: one that differs is followed by the next number."""
    wanted = {
        **{name: described[name] for name in ("fields", "mapping", "concerns", "rule", "basis")},
        "purpose_km": described["purpose"]["km"],
        "purpose_en": described["purpose"]["en"],
    }
    earlier = Agreement.objects.filter(operator=operator, kind=described["kind"]).order_by("-number").first()
    if earlier and all(getattr(earlier, name) == wanted[name] for name in COMPARED):
        return
    today = timezone.localdate()
    Agreement.objects.filter(
        operator=operator, kind=described["kind"], state=Agreement.State.APPROVED
    ).update(state=Agreement.State.ENDED, valid_to=today)
    agreement = Agreement(
        operator=operator,
        kind=described["kind"],
        number=earlier.number + 1 if earlier else 1,
        state=Agreement.State.APPROVED,
        valid_from=today,
        approved_at=timezone.now(),
        **wanted,
    )
    agreement.clean()
    agreement.save()
