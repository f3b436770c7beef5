"""Deliver what is due now, in this process: without Celery, for operators' set-up and for tests."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dsp_platform.exchange.delivery.drain import BATCH, drain
from dsp_platform.exchange.ledger.selectors import operators_with_work


class Command(BaseCommand):
    help = "Deliver what is due to the operators named, or to all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("operator", nargs="*")
        parser.add_argument("--batch", type=int, default=BATCH)

    def handle(self, *args: Any, **options: Any) -> None:
        for operator in operators_with_work(options["operator"] or None):
            while drain(operator, batch=options["batch"]):
                pass
