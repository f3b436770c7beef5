"""Verify every chain and row of the audit. Exits with 1 if a row was tampered with, and names the rows."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from dsp_platform.audit import chain


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="only chains of this day and later")
        parser.add_argument("--heads", type=Path, help="a file of export_audit_heads to compare with")

    def handle(self, *args: Any, **options: Any) -> None:
        heads: list[chain.Head] = []
        if options["heads"]:
            try:
                heads = chain.read_export(options["heads"].read_text())
            except (OSError, chain.UnsignedHeads) as error:
                raise CommandError(f"{options['heads']}: {error}") from None
        problems = 0
        for problem in chain.verify(options["since"], heads):
            problems += 1
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"The audit is not what was written: {problems} findings.")
        self.stdout.write("The audit is what was written.")
