"""Read an operator's status table and say what would be held. Nothing is stored."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.reports.preview import preview_reports


class Command(BaseCommand):
    help = "Read the first rows of an operator's status table and say what would be held, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("operator")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = Operator.objects.filter(pk=options["operator"]).first()
        if operator is None or not operator.status_mapping:
            raise CommandError("No operator with a status table is called that.")
        try:
            read, findings = preview_reports(operator)
        except OperatorUnavailable as error:
            raise CommandError(f"The table cannot be read: {error.reason}.") from None
        except ValueError:
            raise CommandError("The mapping of the status table cannot be read.") from None
        self.stdout.write(f"{read} reports read.")
        with translation.override("en"):
            for found in findings:
                words = reasons.in_words(found.reason)
                self.stdout.write(f"{found.reports} would be held: {found.reason}. {words}")
        if findings:
            raise CommandError("Correct the status table or its mapping, then load the operator again.")
